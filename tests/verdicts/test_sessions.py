"""Whoever a trust policy of the world demo names really takes the role, through the official SDKs, and tries it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from scanner.app.scan import judge_all
from scanner.emulator.server import LocalCloud
from scanner.emulator.state import AttachmentKey, Instance5, LocalWorld
from scanner.model.finding import Finding, Verdict
from tests.cloudfixture import Credentials, key_for, load, running_cloud
from tests.emulator.calling import Caller
from tests.emulator.small import assume
from tests.emulator.test_demo_findings import KNOWN, OWNER, scanned
from tests.verdicts.trying import statements_of

_USER = re.compile(r"acs:ram::([0-9]+):(?:user/(.+)|root)")
PASSWORD, MISSING = "instance-password-readable", "external-id-missing"


def callers(world: LocalWorld, role: str) -> list[tuple[Credentials, str | None]]:
    """Users whom the role's trust policy lets in without further condition, with the external id it asks for.

    They get the permission to assume roles, which is not what is tried here.
    """
    found = []
    for statement in statements_of(world.accounts[OWNER].roles[role].trust):
        condition = statement.get("Condition", {})
        asked = condition.get("StringEquals", {}).get("sts:ExternalId")
        listed = statement["Principal"].get("RAM", []) if isinstance(statement["Principal"], dict) else []
        if condition and (asked is None or len(condition) > 1 or len(condition["StringEquals"]) > 1):
            continue
        for text in [listed] if isinstance(listed, str) else listed:
            named = _USER.fullmatch(text)
            user = named and (named[2] or "admin")
            if named and named[1] in KNOWN and named[1] != OWNER and user in world.accounts[named[1]].users:
                entitled = AttachmentKey("System", "AliyunSTSAssumeRoleAccess", "user", user)
                world.accounts[named[1]].attachments[entitled] = "2026-01-01T00:00:00Z"
                first = asked[0] if isinstance(asked, list) else asked
                found.append((key_for(world, named[1], user), first))
    return found


def goes_through(call: Callable[[], object]) -> bool:
    """Whether a call is not refused for want of permission; any other refusal is a mistake in the test."""
    try:
        call()
    except AlibabaCloudException as error:
        if error.code != "NoPermission":
            raise
        return False
    return True


def reads_password(cloud: LocalCloud, session: Credentials, instance: Instance5) -> bool:
    """Whether the session may read the password of the instance."""
    caller = Caller(cloud, session, region=instance.region)
    return goes_through(partial(caller.ask, "RocketMQ:GetInstanceAccount", instanceId=instance.instance_id))


@pytest.fixture(scope="module")
def judged() -> dict[tuple[str, str], Finding]:
    with running_cloud("demo", quotas=False) as cloud:
        snapshots = [scanned(cloud, account) for account in KNOWN]
    return {(f.rule, f.subject): f for f in judge_all(snapshots, KNOWN)[OWNER]}


def test_sessions_of_roles_do_what_the_verdicts_say(judged: dict[tuple[str, str], Finding]) -> None:
    tried = {Verdict.FAIL: 0, Verdict.PASS: 0}
    world = load("demo")
    with running_cloud(world, quotas=False) as cloud:
        instances = list(world.accounts[OWNER].instances5.values())
        for role in world.accounts[OWNER].roles:
            for key, external_id in callers(world, role)[:1]:
                more = {} if external_id is None else {"external_id": external_id}
                session = assume(cloud, key, f"acs:ram::{OWNER}:role/{role}", **more)
                reads = [reads_password(cloud, session, instance) for instance in instances]
                finding = judged[PASSWORD, role]
                if any(reads):
                    assert finding.verdict is Verdict.FAIL, role
                    assert "GetInstanceAccount" in finding.message
                if finding.verdict in tried:
                    tried[finding.verdict] += 1
    assert min(tried.values()) > 0


def test_an_external_id_is_asked_for_exactly_where_the_verdict_says_so(
    judged: dict[tuple[str, str], Finding],
) -> None:
    tried = {Verdict.FAIL: 0, Verdict.PASS: 0}
    world = load("demo")
    with running_cloud(world, quotas=False) as cloud:
        for role in world.accounts[OWNER].roles:
            verdict = judged[MISSING, role].verdict if (MISSING, role) in judged else None
            if verdict not in tried:
                continue
            for key, _ in callers(world, role)[:3]:
                if goes_through(partial(assume, cloud, key, f"acs:ram::{OWNER}:role/{role}")):
                    assert verdict is Verdict.FAIL, role
                tried[verdict] += 1
    assert min(tried.values()) > 0
