"""The condition keys that a request has, and their values.

Which conditions they meet is decided in `reading`.
"""

from __future__ import annotations

from scanner.emulator.service import ISO, Call, Caller


def context_of(call: Call, caller: Caller) -> dict[str, str]:
    """The condition keys that a request has, in lower case.

    Calls with an AccessKey have no `acs:MFAPresent`, and the local cloud speaks plain HTTP.
    """
    context = {
        "acs:sourceip": call.source_ip,
        "acs:currenttime": call.now.strftime(ISO),
        "acs:securetransport": "false",
        "acs:principalarn": principal_arn(caller),
    }
    for key, name in (
        ("sts:externalid", "ExternalId"),
        ("sts:sourceidentity", "SourceIdentity"),
        ("ram:servicename", "ServiceName"),
    ):
        if call.params.get(name):
            context[key] = call.params[name]
    return context


def principal_arn(caller: Caller) -> str:
    """The resource name of the user or role behind `caller`, as conditions see it."""
    account = caller.account.account_id
    # Vendor samples of this key have `*` in the region's place of the pattern, which the empty region fits.
    return (
        f"acs:ram::{account}:root"
        if caller.kind == "root"
        else f"acs:ram::{account}:{caller.kind}/{caller.name}"
    )
