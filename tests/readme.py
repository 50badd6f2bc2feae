"""The parts of README and DECISIONS made from the program; `python -m tests.readme` writes them anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import indent

from scanner.app.needs import least_policy
from scanner.cli.exits import MEANINGS
from scanner.emulator.errors import EXPLAINED_CODES

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DECISIONS = ROOT / "DECISIONS.md"


def help_text() -> str:
    """What `crossrole --help` prints, without the exit codes, which have a table of their own."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "scanner", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    return done.stdout.split("\nexit codes:")[0]


def summary_text() -> str:
    """The first lines that the demo prints."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "scanner", "demo", "--quiet", "--output", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    # How many calls it takes may differ by a retry.
    return re.sub(r"; \d+ calls", "", "".join(done.stdout.splitlines(keepends=True)[:3]))


def exit_table() -> str:
    """The exit codes as a table."""
    rows = "".join(f"| {code.value} | {meaning} |\n" for code, meaning in MEANINGS.items())
    return f"| Code | Meaning |\n|---|---|\n{rows}"


def made_anew(text: str) -> str:
    """`text` with its generated parts as they should be."""
    text = _replace(text, r"(<!-- help -->\n```text\n).*?(```\n)", help_text())
    text = _replace(
        text, r"(<!-- policy -->\n   ```json\n).*?(   ```\n)", indent(least_policy() + "\n", "   ")
    )
    text = _replace(text, r"(<!-- summary -->\n```text\n).*?(```\n)", summary_text())
    return _replace(text, r"(<!-- exits -->\n).*?(\nCodes from 11)", exit_table())


def explained_codes() -> str:
    """Why the local cloud raises codes that the vendor does not list, the codes of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for code, reason in EXPLAINED_CODES.items():
        by_reason.setdefault(reason, []).append(f"`{code}`")
    rows = sorted((", ".join(sorted(codes)), reason) for reason, codes in by_reason.items())
    return "".join(f"- {codes}: {reason}.\n" for codes, reason in rows)


def decisions_made_anew(text: str) -> str:
    """DECISIONS with its generated part as it should be."""
    return _replace(text, r"(<!-- explained codes -->\n).*?(<!-- end -->)", explained_codes())


def _replace(text: str, pattern: str, made: str) -> str:
    found = re.search(pattern, text, flags=re.DOTALL)
    if found is None:
        raise ValueError(f"the README lacks {pattern}")
    return text[: found.start()] + found.group(1) + made + found.group(2) + text[found.end() :]


def consoles(text: str, mark: str) -> list[str]:
    """The commands of the console blocks that follow `<!-- mark -->`."""
    blocks = re.findall(rf"<!-- {mark} -->\n\s*```console\n(.*?)```", text, flags=re.DOTALL)
    return [
        line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines() if line.strip()
    ]


def examples(text: str) -> list[str]:
    """The commands of the table of jobs."""
    table = text.split("## What you can do", maxsplit=1)[1].split("Every command has", maxsplit=1)[0]
    return re.findall(r"`(crossrole [^`]+)`", table)


if __name__ == "__main__":
    README.write_text(made_anew(README.read_text(encoding="utf-8")), encoding="utf-8")
    DECISIONS.write_text(decisions_made_anew(DECISIONS.read_text(encoding="utf-8")), encoding="utf-8")
