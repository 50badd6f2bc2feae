"""`crossrole residual`: what outlives each delegation, and which call ends it.

With `--json` it prints a list with one value for each role that somebody outside may assume: `account`, `role`,
`entrances` (who comes in, as in `who-can`), `closed` (who is trusted and cannot come in, and why), `remnants` (`kind`,
`what`, `certainty`, `actions`, `names`, `instances`, `to_come`, `through`: the roles taken on the way, `seconds`: how long it
lasts at most or null, `endless`, `only_if`, `unless`, `doubts`, `statements`, `ending`), `instances` (the 5.x instances
that it is about, as they stand: `instance`, `name`, `region`, `open`, `accounts`, `acl_rules`, `unread`),
`speaks_of_4x`, `unread` and `events`.
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from typing import TYPE_CHECKING, Any, Final

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Sequence

    from scanner.access.openness import OpenInstance
    from scanner.access.remnants import Remnant, Residual
    from scanner.cli.asking import Estate

_SHUT: Final = (
    "shut the door, or it can all be done again: take the principal out of the trust policy with `ram:UpdateRole`, and "
    "detach every policy from the role."
)
_FOUR: Final = "on instances of the 4.x series nothing stays: RAM decides about every message there, so access ends with the policies"


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "residual",
        help="what outlives a delegation when it is taken back, and how to end it",
        description="For each role that somebody outside may assume, show what can outlive it after the trust is taken "
        "back and the policies are detached: passwords, accounts, open networks, keys, other roles' sessions. The worst "
        "comes first, with the calls that end it.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument("--role", metavar="NAME", help="only this role")
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print what outlives the roles of the chosen accounts."""
    from scanner.cli.asking import load_estate
    from scanner.cli.console import print_json
    from scanner.cli.role import check_role

    estate = load_estate(args)
    if args.role is not None:
        check_role(args.role, estate.views)
    found = list(_residuals(estate, args.role))
    unlisted = [f"account {view.account}: {view.roles_unread}" for view in estate.views if view.roles_unread]
    if args.json:
        print_json([_value(one) for one in found])
    else:
        _print(found, role=args.role, unlisted=unlisted)
    return Exit.OK if not unlisted and all(map(_is_complete, found)) else Exit.INCOMPLETE


def _residuals(estate: Estate, role: str | None) -> Iterable[Residual]:
    from scanner.access.residual import Residuals

    for view in estate.views:
        answers = Residuals(view, others=estate.others(view), known=estate.known)
        if role is None:
            yield from answers.all()
        elif (asked := view.role(role)) is not None and (found := answers.of(asked)) is not None:
            yield found


def _is_complete(residual: Residual) -> bool:
    from scanner.access.entrance import Certainty
    from scanner.access.grants import Standing

    return not (
        residual.unread
        or any(remnant.standing is Standing.UNCERTAIN for remnant in residual.remnants)
        or any(path.certainty is Certainty.UNCERTAIN for path in residual.entrances)
        or any(instance.unread for instance in residual.open_instances)
    )


def _value(residual: Residual) -> dict[str, Any]:
    from scanner.cli.asking import closed_value, path_value

    return {
        "account": residual.account,
        "role": residual.role,
        "entrances": [path_value(path) for path in residual.entrances],
        "closed": [closed_value(closed) for closed in residual.closed],
        "remnants": [_remnant_value(remnant) for remnant in residual.remnants],
        "instances": [_instance_value(instance) for instance in residual.open_instances],
        "speaks_of_4x": residual.speaks_of_4x,
        "unread": list(residual.unread),
        "events": residual.events,
    }


def _remnant_value(remnant: Remnant) -> dict[str, Any]:
    from scanner.cli.asking import hop_value

    return {
        "kind": remnant.kind.value,
        "what": remnant.what,
        "actions": list(remnant.actions),
        "names": list(remnant.names),
        "instances": list(remnant.instances),
        "to_come": list(remnant.to_come),
        "through": list(remnant.through),
        "seconds": remnant.seconds,
        "endless": remnant.endless,
        "ending": remnant.ending,
        **hop_value(remnant.hop),
    }


def _instance_value(instance: OpenInstance) -> dict[str, Any]:
    return {
        "instance": instance.instance_id,
        "name": instance.name,
        "region": instance.region,
        "open": list(instance.open),
        "accounts": [
            {"username": account.username, "type": account.account_type, "status": account.status}
            for account in instance.accounts
        ],
        "acl_rules": len(instance.acls),
        "unread": list(instance.unread),
    }


def _print(found: Sequence[Residual], *, role: str | None, unlisted: Sequence[str]) -> None:
    from scanner.access.remnants import EVENTS
    from scanner.cli.console import note, say, say_item

    for words in unlisted:
        note(f"roles may be missing, because a listing could not be read: {words}")
    lasting = [one for one in found if role or _has_more_than_its_sessions(one)]
    for one in lasting:
        _print_role(one)
    rest = [one for one in found if one not in lasting]
    if rest:
        say(f"Of {_roles(len(rest))} nothing is left but sessions that are open when the door is shut:")
        for one in rest:
            say_item(f"{one.role} of account {one.account}: {_longest(one)}", indent=2, hang=2)
        say("`crossrole residual --role NAME` tells more of one role.\n")
    if role and not found:
        say(
            f"nobody outside the account is trusted with role `{role}`, so there is no delegation that it could outlive"
        )
    elif not found:
        say("no role lets in anybody from outside" + (", as far as could be read" if unlisted else ""))
    else:
        say(f"Events: {EVENTS}.")


def _has_more_than_its_sessions(residual: Residual) -> bool:
    return len(residual.remnants) > 1 or bool(residual.unread)


def _longest(residual: Residual) -> str:
    seconds = residual.remnants[-1].seconds
    return "for how long was not read" if seconds is None else f"{seconds} s at most by today's limit"


def _roles(number: int) -> str:
    return "1 role" if number == 1 else f"{number} roles"


def _print_role(residual: Residual) -> None:
    from scanner.cli.console import say, say_item

    say_item(f"Role {residual.role} of account {residual.account}", indent=0)
    _print_entrances(residual)
    say("\n  What can outlive it")
    for number, remnant in enumerate(residual.remnants, start=1):
        _print_remnant(number, remnant)
    _print_instances(residual)
    if residual.speaks_of_4x:
        say()
        say_item(f"4.x: {_FOUR}", indent=2, hang=2)
    if residual.unread:
        say("\n  What could not be read, so that more may be left")
    for words in residual.unread:
        say_item(words, indent=4, hang=2)
    say("\n  How to end it")
    say_item(f"first: {_SHUT}", indent=4, hang=2)
    for ending, numbers in _endings(residual).items():
        say_item(f"for {', '.join(map(str, numbers))}: {ending}", indent=4, hang=2)
    say()


def _endings(residual: Residual) -> dict[str, list[int]]:
    """How to end what is told, each with the numbers of what it ends."""
    found: dict[str, list[int]] = {}
    for number, remnant in enumerate(residual.remnants, start=1):
        found.setdefault(remnant.ending, []).append(number)
    return found


def _print_entrances(residual: Residual) -> None:
    from scanner.cli.asking import terms_in_words, who
    from scanner.cli.console import say_item

    for path in residual.entrances:
        terms = terms_in_words(path.only_if, path.unless)
        say_item(f"lets in {who(path)}" + (f", {terms}" if terms else ""), indent=2, hang=2)
        for doubt in path.doubts:
            say_item(f"not certain: {doubt}", indent=4, hang=2)
    for closed in residual.closed:
        say_item(f"trusts {closed.principal}, who cannot come in today: {closed.because}", indent=2, hang=2)


def _print_remnant(number: int, remnant: Remnant) -> None:
    from scanner.cli.asking import place, terms_in_words
    from scanner.cli.console import say_item

    kind = remnant.kind.value
    say_item(f"{number}. {kind[0].upper()}{kind[1:]}: {remnant.what}", indent=4, hang=3)
    if terms := terms_in_words(remnant.hop.only_if, remnant.hop.unless):
        say_item(terms, indent=7, hang=2)
    for doubt in remnant.hop.doubts:
        say_item(f"not certain: {doubt}", indent=7, hang=2)
    calls = ", ".join(action for action in remnant.actions if f"`{action}`" not in remnant.what)
    places = ", ".join(dict.fromkeys(place(one) for one in remnant.hop.statements if one.path))
    if told := "; ".join(
        words for words in (f"call {calls}" if calls else "", f"by {places}" if places else "") if words
    ):
        say_item(told, indent=7, hang=2)


def _print_instances(residual: Residual) -> None:
    from scanner.cli.console import say, say_item

    if residual.open_instances:
        say("\n  Its 5.x instances, as they stand for whoever reaches them and has no role")
    for instance in residual.open_instances:
        name = f" ({instance.name})" if instance.name else ""
        unread = tuple(f"not known: {words}" for words in instance.unread)
        told = "; ".join((*instance.open, *unread)) or "nothing is open"
        say_item(f"{instance.instance_id}{name}: {told}", indent=4, hang=2)
        if instance.accounts:
            say_item(f"accounts {instance.account_words}; {len(instance.acls)} ACL rules", indent=6, hang=2)
