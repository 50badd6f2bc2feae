"""`crossrole versions`: what custom policies would allow with another of their versions in force.

With `--json` a list is printed, one object for each policy:

    account, policy   whose it is
    default           the version in force; null where that is not known
    carried_by        to what it is attached: kind, name, resource_group
    delegated_roles   those of them that somebody outside may assume
    switched_by       roles that others may assume and that may call ram:SetDefaultPolicyVersion on it: role,
                      certain, terms
    unread            why there may be more versions; "" where all were listed
    versions          version, created, default, and for those not in force: direction against the default
                      ("equal", "wider", "narrower", "both", "unknown"), comparison (what it allows and the default
                      one does not), newly_reached (counts of what exists, by kind), newly_reached_uncertain,
                      doubts, and in words example and reached
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Any

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator

    from scanner.access.dormant import DormantVersion, Opening, VersionedPolicy, Versions
    from scanner.access.view import AccountView
    from scanner.errors import NothingInScopeError
    from scanner.model.policy import Attachment, PolicyVersion


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "versions",
        help="show versions of policies that are not in force, and what they would allow",
        description="Show the custom policies that have more than one version, those of roles that others may assume "
        "first: which version is in force, what the others would allow by their meaning, and who could put them in "
        "force.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("--policy", metavar="NAME", help="only this custom policy, whatever it has")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the policies of every chosen scan."""
    from scanner.access.dormant import Versions
    from scanner.access.view import AccountView
    from scanner.cli.console import print_json
    from scanner.cli.settings import load_invocation
    from scanner.cli.stored import chosen_scans
    from scanner.wiring import open_store

    settings = load_invocation(args).settings
    values: list[dict[str, Any]] = []
    names: set[str] = set()
    unread: list[str] = []
    with open_store(settings) as store:
        for record in chosen_scans(store, args):
            view = AccountView.of(store.load(record.scan))
            versions = Versions(view)
            names.update(policy.ref.name for policy in view.snapshot.policies)
            unread += _unlisted(view)
            values += [_value(view, versions, policy) for policy in _wanted(versions, args.policy)]
    if args.policy and not values:
        raise _no_such_policy(args.policy, names, unread=unread)
    if args.json:
        print_json(values)
    else:
        _print(values, unread)
    doubtful = any(value["unread"] or any(v.get("doubts") for v in value["versions"]) for value in values)
    return Exit.INCOMPLETE if doubtful or unread else Exit.OK


def _unlisted(view: AccountView) -> list[str]:
    """In words, why there may be policies that the scan did not find."""
    from scanner.model.snapshot import Subject

    gaps = view.snapshot.gaps_in(Subject.POLICIES)
    return [f"the custom policies of account {view.account}: {gap.because}" for gap in gaps]


def _wanted(versions: Versions, name: str | None) -> Iterator[VersionedPolicy]:
    for policy in versions.every():
        if name is None:
            # One version alone is only worth a line where there may be more.
            if policy.dormant or policy.unread:
                yield policy
        elif policy.ref.name == name:
            yield policy


def _no_such_policy(name: str, names: Iterable[str], *, unread: list[str]) -> NothingInScopeError:
    import difflib

    from scanner.errors import NothingInScopeError

    if unread:
        return NothingInScopeError(
            f"whether there is a custom policy `{name}` is not known: the scan could not read {unread[0]}",
            hint="`crossrole doctor` tells which permission is missing; then scan again",
        )
    near = difflib.get_close_matches(name, sorted(names), n=3)
    meant = f"did you mean {' or '.join(f'`{other}`' for other in near)}?" if near else ""
    return NothingInScopeError(
        f"no stored scan has a custom policy `{name}`",
        hint=meant or "`crossrole versions` lists those that have more than one version",
    )


def _value(view: AccountView, versions: Versions, policy: VersionedPolicy) -> dict[str, Any]:
    dormant = {version.version.version_id: version for version in policy.dormant}
    return {
        "account": view.account,
        "policy": policy.ref.name,
        "default": policy.policy.default_version,
        "carried_by": [_holder(attachment) for attachment in policy.holders],
        "delegated_roles": list(policy.roles),
        "switched_by": [
            {"role": s.role, "certain": s.certain, "terms": s.grant.terms} for s in policy.switchers
        ],
        "unread": policy.unread,
        "versions": [
            _version(version, dormant.get(version.version_id), versions, policy)
            for version in policy.policy.versions
        ],
    }


def _holder(attachment: Attachment) -> dict[str, Any]:
    return {
        "kind": attachment.principal_kind.value,
        "name": attachment.principal,
        "resource_group": attachment.resource_group,
    }


def _version(
    version: PolicyVersion, dormant: DormantVersion | None, versions: Versions, policy: VersionedPolicy
) -> dict[str, Any]:
    value: dict[str, Any] = {
        "version": version.version_id,
        "created": version.created.isoformat() if version.created else None,
        "default": version.is_default,
    }
    return value if dormant is None else {**value, **_against(dormant, versions, policy)}


def _against(dormant: DormantVersion, versions: Versions, policy: VersionedPolicy) -> dict[str, Any]:
    """How a version stands to the one in force."""
    from scanner.cli.comparisons import comparison_value
    from scanner.policy.comparison_words import doubt_words, witness_words

    comparison, opening = dormant.comparison, versions.opening(dormant, policy)
    doubts = [dormant.unread] if comparison is None else list(doubt_words(comparison))
    return {
        "direction": versions.direction(dormant, policy).value,
        "comparison": None
        if comparison is None
        else {**comparison_value(comparison), **_example(dormant, opening)},
        "newly_reached": {kind.value: count for kind, count in opening.gains.by_type.items()},
        "newly_reached_uncertain": opening.gains.uncertain,
        "doubts": doubts if dormant.unknown else [],
        "example": "" if opening.witness is None else witness_words(opening.witness),
        "reached": opening.gains.words,
    }


def _example(dormant: DormantVersion, opening: Opening) -> dict[str, Any]:
    """The witness again, on something that exists where there is one."""
    from scanner.cli.comparisons import witness_value

    shown = opening.witness
    return {"witness": witness_value(shown)} if dormant.broader and shown is not None else {}


def _print(values: list[dict[str, Any]], unread: list[str]) -> None:
    from scanner.cli.console import say
    from scanner.model.text import visible

    for value in values:
        _print_policy(value)
    if not values:
        say("no custom policy has more than one version")
    for text in unread:
        say(f"not readable: {visible(text)}")


def _print_policy(value: dict[str, Any]) -> None:
    from scanner.cli.console import print_table, say
    from scanner.model.text import visible

    say(f"Policy {visible(value['policy'])} of account {value['account']}")
    say(f"  {visible(_carriers(value))}")
    for text in _switchers(value):
        say(f"  {visible(text)}")
    print_table(
        ("  version", "created", "against the default", "for example", "newly reached"),
        (_row(version) for version in value["versions"]),
    )
    for text in [value["unread"], *(d for version in value["versions"] for d in version.get("doubts", ()))]:
        if text:
            say(f"  unknown: {visible(text)}")
    say()


def _row(version: dict[str, Any]) -> tuple[str, ...]:
    name, created = f"  {version['version']}", (version["created"] or "?")[:10]
    if version["default"]:
        return name, created, "in force", "", ""
    if "direction" not in version:
        return name, created, "?", "", ""
    return name, created, version["direction"], version["example"], version["reached"] or "-"


def _carriers(value: dict[str, Any]) -> str:
    from scanner.rules.permissions import listed

    if not value["carried_by"]:
        return "attached to nobody"
    roles = value["delegated_roles"]
    inside = len(value["carried_by"]) - sum(
        holder["kind"] == "role" and holder["name"] in roles for holder in value["carried_by"]
    )
    parts = [f"carried by {listed(roles)}, which others may assume"] if roles else []
    parts += [f"{'and ' if roles else 'carried '}by {inside} inside the account"] if inside else []
    return " ".join(parts)


def _switchers(value: dict[str, Any]) -> Iterator[str]:
    for switcher in value["switched_by"]:
        may = "may" if switcher["certain"] else "perhaps may"
        terms = f", {switcher['terms']}" if switcher["terms"] else ""
        yield f"role `{switcher['role']}`, which others may assume, {may} choose the version in force{terms}"
