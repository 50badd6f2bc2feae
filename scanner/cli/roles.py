"""`crossrole roles`: the roles of the latest scan, the ones open to the outside first."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping, Sequence

    from scanner.access.view import AccountView, RoleView
    from scanner.cli.console import Cell
    from scanner.model.delegation import KnownAccount
    from scanner.model.finding import Finding, Severity
    from scanner.model.ids import AccountId

_SENTENCES_SHOWN = 3


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "roles",
        help="list roles and who outside the account may assume them",
        description="List the roles that somebody outside the account may assume, or all of them.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("--all", action="store_true", help="also the roles that nobody outside may assume")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the list."""
    from scanner.access.admission import trust_doubts
    from scanner.cli.console import note, print_json, print_table, say
    from scanner.cli.settings import load_invocation
    from scanner.cli.stored import chosen_scans, views_with_others
    from scanner.wiring import open_store

    invocation = load_invocation(args)
    values: list[dict[str, Any]] = []
    hidden = 0
    unread: list[str] = []
    with open_store(invocation.settings) as store:
        records = chosen_scans(store, args)
        views, others = views_with_others(store, args, records)
        for record in records:
            view = views[record.account]
            shown = [role for role in view.roles if args.all or role.foreign or trust_doubts(role)]
            hidden += len(view.roles) - len(shown)
            unread += [f"account {view.account}: {view.roles_unread}"] if view.roles_unread else []
            values += _values(view, shown, store.findings(record.scan), invocation.settings.known, others)
    for reason in unread:
        note(f"this list may lack roles, because a listing could not be read: {reason}")
    uncertain = any(v["trust_unread"] or v["trust_doubts"] for v in values)
    code = Exit.INCOMPLETE if unread or uncertain else Exit.OK
    if args.json:
        print_json(values)
        return code
    inside = ("and from inside by",) if args.all else ()
    print_table(
        ("account", "role", "assumed from outside by", *inside, "session", "policies", "worst"),
        (_row(value, inside=args.all) for value in values),
    )
    _tell(values)
    if hidden:
        say(f"{hidden} roles that nobody outside the account may assume are not listed; --all lists them")
    return code


def _values(
    view: AccountView,
    roles: Sequence[RoleView],
    findings: Sequence[Finding],
    known: Mapping[AccountId, KnownAccount],
    others: Mapping[AccountId, AccountView],
) -> list[dict[str, Any]]:
    from scanner.access.delegations import delegations
    from scanner.access.matrix import Matrix
    from scanner.access.paths import in_vain
    from scanner.access.sentence import Sentences

    worst = _worst_by_subject(findings)
    tell = Sentences(view, Matrix.of(view), in_vain(roles, view, others=others, known=known))
    sentences: dict[str, list[str]] = {}
    for delegation in delegations(view, known):
        sentences.setdefault(delegation.role, []).append(tell.of(delegation))
    listed = [_value(view, role, worst.get(role.name), sentences.get(role.name, [])) for role in roles]
    return sorted(listed, key=lambda value: (not value["foreign"], value["role"]))


def _value(view: AccountView, role: RoleView, worst: Severity | None, sentences: list[str]) -> dict[str, Any]:
    from scanner.access.admission import trust_doubts

    return {
        "account": view.account,
        "role": role.role.name,
        "arn": role.role.arn,
        "foreign": sorted({entry.principal.text for entry in role.foreign}),
        "inside": sorted({e.principal.text for e in role.entries if e not in role.foreign}),
        "trust_unread": role.trust_unread,
        "trust_doubts": [] if role.trust_unread else list(trust_doubts(role)),
        "max_session_seconds": role.role.max_session_seconds,
        "policies": sorted(str(attachment.policy) for attachment in role.attachments),
        "permissions_unread": list(role.unread),
        "service_linked": role.role.service_linked,
        "worst": worst.value if worst else None,
        "sentences": sentences,
    }


def _row(value: dict[str, Any], *, inside: bool) -> tuple[Cell, ...]:
    session = value["max_session_seconds"]
    unread = ["(not readable)"] if value["permissions_unread"] else []
    doubts = ["unknown: trust policy not understood"] if value["trust_doubts"] else []
    return (
        value["account"],
        value["role"],
        "unknown: trust policy not readable"
        if value["trust_unread"]
        else [*value["foreign"], *doubts] or "-",
        *([value["inside"] or "-"] if inside else []),
        f"{session} s" if session is not None else "?",
        [*value["policies"], *unread] or "-",
        value["worst"] or "-",
    )


def _tell(values: Sequence[dict[str, Any]]) -> None:
    """What the ways in come to, role by role; of a role with many principals the first few."""
    from scanner.cli.console import say, say_item
    from scanner.model.text import visible

    if any(value["sentences"] for value in values):
        say("\nWhat that comes to")
    for value in values:
        for sentence in value["sentences"][:_SENTENCES_SHOWN]:
            say_item(f"{visible(value['role'])}: {sentence}", indent=2, hang=2)
        more = len(value["sentences"]) - _SENTENCES_SHOWN
        if more > 0:
            say_item(f"... and {more} more; `crossrole role` tells all", indent=4)


def _worst_by_subject(findings: Sequence[Finding]) -> dict[str, Severity]:
    from scanner.model.finding import SubjectKind, Verdict

    worst: dict[str, Severity] = {}
    for finding in findings:
        if finding.subject_kind is not SubjectKind.ROLE:
            continue
        known = worst.get(finding.subject)
        if finding.verdict is Verdict.FAIL and (known is None or finding.severity.rank > known.rank):
            worst[finding.subject] = finding.severity
    return worst
