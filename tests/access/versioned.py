"""Custom policies with several versions, for tests."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.document import Document
from scanner.model.policy import Policy, PolicyKind, PolicyRef, PolicyVersion
from tests.rules.worlds import Body, document


def versioned(name: str, *versions: Body | Sequence[Body] | str | None, default: int = -1) -> Policy:
    """A policy whose versions v1, v2, … hold these statements or texts; None is one that was not read."""
    in_force = range(len(versions))[default]
    made = tuple(
        PolicyVersion(
            version_id=f"v{number + 1}",
            is_default=number == in_force,
            created=None,
            document=_document(version),
        )
        for number, version in enumerate(versions)
    )
    return Policy(ref=PolicyRef(PolicyKind.CUSTOM, name), default_version=f"v{in_force + 1}", versions=made)


def _document(version: Body | Sequence[Body] | str | None) -> Document | None:
    match version:
        case None:
            return None
        case str():
            return Document(version)
        case Sequence():
            return Document(document(*version))
        case _:
            return Document(document(version))
