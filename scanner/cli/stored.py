"""Which stored scans a command is about."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from scanner.errors import NothingInScopeError
from scanner.model.ids import AccountId

if TYPE_CHECKING:
    from scanner.ports import ScanRecord, Store


def chosen_scans(store: Store, args: Namespace) -> tuple[ScanRecord, ...]:
    """The scan named by `--scan`, or the latest of each account (of the one named by `--account`).

    Raises:
        NothingInScopeError: nothing fits.
    """
    account = AccountId(args.account) if args.account else None
    records = store.scans(account)
    if args.scan is not None:
        records = tuple(record for record in records if record.scan == args.scan)
    latest: dict[AccountId, ScanRecord] = {}
    for record in records:
        latest.setdefault(record.account, record)
    if not latest:
        raise NothingInScopeError(_nothing(args), hint=_what_to_do(store, args))
    return tuple(latest[key] for key in sorted(latest))


def _nothing(args: Namespace) -> str:
    if args.scan is not None:
        return f"there is no scan {args.scan}" + (f" of account `{args.account}`" if args.account else "")
    return f"no scan of account `{args.account}` is stored" if args.account else "no scan is stored"


def _what_to_do(store: Store, args: Namespace) -> str:
    others = sorted({record.account for record in store.scans()})
    if others and args.account not in others:
        return f"stored are scans of {', '.join(others)}; `crossrole scan` makes one of your account"
    if others:
        return "leave out --scan for the latest"
    return "run `crossrole scan` first, or name the store with --store"
