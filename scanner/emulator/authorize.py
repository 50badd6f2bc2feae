"""Decide whether the local cloud lets a caller do something, in the vendor's documented order.

Control policies of the account that owns the resource, then the session policy, then what is
attached to the caller: for the whole account first, and for the resource's group only if that says
nothing. For AssumeRole the trust policy must agree as well. It is deliberately naive and slow, and
it shares no code with `scanner.policy`. How one statement is read stands in `reading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.emulator.reading import Context, MalformedDocumentError, Statement, read, speaks, with_region
from scanner.emulator.service import Caller
from scanner.emulator.state import Account, AttachmentKey, LocalWorld

ASSUME_ROLE: Final = "sts:AssumeRole"
_INSTANCE_ARN: Final = "acs:rocketmq:"


class Stage(StrEnum):
    """Which kind of policy refused, in the service's own words."""

    CONTROL = "ControlPolicy"
    SESSION = "SessionPolicy"
    ACCOUNT = "AccountLevelIdentityBasedPolicy"
    RESOURCE_GROUP = "ResourceGroupLevelIdentityBasedPolicy"
    TRUST = "AssumeRolePolicy"


class Word(StrEnum):
    """What a set of documents says about a request."""

    ALLOW = "Allow"
    DENY = "ExplicitDeny"
    NOTHING = "ImplicitDeny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Why a request is refused."""

    stage: Stage
    explicit: bool
    action: str
    resource: str
    by: tuple[AttachmentKey, ...] = ()
    """The attached policies that deny; what control, session and trust policies deny names none."""

    @property
    def kind(self) -> str:
        """`ExplicitDeny` or `ImplicitDeny`."""
        return Word.DENY.value if self.explicit else Word.NOTHING.value


def _statements(documents: Iterable[str]) -> Iterator[Statement]:
    for document in documents:
        try:
            yield from read(document)
        except MalformedDocumentError:
            # The service would not have stored it; a world that holds it anyway gets nothing from it.
            continue


def word_of(documents: Iterable[str], *, action: str, resource: str | None, context: Context) -> Word:
    """What `documents` together say: a Deny beats any Allow."""
    about = [
        statement
        for statement in _statements(documents)
        if speaks(statement, action=action, resource=resource, context=context)
    ]
    if any(not statement.allow for statement in about):
        return Word.DENY
    return Word.ALLOW if about else Word.NOTHING


class Attachments:
    """Finds the documents that a principal carries.

    A large account has thousands of attachments, so it keeps them sorted by principal for as long as
    the account's own list is the same.
    """

    def __init__(self) -> None:
        self._seen: dict[str, list[AttachmentKey]] = {}
        self._sorted: dict[str, dict[tuple[str, str], list[AttachmentKey]]] = {}

    def _of(self, account: Account, kind: str, name: str) -> Sequence[AttachmentKey]:
        now = list(account.attachments)
        if self._seen.get(account.account_id) != now:
            by_principal: dict[tuple[str, str], list[AttachmentKey]] = {}
            for key in now:
                by_principal.setdefault((key.principal_kind, key.principal), []).append(key)
            self._seen[account.account_id] = now
            self._sorted[account.account_id] = by_principal
        return self._sorted[account.account_id].get((kind, name), ())

    def carried(self, account: Account, *, kind: str, name: str) -> list[AttachmentKey]:
        """What the user or role carries itself and, for a user, through groups."""
        found = list(self._of(account, kind, name))
        if kind == "user":
            for group in account.groups.values():
                if name in group.members:
                    found.extend(self._of(account, "group", group.name))
        return found


def _document(world: LocalWorld, account: Account, key: AttachmentKey) -> Iterator[str]:
    shelf = world.system_policies if key.policy_kind == "System" else account.policies
    policy = shelf.get(key.policy_name)
    if policy is not None:
        version = policy.versions.get(policy.default_version)
        if version is not None:
            yield version.document


def _owner_of(resource: str) -> str:
    """The account in a resource name."""
    _, _, rest = resource.partition(":ram:")
    return rest.split(":")[1] if ":" in rest else ""


def resource_group_of(account: Account, resource: str) -> str:
    """The resource group of `resource`, or nothing for what has none.

    Of what exists here, only 5.x instances and what lies in them belong to one.
    """
    if not resource.startswith(_INSTANCE_ARN):
        return ""
    path = resource.split(":", 4)[-1].split("/")
    instance = account.instances5.get(path[1]) if len(path) > 1 else None
    return instance.resource_group if instance else ""


class Judge:
    """Says yes or no to one request after another."""

    def __init__(self, world: LocalWorld) -> None:
        self._world = world
        self._attachments = Attachments()

    def refuses(
        self, caller: Caller, *, account: Account, action: str, resource: str, context: Context
    ) -> Denial | None:
        """Why `caller` may not do `action` on `resource`; None if it may.

        `account` is the caller's, as far as changes to it have taken effect.
        """
        if caller.kind == "root":
            return None
        stages = (
            (Stage.CONTROL, self._control(account, caller, action, resource, context)),
            (Stage.SESSION, self._session(caller, action, resource, context)),
        )
        for stage, said in stages:
            if said is not Word.ALLOW:
                return Denial(stage=stage, explicit=said is Word.DENY, action=action, resource=resource)
        return self._identity(caller, account, action, resource, context)

    def _control(
        self, account: Account, caller: Caller, action: str, resource: str, context: Context
    ) -> Word:
        # Only a role can belong to another account than the caller; all else is the caller's own.
        owner = self._world.accounts.get(_owner_of(resource), account) if action == ASSUME_ROLE else account
        role = account.roles.get(caller.name) if caller.kind == "role" else None
        if not owner.control_policies or (role is not None and role.service_linked):
            return Word.ALLOW
        said = word_of(owner.control_policies, action=action, resource=resource, context=context)
        # FullAliyunAccess is attached everywhere, so what no document mentions is allowed.
        return Word.DENY if said is Word.DENY else Word.ALLOW

    @staticmethod
    def _session(caller: Caller, action: str, resource: str, context: Context) -> Word:
        if caller.session is None or caller.session.session_policy is None:
            return Word.ALLOW
        return word_of((caller.session.session_policy,), action=action, resource=resource, context=context)

    def _identity(
        self, caller: Caller, account: Account, action: str, resource: str, context: Context
    ) -> Denial | None:
        carried = self._attachments.carried(account, kind=caller.kind, name=caller.name)
        stages = [(Stage.ACCOUNT, [key for key in carried if not key.resource_group])]
        group = resource_group_of(account, resource)
        if group:
            scoped = [key for key in carried if key.resource_group == group]
            stages.append((Stage.RESOURCE_GROUP, scoped))
        for stage, keys in stages:
            documents = (text for key in keys for text in _document(self._world, account, key))
            said = word_of(documents, action=action, resource=resource, context=context)
            if said is Word.ALLOW:
                return None
            if said is Word.DENY:
                by = tuple(key for key in keys if self._denies(account, key, action, resource, context))
                return Denial(stage=stage, explicit=True, action=action, resource=resource, by=by)
        return Denial(stage=Stage.ACCOUNT, explicit=False, action=action, resource=resource)

    def _denies(
        self, account: Account, key: AttachmentKey, action: str, resource: str, context: Context
    ) -> bool:
        documents = _document(self._world, account, key)
        return word_of(documents, action=action, resource=resource, context=context) is Word.DENY


def _is_meant(principal: tuple[str, str], caller: Caller) -> bool:
    kind, value = principal
    account = caller.account.account_id
    return kind == "RAM" and with_region(value) in {
        f"acs:ram:*:{account}:root",
        f"acs:ram:*:{account}:{caller.kind}/{caller.name}",
    }


def trust_refuses(trust: str, *, caller: Caller, resource: str, context: Context) -> Denial | None:
    """Why a role with the trust policy `trust` may not be assumed by `caller`; None if it may.

    A principal with a wildcard matches nobody: whether the service takes one is not known.
    """
    about = [
        statement
        for statement in _statements((trust,))
        if any(_is_meant(principal, caller) for principal in statement.principals)
        and speaks(statement, action=ASSUME_ROLE, resource=None, context=context)
    ]
    denied = any(not statement.allow for statement in about)
    if about and not denied:
        return None
    return Denial(stage=Stage.TRUST, explicit=denied, action=ASSUME_ROLE, resource=resource)
