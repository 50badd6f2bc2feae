"""The users, groups, roles and policies of an account by name, or the service's refusal; and their ARNs.

Names are checked before anything is looked up, as the service does.
"""

from __future__ import annotations

import re
from typing import Final

from scanner.emulator.service import Call, Refusal
from scanner.emulator.services.parameters import invalid
from scanner.emulator.state import (
    Account,
    GroupRecord,
    LocalWorld,
    PolicyRecord,
    RoleRecord,
    UserRecord,
    VersionRecord,
)

SYSTEM: Final = "System"
CUSTOM: Final = "Custom"

ROLE_NAME: Final = re.compile(r"[A-Za-z0-9.\-]+")
USER_NAME: Final = re.compile(r"[A-Za-z0-9._\-]+")
GROUP_NAME: Final = re.compile(r"[A-Za-z0-9\-]+")
POLICY_NAME: Final = re.compile(r"[A-Za-z0-9\-]+")
VERSION_ID: Final = re.compile(r"v[1-9][0-9]*")
NAME_LONGEST: Final = 64
POLICY_NAME_LONGEST: Final = 128

DESCRIPTION_LONGEST: Final = 1_024
COMMENTS_LONGEST: Final = 128


def not_exist(what: str) -> Refusal:
    """The refusal `EntityNotExist.<what>`."""
    return Refusal(404, f"EntityNotExist.{what}", f"The {_prose(what)} does not exist.")


def already_exists(what: str) -> Refusal:
    """The refusal `EntityAlreadyExists.<what>`."""
    return Refusal(409, f"EntityAlreadyExists.{what}", f"The {_prose(what)} already exists.")


def limit_exceeded(what: str, limit: int) -> Refusal:
    """The refusal `LimitExceeded.<what>`."""
    return Refusal(409, f"LimitExceeded.{what}", f"The {_prose(what)} count is beyond the limit of {limit}.")


def delete_conflict(what: str) -> Refusal:
    """The refusal `DeleteConflict.<what>`: what is deleted, then what still hangs on it."""
    owner, _, dependent = what.partition(".")
    return Refusal(
        409,
        f"DeleteConflict.{what}",
        f"The {owner.lower()} still has a {_prose(dependent)} or is in its use.",
    )


def name_of(call: Call, parameter: str, shape: re.Pattern[str], longest: int = NAME_LONGEST) -> str:
    """A name in the parameter, in the service's form for it."""
    name = call.params.get(parameter, "")
    if not 1 <= len(name) <= longest:
        raise invalid(parameter, "Length", f'The parameter - "{parameter}" beyond the length limit.')
    if not shape.fullmatch(name):
        raise invalid(parameter, "InvalidChars", f'The parameter - "{parameter}" contains invalid chars.')
    return name


def prose_of(call: Call, parameter: str, longest: int = DESCRIPTION_LONGEST) -> str:
    """A description or comment."""
    text = call.params.get(parameter, "")
    if len(text) > longest:
        raise invalid(parameter, "Length", f'The parameter - "{parameter}" beyond the length limit.')
    return text


def role_of(call: Call) -> RoleRecord:
    """The role that `RoleName` names."""
    role = call.account.roles.get(name_of(call, "RoleName", ROLE_NAME))
    if role is None:
        raise not_exist("Role")
    return role


def user_of(call: Call) -> UserRecord:
    """The user that `UserName` names."""
    user = call.account.users.get(name_of(call, "UserName", USER_NAME))
    if user is None:
        raise not_exist("User")
    return user


def group_of(call: Call) -> GroupRecord:
    """The group that `GroupName` names."""
    group = call.account.groups.get(name_of(call, "GroupName", GROUP_NAME))
    if group is None:
        raise not_exist("Group")
    return group


def policy_kind_of(call: Call) -> str:
    """`System` or `Custom`, as `PolicyType` says."""
    kind = call.params.get("PolicyType", "")
    if kind not in {SYSTEM, CUSTOM}:
        raise invalid("PolicyType", "", 'The parameter - "PolicyType" is incorrect.')
    return kind


def policy_of(call: Call) -> PolicyRecord:
    """The policy that `PolicyType` and `PolicyName` name."""
    kind = policy_kind_of(call)
    policy = find_policy(call.world, call.account, kind, _policy_name(call))
    if policy is None:
        raise not_exist("Policy")
    return policy


def custom_policy_of(call: Call) -> PolicyRecord:
    """The custom policy that `PolicyName` names."""
    policy = call.account.policies.get(_policy_name(call))
    if policy is None:
        raise not_exist("Policy")
    return policy


def version_of(call: Call, policy: PolicyRecord) -> VersionRecord:
    """The version of `policy` that `VersionId` names."""
    version_id = call.params.get("VersionId", "")
    if not VERSION_ID.fullmatch(version_id):
        raise invalid("VersionId", "Format", 'The format of the parameter - "VersionId" is incorrect.')
    version = policy.versions.get(version_id)
    if version is None:
        raise not_exist("Policy.Version")
    return version


def find_policy(world: LocalWorld, account: Account, kind: str, name: str) -> PolicyRecord | None:
    """The policy of that kind and name, if there is one."""
    return (world.system_policies if kind == SYSTEM else account.policies).get(name)


def role_arn(account: Account, name: str) -> str:
    """The resource name of a role; `*` for all of them."""
    return f"acs:ram::{account.account_id}:role/{name}"


def user_arn(account: Account, name: str) -> str:
    """The resource name of a user; `*` for all of them."""
    return f"acs:ram::{account.account_id}:user/{name}"


def group_arn(account: Account, name: str) -> str:
    """The resource name of a group; `*` for all of them."""
    return f"acs:ram::{account.account_id}:group/{name}"


def policy_arn(account: Account, kind: str, name: str) -> str:
    """The resource name of a policy; system policies stand under the account word `system`."""
    owner = "system" if kind == SYSTEM else account.account_id
    return f"acs:ram::{owner}:policy/{name}"


def role_resource(call: Call) -> tuple[str, ...]:
    """What an operation on the role in `RoleName` is authorized on."""
    return (role_arn(call.account, call.params.get("RoleName", "")),)


def user_resource(call: Call) -> tuple[str, ...]:
    """What an operation on the user in `UserName` is authorized on."""
    return (user_arn(call.account, call.params.get("UserName", "")),)


def group_resource(call: Call) -> tuple[str, ...]:
    """What an operation on the group in `GroupName` is authorized on."""
    return (group_arn(call.account, call.params.get("GroupName", "")),)


def policy_resource(call: Call) -> tuple[str, ...]:
    """What an operation on the policy in `PolicyName` is authorized on."""
    kind = call.params.get("PolicyType", CUSTOM)
    return (policy_arn(call.account, kind, call.params.get("PolicyName", "")),)


def custom_policy_resource(call: Call) -> tuple[str, ...]:
    """What an operation on the custom policy in `PolicyName` is authorized on, whatever `PolicyType` says."""
    return (policy_arn(call.account, CUSTOM, call.params.get("PolicyName", "")),)


def refuse_linked(role: RoleRecord) -> None:
    """Refuse to change a service-linked role. The vendor documents that, but not the code; it is inferred."""
    if role.service_linked:
        raise Refusal(403, "NoPermission", "A service-linked role can only be changed by its service.")


def _policy_name(call: Call) -> str:
    return name_of(call, "PolicyName", POLICY_NAME, POLICY_NAME_LONGEST)


def _prose(what: str) -> str:
    return what.replace(".", " ").lower()
