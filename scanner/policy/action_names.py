"""Names of actions, to tell a misspelling from an action that is new.

The catalogue has the actions that matter to an audit. Here are, beside it, those of RAM and STS that do not,
patterns of the vendor's own policies that cover nothing in any list, and what people write for sending
and receiving. A name in none of these is not wrong for that alone: the service may have learnt it since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from scanner.model.series import Series
from scanner.policy.catalogue import AccessClass, Known, by_class, catalogue, find
from scanner.policy.pattern import fold

SERVICES: Final = ("rocketmq", "mq", "ram", "sts")
"""The services that the catalogue has actions of, as they stand in an action."""
TYPO: Final = 2
"""How many letters may be wrong for a name to be taken for a misspelling of another."""

VENDOR_PATTERNS: Final = frozenset(
    {"mq:get*", "mq:download*", "mq:dashboard*", "rocketmq:submitquery*", "rocketmq:download*"}
)
"""Folded patterns of the vendor's own policies whose actions no list names: the console asks for them."""

_SENDS: Final = ("send", "pub", "publish", "produce", "put", "push", "write")
_RECEIVES: Final = ("receive", "sub", "subscribe", "consume", "pull", "pop", "ack", "read", "fetch", "poll")
_WHAT: Final = ("", "message", "messages", "msg")

SENDING: Final = frozenset((*(verb + what for verb in _SENDS for what in _WHAT), "producer"))
"""What people write, folded, for an action that lets a client send."""
RECEIVING: Final = frozenset((*(verb + what for verb in _RECEIVES for what in _WHAT), "consumer"))
"""The same for receiving."""

_OF_RAM: Final = """
ChangePassword ClearAccountAlias CreateGroup CreatePolicy CreateServiceLinkedRole DecodeDiagnosticMessage
DeleteAccessKey DeleteGroup DeleteLoginProfile DeletePolicy DeleteRole DeleteServiceLinkedRole DeleteUser
GetAccessKeyLastUsed GetAccountAlias GetGroup GetLoginProfile GetPasswordPolicy GetPolicy GetPolicyVersion GetRole
GetSecurityPreference GetServiceLinkedRoleTemplate GetUser ListAccessKeys ListEntitiesForPolicy ListGroups
ListGroupsForUser ListPolicies ListPoliciesForGroup ListPoliciesForRole ListPoliciesForUser ListPolicyVersions
ListPolicyAttachments ListRoles ListTagResources ListUsers ListUsersForGroup RemoveUserFromGroup SetAccountAlias
SetPasswordPolicy SetSecurityPreference TagResources UntagResources UpdateGroup UpdatePolicyDescription UpdateUser
BindMFADevice UnbindMFADevice CreateVirtualMFADevice DeleteVirtualMFADevice ListVirtualMFADevices GetUserMFAInfo
CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviders UpdateSAMLProvider
CreateOIDCProvider DeleteOIDCProvider GetOIDCProvider ListOIDCProviders UpdateOIDCProvider
GenerateCredentialReport GetCredentialReport GetAccountSummary GetAccountSecurityPracticeReport
"""
_OF_STS: Final = "AssumeRoleWithSAML AssumeRoleWithOIDC GetCallerIdentity SetSourceIdentity"

_VERB: Final = re.compile(r"[A-Z][a-z]*")
_READING: Final = ("Get", "List", "Query", "Describe", "Show", "Read", "Download", "Find", "Lookup", "Check")


@cache
def names(service: str) -> tuple[str, ...]:
    """The known actions of a service, without its code and a colon: those of the catalogue first."""
    beside = {"ram": _OF_RAM, "sts": _OF_STS}.get(service, "").split()
    known = (entry.action.partition(":") for entry in catalogue())
    return tuple(dict.fromkeys([name for code, _, name in known if code == service] + beside))


def documented_spelling(service: str, name: str) -> str | None:
    """The known action that is `name` but for small and capital letters; None when there is none."""
    return _spellings(service).get(fold(name))


def action_of_operation(name: str) -> str | None:
    """The 4.x action that an operation of that name asks for, where it is called otherwise."""
    return _operations().get(fold(name))


def misspelt(name: str, among: Iterable[str]) -> str | None:
    """The one of `among` that `name` is most likely a misspelling of; None when none is near."""
    near = sorted((edits(fold(name), fold(other)), other) for other in among if _alike(name, other))
    return near[0][1] if near and near[0][0] <= TYPO else None


def kindred(service: str, name: str) -> tuple[str, ...]:
    """Known actions about the same thing that read where `name` reads, and write where it writes."""
    about = _about(name)
    return tuple(n for n in names(service) if about and _about(n) == about and _reads(n) is _reads(name))


def edits(first: str, second: str) -> int:
    """How many letters must be put in, left out, changed or swapped with the next to turn one into the other.

    Anything over `TYPO` is only known to be over it.
    """
    if abs(len(first) - len(second)) > TYPO:
        return TYPO + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(second, 1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > TYPO:
            return TYPO + 1
    return row[-1]


def _alike(name: str, other: str) -> bool:
    """Whether one may stand for the other without turning a reader into a writer."""
    return len(name) > TYPO * 2 and _reads(name) is _reads(other)


def _reads(name: str) -> bool:
    return name.startswith(_READING)


def _about(name: str) -> str:
    """What a name is about: all behind its first word, singular."""
    verb = _VERB.match(name)
    return "" if verb is None else fold(name[verb.end() :]).removesuffix("s")


@cache
def _spellings(service: str) -> dict[str, str]:
    return {fold(name): name for name in names(service)}


@cache
def _operations() -> dict[str, str]:
    renamed = {
        fold(entry.api): entry.action
        for entry in by_class(*AccessClass, series=Series.V4)
        if entry.api.startswith("Ons") and entry.evidence is Known.DOCUMENTED
    }
    return {api: action for api, action in renamed.items() if not find(f"mq:{api}")}
