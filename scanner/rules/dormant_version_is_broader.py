"""Whether a policy of a role has another version, not in force, that allows more than the default one.

A version counts as broader by what it allows, not by its text. Who carries the policy has the wider permissions
from the moment that somebody makes that version the default one.
INFERRED: that only the default version takes effect follows from its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.access.cite import StatementRef, cite, cite_path
from scanner.access.dormant import SWITCH, DormantVersion, Opening, Switcher, VersionedPolicy, Versions
from scanner.access.view import AccountView, RoleView
from scanner.model.finding import Confidence, Evidence, Finding, Severity, SubjectKind
from scanner.model.policy import PolicyKind
from scanner.policy.comparison_words import witness_words
from scanner.policy.evaluate import decide
from scanner.policy.syntax import Effect
from scanner.rules import references
from scanner.rules.base import Remedy, Rule, World
from scanner.rules.permissions import Look, evidence_of, judge_permissions, listed, under


def judge(world: World) -> Iterator[Finding]:
    """One finding for each delegated role."""
    versions = Versions(world.view)

    def look(role: RoleView, _view: AccountView) -> Look:
        return _look(role, versions)

    return judge_permissions(world, RULE, look)


def _look(role: RoleView, versions: Versions) -> Look:
    attached = dict.fromkeys(a.policy for a in role.attachments if a.policy.kind is PolicyKind.CUSTOM)
    policies = [found for ref in attached if (found := versions.named(ref)) is not None]
    broader = [(policy, version) for policy in policies for version in policy.broader]
    if broader:
        return _failure(role, broader, versions)
    return Look(
        clause="has no policy with a version out of force that allows more",
        doubts=tuple(doubt for policy in policies for doubt in policy.doubts),
        doubtful="whether an older version of one of its policies allows more is not known",
    )


def _failure(
    role: RoleView, broader: Sequence[tuple[VersionedPolicy, DormantVersion]], versions: Versions
) -> Look:
    # One that can be switched from outside comes first.
    policy, version = max(broader, key=lambda found: _urgency(role, found[0]))
    opening = versions.opening(version, policy)
    switchers = [switcher for switcher in policy.switchers if switcher.certain]
    more = f"; {len(broader) - 1} more versions of its policies allow more" if len(broader) > 1 else ""
    return Look(
        fails=True,
        clause=f"carries `{policy.ref}`, whose version {version.version.version_id} is not in force and allows more"
        f"{_shown(opening)}{_by(role, switchers)}{more}",
        evidence=(*_places(version, opening), *evidence_of([switcher.grant for switcher in switchers])),
        severity=Severity.HIGH if switchers else None,
    )


def _urgency(role: RoleView, policy: VersionedPolicy) -> int:
    certain = [switcher.role for switcher in policy.switchers if switcher.certain]
    return 2 if role.name in certain else 1 if certain else 0


def _shown(opening: Opening) -> str:
    """The example, and how much of what exists is newly reached."""
    example = "" if opening.witness is None else f", for example {witness_words(opening.witness)}"
    reached = f" ({opening.gains.words} newly reached)" if opening.gains.resources else ""
    return example + reached


def _by(role: RoleView, switchers: Sequence[Switcher]) -> str:
    """Who could put it in force from outside; the role itself is told first."""
    names = [switcher.role for switcher in switchers]
    if role.name in names:
        own = [switcher.grant for switcher in switchers if switcher.role == role.name]
        return f"; the role itself can put it in force with `{SWITCH}`{under(own)}"
    if names:
        return f"; {listed(names)}, which others may assume, can put it in force with `{SWITCH}`"
    return ""


def _places(version: DormantVersion, opening: Opening) -> tuple[Evidence, ...]:
    """The statements of the version that allow the example."""
    source = version.source
    assert source is not None, "a version without a document is not broader"
    if opening.witness is None:
        return (cite_path(source, "$"),)
    reasons = decide(opening.witness.request, account=(source,)).reasons
    by_path = {statement.path: statement for statement in source.document.statements}
    paths = dict.fromkeys(reason.path for reason in reasons if reason.effect is Effect.ALLOW)
    found = (StatementRef(source, by_path[path]) for path in paths if path in by_path)
    return tuple(map(cite, found)) or (cite_path(source, "$"),)


RULE = Rule(
    id="dormant-version-is-broader",
    title="A policy of a role that others may assume has a wider version that is not in force",
    severity=Severity.MEDIUM,
    subject=SubjectKind.ROLE,
    why=(
        "One call, ram:SetDefaultPolicyVersion, puts the wider version in force for everybody who carries the policy, "
        "and no new document appears that a reviewer would read. A rollback made in haste does it as well as an "
        "intruder who may make that call and nothing else."
    ),
    remedy=Remedy(
        cli=(
            "# Keep a copy of the version, and then delete it. Nobody loses anything: it is not in force.\n"
            "aliyun ram GetPolicyVersion --PolicyType Custom --PolicyName POLICY --VersionId VERSION"
            " | jq -r .PolicyVersion.PolicyDocument > POLICY-VERSION.json\n"
            "aliyun ram DeletePolicyVersion --PolicyName POLICY --VersionId VERSION\n"
            "# If a way back is needed, make it from the present document:\n"
            "# a policy has room for 5 versions, and only those that somebody may safely go back to should be there."
        ),
        console=(
            "RAM console > Permissions > Policies > POLICY > Versions. Look at the version that the finding names, keep "
            "a copy of its text, and delete it there. The default version stays as it is."
        ),
        terraform=(
            'resource "alicloud_ram_policy" "POLICY" {\n'
            '  policy_name     = "POLICY"\n'
            '  policy_document = file("POLICY.json")\n'
            "  # Each change makes a new version and leaves the old ones; delete those with the command above.\n"
            "}"
        ),
    ),
    reference=references.LIMITS,
    judge=judge,
    confidence=Confidence.INFERRED,
)
