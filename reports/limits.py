"""How much a report shows before it says "and N more".

Each limit keeps the page small enough to mail and to read; nothing is ever left out
without a count of what was.
"""

from __future__ import annotations

from typing import Final

DETAILED_ROLES: Final = 150
"""Delegated roles with a part of their own, the worst first."""
PARTS_CHARACTERS: Final = 1_600_000
"""What the parts of all roles may take together, documents apart; an estimate decides."""
DELEGATION_ROWS: Final = 600
CHAIN_ROWS: Final = 60
"""Ways in through other roles."""
DOCUMENT_CHARACTERS: Final = 1_200_000
"""Policy text printed in one page, all documents together."""
SUBJECTS_PER_RULE: Final = 40
FEWEST_SUBJECTS: Final = 5
LISTED_FINDINGS: Final = 800
"""Findings in the lists by severity, all rules together: many failing rules get fewer rows each."""
EVIDENCE_IN_LIST: Final = 2
EVIDENCE_PER_FINDING: Final = 8
GAPS_PER_FINDING: Final = 10
EXCERPT_CHARACTERS: Final = 400
STATEMENTS_PER_DOCUMENT: Final = 40
WORDS_PER_CELL: Final = 12
"""Actions or resources of one statement in its table; the document shows them all."""
POLICIES_PER_ROW: Final = 6
OTHER_ROLES: Final = 40
GAP_ROWS: Final = 200
WORST_FINDINGS: Final = 6
SUBJECTS_IN_SUMMARY: Final = 4
PARTNERS_IN_SUMMARY: Final = 6
TAGS_PER_ROLE: Final = 20
