"""What each way in comes to: the access matrix of every scanned account, and its sentences.

Both are worked out from the snapshots when they are first asked for, once for a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from reports.index import Index
from reports.input import ReportInput
from reports.matrix_marks import Reaches, reaches
from scanner.access.amounts import Stock
from scanner.access.entrance import Certainty, Path
from scanner.access.matrix import Matrix
from scanner.access.sentence import Sentences
from scanner.access.view import AccountView
from scanner.model.delegation import Delegation
from scanner.model.ids import AccountId
from scanner.model.snapshot import Snapshot

NOT_SCANNED: Final = "What it comes to is not known, because the account of the role was not scanned."


class AccountAccess:
    """The access matrix of one account, and what it says of its ways in."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.account = snapshot.account
        self._snapshot = snapshot
        self._reaches: dict[str, Reaches] = {}

    @cached_property
    def view(self) -> AccountView:
        """The account, parsed."""
        return AccountView.of(self._snapshot)

    @cached_property
    def matrix(self) -> Matrix:
        """Its roles against its resources."""
        return Matrix.of(self.view)

    @cached_property
    def stock(self) -> Stock:
        """Its resources, ready to be counted."""
        return Stock(self.matrix.resources)

    @cached_property
    def sentences(self) -> Sentences:
        """Tells its ways in."""
        return Sentences(self.view, self.matrix)

    def has(self, role: str) -> bool:
        """Whether the scan found the role."""
        return self.view.role(role) is not None

    def reaches(self, role: str) -> Reaches:
        """How far a role that the scan found goes."""
        if role not in self._reaches:
            self._reaches[role] = reaches(self.matrix.row(role))
        return self._reaches[role]


class Told:
    """Every account of a report with its access matrix."""

    def __init__(self, report: ReportInput, index: Index) -> None:
        self._closed = {
            (owner, closed.role, closed.principal): closed.because
            for owner, found in report.closed.items()
            for closed in found
        }
        self._accounts: Mapping[AccountId, AccountAccess] = {
            account.snapshot.account: AccountAccess(account.snapshot) for account in index.accounts
        }

    def account(self, account: AccountId) -> AccountAccess | None:
        """The access matrix of `account`; None when it was not scanned."""
        return self._accounts.get(account)

    def sentence(self, way: Delegation | Path) -> str:
        """What a way in comes to, in one sentence."""
        access = self._accounts.get(way.owner)
        return NOT_SCANNED if access is None else access.sentences.of(way)

    def closed(self, delegation: Delegation) -> str:
        """Why nobody uses a delegation now, in words; empty where somebody may, or where that was not read."""
        return self._closed.get((delegation.owner, delegation.role, delegation.principal), "")

    def is_doubtful(self, way: Delegation | Path) -> bool:
        """Whether it is not certain that anybody comes in this way."""
        access = self._accounts.get(way.owner)
        return access is None or access.sentences.certainty(way) is Certainty.UNCERTAIN
