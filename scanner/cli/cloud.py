"""`crossrole cloud`: serve a local cloud until Ctrl-C."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from scanner.cli.exits import Exit

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from scanner.emulator.state import AccessKey, LocalWorld

WORLDS = ("demo", "tiny", "full")


def add(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "cloud",
        help="serve a local cloud for rehearsal and tests",
        description="Serve several make-believe Alibaba Cloud accounts on loopback, and print the environment "
        "variables that point any SDK at them. It ends with Ctrl-C and keeps nothing.",
    )
    world = parser.add_mutually_exclusive_group()
    world.add_argument("--world", choices=WORLDS, default="demo", help="what exists in it (default: demo)")
    world.add_argument("--world-file", metavar="FILE", help="a world of your own, as TOML")
    parser.add_argument("--port", type=_port, default=0, help="the port on 127.0.0.1 (default: any free one)")
    parser.add_argument("--latency-ms", type=_delay, default=0.0, metavar="MS", help="answer this much later")
    parser.add_argument(
        "--no-quotas", action="store_true", help="do not refuse calls over the documented quotas"
    )
    parser.add_argument(
        "--propagation-seconds",
        type=_delay,
        default=0.0,
        metavar="S",
        help="let changes take effect this much later",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="API=KIND[:PART]",
        help="answer some calls with a fault, for example ram:GetPolicy=throttle:0.5 (may be repeated)",
    )
    parser.add_argument("--json", action="store_true", help="print endpoint and keys as one line of JSON")
    parser.set_defaults(run=run)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 1 << 16:
        return int(text)
    raise ArgumentTypeError(f"`{text}` is not a port from 0 to 65535")


def _delay(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number < float("inf"):
        return number
    raise ArgumentTypeError(f"`{text}` is not a number of 0 or more")


def run(args: Namespace) -> int:
    """Serve until Ctrl-C."""
    import json

    from scanner.cli.console import note, write
    from scanner.emulator.fault import FaultPlan
    from scanner.emulator.gateway import CloudOptions
    from scanner.emulator.server import serve_forever
    from scanner.errors import UsageError

    world = _world(args)
    faults = FaultPlan.of(*args.fault)
    _check_faults(args.fault)
    options = CloudOptions(
        latency_seconds=args.latency_ms / 1000,
        quotas=not args.no_quotas,
        propagation_seconds=args.propagation_seconds,
        faults=faults,
    )

    def ready(endpoint: str) -> None:
        if args.json:
            write(json.dumps(_value(world, endpoint)) + "\n")
        else:
            write("\n".join(_variables(world, endpoint)) + "\n")
        note(
            f"local cloud with world `{world.name}` on {endpoint}; nothing in it is a real account; Ctrl-C ends it"
        )

    try:
        serve_forever(world, options, port=args.port, ready=ready)
    except OSError as error:
        raise UsageError(
            f"cannot listen on port {args.port}: {error.strerror}",
            hint="leave out --port to take any free one",
        ) from error
    return Exit.OK


def _check_faults(texts: list[str]) -> None:
    """Refuse a fault that no operation of the local cloud would meet: it is a slip of the pen."""
    from scanner.emulator.fault import parse_fault
    from scanner.emulator.services import ALL
    from scanner.errors import UsageError

    names = [f"{operation.service.lower()}:{operation.name}" for operation in ALL]
    for text in texts:
        fault = parse_fault(text)
        if not any(fault.meets(operation) for operation in ALL):
            import difflib

            wanted = f"{fault.service}:{fault.operation}"
            near = difflib.get_close_matches(wanted, names, n=1)
            hint = (
                f"did you mean `{near[0]}`?"
                if near
                else f"the services are {', '.join(sorted({n.split(':')[0] for n in names}))}"
            )
            raise UsageError(f"the local cloud has no operation `{wanted}`", hint=hint)


def _world(args: Namespace) -> LocalWorld:
    from pathlib import Path

    from scanner.emulator.worlds import load_world, load_world_file

    return load_world_file(Path(args.world_file)) if args.world_file else load_world(args.world)


def _keys(world: LocalWorld) -> list[tuple[str, AccessKey]]:
    """Every active key with the account it belongs to, the first account's auditor first."""
    keys = [
        (account.account_id, key)
        for account in world.accounts.values()
        for key in account.keys.values()
        if key.active
    ]
    return sorted(keys, key=lambda pair: pair[1].user != "crossrole-auditor")


def _variables(world: LocalWorld, endpoint: str) -> Iterator[str]:
    """Shell lines that point the SDKs and crossrole at the first account's auditor, and the other keys."""
    import shlex

    from scanner.model.text import visible

    for _, key in _keys(world)[:1]:
        yield f"export ALIBABA_CLOUD_ACCESS_KEY_ID={shlex.quote(key.key_id)}"
        yield f"export ALIBABA_CLOUD_ACCESS_KEY_SECRET={shlex.quote(key.secret)}"
    yield "export ALIBABA_CLOUD_ECS_METADATA_DISABLED=true"
    yield f"export CROSSROLE_ENDPOINT={endpoint}"
    yield "unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy"
    for account, key in _keys(world):
        yield visible(f"# {key.user or 'root'} of {account}: {key.key_id} {key.secret}")


def _value(world: LocalWorld, endpoint: str) -> dict[str, object]:
    return {
        "endpoint": endpoint,
        "world": world.name,
        "keys": [
            {
                "account": account,
                "user": key.user,
                "access_key_id": key.key_id,
                "access_key_secret": key.secret,
            }
            for account, key in _keys(world)
        ],
    }
