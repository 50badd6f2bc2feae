"""RAM policies and their versions.

What a document may say is decided in `documents`; attaching is in `ram_attachments`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.documents import permission_document
from scanner.emulator.services.parameters import has_tags, invalid, ram_page, tags_of, truth
from scanner.emulator.services.ram_entities import (
    CUSTOM,
    POLICY_NAME,
    POLICY_NAME_LONGEST,
    SYSTEM,
    already_exists,
    custom_policy_of,
    custom_policy_resource,
    delete_conflict,
    limit_exceeded,
    name_of,
    policy_arn,
    policy_kind_of,
    policy_of,
    policy_resource,
    prose_of,
    version_of,
)
from scanner.emulator.services.ram_operation import reading, writing
from scanner.emulator.state import Account, AttachmentKey, PolicyRecord, VersionRecord

POLICIES_MOST: Final = 1_500
VERSIONS_MOST: Final = 5
KEEP_ALL: Final = "None"
ROTATE: Final = "DeleteOldestNonDefaultVersionWhenLimitExceeded"


def create_policy(call: Call) -> Mapping[str, Any]:
    """CreatePolicy: its first version is `v1` and the default."""
    name = name_of(call, "PolicyName", POLICY_NAME, POLICY_NAME_LONGEST)
    description = prose_of(call, "Description")
    document = permission_document(call, "PolicyDocument")
    tags = tags_of(call)
    if name in call.account.policies:
        raise already_exists("Policy")
    if len(call.account.policies) >= POLICIES_MOST:
        raise limit_exceeded("Policy", POLICIES_MOST)
    policy = PolicyRecord(
        kind=CUSTOM,
        name=name,
        default_version="v1",
        versions={"v1": VersionRecord(version_id="v1", document=document, created=call.stamp)},
        description=description,
        created=call.stamp,
        updated=call.stamp,
        tags=tags,
    )
    call.account.policies[name] = policy
    return {"Policy": _summary(policy, updated=False)}


def get_policy(call: Call) -> Mapping[str, Any]:
    """GetPolicy: with the document of the default version."""
    policy = policy_of(call)
    count = sum(_carries(key, policy) for key in call.account.attachments)
    default = policy.versions[policy.default_version]
    return {
        "Policy": {**_summary(policy), "AttachmentCount": count, "PolicyDocument": "N/A"},
        "DefaultPolicyVersion": _version(policy, default),
    }


def list_policies(call: Call) -> Mapping[str, Any]:
    """ListPolicies: of one kind, or of both."""
    kind = policy_kind_of(call) if call.params.get("PolicyType") else ""
    wanted = tags_of(call)
    policies = (policy for policy in _policies(call, kind) if has_tags(policy.tags, wanted))
    page, more = ram_page(call, policies, lambda policy: f"{policy.kind}:{policy.name}")
    counts = _attachment_counts(call.account)
    listed = [
        {
            **_summary(policy),
            "AttachmentCount": counts.get((policy.kind, policy.name), 0),
            **_tags(policy),
        }
        for policy in page
    ]
    return {"Policies": {"Policy": listed}, **more}


def update_policy_description(call: Call) -> Mapping[str, Any]:
    """UpdatePolicyDescription."""
    policy = custom_policy_of(call)
    policy.description = prose_of(call, "NewDescription")
    policy.updated = call.stamp
    return {"Policy": _summary(policy)}


def delete_policy(call: Call) -> Mapping[str, Any]:
    """DeletePolicy: only of a policy that nothing carries; with `CascadingDelete` its old versions go too."""
    policy = custom_policy_of(call)
    cascading = truth(call, "CascadingDelete")
    carriers = {key.principal_kind for key in call.account.attachments if _carries(key, policy)}
    for kind in ("user", "group", "role"):
        if kind in carriers:
            raise delete_conflict(f"Policy.{kind.capitalize()}")
    if len(policy.versions) > 1 and not cascading:
        raise delete_conflict("Policy.Version")
    del call.account.policies[policy.name]
    return {}


def create_policy_version(call: Call) -> Mapping[str, Any]:
    """CreatePolicyVersion: a sixth version is refused, unless the oldest may go for it."""
    policy = custom_policy_of(call)
    document = permission_document(call, "PolicyDocument")
    as_default = truth(call, "SetAsDefault")
    strategy = call.params.get("RotateStrategy") or KEEP_ALL
    if strategy not in {KEEP_ALL, ROTATE}:
        raise invalid("RotateStrategy", "", 'The parameter - "RotateStrategy" is incorrect.')
    if len(policy.versions) >= VERSIONS_MOST:
        if strategy == KEEP_ALL:
            raise limit_exceeded("Policy.Version", VERSIONS_MOST)
        del policy.versions[_oldest_other(policy)]
    version = VersionRecord(version_id=f"v{policy.next_version}", document=document, created=call.stamp)
    policy.next_version += 1
    policy.versions[version.version_id] = version
    if as_default:
        policy.default_version = version.version_id
    policy.updated = call.stamp
    return {"PolicyVersion": _version(policy, version)}


def get_policy_version(call: Call) -> Mapping[str, Any]:
    """GetPolicyVersion."""
    policy = policy_of(call)
    return {"PolicyVersion": _version(policy, version_of(call, policy))}


def list_policy_versions(call: Call) -> Mapping[str, Any]:
    """ListPolicyVersions: all of them, with their documents."""
    policy = policy_of(call)
    return {
        "PolicyVersions": {"PolicyVersion": [_version(policy, each) for each in policy.versions.values()]}
    }


def set_default_policy_version(call: Call) -> Mapping[str, Any]:
    """SetDefaultPolicyVersion."""
    policy = custom_policy_of(call)
    policy.default_version = version_of(call, policy).version_id
    policy.updated = call.stamp
    return {}


def delete_policy_version(call: Call) -> Mapping[str, Any]:
    """DeletePolicyVersion: not of the default one."""
    policy = custom_policy_of(call)
    version = version_of(call, policy)
    if version.version_id == policy.default_version:
        raise delete_conflict("Policy.Version.Default")
    del policy.versions[version.version_id]
    policy.updated = call.stamp
    return {}


def _policies(call: Call, kind: str) -> Iterable[PolicyRecord]:
    if kind != CUSTOM:
        yield from call.world.system_policies.values()
    if kind != SYSTEM:
        yield from call.account.policies.values()


def _listing(call: Call) -> tuple[str, ...]:
    return (policy_arn(call.account, call.params.get("PolicyType", CUSTOM), "*"),)


def _carries(key: AttachmentKey, policy: PolicyRecord) -> bool:
    return key.policy_name == policy.name and key.policy_kind == policy.kind


def _attachment_counts(account: Account) -> Counter[tuple[str, str]]:
    return Counter((key.policy_kind, key.policy_name) for key in account.attachments)


def _oldest_other(policy: PolicyRecord) -> str:
    return next(version_id for version_id in policy.versions if version_id != policy.default_version)


def _summary(policy: PolicyRecord, *, updated: bool = True) -> dict[str, Any]:
    return {
        "PolicyName": policy.name,
        "PolicyType": policy.kind,
        "Description": policy.description,
        "DefaultVersion": policy.default_version,
        "CreateDate": policy.created,
        **({"UpdateDate": policy.updated} if updated else {}),
    }


def _tags(policy: PolicyRecord) -> dict[str, Any]:
    tags = [{"TagKey": key, "TagValue": value} for key, value in sorted(policy.tags.items())]
    return {"Tags": {"Tag": tags}} if tags else {}


def _version(policy: PolicyRecord, version: VersionRecord) -> dict[str, Any]:
    return {
        "VersionId": version.version_id,
        "IsDefaultVersion": version.version_id == policy.default_version,
        "PolicyDocument": version.document,
        "CreateDate": version.created,
    }


OPERATIONS: Final = (
    writing("CreatePolicy", create_policy, custom_policy_resource),
    reading("GetPolicy", get_policy, policy_resource),
    reading("ListPolicies", list_policies, _listing),
    writing("UpdatePolicyDescription", update_policy_description, custom_policy_resource),
    writing("DeletePolicy", delete_policy, custom_policy_resource),
    writing("CreatePolicyVersion", create_policy_version, custom_policy_resource),
    reading("GetPolicyVersion", get_policy_version, policy_resource),
    reading("ListPolicyVersions", list_policy_versions, policy_resource),
    writing("SetDefaultPolicyVersion", set_default_policy_version, custom_policy_resource),
    writing("DeletePolicyVersion", delete_policy_version, custom_policy_resource),
)
