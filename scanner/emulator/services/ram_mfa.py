"""Virtual MFA devices and the users that they are bound to.

Codes are those of RFC 6238 with a new one every 30 seconds, as authenticator apps show them. Which
calls carry `acs:MFAPresent` is not decided here: none does, because all are made with keys.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.emulator.service import Call, Refusal
from scanner.emulator.services.parameters import invalid
from scanner.emulator.services.ram_entities import (
    already_exists,
    delete_conflict,
    limit_exceeded,
    name_of,
    not_exist,
    user_of,
    user_resource,
)
from scanner.emulator.services.ram_operation import reading, writing
from scanner.emulator.state import Account, MfaDevice

DEVICES_MOST: Final = 5_000
"""As many as users. The vendor's older pages have 100 of both, and no newer number was found; inferred."""
STEP_SECONDS: Final = 30
STEPS_BACK: Final = 4
"""How old the first of the two codes may be; inferred."""
DEVICE_NAME: Final = re.compile(r"[A-Za-z0-9.\-]+")
_CODE: Final = re.compile(r"[0-9]{6}")
_SEED_BYTES: Final = 20
NO_PICTURE: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
"""A picture of one point, in PNG and base64, in place of the QR code."""


def create_virtual_mfa_device(call: Call) -> Mapping[str, Any]:
    """CreateVirtualMFADevice: the only answer that ever shows the seed."""
    serial = mfa_serial(call.account, name_of(call, "VirtualMFADeviceName", DEVICE_NAME))
    if serial in call.account.mfa_devices:
        raise already_exists("VirtualMFADevice")
    if len(call.account.mfa_devices) >= DEVICES_MOST:
        raise limit_exceeded("VirtualMFADevice", DEVICES_MOST)
    seed = base64.b32encode(secrets.token_bytes(_SEED_BYTES)).decode()
    call.account.mfa_devices[serial] = MfaDevice(serial=serial, seed=seed)
    device = {"SerialNumber": serial, "Base32StringSeed": seed, "QRCodePNG": NO_PICTURE}
    return {"VirtualMFADevice": device}


def list_virtual_mfa_devices(call: Call) -> Mapping[str, Any]:
    """ListVirtualMFADevices: all of them; it has no pages."""
    return {
        "VirtualMFADevices": {
            "VirtualMFADevice": [
                _shown(call.account, device) for _, device in sorted(call.account.mfa_devices.items())
            ]
        }
    }


def delete_virtual_mfa_device(call: Call) -> Mapping[str, Any]:
    """DeleteVirtualMFADevice: only of one that nobody is bound to."""
    device = _device(call)
    if device.user:
        raise delete_conflict("VirtualMFADevice.User")
    del call.account.mfa_devices[device.serial]
    return {}


def bind_mfa_device(call: Call) -> Mapping[str, Any]:
    """BindMFADevice: with two codes of the device, one after the other."""
    user = user_of(call)
    codes = [_code(call, "AuthenticationCode1"), _code(call, "AuthenticationCode2")]
    device = _device(call)
    if _bound(call.account, user.name) is not None:
        raise already_exists("User.MFADevice")
    if device.user:
        raise already_exists("VirtualMFADevice.User")
    now = int(call.now.timestamp()) // STEP_SECONDS
    # The second code may be the next one: the caller's clock is a little ahead of this one at times.
    if not any(
        codes == [code_at(device.seed, step), code_at(device.seed, step + 1)]
        for step in range(now - STEPS_BACK, now + 1)
    ):
        raise Refusal(403, "CheckAuthenticationCodeFail", "The authentication code is incorrect.")
    call.account.mfa_devices[device.serial] = replace(device, user=user.name, activated=call.stamp)
    return {}


def unbind_mfa_device(call: Call) -> Mapping[str, Any]:
    """UnbindMFADevice: the device stays, bound to nobody."""
    device = _of_user(call)
    call.account.mfa_devices[device.serial] = replace(device, user="", activated="")
    return {"MFADevice": {"SerialNumber": device.serial}}


def get_user_mfa_info(call: Call) -> Mapping[str, Any]:
    """GetUserMFAInfo."""
    return {"MFADevice": {"SerialNumber": _of_user(call).serial, "Type": "VMFA"}}


def mfa_serial(account: Account, name: str) -> str:
    """The serial number of the device of that name, which is its resource name; `*` for all of them."""
    return f"acs:ram::{account.account_id}:mfa/{name}"


def code_at(seed: str, step: int) -> str:
    """The six digits that a device with `seed` shows in the 30 seconds number `step`."""
    digest = hmac.new(base64.b32decode(seed), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


def _device(call: Call) -> MfaDevice:
    device = call.account.mfa_devices.get(call.params.get("SerialNumber", ""))
    if device is None:
        raise not_exist("VirtualMFADevice")
    return device


def _code(call: Call, parameter: str) -> str:
    code = call.params.get(parameter, "")
    if not _CODE.fullmatch(code):
        # The code names the parameter without its number, as the vendor's list does.
        raise invalid(
            "AuthenticationCode", "Format", 'The parameter - "AuthenticationCode" MUST be 6 numbers.'
        )
    return code


def _of_user(call: Call) -> MfaDevice:
    device = _bound(call.account, user_of(call).name)
    if device is None:
        raise not_exist("User.MFADevice")
    return device


def _bound(account: Account, user: str) -> MfaDevice | None:
    return next((device for device in account.mfa_devices.values() if device.user == user), None)


def _shown(account: Account, device: MfaDevice) -> dict[str, Any]:
    user = account.users.get(device.user)
    if user is None:
        return {"SerialNumber": device.serial}
    who = {"UserName": user.name, "UserId": user.user_id, "DisplayName": user.display_name}
    return {"SerialNumber": device.serial, "User": who, "ActivateDate": device.activated}


def _all_devices(call: Call) -> tuple[str, ...]:
    return (mfa_serial(call.account, "*"),)


def _named_device(call: Call) -> tuple[str, ...]:
    # Only a serial number of the account itself finds a device, so nothing else needs a permission of its own.
    return (call.params.get("SerialNumber") or mfa_serial(call.account, "*"),)


OPERATIONS: Final = (
    writing("CreateVirtualMFADevice", create_virtual_mfa_device, _all_devices),
    reading("ListVirtualMFADevices", list_virtual_mfa_devices, _all_devices),
    writing("DeleteVirtualMFADevice", delete_virtual_mfa_device, _named_device),
    writing("BindMFADevice", bind_mfa_device, user_resource),
    writing("UnbindMFADevice", unbind_mfa_device, user_resource),
    reading("GetUserMFAInfo", get_user_mfa_info, user_resource),
)
