"""What failed calls mean, for every shape in which the SDKs raise them."""

from __future__ import annotations

import pytest

from scanner.cloud.faults import MESSAGE_LENGTH, Failure, failure_of, hint_for, refused
from scanner.cloud.logsafe import import_sdk
from scanner.errors import CloudError
from scanner.model.fault import CloudFault, FaultKind

exceptions = import_sdk("alibabacloud_tea_openapi.exceptions")
core = import_sdk("darabonba.exceptions")
tea = import_sdk("Tea.exceptions")


def plain(text: str) -> str:
    return text


def client_error(code: str, status: int = 400, **data: object) -> Exception:
    error: Exception = exceptions.ClientException(
        status_code=status, code=code, message=f"code: {status}", data={"Code": code, **data}
    )
    return error


def broken(text: str) -> Exception:
    error: Exception = tea.UnretryableException(None, core.RetryError(text))
    return error


def met(error: Exception, api: str = "ram:GetRole") -> Failure:
    return failure_of(error, api=api, host="ram.aliyuncs.com", redact=plain)


@pytest.mark.parametrize(
    ("code", "status", "kind", "again"),
    [
        ("Throttling", 400, FaultKind.THROTTLED, True),
        ("Throttling.User", 400, FaultKind.THROTTLED, True),
        ("Throttling.Api", 429, FaultKind.THROTTLED, True),
        ("Throttling.EnableControlPolicy", 400, FaultKind.THROTTLED, True),
        ("Rejected.Throttling", 400, FaultKind.THROTTLED, True),
        ("TooManyRequests", 429, FaultKind.THROTTLED, True),
        ("Whatever", 429, FaultKind.THROTTLED, True),
        ("ServiceUnavailable", 503, FaultKind.SERVER, True),
        ("InternalError", 500, FaultKind.SERVER, True),
        ("Whatever", 502, FaultKind.SERVER, True),
        ("NoPermission", 403, FaultKind.DENIED, False),
        ("NoPermission.RAM", 403, FaultKind.DENIED, False),
        ("Forbidden.RAM", 403, FaultKind.DENIED, False),
        ("Forbbiden", 403, FaultKind.DENIED, False),
        ("AUTH_RESOURCE_OWNER_ERROR", 400, FaultKind.DENIED, False),
        ("InvalidAccessKeyId.NotFound", 404, FaultKind.CREDENTIALS, False),
        ("InvalidAccessKeyId.Inactive", 403, FaultKind.CREDENTIALS, False),
        ("SignatureDoesNotMatch", 403, FaultKind.CREDENTIALS, False),
        ("IncompleteSignature", 400, FaultKind.CREDENTIALS, False),
        ("InvalidSecurityToken.Expired", 403, FaultKind.CREDENTIALS, False),
        ("InvalidSecurityToken.MismatchWithAccessKey", 403, FaultKind.CREDENTIALS, False),
        ("MissingSecurityToken", 400, FaultKind.CREDENTIALS, False),
        ("InvalidTimeStamp.Expired", 400, FaultKind.CLOCK, False),
        ("IllegalTimestamp", 400, FaultKind.CLOCK, False),
        ("SignatureNonceUsed", 400, FaultKind.REJECTED, True),
        ("EntityNotExist.Role", 404, FaultKind.NOT_FOUND, False),
        ("EntityNotExists.ResourceGroup", 404, FaultKind.NOT_FOUND, False),
        ("Instance.NotFound", 404, FaultKind.NOT_FOUND, False),
        ("INSTANCE_NOT_FOUND", 400, FaultKind.NOT_FOUND, False),
        ("InstanceAcl.NotExisted", 400, FaultKind.NOT_FOUND, False),
        ("TrailNotFoundException", 404, FaultKind.NOT_FOUND, False),
        ("InvalidAction.NotFound", 404, FaultKind.REJECTED, False),
        ("EntityAlreadyExists.Role", 409, FaultKind.CONFLICT, False),
        ("InvalidParameter.RoleName.InvalidChars", 400, FaultKind.REJECTED, False),
    ],
)
def test_codes_are_read_by_their_beginning(code: str, status: int, kind: FaultKind, *, again: bool) -> None:
    failure = met(client_error(code, status))
    assert (failure.fault.kind, failure.again) == (kind, again)
    assert (failure.fault.code, failure.fault.status) == (code, status)


def test_denied_names_the_permission_that_is_missing() -> None:
    assert met(client_error("NoPermission", 403)).fault.missing_permission == "ram:GetRole"
    listed = met(client_error("NoPermission", 403), api="ons:OnsTopicList")
    assert listed.fault.missing_permission == "mq:ListTopic"
    bulk = met(client_error("NoPermission", 403), api="resourcemanager:ListPolicyAttachments")
    assert bulk.fault.missing_permission == "ram:ListPolicyAttachments"


def test_the_services_own_word_on_the_missing_permission_goes_first() -> None:
    told = client_error("NoPermission", 403, AccessDeniedDetail={"AuthAction": "mq:ListInstance"})
    assert met(told, api="ons:OnsInstanceInServiceList").fault.missing_permission == "mq:ListInstance"
    hostile = client_error("NoPermission", 403, AccessDeniedDetail={"AuthAction": "<script>"})
    assert met(hostile).fault.missing_permission == "ram:GetRole"


def test_throttling_with_a_wait_is_throttling_whatever_its_class() -> None:
    error = exceptions.ThrottlingException(
        status_code=429, code="Throttling.User", message="m", retry_after=2500
    )
    failure = met(error)
    assert failure.again
    assert failure.wait_seconds == 2.5


def test_a_signature_error_does_not_repeat_the_string_to_sign() -> None:
    error = client_error("SignatureDoesNotMatch", 403, Message="server string to sign is: ExternalId=hush")
    assert met(error).fault.message == ""


def test_messages_are_shortened_and_cleared_of_secrets() -> None:
    error = client_error("InvalidParameter", Message="hush " + "x" * 5000)
    failure = failure_of(error, api="a:B", host="h", redact=lambda text: text.replace("hush", "***"))
    assert failure.fault.message.startswith("*** ")
    assert len(failure.fault.message) == MESSAGE_LENGTH


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("NewConnectionError('...: [Errno 111] Connection refused'))", "refused the connection"),
        ("NameResolutionError(\"Failed to resolve 'x' ([Errno -2] Name or service not known)\"))", "resolve"),
        ("ConnectTimeoutError(..., 'Connection to x timed out. (connect timeout=5)'))", "in time"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel failed')))", "proxy"),
        ("SSLError(SSLCertVerificationError(1, 'certificate verify failed')))", "certificate"),
        ("NewConnectionError('...: [Errno 101] Network is unreachable'))", "route"),
    ],
)
def test_broken_connections_are_told_without_the_url(cause: str, told: str) -> None:
    text = f"HTTPSConnectionPool(host='h', port=443): Max retries exceeded with url: /?ExternalId=hush&RoleName=proxy (Caused by {cause}"
    failure = met(broken(text))
    assert failure.fault.kind is FaultKind.UNREACHABLE
    assert failure.again
    assert told in failure.fault.message
    assert "hush" not in str(failure)


def test_a_reset_and_a_silent_server_are_unreachable() -> None:
    reset = met(broken("('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))"))
    assert reset.fault.message == "the connection to `ram.aliyuncs.com` broke"
    silent = met(broken("HTTPConnectionPool(host='h', port=1): Read timed out. (read timeout=10)"))
    assert "in time" in silent.fault.message


def test_a_page_instead_of_json_is_malformed_and_tried_again() -> None:
    failure = met(tea.UnretryableException(None, RuntimeError("Failed to parse '<html>hush</html>'")))
    assert (failure.fault.kind, failure.again) == (FaultKind.MALFORMED, True)
    assert "hush" not in str(failure)


def test_our_own_fault_comes_through_the_sdk_unchanged() -> None:
    fault = CloudFault(kind=FaultKind.CREDENTIALS, api="sts:AssumeRole", code="NoPermission")
    failure = met(tea.UnretryableException(None, CloudError(fault)))
    assert failure.fault is fault
    assert not failure.again


def test_the_broker_may_say_no_with_status_200() -> None:
    body = {"success": False, "code": "Throttling.User", "message": "slow", "httpStatusCode": 429}
    assert refused(body, api="rocketmq:ListTopics", redact=plain).fault.kind is FaultKind.THROTTLED
    body = {"success": False, "code": "Instance.NotFound", "message": "no", "httpStatusCode": 404}
    assert refused(body, api="rocketmq:ListTopics", redact=plain).fault.kind is FaultKind.NOT_FOUND


@pytest.mark.parametrize(
    "kind", [FaultKind.CREDENTIALS, FaultKind.CLOCK, FaultKind.UNREACHABLE, FaultKind.DENIED]
)
def test_faults_that_keep_a_scan_from_starting_have_a_hint(kind: FaultKind) -> None:
    assert hint_for(CloudFault(kind=kind, api="sts:GetCallerIdentity"))
