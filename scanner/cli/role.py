"""`crossrole role NAME`: everything known of one role."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Mapping, Sequence

    from scanner.access.view import AccountView, RoleView
    from scanner.cli.console import Cell
    from scanner.errors import NothingInScopeError
    from scanner.model.delegation import Delegation, KnownAccount
    from scanner.model.finding import Finding
    from scanner.model.ids import AccountId
    from scanner.policy.decision import SourcedPolicy
    from scanner.policy.syntax import Statement


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "role",
        help="show one role: trust, permissions, findings, gaps",
        description="Show what the latest scan knows of one role.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("name", metavar="NAME", help="the role's name")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the role, from every account that has one of this name."""
    from scanner.cli.console import print_json
    from scanner.cli.settings import load_invocation
    from scanner.cli.stored import chosen_scans, views_with_others
    from scanner.wiring import open_store

    settings = load_invocation(args).settings
    values: list[dict[str, Any]] = []
    names: set[str] = set()
    unread: list[str] = []
    with open_store(settings) as store:
        records = chosen_scans(store, args)
        views, others = views_with_others(store, args, records)
        for record in records:
            view = views[record.account]
            names.update(role.role.name for role in view.roles)
            unread += [view.roles_unread] if view.roles_unread else []
            role = view.role(args.name)
            if role is not None:
                values.append(_value(view, role, store.findings(record.scan), settings.known, others))
    if not values:
        raise _no_such_role(args.name, names, unread=unread)
    if args.json:
        print_json(values)
    else:
        for value in values:
            _print(value)
    unknown = any(
        value["trust_unread"] or value["trust_doubts"] or value["permissions_unread"] for value in values
    )
    return Exit.INCOMPLETE if unknown else Exit.OK


def check_role(name: str, views: Sequence[AccountView]) -> None:
    """Refuse the name of a role that none of the accounts has.

    Raises:
        NothingInScopeError: there is none, or the roles could not be listed.
    """
    if all(view.role(name) is None for view in views):
        names = {role.name for view in views for role in view.roles}
        raise _no_such_role(name, names, unread=[view.roles_unread for view in views if view.roles_unread])


def _no_such_role(name: str, names: Iterable[str], *, unread: list[str]) -> NothingInScopeError:
    import difflib

    from scanner.errors import NothingInScopeError

    if unread:
        return NothingInScopeError(
            f"whether there is a role `{name}` is not known: the latest scan could not read {unread[0]}",
            hint="`crossrole doctor` tells which permission is missing; then scan again",
        )
    near = difflib.get_close_matches(name, sorted(names), n=3)
    hint = (
        f"did you mean {' or '.join(f'`{other}`' for other in near)}?"
        if near
        else "`crossrole roles --all` lists every role of the latest scan; `crossrole scan` makes a new one"
    )
    return NothingInScopeError(f"no stored scan has a role `{name}`", hint=hint)


def _value(
    view: AccountView,
    role: RoleView,
    findings: Iterable[Finding],
    known: Mapping[AccountId, KnownAccount],
    others: Mapping[AccountId, AccountView],
) -> dict[str, Any]:
    from reports.json_report import finding_value
    from scanner.access.admission import trust_doubts
    from scanner.access.delegations import delegations
    from scanner.access.matrix import Matrix
    from scanner.access.paths import in_vain
    from scanner.access.sentence import Sentences
    from scanner.model.finding import SubjectKind, Verdict
    from scanner.policy.masking import readable

    stored = role.role
    tell = Sentences(view, Matrix.of(view), in_vain((role,), view, others=others, known=known))
    return {
        "account": view.account,
        "role": stored.name,
        "arn": stored.arn,
        "role_id": stored.role_id,
        "description": stored.description,
        "created": stored.created.isoformat() if stored.created else None,
        "updated": stored.updated.isoformat() if stored.updated else None,
        "max_session_seconds": stored.max_session_seconds,
        "service_linked": stored.service_linked,
        "allow_console_login": stored.allow_console_login,
        "tags": {tag.key: tag.value for tag in stored.tags},
        "trust_policy": readable(stored.trust.text) if stored.trust else None,
        "trust_unread": role.trust_unread,
        "trust_doubts": [] if role.trust_unread else list(trust_doubts(role)),
        "delegations": [
            _delegation(d, tell.of(d)) for d in delegations(view, known) if d.role == stored.name
        ],
        "attachments": [
            {"policy": str(a.policy), "resource_group": a.resource_group} for a in role.attachments
        ],
        "grants": [grant for policy in role.policies for grant in _grants(policy)],
        "permissions_unread": list(role.unread),
        "findings": [
            finding_value(f)
            for f in findings
            if (f.subject_kind, f.subject) == (SubjectKind.ROLE, stored.name)
            and f.verdict in {Verdict.FAIL, Verdict.UNKNOWN}
        ],
    }


def _delegation(delegation: Delegation, sentence: str) -> dict[str, Any]:
    return {
        "principal": delegation.principal,
        "account": delegation.principal_account,
        "partner": delegation.partner,
        "relation": delegation.relation.value,
        "ways_in": [way.value for way in delegation.ways],
        "external_id_required": delegation.external_id_required,
        "conditions": list(delegation.conditions),
        "trust_path": delegation.trust_path,
        "sentence": sentence,
    }


def _grants(policy: SourcedPolicy) -> list[dict[str, Any]]:
    return [_grant(policy, statement) for statement in policy.document.statements]


def _grant(policy: SourcedPolicy, statement: Statement) -> dict[str, Any]:
    from scanner.access.cite import condition_words

    return {
        "policy": policy.label,
        "version": policy.version,
        "resource_group": policy.resource_group,
        "path": statement.path,
        "effect": statement.effect.value if statement.effect else "not understood",
        "actions": list(statement.actions.items) if statement.actions else [],
        "not_actions": list(statement.not_actions.items) if statement.not_actions else [],
        "resources": list(statement.resources.items) if statement.resources else [],
        "conditions": [condition_words(c) for c in statement.conditions],
    }


def _print(value: dict[str, Any]) -> None:
    from scanner.cli.console import print_table, say
    from scanner.model.text import visible

    say(f"Role {value['role']} of account {value['account']}")
    say(f"  {value['arn']}, id {value['role_id']}")
    if value["description"]:
        say(f"  description: {visible(value['description'])}")
    if value["service_linked"]:
        say("  service-linked: a cloud service made it for itself, and its policies cannot be changed")
    say(f"  session at most {value['max_session_seconds'] or '?'} s; changed {value['updated'] or '?'}")
    say("\nWho outside the account may assume it")
    _print_trust(value)
    say("\nWhat its sessions may do")
    print_table(
        ("policy", "effect", "actions", "resources", "conditions"),
        (_grant_row(grant) for grant in value["grants"]),
    )
    for unread in value["permissions_unread"]:
        say(f"  not readable: {unread}")
    say("\nFindings")
    print_table(
        ("verdict", "severity", "rule", "what"),
        ((f["verdict"], f["severity"], f["rule"], f["message"]) for f in value["findings"]),
    )
    if not value["findings"]:
        say("  none")


def _print_trust(value: dict[str, Any]) -> None:
    from scanner.cli.console import print_table, say, say_item
    from scanner.model.text import visible

    for doubt in (value["trust_unread"], *value["trust_doubts"]):
        if doubt:
            say(f"  unknown: {visible(doubt)}")
    if not value["delegations"]:
        if not value["trust_unread"] and not value["trust_doubts"]:
            say("  nobody")
    else:
        print_table(
            ("principal", "whose", "ways in", "external id", "conditions"),
            (_delegation_row(delegation) for delegation in value["delegations"]),
        )
        say("\nWhat that comes to")
        for delegation in value["delegations"]:
            say_item(delegation["sentence"], indent=2, hang=2)


def _delegation_row(delegation: dict[str, Any]) -> tuple[Cell, ...]:
    required = {True: "required", False: "not required", None: "not understood"}
    whose = (
        f"{delegation['partner']} ({delegation['relation']})"
        if delegation["partner"]
        else delegation["relation"]
    )
    return (
        delegation["principal"],
        whose,
        delegation["ways_in"],
        required[delegation["external_id_required"]],
        delegation["conditions"] or "-",
    )


def _grant_row(grant: dict[str, Any]) -> tuple[Cell, ...]:
    scope = [f"@ {grant['resource_group']}"] if grant["resource_group"] else []
    actions = grant["actions"] or [f"all but {action}" for action in grant["not_actions"]]
    return (
        [f"{grant['policy']} {grant['version']}", *scope],
        grant["effect"],
        actions,
        grant["resources"],
        grant["conditions"] or "-",
    )
