"""Names of things in Alibaba Cloud, and the type that keeps a secret from being printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NewType

AccountId = NewType("AccountId", str)
"""An Alibaba Cloud account id: decimal digits, 16 of them in every account seen so far."""

ACCOUNT_PATTERN: Final = re.compile(r"[0-9]{5,32}")
_ARN_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no log, store, report or alert may show; it prints as `***`."""

    _value: str

    def reveal(self) -> str:
        """The plain value; call it only where it goes onto the wire."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Arn:
    """An Alibaba Cloud resource name, `acs:<service>:<region>:<account>:<relative id>`.

    See https://www.alibabacloud.com/help/en/ram/user-guide/policy-elements.
    """

    service: str
    region: str
    account: str
    relative: str

    @staticmethod
    def parse(text: str) -> Arn | None:
        """The parts of `text`, or None when it is not a resource name."""
        parts = text.split(":", _ARN_PARTS - 1)
        if len(parts) != _ARN_PARTS or parts[0] != "acs":
            return None
        return Arn(service=parts[1], region=parts[2], account=parts[3], relative=parts[4])

    def __str__(self) -> str:
        return f"acs:{self.service}:{self.region}:{self.account}:{self.relative}"


def role_arn(account: AccountId, name: str) -> str:
    """The resource name of a RAM role, with the empty region the RAM API prints."""
    return f"acs:ram::{account}:role/{name}"


def user_arn(account: AccountId, name: str) -> str:
    """The resource name of a RAM user."""
    return f"acs:ram::{account}:user/{name}"


def is_account_id(text: str) -> bool:
    """Whether `text` has the form of an account id."""
    return ACCOUNT_PATTERN.fullmatch(text) is not None
