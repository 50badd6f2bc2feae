"""RAM user groups and who is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.parameters import ram_page
from scanner.emulator.services.ram_entities import (
    COMMENTS_LONGEST,
    GROUP_NAME,
    already_exists,
    delete_conflict,
    group_arn,
    group_of,
    group_resource,
    limit_exceeded,
    name_of,
    not_exist,
    prose_of,
    user_of,
    user_resource,
)
from scanner.emulator.services.ram_operation import attaching, reading, writing
from scanner.emulator.state import Account, GroupRecord

GROUPS_MOST: Final = 300
GROUPS_OF_A_USER_MOST: Final = 10
PAGE_MOST: Final = 100
"""The most groups on one page; that more are cut down to it rather than refused is inferred."""


def create_group(call: Call) -> Mapping[str, Any]:
    """CreateGroup."""
    name = name_of(call, "GroupName", GROUP_NAME)
    comments = prose_of(call, "Comments", COMMENTS_LONGEST)
    if name in call.account.groups:
        raise already_exists("Group")
    if len(call.account.groups) >= GROUPS_MOST:
        raise limit_exceeded("Group", GROUPS_MOST)
    group = GroupRecord(
        name=name,
        group_id=f"g-{call.world.next_id()}",
        comments=comments,
        created=call.stamp,
        updated=call.stamp,
    )
    call.account.groups[name] = group
    return {"Group": _shown(group, updated=False)}


def get_group(call: Call) -> Mapping[str, Any]:
    """GetGroup."""
    return {"Group": _shown(group_of(call))}


def list_groups(call: Call) -> Mapping[str, Any]:
    """ListGroups."""
    page, more = ram_page(call, call.account.groups.values(), lambda group: group.name, most=PAGE_MOST)
    return {"Groups": {"Group": [_shown(group) for group in page]}, **more}


def update_group(call: Call) -> Mapping[str, Any]:
    """UpdateGroup: changes what it is given; policies stay with a group that gets another name."""
    group = group_of(call)
    given = call.params
    name = name_of(call, "NewGroupName", GROUP_NAME) if "NewGroupName" in given else group.name
    comments = prose_of(call, "NewComments", COMMENTS_LONGEST)
    if name != group.name and name in call.account.groups:
        raise already_exists("Group")
    _rename(call.account, group.name, name)
    group.name = name
    group.comments = comments if "NewComments" in given else group.comments
    group.updated = call.stamp
    return {"Group": _shown(group)}


def delete_group(call: Call) -> Mapping[str, Any]:
    """DeleteGroup: only of a group without members and policies."""
    group = group_of(call)
    if group.members:
        raise delete_conflict("Group.User")
    if any(key.principal_kind == "group" and key.principal == group.name for key in call.account.attachments):
        raise delete_conflict("Group.Policy")
    del call.account.groups[group.name]
    return {}


def add_user_to_group(call: Call) -> Mapping[str, Any]:
    """AddUserToGroup."""
    user, group = user_of(call), group_of(call)
    if user.name in group.members:
        raise already_exists("User.Group")
    if sum(user.name in each.members for each in call.account.groups.values()) >= GROUPS_OF_A_USER_MOST:
        raise limit_exceeded("User.Group", GROUPS_OF_A_USER_MOST)
    group.members[user.name] = call.stamp
    return {}


def remove_user_from_group(call: Call) -> Mapping[str, Any]:
    """RemoveUserFromGroup."""
    user, group = user_of(call), group_of(call)
    if user.name not in group.members:
        raise not_exist("User.Group")
    del group.members[user.name]
    return {}


def list_users_for_group(call: Call) -> Mapping[str, Any]:
    """ListUsersForGroup."""
    members = group_of(call).members
    page, more = ram_page(call, members, lambda name: name)
    users = call.account.users
    listed = [
        {"UserName": name, "DisplayName": users[name].display_name, "JoinDate": members[name]}
        for name in page
    ]
    return {"Users": {"User": listed}, **more}


def list_groups_for_user(call: Call) -> Mapping[str, Any]:
    """ListGroupsForUser."""
    user = user_of(call)
    joined = [group for group in call.account.groups.values() if user.name in group.members]
    listed = [
        {
            "GroupName": group.name,
            "GroupId": group.group_id,
            "Comments": group.comments,
            "JoinDate": group.members[user.name],
        }
        for group in joined
    ]
    return {"Groups": {"Group": listed}}


def _rename(account: Account, old: str, new: str) -> None:
    if old == new:
        return
    account.groups[new] = account.groups.pop(old)
    for held in [
        key for key in account.attachments if key.principal_kind == "group" and key.principal == old
    ]:
        account.attachments[replace(held, principal=new)] = account.attachments.pop(held)


def _both(call: Call) -> tuple[str, ...]:
    return (*user_resource(call), *group_resource(call))


def _all_groups(call: Call) -> tuple[str, ...]:
    return (group_arn(call.account, "*"),)


def _shown(group: GroupRecord, *, updated: bool = True) -> dict[str, Any]:
    return {
        "GroupName": group.name,
        "GroupId": group.group_id,
        "Comments": group.comments,
        "CreateDate": group.created,
        **({"UpdateDate": group.updated} if updated else {}),
    }


OPERATIONS: Final = (
    writing("CreateGroup", create_group, group_resource),
    reading("GetGroup", get_group, group_resource),
    reading("ListGroups", list_groups, _all_groups),
    writing("UpdateGroup", update_group, group_resource),
    writing("DeleteGroup", delete_group, group_resource),
    attaching("AddUserToGroup", add_user_to_group, _both),
    attaching("RemoveUserFromGroup", remove_user_from_group, _both),
    reading("ListUsersForGroup", list_users_for_group, group_resource),
    reading("ListGroupsForUser", list_groups_for_user, user_resource),
)
