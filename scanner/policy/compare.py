"""Whether a set of policies allows any request that another does not, with one that shows it.

The answer is exact over the documented language. It is searched in this order:

1. a request that the new policies surely allow and the old ones surely refuse, whatever is open: NEW_ACCESS;
2. for each combination of readings of the open questions that matter here, a request under that
   reading: none under any is NO_NEW_ACCESS, one under each is NEW_ACCESS, and otherwise the answer is UNKNOWN;
3. what is not understood may come out either way, and makes the answer UNKNOWN where it could add access.

Every witness is decided with both sides before it is reported. What requests there can be is told by
the rows of `scanner.policy.assumptions`. Whether a service honours resource groups or control policies
at all is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scanner.policy.assumptions import Readings
from scanner.policy.comparing.foci import Scope, Side
from scanner.policy.comparing.settle import Case, Settling
from scanner.policy.comparison import Change, Comparison, PolicySet, Witness
from scanner.policy.decision import Decision, SourcedPolicy
from scanner.policy.evaluate import decide, decide_assume
from scanner.policy.parse import parse
from scanner.policy.syntax import PolicyType

STATE_CAP: Final = 100_000
"""How many states a comparison visits before it answers UNKNOWN."""

_NOTHING: Final = Scope((), ())
_TRUSTS_NOBODY: Final = SourcedPolicy(
    document=parse('{"Version": "1", "Statement": []}', type=PolicyType.TRUST), label="trust policy"
)
_MAY_ASSUME: Final = SourcedPolicy(
    document=parse(
        '{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}',
        type=PolicyType.PERMISSION,
    ),
    label="the caller's own policy",
)


def compare(
    new: PolicySet,
    old: PolicySet,
    *,
    inventory: Sequence[str] = (),
    account: str = "",
    cap: int = STATE_CAP,
) -> Comparison:
    """Whether `new` allows any request that `old` does not.

    A witness is on a resource of `inventory`, full resource names, where one shows new access, and otherwise
    on one of `account`. `cap` bounds the states that are visited; beyond it the answer is UNKNOWN.
    """
    sides = Side.of(new), Side.of(old)

    def judge(witness: Witness, readings: Readings) -> tuple[Decision, Decision]:
        return _decide(new, witness, readings), _decide(old, witness, readings)

    case = Case(
        new=sides[0],
        old=sides[1],
        policies=(*_policies(new), *_policies(old)),
        judge=judge,
        inventory=inventory,
        account=account,
    )
    return Settling(case, cap=cap).answer()


def change(
    new: PolicySet,
    old: PolicySet,
    *,
    inventory: Sequence[str] = (),
    account: str = "",
    cap: int = STATE_CAP,
) -> Change:
    """What `new` adds to `old` and what it takes away; arguments as in `compare`."""
    return Change(
        wider=compare(new, old, inventory=inventory, account=account, cap=cap),
        narrower=compare(old, new, inventory=inventory, account=account, cap=cap),
    )


def compare_trust(
    new: SourcedPolicy | None, old: SourcedPolicy | None, *, role: str, cap: int = STATE_CAP
) -> Comparison:
    """Whether trust policy `new` lets in any caller that `old` does not; None trusts nobody.

    `role` is the resource name of the role. The callers' own permission to assume it is taken as given.
    """
    after, before = new or _TRUSTS_NOBODY, old or _TRUSTS_NOBODY
    sides = _trust_side(after), _trust_side(before)

    def judge(witness: Witness, readings: Readings) -> tuple[Decision, Decision]:
        return _assume(after, witness, readings), _assume(before, witness, readings)

    case = Case(
        new=sides[0],
        old=sides[1],
        policies=(after, before),
        judge=judge,
        role=role,
    )
    return Settling(case, cap=cap).answer()


def change_trust(
    new: SourcedPolicy | None, old: SourcedPolicy | None, *, role: str, cap: int = STATE_CAP
) -> Change:
    """Whom trust policy `new` lets in beside those of `old`, and whom no more; arguments as in `compare_trust`."""
    return Change(
        wider=compare_trust(new, old, role=role, cap=cap),
        narrower=compare_trust(old, new, role=role, cap=cap),
    )


def _trust_side(trust: SourcedPolicy) -> Side:
    return Side(gates=(), account=Scope.of((trust,)), group=_NOTHING)


def _policies(policies: PolicySet) -> tuple[SourcedPolicy, ...]:
    session = () if policies.session is None else (policies.session,)
    return (*(policies.control or ()), *session, *policies.account)


def _decide(policies: PolicySet, witness: Witness, readings: Readings) -> Decision:
    return decide(
        witness.request,
        account=policies.account,
        session=policies.session,
        control=policies.control,
        readings=readings,
    )


def _assume(trust: SourcedPolicy, witness: Witness, readings: Readings) -> Decision:
    assert witness.caller is not None, "a witness between trust policies has a caller"
    return decide_assume(
        witness.request,
        caller=witness.caller,
        caller_policies=(_MAY_ASSUME,),
        trust=trust,
        readings=readings,
    )
