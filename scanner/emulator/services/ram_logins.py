"""How RAM users log on to the console: login profiles and passwords.

A password is checked against the account's password policy and kept; no answer and no event shows
it. Expiry and reuse of passwords are not followed up, because nobody logs on to a local cloud.
"""

from __future__ import annotations

import hmac
import string
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.emulator.errors import AccessDenied
from scanner.emulator.service import Call, Refusal
from scanner.emulator.services.parameters import invalid, truth
from scanner.emulator.services.ram_entities import already_exists, not_exist, user_of, user_resource
from scanner.emulator.services.ram_operation import reading, writing
from scanner.emulator.state import LoginRecord, PasswordPolicy, UserRecord

PASSWORD_LONGEST: Final = 32


def create_login_profile(call: Call) -> Mapping[str, Any]:
    """CreateLoginProfile."""
    user = user_of(call)
    login = LoginRecord(
        password=_strong(call, "Password"),
        created=call.stamp,
        reset_required=truth(call, "PasswordResetRequired"),
        mfa_required=truth(call, "MFABindRequired"),
    )
    if user.login is not None:
        raise already_exists("User.LoginProfile")
    user.login = login
    return {"LoginProfile": _shown(user, login)}


def get_login_profile(call: Call) -> Mapping[str, Any]:
    """GetLoginProfile."""
    user = user_of(call)
    return {"LoginProfile": _shown(user, _login(user))}


def update_login_profile(call: Call) -> Mapping[str, Any]:
    """UpdateLoginProfile: changes what it is given."""
    user = user_of(call)
    login = _login(user)
    user.login = replace(
        login,
        password=_strong(call, "Password") if "Password" in call.params else login.password,
        reset_required=truth(call, "PasswordResetRequired", default=login.reset_required),
        mfa_required=truth(call, "MFABindRequired", default=login.mfa_required),
    )
    return {}


def delete_login_profile(call: Call) -> Mapping[str, Any]:
    """DeleteLoginProfile."""
    user = user_of(call)
    _login(user)
    user.login = None
    return {}


def change_password(call: Call) -> Mapping[str, Any]:
    """ChangePassword: of the calling user, if the account lets users do so."""
    caller = call.caller
    if caller is None or caller.kind != "user":
        raise Refusal(400, "NotSupport.Account", "This method can be only invoked by sub user.")
    if not call.account.security_preference.change_password:
        raise AccessDenied
    user = call.account.users.get(caller.name)
    if user is None:
        raise not_exist("User")
    login = _login(user)
    old = call.params.get("OldPassword", "")
    if not hmac.compare_digest(old.encode(), login.password.encode()):
        raise invalid("OldPassword", "Incorrect", 'The parameter - "OldPassword" is incorrect.')
    user.login = replace(login, password=_strong(call, "NewPassword"), reset_required=False)
    return {}


def meets(policy: PasswordPolicy, password: str) -> bool:
    """Whether `password` is as `policy` asks; that one of more than 32 characters is not, is inferred."""
    asked = (
        (policy.lowercase, str.islower),
        (policy.uppercase, str.isupper),
        (policy.numbers, str.isdigit),
        (policy.symbols, string.punctuation.__contains__),
    )
    return policy.minimum_length <= len(password) <= PASSWORD_LONGEST and all(
        not required or any(is_one(character) for character in password) for required, is_one in asked
    )


def _strong(call: Call, parameter: str) -> str:
    password = call.params.get(parameter, "")
    if not meets(call.account.password_policy, password):
        raise invalid(
            parameter,
            "TooWeak",
            f'The parameter - "{parameter}" is not compliant with the password policy.',
        )
    return password


def _login(user: UserRecord) -> LoginRecord:
    if user.login is None:
        raise not_exist("User.LoginProfile")
    return user.login


def _shown(user: UserRecord, login: LoginRecord) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "CreateDate": login.created,
        "PasswordResetRequired": login.reset_required,
        "MFABindRequired": login.mfa_required,
    }


def _nothing_in_particular(_: Call) -> tuple[str, ...]:
    return ("*",)


OPERATIONS: Final = (
    writing("CreateLoginProfile", create_login_profile, user_resource),
    reading("GetLoginProfile", get_login_profile, user_resource),
    writing("UpdateLoginProfile", update_login_profile, user_resource),
    writing("DeleteLoginProfile", delete_login_profile, user_resource),
    # Its older page names the user as the resource, its present one has all resources.
    writing("ChangePassword", change_password, _nothing_in_particular),
)
