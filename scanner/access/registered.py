"""The users and roles that there are in a scanned account, to look up whom a trust policy names.

What a name that is not there means is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from scanner.access.view import AccountView
from scanner.model.snapshot import Subject
from scanner.policy.pattern import fold
from scanner.policy.syntax import PrincipalForm

LISTED_AS: Final = {PrincipalForm.USER: Subject.USERS, PrincipalForm.ROLE: Subject.ROLES}
"""The forms of principals that a scan can look up, and the listings that tell of them."""

Registered = Mapping[tuple[PrincipalForm, str], datetime | None]
"""When each user and role was made, by form and name."""


def registered(view: AccountView) -> Registered:
    """The users and roles of an account that the scan found."""
    users = {(PrincipalForm.USER, user.name): user.created for user in view.snapshot.users}
    roles = {(PrincipalForm.ROLE, role.name): role.created for role in view.snapshot.roles}
    return users | roles


def listing_unread(form: PrincipalForm, view: AccountView) -> tuple[str, ...]:
    """In words, why the account may have more principals of one form than the scan found."""
    gaps = (gap for gap in view.snapshot.gaps_in(LISTED_AS[form]) if not gap.name)
    return tuple(f"the {gap.subject} of account `{view.account}`: {gap.because}" for gap in gaps)


def differing_in_case(key: tuple[PrincipalForm, str], among: Registered) -> str:
    """The user or role whose name differs from the one looked for in case alone; empty if there is none."""
    form, name = key
    return next((other for kind, other in among if kind is form and fold(other) == fold(name)), "")
