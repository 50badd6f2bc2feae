"""What RAM holds once for each account: its alias, its password policy, what users may do themselves.

Of it all only the rules for new passwords and the right to change one's own have an effect here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.parameters import invalid, truth
from scanner.emulator.services.ram_entities import already_exists
from scanner.emulator.services.ram_operation import reading, writing
from scanner.emulator.state import PasswordPolicy, SecurityPreference

_ALIAS: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ALIAS_SHORTEST: Final = 3
ALIAS_LONGEST: Final = 63
MASKS_MOST: Final = 40


def set_account_alias(call: Call) -> Mapping[str, Any]:
    """SetAccountAlias: an account that has one must clear it first."""
    alias = call.params.get("AccountAlias", "")
    if not ALIAS_SHORTEST <= len(alias) <= ALIAS_LONGEST:
        raise invalid(
            "AccountAlias", "Length", 'The parameter - "AccountAlias" MUST be in the range of 3 and 63.'
        )
    if not _ALIAS.fullmatch(alias):
        raise invalid("AccountAlias", "Format", 'The format of parameter - "AccountAlias" is incorrect.')
    if call.account.alias or any(alias == account.alias for account in call.world.accounts.values()):
        raise already_exists("AccountAlias")
    call.account.alias = alias
    return {}


def get_account_alias(call: Call) -> Mapping[str, Any]:
    """GetAccountAlias; that an account without one has its id in this place is inferred."""
    return {"AccountAlias": call.account.alias or call.account.account_id}


def clear_account_alias(call: Call) -> Mapping[str, Any]:
    """ClearAccountAlias."""
    call.account.alias = ""
    return {}


def set_password_policy(call: Call) -> Mapping[str, Any]:
    """SetPasswordPolicy: what it is not given keeps its value, which is inferred."""
    old = call.account.password_policy
    call.account.password_policy = replace(
        old,
        minimum_length=_ranged(call, "MinimumPasswordLength", old.minimum_length, 8, 32),
        lowercase=truth(call, "RequireLowercaseCharacters", default=old.lowercase),
        uppercase=truth(call, "RequireUppercaseCharacters", default=old.uppercase),
        numbers=truth(call, "RequireNumbers", default=old.numbers),
        symbols=truth(call, "RequireSymbols", default=old.symbols),
        hard_expiry=truth(call, "HardExpiry", default=old.hard_expiry),
        max_age=_ranged(call, "MaxPasswordAge", old.max_age, 0, 1_095),
        reuse_prevention=_ranged(call, "PasswordReusePrevention", old.reuse_prevention, 0, 24),
        max_attempts=_ranged(call, "MaxLoginAttemps", old.max_attempts, 0, 32),
    )
    return get_password_policy(call)


def get_password_policy(call: Call) -> Mapping[str, Any]:
    """GetPasswordPolicy."""
    return {"PasswordPolicy": _shown_policy(call.account.password_policy)}


def set_security_preference(call: Call) -> Mapping[str, Any]:
    """SetSecurityPreference: what it is not given keeps its value, which is inferred."""
    old = call.account.security_preference
    call.account.security_preference = replace(
        old,
        save_mfa_ticket=truth(call, "EnableSaveMFATicket", default=old.save_mfa_ticket),
        change_password=truth(call, "AllowUserToChangePassword", default=old.change_password),
        manage_keys=truth(call, "AllowUserToManageAccessKeys", default=old.manage_keys),
        manage_public_keys=truth(call, "AllowUserToManagePublicKeys", default=old.manage_public_keys),
        manage_mfa=truth(call, "AllowUserToManageMFADevices", default=old.manage_mfa),
        session_hours=_ranged(call, "LoginSessionDuration", old.session_hours, 1, 24),
        network_masks=_masks(call, old.network_masks),
    )
    return get_security_preference(call)


def get_security_preference(call: Call) -> Mapping[str, Any]:
    """GetSecurityPreference."""
    return {"SecurityPreference": _shown_preference(call.account.security_preference)}


def _ranged(call: Call, name: str, default: int, least: int, most: int) -> int:
    text = call.params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise invalid(name, "Range", f'The parameter - "{name}" MUST be in the range of {least} and {most}.')
    return int(text)


def _masks(call: Call, default: str) -> str:
    text = call.params.get("LoginNetworkMasks", default)
    masks = [mask for mask in text.split(";") if mask]
    if len(masks) > MASKS_MOST or not all(_is_network(mask) for mask in masks):
        raise invalid("LoginNetworkMasks", "", 'The parameter - "LoginNetworkMasks" is incorrect.')
    return text


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _shown_policy(policy: PasswordPolicy) -> dict[str, Any]:
    return {
        "MinimumPasswordLength": policy.minimum_length,
        "RequireLowercaseCharacters": policy.lowercase,
        "RequireUppercaseCharacters": policy.uppercase,
        "RequireNumbers": policy.numbers,
        "RequireSymbols": policy.symbols,
        "HardExpiry": policy.hard_expiry,
        "MaxPasswordAge": policy.max_age,
        "PasswordReusePrevention": policy.reuse_prevention,
        "MaxLoginAttemps": policy.max_attempts,
    }


def _shown_preference(preference: SecurityPreference) -> dict[str, Any]:
    return {
        "LoginProfilePreference": {
            "EnableSaveMFATicket": preference.save_mfa_ticket,
            "AllowUserToChangePassword": preference.change_password,
            "LoginSessionDuration": preference.session_hours,
            "LoginNetworkMasks": preference.network_masks,
        },
        "AccessKeyPreference": {"AllowUserToManageAccessKeys": preference.manage_keys},
        "PublicKeyPreference": {"AllowUserToManagePublicKeys": preference.manage_public_keys},
        "MFAPreference": {"AllowUserToManageMFADevices": preference.manage_mfa},
    }


def _whole_account(call: Call) -> tuple[str, ...]:
    return (f"acs:ram::{call.account.account_id}:*",)


OPERATIONS: Final = (
    writing("SetAccountAlias", set_account_alias, _whole_account),
    reading("GetAccountAlias", get_account_alias, _whole_account),
    writing("ClearAccountAlias", clear_account_alias, _whole_account),
    writing("SetPasswordPolicy", set_password_policy, _whole_account),
    reading("GetPasswordPolicy", get_password_policy, _whole_account),
    writing("SetSecurityPreference", set_security_preference, _whole_account),
    reading("GetSecurityPreference", get_security_preference, _whole_account),
)
