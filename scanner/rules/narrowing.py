"""Wording of remedies that rules about permissions share. It decides nothing.

Words in capitals are for the reader to replace. Nothing here takes more away than the finding is about: a
document is changed and not replaced, and a new policy is attached before an old one goes.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.rules.base import Remedy


def narrow_policy(statement: str, *, console: str, system_policy: str = "") -> Remedy:
    """How to narrow one statement of a policy to `statement`, JSON on one line.

    `console` says in full sentences what to change; `system_policy` is one that often makes the finding, and
    that cannot be changed.
    """
    return Remedy(
        cli=_in_commands(statement) + (_without(system_policy, statement) if system_policy else ""),
        console=(
            f"RAM console > Permissions > Policies > POLICY > Policy Document > Modify Policy Document. {console} "
            "Leave the other statements as they are and click OK."
            + (
                f" A system policy such as {system_policy} cannot be changed: create a custom policy, grant it under "
                "Identities > Roles > ROLE > Permissions, and then revoke the system policy there."
                if system_policy
                else ""
            )
        ),
        terraform=(
            'resource "alicloud_ram_policy" "POLICY" {\n'
            '  policy_name = "POLICY"\n'
            "  policy_document = jsonencode({\n"
            '    "Version": "1",\n'
            '    "Statement": [\n'
            f"      {statement},\n"
            "      # The other statements stay as they are.\n"
            "    ]\n"
            "  })\n"
            "}"
        ),
    )


def forbid(actions: Sequence[str], *, policy: str, console: str) -> Remedy:
    """How to take `actions` away from a role and leave it all others, with a new policy called `policy`.

    `console` says in full sentences what to do besides.
    """
    listed = ", ".join(f'"{action}"' for action in actions)
    document = (
        f'{{"Version": "1", "Statement": [{{"Effect": "Deny", "Action": [{listed}], "Resource": "*"}}]}}'
    )
    return Remedy(
        cli=(
            "# A Deny wins over every Allow, so this takes the actions away and leaves all other grants as they are.\n"
            f"aliyun ram CreatePolicy --PolicyName {policy} --PolicyDocument '{document}'\n"
            f"aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName {policy} --RoleName ROLE\n"
            "# Afterwards, name in the role's other policies only what is needed, and take the Deny off again."
        ),
        console=(
            f"RAM console > Permissions > Policies > Create Policy > JSON: a Deny on {', '.join(actions)}. Then "
            f"Identities > Roles > ROLE > Permissions > Grant Permission. {console}"
        ),
        terraform=(
            f'resource "alicloud_ram_policy" "{_identifier(policy)}" {{\n'
            f'  policy_name     = "{policy}"\n'
            f"  policy_document = jsonencode({document})\n"
            "}\n\n"
            f'resource "alicloud_ram_role_policy_attachment" "ROLE_{_identifier(policy)}" {{\n'
            '  role_name   = "ROLE"\n'
            f"  policy_name = alicloud_ram_policy.{_identifier(policy)}.policy_name\n"
            '  policy_type = "Custom"\n'
            "}"
        ),
    )


def _in_commands(statement: str) -> str:
    return (
        "# Look whom else the change reaches, and keep a copy of the present document for the way back.\n"
        "aliyun ram ListEntitiesForPolicy --PolicyType Custom --PolicyName POLICY\n"
        "aliyun ram GetPolicy --PolicyType Custom --PolicyName POLICY"
        " | jq -r .DefaultPolicyVersion.PolicyDocument > POLICY-before.json\n"
        "cp POLICY-before.json POLICY-after.json\n"
        "# In POLICY-after.json, change only the statement that the finding names. It may then read:\n"
        f"#   {statement}\n"
        "# A policy has room for 5 versions. If all are taken, first delete one that nobody needs.\n"
        "aliyun ram CreatePolicyVersion --PolicyName POLICY --SetAsDefault true"
        ' --PolicyDocument "$(cat POLICY-after.json)"'
    )


def _without(system_policy: str, statement: str) -> str:
    """What to do where a system policy makes the finding."""
    role = "--PrincipalType ServiceRole --PrincipalName ROLE@role.ACCOUNT-ID.onaliyunservice.com"
    return (
        f"\n# A system policy such as {system_policy} cannot be changed: attach a policy of your own, then detach it.\n"
        f"aliyun ram CreatePolicy --PolicyName NEW-POLICY"
        f' --PolicyDocument \'{{"Version": "1", "Statement": [{statement}]}}\'\n'
        "aliyun ram AttachPolicyToRole --PolicyType Custom --PolicyName NEW-POLICY --RoleName ROLE\n"
        f"aliyun ram DetachPolicyFromRole --PolicyType System --PolicyName {system_policy} --RoleName ROLE\n"
        "# Where it is granted on one resource group only, these two take the place of the last two.\n"
        "aliyun resourcemanager AttachPolicy --ResourceGroupId RESOURCE-GROUP-ID --PolicyType Custom"
        f" --PolicyName NEW-POLICY {role}\n"
        "aliyun resourcemanager DetachPolicy --ResourceGroupId RESOURCE-GROUP-ID --PolicyType System"
        f" --PolicyName {system_policy} {role}"
    )


def _identifier(policy: str) -> str:
    return policy.replace("-", "_")
