"""The two signatures, checked against the vendor's published example and against tampering."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scanner.emulator import signature
from scanner.emulator.service import Refusal
from scanner.emulator.signature import Claim, Nonces
from scanner.emulator.wire import Request

EMPTY = hashlib.sha256(b"").hexdigest()
PUBLISHED_SECRET = "YourAccessKeySecret"
PUBLISHED_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}


def authorization(signed: str, value: str = PUBLISHED_SIGNATURE) -> str:
    return f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={signed},Signature={value}"


def published() -> Request:
    """The vendor's fixed example."""
    return Request(
        method="POST",
        path="/",
        query="ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
        headers={**HEADERS, "authorization": authorization(";".join(sorted(HEADERS)))},
    )


def verify(request: Request) -> None:
    claim = signature.claim_of(request)
    assert claim is not None
    signature.verify(request, claim, secret=PUBLISHED_SECRET)


def test_the_vendor_s_published_example_verifies() -> None:
    verify(published())


def test_the_vendor_s_published_example_names_its_key() -> None:
    claim = signature.claim_of(published())
    assert claim is not None
    assert (claim.key_id, claim.is_v3) == ("YourAccessKeyId", True)


@pytest.mark.parametrize(
    "tampered",
    [
        replace(published(), method="GET"),
        replace(published(), path="/other"),
        replace(published(), query="ImageId=other&RegionId=cn-shanghai"),
        replace(published(), query=""),
        *(
            replace(published(), headers={**published().headers, name: "2023-10-26T10:22:33Z"})
            for name in HEADERS
            if name != "x-acs-content-sha256"
        ),
    ],
)
def test_a_request_changed_after_signing_is_refused(tampered: Request) -> None:
    with pytest.raises(Refusal) as refused:
        verify(tampered)
    assert refused.value.code == "SignatureDoesNotMatch"


def test_a_body_other_than_announced_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        verify(replace(published(), body=b"{}"))
    assert refused.value.code == "IncompleteSignature"


def test_the_secret_decides() -> None:
    request = published()
    claim = signature.claim_of(request)
    assert claim is not None
    with pytest.raises(Refusal, match="SignatureDoesNotMatch"):
        signature.verify(request, claim, secret="another")


def test_a_header_of_the_service_that_is_not_signed_is_refused() -> None:
    signed = ";".join(sorted(set(HEADERS) - {"x-acs-version"}))
    request = replace(published(), headers={**HEADERS, "authorization": authorization(signed)})
    with pytest.raises(Refusal) as refused:
        signature.claim_of(request)
    assert refused.value.code == "IncompleteSignature"


@pytest.mark.parametrize("text", ["", "Basic abc", "ACS3-HMAC-SHA256 Credential=a", "ACS3-HMAC-SHA256"])
def test_a_malformed_authorization_header_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        signature.claim_of(replace(published(), headers={**HEADERS, "authorization": text}))
    assert refused.value.code == "IncompleteSignature"


def test_a_request_without_any_signature_makes_no_claim() -> None:
    assert signature.claim_of(replace(published(), headers=HEADERS)) is None


def test_query_parameters_are_signed_in_order_and_percent_encoded() -> None:
    request = Request(method="POST", path="/", query="b=a+b%2A&a=%7E%2F&c=", headers={})
    assert signature.canonical_request(request, ()).split("\n")[2] == "a=~%2F&b=a%20b%2A&c="


def test_the_recorded_call_of_the_credentials_package_verifies() -> None:
    request = Request(
        method="GET",
        path="/",
        query=(
            "Action=AssumeRole&Format=JSON&Version=2015-04-01&DurationSeconds=3600"
            "&RoleArn=acs%3Aram%3A%3A1234567890123456%3Arole%2Fapp&RoleSessionName=sess"
            "&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Timestamp=2026-11-23T20%3A08%3A15Z"
            "&SignatureNonce=e5431751-2773-5986-858f-ea18da2bfbab&AccessKeyId=ak"
        ),
        headers={},
    )
    value = signature.v1_signature("sk", signature.v1_string_to_sign(request))
    signed = replace(request, query=f"{request.query}&Signature={signature.encode(value)}")
    claim = signature.claim_of(signed)
    assert claim is not None
    signature.verify(signed, claim, secret="sk")
    with pytest.raises(Refusal, match="SignatureDoesNotMatch"):
        signature.verify(signed, claim, secret="other")


NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def claim(date: str = "2026-01-01T12:00:00Z", nonce: str = "n") -> Claim:
    return Claim(key_id="k", token="", date=date, nonce=nonce, signature="s")


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_a_date_within_fifteen_minutes_is_fresh(minutes: int) -> None:
    signature.check_date(claim(), NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_date_further_off_is_refused(minutes: int) -> None:
    with pytest.raises(Refusal) as refused:
        signature.check_date(claim(), NOW + timedelta(minutes=minutes))
    assert refused.value.code == "InvalidTimeStamp.Expired"


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        signature.check_date(claim("yesterday"), NOW)
    assert refused.value.code == "InvalidTimeStamp.Format"


def test_a_nonce_works_once() -> None:
    nonces = Nonces()
    nonces.use(claim(nonce="a"), NOW)
    nonces.use(claim(nonce="b"), NOW)
    with pytest.raises(Refusal) as refused:
        nonces.use(claim(nonce="a"), NOW + timedelta(minutes=29))
    assert refused.value.code == "SignatureNonceUsed"


def test_a_nonce_is_remembered_when_the_memory_turns_over() -> None:
    nonces = Nonces()
    nonces.use(claim(nonce="a"), NOW)
    nonces.use(claim(nonce="b"), NOW + timedelta(minutes=31))
    with pytest.raises(Refusal):
        nonces.use(claim(nonce="a"), NOW + timedelta(minutes=31))
