"""Which stored scans a command is about."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from scanner.errors import NothingInScopeError
from scanner.model.ids import AccountId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from scanner.access.view import AccountView
    from scanner.ports import ScanRecord, Store


def chosen_scans(store: Store, args: Namespace) -> tuple[ScanRecord, ...]:
    """The scan named by `--scan`, or the latest of each account (of the one named by `--account`).

    With `--as-of`, the latest means the latest that was taken by then.

    Raises:
        NothingInScopeError: nothing fits.
    """
    account = AccountId(args.account) if args.account else None
    records = _by(args.as_of, store.scans(account))
    if args.scan is not None:
        records = tuple(record for record in records if record.scan == args.scan)
    latest = _latest(records)
    if not latest:
        raise NothingInScopeError(_nothing(args), hint=_what_to_do(store, args))
    return latest


def scans_beside(store: Store, args: Namespace, chosen: Sequence[ScanRecord]) -> tuple[ScanRecord, ...]:
    """A scan of every other stored account, to look at whoever comes from there.

    It is the latest, with `--as-of` the latest by then, and beside `--scan` the one nearest in time.
    """
    accounts = {record.account for record in chosen}
    records = [record for record in _by(args.as_of, store.scans()) if record.account not in accounts]
    if args.scan is not None:
        then = chosen[0].taken
        records.sort(key=lambda record: abs(record.taken - then))
    return _latest(records)


def views_with_others(
    store: Store, args: Namespace, chosen: Sequence[ScanRecord]
) -> tuple[Mapping[AccountId, AccountView], Mapping[AccountId, AccountView]]:
    """The chosen scans by account, ready for questions, and the same with those beside them."""
    from scanner.access.view import AccountView

    views = {record.account: AccountView.of(store.load(record.scan)) for record in chosen}
    beside = scans_beside(store, args, chosen)
    return views, {**views, **{r.account: AccountView.of(store.load(r.scan)) for r in beside}}


def _by(moment: datetime | None, records: tuple[ScanRecord, ...]) -> tuple[ScanRecord, ...]:
    if moment is None:
        return records
    return tuple(record for record in records if record.taken <= moment)


def _latest(records: Iterable[ScanRecord]) -> tuple[ScanRecord, ...]:
    """The first of each account, sorted by account."""
    latest: dict[AccountId, ScanRecord] = {}
    for record in records:
        latest.setdefault(record.account, record)
    return tuple(latest[key] for key in sorted(latest))


def _nothing(args: Namespace) -> str:
    of_account = f" of account `{args.account}`" if args.account else ""
    if args.scan is not None:
        return f"there is no scan {args.scan}{of_account}"
    if args.as_of is not None:
        return f"no scan{of_account} was taken by {_shown(args.as_of)}"
    return f"no scan{of_account} is stored"


def _what_to_do(store: Store, args: Namespace) -> str:
    records = store.scans()
    others = sorted({record.account for record in records})
    if others and args.account and args.account not in others:
        return f"stored are scans of {', '.join(others)}; `crossrole scan` makes one of your account"
    if records and args.as_of is not None:
        oldest = min(record.taken for record in records if args.account in {None, record.account})
        return f"the oldest one was taken at {_shown(oldest)}"
    if others:
        return "leave out --scan for the latest"
    return "run `crossrole scan` first, or name the store with --store"


def _shown(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
