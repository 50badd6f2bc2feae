"""Policy documents from files, or from standard input under the name `-`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scanner.errors import CrossroleError, UsageError

if TYPE_CHECKING:
    from scanner.policy.syntax import PolicyDocument, PolicyType

STANDARD_INPUT: Final = "-"
LARGEST: Final = 1_000_000
"""Bytes that are read of one file; the longest document that RAM takes has 6,144 characters."""
_MARK: Final = b"\xef\xbb\xbf"
"""What some editors put before UTF-8."""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """The text of one file."""

    name: str
    """As on the command line; standard input is `<stdin>`."""
    text: str


def read_policy_files(names: Sequence[str]) -> tuple[PolicyFile, ...]:
    """The files called `names`, in their order.

    Raises:
        UsageError: standard input is named twice.
        CrossroleError: one cannot be read, is too large, or is no text in UTF-8.
    """
    if list(names).count(STANDARD_INPUT) > 1:
        raise UsageError("standard input, `-`, can be read once only", hint="put one of the two in a file")
    return tuple(map(_read, names))


def type_of(document: PolicyDocument) -> PolicyType:
    """What the document looks like: a trust policy where a statement has a principal, else a permission policy."""
    from scanner.policy.syntax import PolicyType

    if any(statement.principals is not None for statement in document.statements):
        return PolicyType.TRUST
    return PolicyType.PERMISSION


def parse_file(file: PolicyFile, type_: PolicyType | None) -> PolicyDocument:
    """The file's document, of the type that it looks like where none is given.

    Raises:
        CrossroleError: it is not JSON, or no policy document.
    """
    from scanner.policy.parse import parse
    from scanner.policy.syntax import PolicyType

    document = parse(file.text, type=type_ or PolicyType.PERMISSION)
    fatal = {"not-json", "not-an-object", "statement-missing"}
    problem = next((problem for problem in document.problems if problem.code in fatal), None)
    if problem is not None:
        raise CrossroleError(
            f"`{file.name}` holds no policy document: {problem.message}",
            hint='a policy document is JSON of the form {"Version": "1", "Statement": [...]}',
        )
    guessed = type_ or type_of(document)
    return document if guessed is document.type else parse(file.text, type=guessed)


def _read(name: str) -> PolicyFile:
    if name == STANDARD_INPUT:
        return PolicyFile("<stdin>", _text(sys.stdin.buffer.read(LARGEST + 1), "<stdin>"))
    path = Path(name)
    if path.is_dir():
        raise CrossroleError(f"`{name}` is a directory", hint="name the policy files inside it")
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise CrossroleError(f"cannot read `{name}`: {why}") from error
    return PolicyFile(name, _text(content, name))


def _text(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        raise CrossroleError(f"`{name}` is larger than {LARGEST:,} bytes, so it is no policy document")
    try:
        return content.removeprefix(_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CrossroleError(
            f"`{name}` is no text in UTF-8", hint="save it as UTF-8; RAM documents are JSON"
        ) from error
