"""A running local cloud for tests, and the keys and variables to call it with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from scanner.emulator.server import LocalCloud
from scanner.emulator.state import AccessKey, LocalWorld


class Credentials(NamedTuple):
    """An AccessKey pair, and the token when it is a temporary one."""

    key_id: str
    secret: str
    token: str = ""


@contextmanager
def running_cloud(world: str | LocalWorld = "tiny", **options: Any) -> Iterator[LocalCloud]:  # noqa: ANN401 - whatever LocalCloud takes
    """A local cloud with a world of the package, by name, or with one made in the test."""
    loaded = load(world) if isinstance(world, str) else world
    with LocalCloud(loaded, **options) as cloud:
        yield cloud


def load(name: str) -> LocalWorld:
    """A fresh copy of a world of the package."""
    # Imported here, so that tests with their own small world do not wait for the package's.
    loaded = import_module("scanner.emulator.worlds").load_world(name)
    assert isinstance(loaded, LocalWorld)
    return loaded


def credentials_of(world: LocalWorld, account: str, user: str) -> Credentials:
    """The first active key of `user` in `account`; the account itself is the user ``""``."""
    for key in world.accounts[account].keys.values():
        if key.user == user and key.active:
            return Credentials(key.key_id, key.secret)
    raise LookupError(f"{user} of {account} has no active key")


def key_for(world: LocalWorld, account: str, user: str) -> Credentials:
    """The key of `user` in `account`, made if there is none."""
    try:
        return credentials_of(world, account, user)
    except LookupError:
        key = AccessKey(f"LOCALKEY{user.upper()}{account[0]}", f"local-secret-{user}-{account[0]}", user)
        world.accounts[account].keys[key.key_id] = key
        return Credentials(key.key_id, key.secret)


def env_of(cloud: LocalCloud, key: Credentials) -> dict[str, str]:
    """The environment variables that point a process at `cloud` with `key`."""
    variables = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": key.key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.secret,
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "CROSSROLE_ENDPOINT": cloud.endpoint,
    }
    return variables | ({"ALIBABA_CLOUD_SECURITY_TOKEN": key.token} if key.token else {})
