"""The policy documents of an account, in the order in which they matter: delegated roles first.

A version that is not in force and a policy of the vendor are left out unless asked for: neither is edited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.access.view import AccountView, RoleView
from scanner.model.policy import PolicyKind, PolicyRef
from scanner.policy.syntax import PolicyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One stored document."""

    source: str
    """Account, kind and name with `/` between them: `100…/policy/Custom:orders/v1`, `100…/role/orders/trust`."""
    type: PolicyType
    text: str | None
    """None when it could not be read."""
    because: str = ""
    """In words, why it could not be read."""


class Documents:
    """The documents of one account: trust policies and custom policies in force; with `every`, all that is stored."""

    def __init__(self, view: AccountView, *, every: bool = False) -> None:
        self._view = view
        self._every = every
        self._stored = {policy.ref: policy for policy in view.snapshot.policies}

    def whole(self) -> tuple[Written, ...]:
        """Each document once, those of delegated roles first."""
        roles = sorted(self._view.roles, key=lambda role: not _delegated(role))
        found = [written for role in roles for written in self.of_role(role)]
        found += (written for ref in sorted(self._stored) for written in self.of_policy(ref))
        return tuple({written.source: written for written in found}.values())

    def of_role(self, role: RoleView) -> Iterator[Written]:
        """The trust policy of one role, then the policies attached to it."""
        text = None if role.role.trust is None else role.role.trust.text
        source = f"{self._view.account}/role/{role.name}/trust"
        yield Written(source=source, type=PolicyType.TRUST, text=text, because=role.trust_unread or "")
        for ref in dict.fromkeys(attachment.policy for attachment in role.attachments):
            yield from self.of_policy(ref)

    def of_policy(self, ref: PolicyRef) -> Iterator[Written]:
        """What is wanted of one policy."""
        if ref.kind is PolicyKind.SYSTEM and not self._every:
            return
        source = f"{self._view.account}/policy/{ref}"
        stored = self._stored.get(ref)
        versions = () if stored is None else stored.versions
        wanted = [version for version in versions if self._every or version.is_default]
        if not wanted:
            why = f"policy `{ref}` was not read"
            yield Written(source=source, type=PolicyType.PERMISSION, text=None, because=why)
        for version in wanted:
            text = None if version.document is None else version.document.text
            why = "" if text is not None else f"version {version.version_id} of policy `{ref}` was not read"
            place = f"{source}/{version.version_id}"
            yield Written(source=place, type=PolicyType.PERMISSION, text=text, because=why)

    def named(self, name: str) -> tuple[Written, ...]:
        """Those of the policies called `name`, with or without its kind: `orders`, `Custom:orders`."""
        refs = (ref for ref in sorted(self._stored) if name in {ref.name, str(ref)})
        return tuple(written for ref in refs for written in self.of_policy(ref))

    @property
    def policy_names(self) -> tuple[str, ...]:
        """The names of the policies that the scan knows of, whether they are wanted or not."""
        return tuple(ref.name for ref in sorted(self._stored))


def _delegated(role: RoleView) -> bool:
    """Whether somebody outside the account may assume the role, or nobody can tell."""
    return bool(role.foreign) or role.trust is None or not role.trust.understood
