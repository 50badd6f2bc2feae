"""Wording of remedies that rules about permissions share. It decides nothing.

Words in capitals are for the reader to replace.
"""

from __future__ import annotations

from scanner.rules.base import Remedy


def narrow_policy(statement: str, *, console: str) -> Remedy:
    """How to put a policy with `statement`, JSON on one line, in the place of a wider one.

    `console` says what to change.
    """
    policy = f'{{"Version": "1", "Statement": [{statement}]}}'
    return Remedy(
        cli=(
            "# A new version leaves the present one as the way back. Take a system policy off instead, and attach\n"
            "# a custom one in its place.\n"
            "aliyun ram CreatePolicyVersion --PolicyName POLICY --SetAsDefault true "
            f"--PolicyDocument '{policy}'\n"
            "aliyun ram DetachPolicyFromRole --PolicyType System --PolicyName SYSTEM-POLICY --RoleName ROLE"
        ),
        console=(
            "RAM console > Permissions > Policies > POLICY > Modify Policy Document: "
            f"{console} For a system policy: RAM console > Identities > Roles > ROLE > Permissions, grant a custom "
            "policy, then revoke the system policy."
        ),
        terraform=(
            'resource "alicloud_ram_policy" "POLICY" {\n'
            '  policy_name     = "POLICY"\n'
            f"  policy_document = jsonencode({policy})\n"
            "}"
        ),
    )
