"""Whether a cloud service may come in on behalf of another account.

The principal `<account>@<service>.aliyuncs.com` is such a service. A service that acts for this account itself
is no delegation. External ids do not apply: services do not present them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.access.view import RoleView
from scanner.model.delegation import Relation
from scanner.model.finding import Finding, Severity, SubjectKind, Verdict
from scanner.policy.syntax import PrincipalForm
from scanner.policy.trust import TrustEntry
from scanner.rules.base import Rule, World
from scanner.rules.delegated import Remark, described, judge_delegated, relation
from scanner.rules.remedies import edit_trust

_SEVERITY: Final = {
    Relation.UNKNOWN: Severity.HIGH,
    Relation.PARTNER: Severity.MEDIUM,
    Relation.ORGANISATION: Severity.LOW,
}


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    return judge_delegated(world, RULE, _look)


def _look(entry: TrustEntry, _role: RoleView, world: World) -> Remark | None:
    principal = entry.principal
    if principal.form in {PrincipalForm.ANYONE, PrincipalForm.UNSUPPORTED}:
        return None
    who = described(entry, world)
    if principal.form is not PrincipalForm.ACCOUNT_SERVICE:
        return Remark(verdict=Verdict.PASS, clause=f"lets in {who}, which is no service of another account")
    severity = _SEVERITY.get(relation(principal.account, world))
    if severity is None:
        return Remark(verdict=Verdict.PASS, clause=f"lets in {who}, an account of your own")
    return Remark(
        verdict=Verdict.FAIL, clause=f"lets in {who}", severity=severity, because=entry.doubts, comes_in=True
    )


RULE = Rule(
    id="trust-allows-foreign-service",
    title="A cloud service acting for another account may assume a role",
    severity=Severity.HIGH,
    subject=SubjectKind.ROLE,
    why=(
        "The service takes sessions of the role whenever the other account configures it to, without a RAM user, an "
        "AccessKey or an external id of that account being involved. Whoever may configure the service there, such "
        "as a function or a delivery job, works with the role's permissions here."
    ),
    remedy=edit_trust(
        '{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["SERVICE.aliyuncs.com"]}}',
        console=(
            "Take `ACCOUNT-ID@SERVICE.aliyuncs.com` out, or replace it by `SERVICE.aliyuncs.com` where the service "
            "is to act for this account only."
        ),
    ),
    reference=(
        "Alibaba Cloud, Terraform resource alicloud_ram_role, services of the form ACCOUNT-ID@SERVICE: "
        "https://help.aliyun.com/document_detail/2588426.html"
    ),
    judge=judge,
)
