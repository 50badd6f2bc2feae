"""What the terminal shows: tables and lines on standard output, notes on standard error.

Every text from the cloud goes through `visible` and is never read as markup.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from scanner.model.finding import Severity, Verdict
from scanner.model.text import visible, visible_block

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH: Final = 160
_NARROW: Final = 40
_COLOURS: Final = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}


Cell = str | Sequence[str]
"""A cell of a table: one line, or several."""


def console() -> Console:
    """Standard output; wide when it is not a terminal, so that nothing is cut off there."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


@contextmanager
def writing() -> Iterator[None]:
    """Write to standard output inside; a reader that went away, such as `head`, ends only the writing.

    Raises:
        CrossroleError: it cannot be written, for example because the disk is full.
    """
    from scanner.errors import CrossroleError

    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        raise CrossroleError(
            f"cannot write to standard output: {error.strerror}",
            hint="what was to be stored is stored; send the output elsewhere",
        ) from error


def _silence() -> None:
    """Let what is still buffered, and what comes after it, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(text: str) -> None:
    """`text` on standard output as it is: for what the program made, not for names from the cloud."""
    with writing():
        sys.stdout.write(text)


def say(text: str = "") -> None:
    """One line, or several, on standard output."""
    write(visible_block(text) + "\n")


def say_item(text: str, *, indent: int, hang: int = 0) -> None:
    """One item of a list, indented; in a terminal it is folded, and later lines are indented by `hang` more."""
    first = " " * indent
    if not sys.stdout.isatty():
        say(first + visible(text))
        return
    import shutil
    import textwrap

    width = max(shutil.get_terminal_size().columns, _NARROW)
    lines = textwrap.wrap(
        visible(text),
        width,
        initial_indent=first,
        subsequent_indent=first + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    say("\n".join(lines))


def note(text: str) -> None:
    """One line on standard error, for the person and not for the pipe."""
    print(visible_block(text), file=sys.stderr)


def print_json(value: object) -> None:
    """`value` on standard output, keys sorted, characters that could deceive a terminal escaped."""
    write(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=True) + "\n")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A table of untrusted texts; a cell that starts with the name of a severity is coloured."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_shown(cell), style=_style(cell)) for cell in row))
    with writing():
        console().print(table)


def _shown(cell: Cell) -> str:
    return visible(cell) if isinstance(cell, str) else "\n".join(visible(line) for line in cell)


def _style(cell: Cell) -> str:
    return _COLOURS[Severity(cell)] if isinstance(cell, str) and cell in set(Severity) else ""


def severity_word(severity: Severity, verdict: Verdict) -> str:
    """The severity of a FAIL; for other verdicts the verdict itself."""
    return severity.value if verdict is Verdict.FAIL else verdict.value
