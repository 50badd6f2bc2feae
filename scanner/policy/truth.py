"""Three-valued logic: UNKNOWN is either of the others, and nobody has said which."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.policy.decision import Truth

_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def truth_of(value: bool) -> Truth:  # noqa: FBT001 - the value is what it is about
    """TRUE or FALSE."""
    return Truth.TRUE if value else Truth.FALSE


def opposite(truth: Truth) -> Truth:
    """TRUE for FALSE and the reverse; UNKNOWN stays."""
    return _OPPOSITE[truth]


def any_of(truths: Iterable[Truth]) -> Truth:
    """TRUE if one is, FALSE if all are."""
    result = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            result = truth
    return result


def all_of(truths: Iterable[Truth]) -> Truth:
    """FALSE if one is, TRUE if all are."""
    return opposite(any_of(opposite(truth) for truth in truths))
