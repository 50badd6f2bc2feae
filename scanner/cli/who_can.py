"""`crossrole who-can`: who from outside may do something to a resource.

With `--json` it prints a list with one value for each account that has the resource:
`account`, `action` (as asked), `class` (null for an action), `resource` (as asked), `targets` (`arn`, `type`,
`exists`, `actions`), `answers` (`certainty`, `resource`, `actions`, `only_if`, `unless`, `doubts`, `statements`,
and `path`: who comes in, through which `roles`, and on which terms), `closed` (who is trusted and cannot come in, and
why), `unread` and `notes`.
"""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from scanner.cli.exits import Exit
from scanner.cli.options import add_choice_of_scan, add_common

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from scanner.access.targets import Asked, Target, Targets
    from scanner.access.view import AccountView
    from scanner.access.who import Access, WhoCan

MOST_TARGETS: Final = 100
"""How many resources one question may be about."""
_FEW: Final = 3
"""Up to how many resources a line names."""


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "who-can",
        help="who from outside may do something to a resource",
        description="List who from outside may do an action, or anything of a class, to a resource: through which "
        "roles, on which terms, and by which statements; and what leaves it open.",
    )
    add_common(parser)
    add_choice_of_scan(parser)
    parser.add_argument(
        "action",
        metavar="ACTION",
        help="an action such as rocketmq:GetTopic, a pattern of actions, or a class such as publish or read-messages",
    )
    parser.add_argument(
        "resource",
        metavar="RESOURCE",
        help="its ARN, or its name: an instance, `instance/topic`, a topic, a group, `role/name`, or `*` for all",
    )
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Print the answer for each account that has the resource."""
    from scanner.access.targets import targets
    from scanner.access.who import who_can
    from scanner.cli.asking import checked_question, load_estate
    from scanner.cli.console import print_json

    question = checked_question(args.action)
    estate = load_estate(args)
    meant = [(view, targets(args.resource, question, view)) for view in estate.views]
    _check(args.resource, [one for _, one in meant])
    answers = [
        (view, named, who_can(named.found, view, estate.entered(view)))
        for view, named in meant
        if named.found
    ]
    if args.json:
        print_json([_value(question, args.resource, *answer) for answer in answers])
    else:
        for answer in answers:
            _print(question, *answer, quiet=args.quiet)
    return Exit.OK if all(answer.is_complete for _, _, answer in answers) else Exit.INCOMPLETE


def _check(text: str, meant: Sequence[Targets]) -> None:
    """Refuse a name that means nothing, or too much."""
    from scanner.cli.asking import no_such_resource
    from scanner.errors import UsageError

    count = sum(len(one.found) for one in meant)
    if count == 0:
        near = [name for one in meant for name in one.near]
        raise no_such_resource(text, near=near[:_FEW], why=[one.note for one in meant if one.note])
    if count > MOST_TARGETS:
        some = ", ".join(f"`{target.arn}`" for one in meant for target in one.found[:_FEW])
        raise UsageError(
            f"`{text}` means {count} resources, and one question may be about {MOST_TARGETS}",
            hint=f"name fewer, such as {some}; `crossrole matrix --class` counts them all",
        )


def _notes(question: Asked, named: Targets) -> tuple[str, ...]:
    from scanner.cli.asking import question_notes

    broker = (_governed_by_broker(question, named.found),)
    return tuple(note for note in (*question_notes(question), named.note, *broker) if note)


def _governed_by_broker(question: Asked, found: Sequence[Target]) -> str:
    """What RAM does not decide: sending to and receiving from a 5.x instance."""
    from scanner.policy.catalogue import AccessClass

    clients = question.access in {AccessClass.PUBLISH, AccessClass.SUBSCRIBE}
    if clients and any(target.arn.startswith("acs:rocketmq:") for target in found):
        return (
            "on a 5.x instance, RAM decides only about calls of the OpenAPI; clients send and receive with a user name of "
            "the instance, so ask as well who can `obtain-credentials`"
        )
    return ""


def _value(
    question: Asked, resource: str, view: AccountView, named: Targets, answer: WhoCan
) -> dict[str, Any]:
    from scanner.cli.asking import closed_value

    return {
        "account": view.account,
        "action": question.text,
        "class": question.access.value if question.access else None,
        "resource": resource,
        "targets": [
            {
                "arn": target.arn,
                "type": target.type.value if target.type else None,
                "exists": target.exists,
                "actions": list(target.actions),
            }
            for target in named.found
        ],
        "answers": [_answer_value(one) for one in answer.answers],
        "closed": [closed_value(closed) for closed in answer.closed],
        "unread": list(answer.unread),
        "notes": list(_notes(question, named)),
    }


def _answer_value(one: Access) -> dict[str, Any]:
    from scanner.cli.asking import evidence_value, path_value

    return {
        "certainty": one.certainty.value,
        "resource": one.target.arn,
        "actions": list(one.actions),
        "only_if": list(one.only_if),
        "unless": list(one.unless),
        "doubts": list(one.doubts),
        "statements": [evidence_value(evidence) for evidence in one.statements],
        "path": path_value(one.path),
    }


def _print(question: Asked, view: AccountView, named: Targets, answer: WhoCan, *, quiet: bool) -> None:
    from scanner.access.entrance import Certainty
    from scanner.cli.console import note, print_table, say

    if not quiet:
        for words in _notes(question, named):
            note(words)
    say(f"Who from outside may {_doing(question)} {_listed(named.found)} of account {view.account}")
    for certainty in Certainty:
        chosen = [one for one in answer.answers if one.certainty is certainty]
        if chosen:
            say(f"\n{certainty.value.capitalize()}")
        for same in _alike(chosen):
            _print_way(same, question, asked=len(named.found))
    if not answer.answers:
        say("  nobody" + (", as far as could be read" if answer.unread else ""))
    if answer.closed:
        say("\nTrusted, but unable to come in")
        print_table(("role", "who", "why"), ((c.role, c.principal, c.because) for c in answer.closed))
    for words in answer.unread:
        say(f"not known: {words}")
    say()


def _doing(question: Asked) -> str:
    return f"{question.access.value} on" if question.access else f"do {question.text} on"


def _listed(found: Sequence[Target]) -> str:
    """The resources in a heading: by name while they are few."""
    if len(found) <= _FEW:
        return ", ".join(target.words for target in found)
    return f"{len(found)} resources"


def _alike(answers: Iterable[Access]) -> Iterable[list[Access]]:
    """Answers that differ in the resource alone, together."""
    together: dict[tuple[object, ...], list[Access]] = {}
    for one in answers:
        key = (
            one.path.principal,
            one.path.roles,
            one.certainty,
            one.actions,
            one.only_if,
            one.unless,
            one.doubts,
        )
        together.setdefault(key, []).append(one)
    return together.values()


def _print_way(same: Sequence[Access], question: Asked, *, asked: int) -> None:
    """One way in, with the terms it hangs on and the statements that open it."""
    from scanner.cli.asking import place, terms_in_words, who
    from scanner.cli.console import say

    one = same[0]
    actions = f": {_first(one.actions)}" if len(question.actions) > 1 else ""
    say(f"  {who(one.path)}, through {' > '.join(one.path.roles)}{actions}")
    if asked > 1:
        say(f"    on {_reached(same, asked)}")
    if terms := terms_in_words(one.only_if, one.unless):
        say(f"    {terms}")
    for doubt in one.doubts:
        say(f"    not certain: {doubt}")
    for statement in dict.fromkeys(statement for each in same for statement in each.statements):
        say(f"    by {place(statement)}")


def _reached(same: Sequence[Access], asked: int) -> str:
    """Which of several resources an answer is about."""
    names = [one.target.arn.rpartition(":")[2] for one in same]
    if len(names) == asked:
        return f"all {asked}"
    return f"{len(names)} of {asked}: {_first(names)}"


def _first(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{rest}"
