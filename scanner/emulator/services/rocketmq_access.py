"""Who comes into a RocketMQ 5.x instance without RAM: its accounts, ACL rules and IP whitelist.

`GetInstanceAccount` gives out the password in clear, as the service does; showing that is its point.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.emulator.service import Call
from scanner.emulator.services.rocketmq_call import (
    Record,
    answer,
    existed,
    instance_of,
    joined,
    missing,
    networks,
    operation,
    page_of,
    text_in,
    texts_in,
    wrong,
)
from scanner.emulator.state import Instance5

STATUSES: Final = frozenset({"ENABLE", "DISABLE"})
DECISIONS: Final = frozenset({"Allow", "Deny"})
ACTIONS: Final[Mapping[str, frozenset[str]]] = {
    "Topic": frozenset({"Pub", "Sub", "Pub|Sub"}),
    "Group": frozenset({"Sub"}),
}


def list_accounts(call: Call) -> Mapping[str, Any]:
    """ListInstanceAccount: without passwords."""
    instance = instance_of(call)
    asked = call.params
    return page_of(
        call,
        [
            {
                "regionId": instance.region,
                "instanceId": instance.instance_id,
                **{field: account[field] for field in ("username", "accountType", "accountStatus", "remark")},
            }
            for username, account in sorted(instance.accounts.items())
            if asked.get("username", "") in username
            and asked.get("accountType", "") in {"", account["accountType"]}
            and asked.get("accountStatus", "") in {"", account["accountStatus"]}
        ],
    )


def get_account(call: Call) -> Mapping[str, Any]:
    """GetInstanceAccount: with the password; of the default account when no name is given."""
    account = _account(call)
    return answer({field: account[field] for field in ("username", "password", "accountStatus", "remark")})


def create_account(call: Call) -> Mapping[str, Any]:
    """CreateInstanceAccount: the caller chooses name and password."""
    instance = instance_of(call)
    username, password = text_in(call.body, "username"), text_in(call.body, "password")
    if not username:
        raise wrong("username")
    if not password:
        raise wrong("password")
    if username in instance.accounts:
        raise existed("InstanceAccount.Existed", "The account already exists.")
    instance.accounts[username] = {
        "username": username,
        "password": password,
        "accountType": "CUSTOMER",
        "accountStatus": "ENABLE",
        "remark": text_in(call.body, "remark"),
    }
    return answer(payload=True)


def update_account(call: Call) -> Mapping[str, Any]:
    """UpdateInstanceAccount: its parameters, the password too, come in the query."""
    account = _account(call)
    asked = call.params
    status = asked.get("accountStatus") or account["accountStatus"]
    if status not in STATUSES:
        raise wrong("accountStatus")
    account["accountStatus"] = status
    account["password"] = asked.get("password") or account["password"]
    account["remark"] = asked.get("remark", account["remark"])
    return answer(payload=True)


def delete_account(call: Call) -> Mapping[str, Any]:
    """DeleteInstanceAccount: with its ACL rules."""
    instance = instance_of(call)
    username = _account(call)["username"]
    del instance.accounts[username]
    instance.acls = [rule for rule in instance.acls if rule["username"] != username]
    return answer(payload=True)


def list_acls(call: Call) -> Mapping[str, Any]:
    """ListInstanceAcl."""
    instance = instance_of(call)
    wanted = call.params.get("filter", "")
    found = [rule for rule in instance.acls if wanted in rule["username"] or wanted in rule["resourceName"]]
    return page_of(call, [_placed(instance, rule) for rule in sorted(found, key=_order)])


def get_acl(call: Call) -> Mapping[str, Any]:
    """GetInstanceAcl."""
    return answer(_placed(instance_of(call), _acl(call, call.params)))


def create_acl(call: Call) -> Mapping[str, Any]:
    """CreateInstanceAcl."""
    instance = instance_of(call)
    username = _account(call)["username"]
    rule = {"aclType": "APACHE", "username": username, **_checked(call)}
    if any(_order(rule) == _order(held) for held in instance.acls):
        raise existed("InstanceAcl.Existed", "The ACL rule already exists.")
    instance.acls.append(rule)
    return answer(payload=True)


def update_acl(call: Call) -> Mapping[str, Any]:
    """UpdateInstanceAcl."""
    changed = _checked(call)
    _acl(call, call.body).update(changed)
    return answer(payload=True)


def delete_acl(call: Call) -> Mapping[str, Any]:
    """DeleteInstanceAcl."""
    instance_of(call).acls.remove(_acl(call, call.params))
    return answer(payload=True)


def list_whitelist(call: Call) -> Mapping[str, Any]:
    """ListInstanceIpWhitelist."""
    wanted = call.params.get("ipWhitelist", "")
    return page_of(call, [entry for entry in instance_of(call).whitelist if wanted in entry])


def get_whitelist(call: Call) -> Mapping[str, Any]:
    """GetInstanceIpWhitelist: the named entries, or all."""
    instance = instance_of(call)
    asked = joined(call, "ipWhitelists")
    _check_there(instance, asked)
    return answer(
        {
            "regionId": instance.region,
            "instanceId": instance.instance_id,
            "ipWhitelists": asked or list(instance.whitelist),
        }
    )


def create_whitelist(call: Call) -> Mapping[str, Any]:
    """CreateInstanceIpWhitelist: adds what is not there yet."""
    instance = instance_of(call)
    entries = networks(texts_in(call.body, "ipWhitelists"), "ipWhitelists")
    if not entries:
        raise wrong("ipWhitelists")
    instance.whitelist.extend(entry for entry in entries if entry not in instance.whitelist)
    return answer(payload=True)


def delete_whitelist(call: Call) -> Mapping[str, Any]:
    """DeleteInstanceIpWhitelist."""
    instance = instance_of(call)
    entries = [*joined(call, "ipWhitelists"), *joined(call, "ipWhitelist")]
    if not entries:
        raise wrong("ipWhitelists")
    _check_there(instance, entries)
    instance.whitelist = [entry for entry in instance.whitelist if entry not in entries]
    return answer(payload=True)


def _account(call: Call) -> Record:
    accounts = instance_of(call).accounts
    asked = call.params.get("username", "")
    named = accounts.get(asked)
    default = next((each for each in accounts.values() if each["accountType"] == "DEFAULT"), None)
    account = named if asked else default
    if account is None:
        raise missing("InstanceAccount.NotExisted", "The account does not exist.")
    return account


def _acl(call: Call, place: Mapping[str, Any]) -> Record:
    wanted = (call.params["username"], text_in(place, "resourceType"), text_in(place, "resourceName"))
    for rule in instance_of(call).acls:
        if _order(rule) == wanted:
            return rule
    raise missing("InstanceAcl.NotExisted", "The ACL rule does not exist.")


def _checked(call: Call) -> Record:
    body = call.body
    kind, name = text_in(body, "resourceType"), text_in(body, "resourceName")
    decision, actions = text_in(body, "decision"), texts_in(body, "actions")
    if kind not in ACTIONS:
        raise wrong("resourceType")
    if not name:
        raise wrong("resourceName")
    if decision not in DECISIONS:
        raise wrong("decision")
    if not actions or not ACTIONS[kind].issuperset(actions):
        raise wrong("actions")
    return {
        "resourceType": kind,
        "resourceName": name,
        "decision": decision,
        "actions": actions,
        "ipWhitelists": networks(texts_in(body, "ipWhitelists"), "ipWhitelists"),
    }


def _check_there(instance: Instance5, entries: list[str]) -> None:
    if any(entry not in instance.whitelist for entry in entries):
        raise missing("InstanceIpOrCidr.NotExisted", "The address is not in the whitelist.")


def _order(rule: Record) -> tuple[str, str, str]:
    return rule["username"], rule["resourceType"], rule["resourceName"]


def _placed(instance: Instance5, record: Record) -> Record:
    return {"regionId": instance.region, "instanceId": instance.instance_id, **record}


_ONE: Final = "instance/{instanceId}"
_ACCOUNTS: Final = "/instances/{instanceId}/accounts"
_ACCOUNT: Final = _ACCOUNTS + "/{username}"
_ACL: Final = "/instances/{instanceId}/acl/account/{username}"
_WHITELIST: Final = "/instances/{instanceId}/ip/whitelist"

OPERATIONS: Final = (
    operation("ListInstanceAccount", "GET", _ACCOUNTS, list_accounts, _ONE),
    operation("GetInstanceAccount", "GET", "/instances/{instanceId}/account", get_account, _ONE),
    operation("CreateInstanceAccount", "POST", _ACCOUNTS, create_account, _ONE),
    operation("UpdateInstanceAccount", "PATCH", _ACCOUNT, update_account, _ONE),
    operation("DeleteInstanceAccount", "DELETE", _ACCOUNT, delete_account, _ONE),
    operation("ListInstanceAcl", "GET", "/instances/{instanceId}/acl", list_acls, _ONE),
    operation("GetInstanceAcl", "GET", _ACL, get_acl, _ONE),
    operation("CreateInstanceAcl", "POST", _ACL, create_acl, _ONE),
    operation("UpdateInstanceAcl", "PATCH", _ACL, update_acl, _ONE),
    operation("DeleteInstanceAcl", "DELETE", _ACL, delete_acl, _ONE),
    operation("ListInstanceIpWhitelist", "GET", _WHITELIST, list_whitelist, _ONE),
    operation("GetInstanceIpWhitelist", "GET", "/instances/{instanceId}/ip/whitelists", get_whitelist, _ONE),
    operation("CreateInstanceIpWhitelist", "POST", _WHITELIST, create_whitelist, _ONE),
    operation("DeleteInstanceIpWhitelist", "DELETE", _WHITELIST, delete_whitelist, _ONE),
)
