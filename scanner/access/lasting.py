"""What a role can leave behind on instances of the 5.x series that works without the role.

Passwords, accounts, ACL rules, open networks and plans that copy messages elsewhere stay when the role is closed,
because the broker and not RAM decides about them. On the 4.x series RAM decides about each message, so nothing
of this kind stays there. That a plan for disaster recovery goes on copying to an endpoint of the caller's choice is
INFERRED from its parameters. Who may come into the role is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.access.alike import Thing, shares
from scanner.access.candidates import made_up
from scanner.access.gifts import hop_of
from scanner.access.grants import Standing
from scanner.access.hops import Hop
from scanner.access.openness import DENY, Openness
from scanner.access.reach import reach
from scanner.access.view import AccountView, Holder
from scanner.model.broker import instance_arn
from scanner.policy.catalogue import find

_COPY: Final = ("rocketmq:CreateDisasterRecoveryPlan", "rocketmq:UpdateDisasterRecoveryPlan")
_COPY_TOPIC: Final = "rocketmq:AddDisasterRecoveryItem"
_NO_TOPICS: Final = f"without `{_COPY_TOPIC}`, whether a plan copies anything is not documented"
_WHERE_ASKED: Final = "on which resource the service asks for it is not documented"
_NEW_PASSWORDS: Final = (
    "Disable the accounts of these instances that nobody needs, and give each of the others a new password, with "
    "`rocketmq:UpdateInstanceAccount`."
)
_RULES_UNREAD: Final = Hop(
    standing=Standing.UNCERTAIN, doubts=("whether an ACL rule there denies anything was not read",)
)
_SUREST_FIRST: Final = (Standing.ALLOWED, Standing.CONDITIONAL, Standing.UNCERTAIN, Standing.DENIED)


class Lasting(StrEnum):
    """What outlives a role, worst first."""

    ANYTHING = "anything"
    PASSWORDS_READ = "passwords that can be read"
    PASSWORDS_SET = "passwords that can be set"
    KEYS = "keys and passwords of users"
    DOORS = "roles that can be opened"
    IDENTITIES = "users and roles that can be made"
    PERMISSIONS = "permissions of others"
    ACCOUNTS = "accounts that can be made"
    ACLS = "ACL rules that can be changed"
    NETWORK = "networks that can be opened"
    COPIES = "messages that can be copied elsewhere"
    ROLE_SESSIONS = "sessions of other roles"
    OWN_SESSIONS = "sessions of the role itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One kind of thing that calls on an instance leave behind."""

    kind: Lasting
    actions: tuple[str, ...]
    """Any of them suffices."""
    can: str
    """Completes: it can … instance `x`."""
    stays: str
    """In words, what stays."""
    ending: str
    """In one sentence, which call ends it."""
    denying: bool = False
    """Whether it is about ACL rules that deny, so that there has to be one."""


ABILITIES: Final = (
    Ability(
        kind=Lasting.PASSWORDS_READ,
        actions=("rocketmq:GetInstanceAccount",),
        can="read the passwords of the accounts of",
        stays="a password works without the role until it is changed",
        ending=_NEW_PASSWORDS,
    ),
    Ability(
        kind=Lasting.PASSWORDS_SET,
        actions=("rocketmq:UpdateInstanceAccount",),
        can="enable accounts, and set new passwords of them, on",
        stays="the password that it chose works without the role",
        ending=_NEW_PASSWORDS,
    ),
    Ability(
        kind=Lasting.ACCOUNTS,
        actions=("rocketmq:CreateInstanceAccount",),
        can="make accounts with passwords of its choice on",
        stays="such an account works without the role",
        ending=(
            "Compare the accounts of these instances with those that you made, and delete the others with "
            "`rocketmq:DeleteInstanceAccount`."
        ),
    ),
    Ability(
        kind=Lasting.ACLS,
        actions=("rocketmq:CreateInstanceAcl", "rocketmq:UpdateInstanceAcl"),
        can="widen what accounts may send and receive on",
        stays="the rule stays, for every account that it names",
        ending=(
            "Compare the ACL rules of these instances with those that you made, and delete the others with "
            "`rocketmq:DeleteInstanceAcl`."
        ),
    ),
    Ability(
        kind=Lasting.ACLS,
        actions=("rocketmq:DeleteInstanceAcl",),
        can="delete ACL rules that deny on",
        stays="what the rule denied stays allowed",
        ending="Compare the ACL rules of these instances with those that you made, and make the missing ones again.",
        denying=True,
    ),
    Ability(
        kind=Lasting.NETWORK,
        actions=(
            "rocketmq:UpdateInstance",
            "rocketmq:CreateInstanceIpWhitelist",
            "rocketmq:DeleteInstanceIpWhitelist",
        ),
        can="change the network settings of",
        stays="a network that was opened stays open",
        ending=(
            "With `rocketmq:UpdateInstance`, set the list of public addresses to those that you agreed on, and have the "
            "VPC ask for passwords again."
        ),
    ),
)
"""What the actions of the 5.x series leave behind, copies of messages aside."""

COPYING: Final = Ability(
    kind=Lasting.COPIES,
    actions=_COPY,
    can="set up plans that copy messages to an endpoint of its choice from",
    stays="a plan goes on copying without the role",
    ending="List the plans for disaster recovery, and delete those that you did not make with "
    "`rocketmq:DeleteDisasterRecoveryPlan`.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One ability on some instances, on the same terms."""

    ability: Ability
    actions: tuple[str, ...]
    """Those that are granted there."""
    instances: tuple[str, ...]
    """Ids of those that exist."""
    to_come: tuple[str, ...]
    """In words, instances that do not exist now."""
    hop: Hop


class Leaving:
    """Answers what users and roles of one account can leave behind on its instances."""

    def __init__(self, view: AccountView, openness: Openness) -> None:
        self._view = view
        self._openness = openness
        self._things = [
            Thing(i.instance_id, instance_arn(view.account, i), i.resource_group)
            for i in openness.instances.values()
        ]

    def of(self, holder: Holder) -> Iterator[Left]:
        """What `holder` can leave behind, certain or not."""
        for ability in ABILITIES:
            yield from self._left(holder, ability)
        yield from self._copied(holder)

    def _left(self, holder: Holder, ability: Ability) -> Iterator[Left]:
        granted: dict[str, dict[str, Hop]] = {}
        for action in ability.actions:
            for share in shares(holder, action, self._things):
                hop = hop_of(share.grant)
                for thing in share.things:
                    granted.setdefault(thing.name, {})[action] = hop
        if ability.denying:
            yield from _alike(ability, self._with_denying_rules(granted), {})
        else:
            yield from _alike(ability, granted, self._to_come(holder, ability))

    def _with_denying_rules(self, granted: dict[str, dict[str, Hop]]) -> dict[str, dict[str, Hop]]:
        """Those on instances that have an ACL rule that denies, or may have one unread."""
        found: dict[str, dict[str, Hop]] = {}
        for name, by_action in granted.items():
            state = self._openness.of(name)
            if any(rule.decision.lower() == DENY for rule in state.acls):
                found[name] = by_action
            elif state.acls_unread:
                found[name] = {action: hop.then(_RULES_UNREAD) for action, hop in by_action.items()}
        return found

    def _to_come(self, holder: Holder, ability: Ability) -> dict[str, dict[str, Hop]]:
        """What is granted on instances that do not exist, by words for them."""
        found: dict[str, dict[str, Hop]] = {}
        for action in ability.actions:
            for one in reach(holder, (action,), self._view):
                name = one.resource.rpartition("instance/")[2]
                if name and name not in self._openness.instances:
                    words = (
                        "any instance that may be created"
                        if name == "some-instance"
                        else f"an instance `{name}`, which is not there now"
                    )
                    found.setdefault(words, {})[action] = hop_of(one.grant)
        return found

    def _copied(self, holder: Holder) -> Iterator[Left]:
        granted: dict[str, dict[str, Hop]] = {}
        for action in _COPY:
            for name, hop in self._on_topics(holder, action).items():
                granted.setdefault(name, {})[action] = hop
        if granted:
            adding = self._on_topics(holder, _COPY_TOPIC)
            without = Hop(standing=Standing.UNCERTAIN, doubts=(_NO_TOPICS,))
            for name, actions in granted.items():
                granted[name] = {
                    action: hop.then(adding.get(name, without)) for action, hop in actions.items()
                }
            yield from _alike(COPYING, granted, {})

    def _on_topics(self, holder: Holder, action: str) -> dict[str, Hop]:
        """On which instances the action is granted for topics, whichever of its resource names the service asks on."""
        forms = tuple(dict.fromkeys(form for entry in find(action) for form in entry.arn_forms))
        by_form = [self._on_form(holder, action, form) for form in forms]
        found: dict[str, Hop] = {}
        for name in dict.fromkeys(name for granted in by_form for name in granted):
            hops = [granted[name] for granted in by_form if name in granted]
            doubt = Hop(standing=Standing.UNCERTAIN, doubts=(_WHERE_ASKED,))
            surest = min(hops, key=lambda hop: _SUREST_FIRST.index(hop.standing))
            found[name] = surest if len(hops) == len(forms) else surest.then(doubt)
        return found

    def _on_form(self, holder: Holder, action: str, form: str) -> dict[str, Hop]:
        things = [
            Thing(
                i.instance_id,
                made_up(
                    form.replace("{instance}", i.instance_id).replace("{region}", i.region),
                    account=self._view.account,
                ),
                i.resource_group,
            )
            for i in self._openness.instances.values()
        ]
        return {
            thing.name: hop_of(share.grant)
            for share in shares(holder, action, things)
            for thing in share.things
        }


def _alike(
    ability: Ability, granted: dict[str, dict[str, Hop]], to_come: dict[str, dict[str, Hop]]
) -> Iterator[Left]:
    """The instances on which the same actions are granted on the same terms, together."""
    found: dict[object, tuple[tuple[str, ...], Hop, list[str], list[str]]] = {}
    for there, names in ((True, granted), (False, to_come)):
        for name, by_action in names.items():
            surest = min(by_action.values(), key=lambda hop: _SUREST_FIRST.index(hop.standing))
            actions = tuple(action for action, hop in by_action.items() if hop.standing is surest.standing)
            key = (actions, surest.standing, surest.only_if, surest.unless, surest.doubts)
            _, _, existing, later = found.setdefault(key, (actions, surest, [], []))
            (existing if there else later).append(name)
    for actions, hop, existing, later in found.values():
        yield Left(
            ability=ability,
            actions=actions,
            instances=tuple(sorted(existing)),
            to_come=tuple(sorted(later)),
            hop=hop,
        )
