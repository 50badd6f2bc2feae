"""Verify the two signatures that the official SDKs send: ACS3-HMAC-SHA256, and V1 HMAC-SHA1.

It decides whether a request was signed with a given secret, is fresh and is no replay. Whose key
it is, and what that one may do, is decided elsewhere.
See https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from scanner.emulator import errors
from scanner.emulator.service import ISO
from scanner.emulator.wire import Request

ALGORITHM: Final = "ACS3-HMAC-SHA256"
SKEW: Final = timedelta(minutes=15)
"""How far the caller's clock may be off. Inferred: the vendor publishes no figure for V3."""
NONCES_KEPT: Final = 200_000
_AUTHORIZATION: Final = re.compile(
    rf"{ALGORITHM} +Credential=(?P<key>[^,\s]+), *SignedHeaders=(?P<headers>[^,\s]+), *Signature=(?P<signature>[0-9a-f]{{64}})"
)
_EMPTY_BODY: Final = hashlib.sha256(b"").hexdigest()


def encode(text: str) -> str:
    """`text` percent-encoded as RFC 3986 has it."""
    return quote(text, safe="-_.~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who says to have signed a request, when, and with what. Nothing of it is verified yet."""

    key_id: str
    token: str
    date: str
    nonce: str
    signature: str
    signed: tuple[str, ...] = ()
    """The signed headers; empty for V1."""

    @property
    def is_v3(self) -> bool:
        """Whether this is the newer signature."""
        return bool(self.signed)


def claim_of(request: Request) -> Claim | None:
    """What the request claims, or None when it is not signed at all.

    Raises:
        Refusal: there is a signature, but it cannot be used.
    """
    if "authorization" in request.headers:
        return _v3_claim(request)
    if "Signature" in request.params:
        return _v1_claim(request)
    return None


def _v3_claim(request: Request) -> Claim:
    headers = request.headers
    match = _AUTHORIZATION.fullmatch(headers["authorization"].strip())
    if match is None:
        raise errors.incomplete("The Authorization header is malformed.")
    signed = tuple(match["headers"].split(";"))
    due = {"host", *(name for name in headers if name.startswith("x-acs-"))}
    if not due <= set(signed):
        raise errors.incomplete("Host and every x-acs header must be signed.")
    if not {"x-acs-date", "x-acs-signature-nonce"} <= headers.keys():
        raise errors.incomplete("x-acs-date and x-acs-signature-nonce are mandatory.")
    return Claim(
        key_id=match["key"],
        token=headers.get("x-acs-security-token", ""),
        date=headers["x-acs-date"],
        nonce=headers["x-acs-signature-nonce"],
        signature=match["signature"],
        signed=signed,
    )


def _v1_claim(request: Request) -> Claim:
    params = request.params
    if params.get("SignatureMethod", "HMAC-SHA1") != "HMAC-SHA1":
        raise errors.incomplete("Only HMAC-SHA1 is known for this signature version.")
    for name in ("AccessKeyId", "Timestamp", "SignatureNonce"):
        if not params.get(name):
            raise errors.incomplete(f"{name} is mandatory.")
    return Claim(
        key_id=params["AccessKeyId"],
        token=params.get("SecurityToken", ""),
        date=params["Timestamp"],
        nonce=params["SignatureNonce"],
        signature=params["Signature"],
    )


def canonical_request(request: Request, signed: tuple[str, ...]) -> str:
    """What the V3 signature covers, as text."""
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(request.pairs))
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in sorted(signed))
    body = hashlib.sha256(request.body).hexdigest() if request.body else _EMPTY_BODY
    return "\n".join((request.method, request.path or "/", query, headers, ";".join(signed), body))


def v3_string_to_sign(request: Request, signed: tuple[str, ...]) -> str:
    """The text that V3 signs."""
    text = canonical_request(request, signed)
    # Header values may hold bytes that are no UTF-8; they were decoded so that this restores them.
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{ALGORITHM}\n{digest}"


def v3_signature(secret: str, string_to_sign: str) -> str:
    """The V3 signature of `string_to_sign`."""
    return hmac.new(secret.encode(), string_to_sign.encode(), hashlib.sha256).hexdigest()


def v1_string_to_sign(request: Request) -> str:
    """The text that V1 signs."""
    pairs = sorted(pair for pair in request.pairs + request.form if pair[0] != "Signature")
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)
    return f"{request.method}&%2F&{encode(query)}"


def v1_signature(secret: str, string_to_sign: str) -> str:
    """The V1 signature of `string_to_sign`."""
    # SHA-1 is what the vendor's credentials package sends; nothing else hangs on it here.
    digest = hmac.new(f"{secret}&".encode(), string_to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def verify(request: Request, claim: Claim, *, secret: str) -> None:
    """Return if `request` was signed with `secret`.

    Raises:
        Refusal: it was not, or its body is not the one announced.
    """
    if claim.is_v3:
        announced = request.headers.get("x-acs-content-sha256", "")
        if announced != (hashlib.sha256(request.body).hexdigest() if request.body else _EMPTY_BODY):
            raise errors.incomplete("x-acs-content-sha256 is not the digest of the body.")
        text = v3_string_to_sign(request, claim.signed)
        expected = v3_signature(secret, text)
    else:
        text = v1_string_to_sign(request)
        expected = v1_signature(secret, text)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise errors.wrong_signature(text)


def check_date(claim: Claim, now: datetime) -> None:
    """Return if the request was made within the window around `now`.

    Raises:
        Refusal: it was not.
    """
    try:
        made = datetime.strptime(claim.date, ISO).replace(tzinfo=now.tzinfo)
    except ValueError:
        raise errors.malformed_date() from None
    if abs(now - made) > SKEW:
        raise errors.expired_date()


class Nonces:
    """Remembers the nonces of the last requests, of the window's length at least.

    Two generations are kept; the older one goes when the younger is old or full.
    """

    def __init__(self) -> None:
        self._young: set[tuple[str, str]] = set()
        self._old: set[tuple[str, str]] = set()
        self._since: datetime | None = None

    def use(self, claim: Claim, now: datetime) -> None:
        """Remember the nonce of `claim`.

        Raises:
            Refusal: it was used before.
        """
        if self._since is None:
            self._since = now
        if now - self._since > 2 * SKEW or len(self._young) >= NONCES_KEPT:
            self._old, self._young, self._since = self._young, set(), now
        nonce = (claim.key_id, claim.nonce)
        if nonce in self._young or nonce in self._old:
            raise errors.used_nonce()
        self._young.add(nonce)
