"""The report's summary as Markdown, to paste into a ticket.

Names are set as code, where no markup, link or mention is read; all other text is escaped.
It is a summary: long lists end in "and N more", and the HTML report has the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from reports.coverage import missing_permissions
from reports.index import Index
from reports.input import ReportInput
from reports.matrix import MatrixPicture, Party, Row, draw_matrices
from reports.partners import external_id_words, partner_of
from reports.summary import sentences
from reports.told import Told
from reports.words import capped, count, duration, moment, sentence
from scanner.model.delegation import Delegation
from scanner.model.finding import Finding
from scanner.model.text import visible

ROWS: Final = 50
FINDINGS: Final = 50
UNKNOWN: Final = 20
_SPECIAL: Final = re.compile(
    r"^[ ]*[-+#=]|^[ ]*\d+[.)](?=\s|$)|:(?=//)|(?<=www)\.|[\\`*_\[\]~<>&@]", re.IGNORECASE
)
"""What starts a list or heading at the beginning of a text, links, and markup anywhere."""
_TICKS: Final = re.compile(r"`+")

_ALL_FINDINGS: Final = "; `crossrole findings` lists all"


def render_markdown(report: ReportInput) -> str:
    """The summary. The same input gives the same text."""
    index = Index.of(report)
    told = Told(report, index)
    blocks = (
        f"# {escaped(report.title)}",
        _made(report),
        _banner(report),
        "\n".join(f"- {escaped(s)}" for s in sentences(index)),
        _delegations(index, told),
        _chains(report, told),
        *(_matrix(picture) for picture in draw_matrices(report, index, told=told, parts={})),
        _findings(report, index),
        _unknown(report, index),
        _missing(index),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    """`text` as Markdown that reads as exactly this text, in one line."""
    return _SPECIAL.sub(_neutralised, visible(text))


def code(text: str) -> str:
    """`text` as a code span."""
    shown = visible(text)
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str) -> str:
    """`text` escaped, with what stands between backticks set as code."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escaped(text)
    return "".join(code(piece) if i % 2 and piece else escaped(piece) for i, piece in enumerate(pieces))


def _neutralised(found: re.Match[str]) -> str:
    text = found[0]
    if text in {"<", ">", "&", "@", ":", "."}:
        return f"&#{ord(text)};"
    return text[:-1] + "\\" + text[-1]


def _made(report: ReportInput) -> str:
    accounts = ", ".join(code(s.account) for s in sorted(report.snapshots, key=lambda s: s.account)) or "none"
    return f"Generated {escaped(moment(report.generated))} by crossrole {escaped(report.version)}. Accounts: {accounts}."


def _banner(report: ReportInput) -> str:
    if not report.local_cloud:
        return ""
    return "> **From the local cloud.** This was not read from a real Alibaba Cloud account."


def _delegations(index: Index, told: Told) -> str:
    rows = capped((d for found in index.delegated.values() for d in found), ROWS)
    if not rows.shown:
        return ""
    head = "| Role | Outside party | What it comes to | Ways in | Session | Worst finding |\n|---|---|---|---|---|---|"
    lines = (_delegation(d, index, told) for d in rows.shown)
    return "\n".join(("## Delegations\n", head, *lines, *_more(rows.more, before="\n")))


def _delegation(delegation: Delegation, index: Index, told: Told) -> str:
    key = (delegation.owner, delegation.role)
    worst = index.worst_of.get(key)
    standing = worst.value if worst is not None else "no check failed"
    partner = partner_of(delegation)
    ways = ", ".join(way.value for way in delegation.ways) or "none known"
    unused = told.closed(delegation)
    return _row(
        code(delegation.role),
        (escaped(partner.name) + " " if partner.name else "") + code(delegation.principal),
        prose(told.sentence(delegation)) + (f" Trusted in vain now: {prose(unused)}." if unused else ""),
        f"{escaped(ways)}; external id {external_id_words(required=delegation.external_id_required)}",
        duration(delegation.max_session_seconds),
        standing + (", not all determined" if index.undetermined(key) else ""),
    )


def _chains(report: ReportInput, told: Told) -> str:
    paths = capped(sorted(report.chains, key=lambda p: (p.owner, p.role, p.roles, p.principal)), ROWS)
    lines = [f"- {prose(told.sentence(path))}" for path in paths.shown]
    return "\n".join(("## Through other roles\n", *lines, *_more(paths.more))) if lines else ""


def _matrix(picture: MatrixPicture) -> str:
    """What each role reaches, in numbers."""
    rows = capped(
        ((party, row) for party in picture.parties for row in party.rows if not row.powerless), ROWS
    )
    if not rows.shown:
        return ""
    head = _row("Outside party", "Role", *(entry.label.capitalize() for entry in picture.legend))
    rule = "|---" * (len(picture.legend) + 2) + "|"
    lines = (_matrix_row(party, row) for party, row in rows.shown)
    title = f"## Who reaches what in account {escaped(picture.account)}\n"
    return "\n".join((title, head, rule, *lines, *_more(rows.more, before="\n")))


def _matrix_row(party: Party, row: Row) -> str:
    alike = f" and {row.number - 1:,} alike" if row.number > 1 else ""
    via = f" via {code(row.via)}" if row.via else ""
    unread = "; not all was read" if row.unread else ""
    return _row(
        escaped(party.partner.name) or code(party.partner.identity),
        f"{code(row.names.shown[0])}{alike}{via}{unread}",
        *("; ".join(map(prose, lines)) for lines in row.numbers),
    )


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _findings(report: ReportInput, index: Index) -> str:
    found = capped(index.failed, FINDINGS)
    if not found.shown:
        return ""
    lines = (f"- **{f.severity.value}** {_finding(report, f)}" for f in found.shown)
    return "\n".join(("## Findings\n", *lines, *_more(found.more, where=_ALL_FINDINGS)))


def _unknown(report: ReportInput, index: Index) -> str:
    found = capped(index.unknown, UNKNOWN)
    if not found.shown:
        return ""
    lines = (f"- {_finding(report, f)}" for f in found.shown)
    return "\n".join(("## Not determined\n", *lines, *_more(found.more, where=_ALL_FINDINGS)))


def _finding(report: ReportInput, finding: Finding) -> str:
    text = report.rules.get(finding.rule)
    title = f"{prose(text.title)} ({code(finding.rule)})" if text is not None else code(finding.rule)
    return (
        f"{title}, {finding.subject_kind.value} {code(finding.subject)}: {prose(sentence(finding.message))}"
    )


def _missing(index: Index) -> str:
    lines = [
        f"- {code(m.action)} in account {code(a.snapshot.account)}, for {count(m.reads, 'read')}"
        for a in index.accounts
        for m in missing_permissions(a.snapshot)
    ]
    return "\n".join(("## Missing permissions\n", *lines)) if lines else ""


def _more(more: int, *, before: str = "", where: str = "") -> Iterable[str]:
    return (f"{before}- and {more:,} more{where}",) if more else ()
