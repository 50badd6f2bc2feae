"""The worlds that the local cloud can start with, and how to write one.

`tiny` and `demo` are TOML files beside this module, `full` is generated. A world file of your own has
the same form; unknown keys are errors. Names and documents are taken as they are, also where the
service would refuse them, so that a world can show what should not be. Dates are `2026-01-05T08:00:00Z`
where none is given.

    name = "mine"                          # required
    regions = ["cn-hangzhou"]              # RocketMQ regions; cn-hangzhou when left out

    [[account]]
    id = "1000000000000001"                # required
    name = "Enterprise A"
    resource_groups = ["rg-orders"]
    control_policies = ['{...}']           # documents of a resource directory that apply here

    [[account.policy]]                     # a custom policy
    name = "orders-read"                   # required
    description = ""
    created = "", updated = ""
    tags = { owner = "team" }
    document = '''{...}'''                 # either its only version,
    versions = ['''{...}''', '''{...}''']  # or v1, v2, ...
    default = "v2"                         # the last version when left out

    [[account.group]]
    name = "developers"                    # required
    comments = "", created = ""
    policies = ["Custom:orders-read"]      # see below

    [[account.user]]
    name = "alice"                         # required
    display_name = "", comments = "", email = "", mobile = "", created = ""
    groups = ["developers"]
    policies = ["System:AliyunMQReadOnlyAccess"]
    keys = [{ id = "LOCALKEYALICE1", secret = "...", active = true, created = "" }]
    console = false                        # whether there is a login profile; its password is local-Console-1
    mfa = false                            # whether a virtual MFA device of the user's name is bound

    [[account.role]]
    name = "orders-sync"                   # required
    trust = '''{...}'''                    # required
    description = "", created = "", updated = ""
    max_session = 3600
    console_login = true
    service_linked = false
    tags = {}
    policies = ["Custom:orders-read", "Custom:orders-write@rg-orders"]

    [[account.instance5]]                  # RocketMQ 5.x
    id = "rmq-cn-..."                      # required
    region = "cn-hangzhou", name = "", remark = "", status = "RUNNING", created = "", resource_group = ""
    series = "professional", sub_series = "cluster_ha"
    acl_types = ["default"], vpc_auth_free = true, internet = false, internet_whitelist = []
    tags = {}
    topics = ["orders", "payments:FIFO"]   # a name, or name:message type
    groups = ["GID_orders"]
    accounts = [{ username = "", password = "", type = "CUSTOMER", status = "ENABLE", remark = "" }]
    acls = [{ username = "", resource_type = "Topic", resource_name = "", actions = ["Pub"],
              decision = "Allow", ip_whitelists = [] }]
    whitelist = []

    [[account.instance4]]                  # RocketMQ 4.x
    id = "MQ_INST_..."                     # required
    region = "cn-hangzhou", name = "", remark = "", status = 5, type = 2, created = "", namespaced = true
    tags = {}
    topics = ["orders"], groups = ["GID_orders"]   # topics may say name:message type, 0 to 5

    [[account.trail]]                      # ActionTrail
    name = "audit"                         # required
    home_region = "cn-hangzhou", event_rw = "All", trail_region = "All", logging = true, created = ""
    oss_bucket = "", oss_prefix = "", sls_project_arn = ""

An entry of `policies` is the kind, a colon and the name; `@` and a resource group limit it to that group.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Final

from scanner.emulator.state import LocalWorld
from scanner.emulator.worlds.full import full_world
from scanner.emulator.worlds.reading import world_of
from scanner.emulator.worlds.table import Table
from scanner.errors import NothingInScopeError, SettingsError


def load_world(name: str) -> LocalWorld:
    """A fresh copy of the world of that name.

    Raises:
        NothingInScopeError: there is none.
    """
    build = _BUILDERS.get(name)
    if build is None:
        raise NothingInScopeError(
            f"there is no world `{name}`", hint=f"the worlds are {', '.join(WORLDS)}; a path ends in .toml"
        )
    return build()


def load_world_file(path: Path) -> LocalWorld:
    """The world that a TOML file describes.

    Raises:
        SettingsError: the file cannot be read, or something in it is wrong; the message says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"cannot read the world file `{path}`: {problem}") from problem
    return _world(text, str(path))


def _shipped(name: str) -> LocalWorld:
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return _world(text, f"{name}.toml")


def _world(text: str, source: str) -> LocalWorld:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"the world file `{source}` is not TOML: {problem}") from problem
    return world_of(Table(content, source))


_BUILDERS: Final[dict[str, Callable[[], LocalWorld]]] = {
    "tiny": partial(_shipped, "tiny"),
    "demo": partial(_shipped, "demo"),
    "full": full_world,
}

WORLDS: Final = tuple(_BUILDERS)
"""The names of the shipped worlds."""
