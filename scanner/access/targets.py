"""What a question is about: the actions that a word names, and the resources that a name means.

People write an action, a pattern of actions or a class of them, and for a resource its ARN or as much of its name
as they remember. Nothing is guessed: a name that means several things yields them all, one that means nothing yields
what is near it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from scanner.access.candidates import made_up, resource_to_come
from scanner.access.resources import Kind, Resource
from scanner.access.view import AccountView
from scanner.model.broker import Series
from scanner.model.ids import Arn
from scanner.model.snapshot import Subject
from scanner.policy.catalogue import AccessClass, RamAction, ResourceType, by_class, catalogue, expand, find
from scanner.policy.pattern import fold, is_pattern

_NEAR: Final = 3
"""How many near names are offered."""
_ALIKE: Final = 0.6
_PLACEHOLDER: Final = re.compile(r"\\\{(\w+)\\\}")
_WORD_BREAKS: Final = re.compile(r"[\s_-]+")
_RAM_KINDS: Final = ("group", "policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The actions that a question is about."""

    text: str
    """As it was asked."""
    access: AccessClass | None
    """The class, where one was named."""
    actions: tuple[str, ...]
    """In the catalogue's spelling; an action that is not there as it was written; empty for a word that is nothing."""
    known: bool
    """Whether the catalogue has them."""
    near: tuple[str, ...] = ()
    """For what is not known: names that are nearly the same."""

    @property
    def entries(self) -> tuple[RamAction, ...]:
        """What the catalogue knows of them."""
        return tuple(entry for action in self.actions for entry in find(action))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One resource that a question is about."""

    arn: str
    type: ResourceType | None
    """None for what is no RocketMQ instance, topic or group."""
    exists: bool
    """Whether the scan found it."""
    resource_group: str | None
    """Its resource group; None where that is not known."""
    actions: tuple[str, ...]
    """The actions of the question that are asked on it."""

    @property
    def words(self) -> str:
        """It in a sentence."""
        return f"{self.type.value if self.type else 'resource'} `{self.arn}`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The resources that a name means."""

    found: tuple[Target, ...] = ()
    near: tuple[str, ...] = ()
    """Where there is none: names that are nearly the same."""
    note: str = ""
    """What was made of the name, where that is not plain."""


def asked(text: str) -> Asked:
    """The actions that `text` names: a class, an action, or a pattern of actions."""
    word = _WORD_BREAKS.sub(" ", fold(text.strip()))
    for access in AccessClass:
        if word == access.value:
            actions = tuple(dict.fromkeys(entry.action for entry in by_class(access)))
            return Asked(text=text, access=access, actions=actions, known=True)
    known = expand(text)
    if known:
        return Asked(text=text, access=None, actions=known, known=True)
    is_action = not is_pattern(text) and bool(re.fullmatch(r"[\w-]+:[\w-]+", text, re.ASCII))
    return Asked(
        text=text, access=None, actions=(text,) if is_action else (), known=False, near=_near_actions(text)
    )


def targets(text: str, question: Asked, view: AccountView) -> Targets:
    """The resources of the account that `text` means, of those on which the actions are asked."""
    if text.startswith("acs:"):
        return _by_arn(text, question, view)
    if text == "*":
        return _everything(question, view)
    named = tuple(_targets_of(_by_name(text, view), question))
    if named:
        return Targets(found=named)
    inside = tuple(_targets_of(_inside(text, view), question))
    if inside:
        return Targets(found=inside, note=f"`{question.text}` is asked on what is inside `{text}`")
    in_ram = _in_ram(text, question, view)
    if in_ram is not None:
        return Targets(found=(in_ram,))
    whole = _on_the_whole(question, view)
    if whole is not None and any(_by_name(text, view)):
        return Targets(
            found=(whole,), note=f"`{question.text}` is not asked on single resources, but on all of them"
        )
    return Targets(near=_near_names(text, question, view), note=_why_not(text, question, view))


def short_name(resource: Resource) -> str:
    """The name that people call a resource by: `rmq-1`, `rmq-1/orders`."""
    own = _own_name(resource)
    return resource.instance_id if own == resource.instance_id else f"{resource.instance_id}/{own}"


def _own_name(resource: Resource) -> str:
    parts = Arn.parse(resource.arn)
    assert parts is not None, "crossrole wrote this name itself"
    separator = "%" if resource.series is Series.V4 else "/"
    return parts.relative.rpartition(separator)[2]


def _by_arn(text: str, question: Asked, view: AccountView) -> Targets:
    caught = view.resources.caught_by(text)
    found = tuple(_targets_of(caught, question))
    if found:
        return Targets(found=found)
    parts = Arn.parse(text)
    if parts is None:
        return Targets(note=f"`{text}` is not the name of a resource: it has not five parts")
    if parts.account not in {"", "system", view.account} and not is_pattern(parts.account):
        return Targets(
            note=f"`{text}` is in account `{parts.account}`, which was not asked about or not scanned"
        )
    if is_pattern(text):
        to_come = (_to_come(text, form, view) for entry in question.entries for form in entry.arn_forms)
        names = tuple(dict.fromkeys(name for name in to_come if name is not None))[:1]
        return Targets(
            found=tuple(_made_up(name, question, view) for name in names),
            note="nothing that exists has such a name; the answer is for one that may be created",
        )
    note = (
        "" if caught else "the scan found no resource of this name; the answer is for one that is created so"
    )
    return Targets(found=(_made_up(text, question, view),), note=note)


def _to_come(pattern: str, form: str, view: AccountView) -> str | None:
    return resource_to_come(pattern, form, account=view.account)


def _everything(question: Asked, view: AccountView) -> Targets:
    """Every existing resource on which the actions are asked; where no such is known of, `*` itself."""
    found = tuple(_targets_of(view.resources.caught_by("*"), question))
    if found:
        return Targets(found=found)
    forms = tuple(form for entry in question.entries for form in entry.arn_forms)
    name = made_up(forms[0], account=view.account) if forms else "*"
    return Targets(found=(_made_up(name, question, view),), note="the answer is for any that may be created")


def _made_up(arn: str, question: Asked, view: AccountView) -> Target:
    return Target(
        arn=arn,
        type=_type_of(arn, question),
        exists=view.resources.exists(arn),
        resource_group=view.resources.group_to_come(arn, limited=None),
        actions=_asked_on_name(arn, question),
    )


def _targets_of(resources: Iterable[Resource], question: Asked) -> Iterator[Target]:
    for resource in resources:
        for arn, actions in _asked_on(resource, question).items():
            yield Target(
                arn=arn,
                type=resource.type,
                exists=True,
                resource_group=resource.resource_group,
                actions=tuple(dict.fromkeys(actions)),
            )


def _asked_on(resource: Resource, question: Asked) -> Mapping[str, list[str]]:
    """The actions that are asked on such a resource, by the name they are asked on; an unknown one may be."""
    if not question.known:
        return {resource.arn: list(question.actions)}
    found: dict[str, list[str]] = {}
    for entry in question.entries:
        for form in entry.arn_forms:
            kind = Kind.of("*", form, entry)
            if kind is not None and _is_of(resource, kind):
                found.setdefault(f"{resource.arn}{_below(form)}", []).append(entry.action)
    return found


def _below(form: str) -> str:
    """What a listing inside an instance adds to the instance's name: `/topic/*`."""
    return form.rpartition("}")[2]


def _is_of(resource: Resource, kind: Kind) -> bool:
    return (resource.type, resource.series) == (kind.type, kind.series)


def _asked_on_name(arn: str, question: Asked) -> tuple[str, ...]:
    """The actions that are asked on resources of such a name; all of them where none is."""
    fitting = tuple(action for action in question.actions if any(_fits(arn, entry) for entry in find(action)))
    return fitting or question.actions


def _fits(arn: str, entry: RamAction) -> bool:
    return any(_form(form).fullmatch(arn) for form in entry.arn_forms)


@lru_cache(maxsize=512)
def _form(form: str) -> re.Pattern[str]:
    """The names of one form of the catalogue; a part of a name never holds a separator."""
    return re.compile(_PLACEHOLDER.sub(r"[^:/%]*", re.escape(form)).replace(r"\*", ".*"))


def _type_of(arn: str, question: Asked) -> ResourceType | None:
    for entry in question.entries or catalogue():
        for form in entry.arn_forms:
            kind = Kind.of("*", form, entry)
            if kind is not None and _form(form).fullmatch(arn):
                return kind.type
    return None


def _by_name(text: str, view: AccountView) -> Iterator[Resource]:
    """The resources called so: `rmq-1`, `orders`, `rmq-1/orders`, `MQ_INST_1%orders`, or the display name of an instance."""
    display = {instance.instance_id: instance.name for instance in view.instances}
    wanted = text.replace("%", "/")
    if not text:
        return
    for resource in view.resources.caught_by("*"):
        names = {short_name(resource), _own_name(resource)}
        if resource.type is ResourceType.INSTANCE:
            names.add(display.get(resource.instance_id, ""))
        if wanted in names or text in names:
            yield resource


def _inside(text: str, view: AccountView) -> Iterator[Resource]:
    """What is in the instances called so."""
    instances = {r.instance_id for r in _by_name(text, view) if r.type is ResourceType.INSTANCE}
    for resource in view.resources.caught_by("*"):
        if resource.instance_id in instances and resource.type is not ResourceType.INSTANCE:
            yield resource


def _in_ram(text: str, question: Asked, view: AccountView) -> Target | None:
    """The RAM resource called so, `role/ops` or the name of a role, for actions of RAM and STS."""
    if not _ram_forms(question):
        return None
    kind, slash, name = text.partition("/")
    if slash and _is_in_ram(kind, name, view):
        arn = f"acs:ram::{view.account}:{text}"
    elif view.role(text) is not None:
        arn = f"acs:ram::{view.account}:role/{text}"
    else:
        return None
    return _made_up(arn, question, view)


def _ram_forms(question: Asked) -> list[str]:
    return [form for entry in question.entries for form in entry.arn_forms if form.startswith("acs:ram:")]


def _is_in_ram(kind: str, name: str, view: AccountView) -> bool:
    """Whether the account has such a thing, as far as the scan read it."""
    if kind == "role":
        return view.role(name) is not None or view.roles_unread is not None
    if kind == "user":
        listed = not view.snapshot.gaps_in(Subject.USERS)
        return any(user.name == name for user in view.users) or not listed
    return kind in _RAM_KINDS


def _on_the_whole(question: Asked, view: AccountView) -> Target | None:
    """What is asked on where no form names a single resource, as for a listing of instances."""
    forms = [form for entry in question.entries for form in entry.arn_forms]
    if not forms or any("{" in form.replace("{region}", "").replace("{account}", "") for form in forms):
        return None
    return _made_up(made_up(forms[0], account=view.account), question, view)


def _why_not(text: str, question: Asked, view: AccountView) -> str:
    """Where the name does mean something: why that is not what the actions are asked on."""
    types = sorted({resource.type.value for resource in _by_name(text, view)})
    if not types:
        return ""
    asked_on = sorted({entry.resource_type.value for entry in question.entries})
    kinds = " and ".join(f"an {kind}" if kind == "instance" else f"a {kind}" for kind in types)
    return f"`{text}` is {kinds}, and `{question.text}` is asked on: {', '.join(asked_on)}"


def _near_actions(text: str) -> tuple[str, ...]:
    names = {fold(entry.action): entry.action for entry in catalogue()}
    names |= {access.value: access.value for access in AccessClass}
    return _near(fold(text), names.keys(), spelled=names)


def _near_names(text: str, question: Asked, view: AccountView) -> tuple[str, ...]:
    names: dict[str, str] = {}
    if _ram_forms(question):
        names = {f"role/{fold(role.name)}": f"role/{role.name}" for role in view.roles}
    for resource in view.resources.caught_by("*"):
        names.setdefault(fold(_own_name(resource)), short_name(resource))
        names.setdefault(fold(short_name(resource)), short_name(resource))
    return _near(fold(text.replace("%", "/")), names.keys(), spelled=names)


def _near(text: str, names: Iterable[str], *, spelled: dict[str, str]) -> tuple[str, ...]:
    close: Sequence[str] = get_close_matches(text, sorted(names), n=_NEAR, cutoff=_ALIKE)
    return tuple(dict.fromkeys(spelled[name] for name in close))
