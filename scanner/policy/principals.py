"""What one entry of a `Principal` element names.

Only the forms that the vendor's pages on trust policies show are recognised; any other text is
UNSUPPORTED, and one with a wildcard is ANYONE, because what the service makes of either is not
documented. See https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role.
"""

from __future__ import annotations

from typing import Final

from scanner.model.ids import Arn, is_account_id
from scanner.policy.pattern import is_pattern
from scanner.policy.syntax import Principal, PrincipalForm

RAM: Final = "RAM"
SERVICE: Final = "Service"
FEDERATED: Final = "Federated"
GROUPS: Final = frozenset({RAM, SERVICE, FEDERATED})

SERVICE_DOMAIN: Final = ".aliyuncs.com"
_RAM_FORMS: Final = {"user": PrincipalForm.USER, "role": PrincipalForm.ROLE}
_FEDERATED_FORMS: Final = {"saml-provider": PrincipalForm.SAML, "oidc-provider": PrincipalForm.OIDC}
"""That the type word for OIDC is `oidc-provider` is inferred."""

_Parts = tuple[PrincipalForm, str | None, str]
_UNSUPPORTED: Final[_Parts] = (PrincipalForm.UNSUPPORTED, None, "")


def principal_of(text: str, *, group: str, path: str, scalar: bool = False) -> Principal:
    """The principal that `text` names under the key `group`, which is empty for a bare string."""
    form, account, name = _parts(text, group)
    return Principal(text=text, form=form, group=group, account=account, name=name, path=path, scalar=scalar)


def _parts(text: str, group: str) -> _Parts:
    if group not in GROUPS and group:
        return _UNSUPPORTED
    if group == SERVICE:
        return _service(text)
    arn = Arn.parse(text)
    # The region of RAM names is always global, and the vendor writes it empty or as `*`.
    relative_or_text = text if arn is None or arn.region != "*" else f"{arn.account}:{arn.relative}"
    if is_pattern(relative_or_text):
        return PrincipalForm.ANYONE, _account_of(arn), ""
    if arn is None or not group or arn.service != "ram" or arn.region not in {"", "*"}:
        return _UNSUPPORTED
    return _named(arn, _RAM_FORMS if group == RAM else _FEDERATED_FORMS)


def _named(arn: Arn, forms: dict[str, PrincipalForm]) -> _Parts:
    account = _account_of(arn)
    if account is None:
        return _UNSUPPORTED
    if arn.relative == "root" and forms is _RAM_FORMS:
        return PrincipalForm.ROOT, account, ""
    kind, _, name = arn.relative.partition("/")
    if kind not in forms or not name or "/" in name:
        return PrincipalForm.UNSUPPORTED, account, ""
    return forms[kind], account, name


def _service(text: str) -> _Parts:
    account, at, service = text.rpartition("@")
    if is_pattern(text):
        return PrincipalForm.ANYONE, account if is_account_id(account) else None, ""
    if not service.endswith(SERVICE_DOMAIN) or service == SERVICE_DOMAIN:
        return _UNSUPPORTED
    if not at:
        return PrincipalForm.SERVICE, None, service
    if not is_account_id(account):
        return _UNSUPPORTED
    return PrincipalForm.ACCOUNT_SERVICE, account, service


def _account_of(arn: Arn | None) -> str | None:
    return arn.account if arn is not None and is_account_id(arn.account) else None
