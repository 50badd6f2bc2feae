"""RAM users and their AccessKeys.

Groups are in `ram_groups`, what users may do in `ram_attachments`, how they log on in `ram_logins`
and `ram_mfa`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.parameters import invalid, ram_page
from scanner.emulator.services.ram_entities import (
    COMMENTS_LONGEST,
    USER_NAME,
    already_exists,
    delete_conflict,
    limit_exceeded,
    name_of,
    not_exist,
    prose_of,
    user_arn,
    user_of,
    user_resource,
)
from scanner.emulator.services.ram_operation import reading, writing
from scanner.emulator.state import AccessKey, Account, UserRecord

USERS_MOST: Final = 5_000
KEYS_MOST: Final = 2
DISPLAY_NAME_LONGEST: Final = 128

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_MOBILE: Final = re.compile(r"[0-9]{1,4}-[0-9]{5,20}")


def create_user(call: Call) -> Mapping[str, Any]:
    """CreateUser."""
    name = name_of(call, "UserName", USER_NAME)
    user = UserRecord(
        name=name,
        user_id="",
        display_name=prose_of(call, "DisplayName", DISPLAY_NAME_LONGEST) or name,
        comments=prose_of(call, "Comments", COMMENTS_LONGEST),
        email=_formed(call, "Email", _EMAIL),
        mobile=_formed(call, "MobilePhone", _MOBILE),
        created=call.stamp,
        updated=call.stamp,
    )
    if name in call.account.users:
        raise already_exists("User")
    if len(call.account.users) >= USERS_MOST:
        raise limit_exceeded("User", USERS_MOST)
    user.user_id = call.world.next_id()
    call.account.users[name] = user
    return {"User": _shown(user, updated=False)}


def get_user(call: Call) -> Mapping[str, Any]:
    """GetUser. Nobody logs on to the console of a local cloud, so there is never a logon date."""
    return {"User": _shown(user_of(call))}


def list_users(call: Call) -> Mapping[str, Any]:
    """ListUsers."""
    page, more = ram_page(call, call.account.users.values(), lambda user: user.name)
    return {"Users": {"User": [_shown(user) for user in page]}, **more}


def update_user(call: Call) -> Mapping[str, Any]:
    """UpdateUser: changes what it is given. A new name takes along groups, keys, policies and the rest.

    Trust policies elsewhere keep the old name.
    """
    user = user_of(call)
    given = call.params
    name = name_of(call, "NewUserName", USER_NAME) if "NewUserName" in given else user.name
    changed = replace(
        user,
        name=name,
        display_name=_kept(call, "NewDisplayName", user.display_name, DISPLAY_NAME_LONGEST),
        comments=_kept(call, "NewComments", user.comments, COMMENTS_LONGEST),
        email=_formed(call, "NewEmail", _EMAIL) if "NewEmail" in given else user.email,
        mobile=_formed(call, "NewMobilePhone", _MOBILE) if "NewMobilePhone" in given else user.mobile,
        updated=call.stamp,
    )
    if name != user.name and name in call.account.users:
        raise already_exists("User")
    _rename(call.account, user.name, name)
    call.account.users[name] = changed
    return {"User": _shown(changed)}


def delete_user(call: Call) -> Mapping[str, Any]:
    """DeleteUser: only of a user without groups, keys, login profile, MFA device and policies."""
    user = user_of(call)
    account = call.account
    if any(user.name in group.members for group in account.groups.values()):
        raise delete_conflict("User.Group")
    if any(key.user == user.name for key in account.keys.values()):
        raise delete_conflict("User.AccessKey")
    if user.login is not None:
        raise delete_conflict("User.LoginProfile")
    if any(device.user == user.name for device in account.mfa_devices.values()):
        raise delete_conflict("User.MFADevice")
    if any(key.principal_kind == "user" and key.principal == user.name for key in account.attachments):
        raise delete_conflict("User.Policy")
    del account.users[user.name]
    return {}


def create_access_key(call: Call) -> Mapping[str, Any]:
    """CreateAccessKey: the only answer that ever shows the secret."""
    name = _owner(call)
    if len(_keys(call.account, name)) >= KEYS_MOST:
        raise limit_exceeded("User.AccessKey", KEYS_MOST)
    key = AccessKey(
        key_id=f"LOCALKEY{secrets.token_hex(8).upper()}",
        secret=secrets.token_hex(15),
        user=name,
        created=call.stamp,
    )
    call.account.keys[key.key_id] = key
    return {"AccessKey": {**_shown_key(key), "AccessKeySecret": key.secret}}


def list_access_keys(call: Call) -> Mapping[str, Any]:
    """ListAccessKeys: of a user, or of the caller."""
    return {"AccessKeys": {"AccessKey": [_shown_key(key) for key in _keys(call.account, _owner(call))]}}


def update_access_key(call: Call) -> Mapping[str, Any]:
    """UpdateAccessKey: `Active` or `Inactive`."""
    key = _key(call)
    status = call.params.get("Status", "")
    if status not in {"Active", "Inactive"}:
        raise invalid("Status", "", 'The parameter - "Status" is incorrect.')
    key.active = status == "Active"
    return {}


def delete_access_key(call: Call) -> Mapping[str, Any]:
    """DeleteAccessKey."""
    del call.account.keys[_key(call).key_id]
    return {}


def get_access_key_last_used(call: Call) -> Mapping[str, Any]:
    """GetAccessKeyLastUsed: of a user, or of the caller. That a key never used has no date is inferred.

    The service takes its time to note a use; here it is there at once.
    """
    return {"AccessKeyLastUsed": {"LastUsedDate": _key(call).last_used}}


def _rename(account: Account, old: str, new: str) -> None:
    if old == new:
        return
    del account.users[old]
    for group in account.groups.values():
        if old in group.members:
            group.members[new] = group.members.pop(old)
    for key in account.keys.values():
        key.user = new if key.user == old else key.user
    for device in [device for device in account.mfa_devices.values() if device.user == old]:
        account.mfa_devices[device.serial] = replace(device, user=new)
    for held in [key for key in account.attachments if key.principal_kind == "user" and key.principal == old]:
        account.attachments[replace(held, principal=new)] = account.attachments.pop(held)


def _kept(call: Call, parameter: str, present: str, longest: int) -> str:
    text = prose_of(call, parameter, longest)
    return text if parameter in call.params else present


def _formed(call: Call, parameter: str, shape: re.Pattern[str]) -> str:
    text = call.params.get(parameter, "")
    if text and not shape.fullmatch(text):
        raise invalid(parameter, "Format", f'The format of the parameter - "{parameter}" is incorrect.')
    return text


def _owner(call: Call) -> str:
    """Whose keys: the user of the call, or the caller; empty for the account itself."""
    if call.params.get("UserName"):
        return user_of(call).name
    assert call.caller is not None
    return call.caller.name if call.caller.kind == "user" else ""


def _owner_resource(call: Call) -> tuple[str, ...]:
    name = call.params.get("UserName") or (call.caller.name if call.caller else "")
    return (user_arn(call.account, name),)


def _keys(account: Account, user: str) -> list[AccessKey]:
    return [key for key in account.keys.values() if key.user == user]


def _key(call: Call) -> AccessKey:
    key = call.account.keys.get(call.params.get("UserAccessKeyId", ""))
    if key is None or key.user != _owner(call):
        raise not_exist("User.AccessKey")
    return key


def _all_users(call: Call) -> tuple[str, ...]:
    return (user_arn(call.account, "*"),)


def _shown(user: UserRecord, *, updated: bool = True) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "UserId": user.user_id,
        "DisplayName": user.display_name,
        "Comments": user.comments,
        "Email": user.email,
        "MobilePhone": user.mobile,
        "CreateDate": user.created,
        **({"UpdateDate": user.updated} if updated else {}),
    }


def _shown_key(key: AccessKey) -> dict[str, Any]:
    return {
        "AccessKeyId": key.key_id,
        "Status": "Active" if key.active else "Inactive",
        "CreateDate": key.created,
    }


OPERATIONS: Final = (
    writing("CreateUser", create_user, user_resource),
    reading("GetUser", get_user, user_resource),
    reading("ListUsers", list_users, _all_users),
    writing("UpdateUser", update_user, user_resource),
    writing("DeleteUser", delete_user, user_resource),
    writing("CreateAccessKey", create_access_key, _owner_resource),
    reading("ListAccessKeys", list_access_keys, _owner_resource),
    writing("UpdateAccessKey", update_access_key, _owner_resource),
    writing("DeleteAccessKey", delete_access_key, _owner_resource),
    reading("GetAccessKeyLastUsed", get_access_key_last_used, _owner_resource),
)
