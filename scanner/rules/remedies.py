"""Wording of remedies that several rules share. It decides nothing.

Words in capitals are for the reader to replace.
"""

from __future__ import annotations

from scanner.rules.base import Remedy


def edit_trust(statement: str, *, console: str) -> Remedy:
    """How to give a role a trust policy with `statement`, JSON on one line; `console` says what to change."""
    policy = f'{{"Version": "1", "Statement": [{statement}]}}'
    return Remedy(
        cli=(
            "# Keep the present trust policy for the way back. The new one replaces it whole, so carry over\n"
            "# every statement that should stay.\n"
            "aliyun ram GetRole --RoleName ROLE > ROLE-before.json\n"
            f"aliyun ram UpdateRole --RoleName ROLE --NewAssumeRolePolicyDocument '{policy}'"
        ),
        console=(
            "RAM console > Identities > Roles > ROLE > Trust Policy > Edit Trust Policy: "
            f"{console} Save the document. Sessions that are already open live on until they expire."
        ),
        terraform=(
            'resource "alicloud_ram_role" "ROLE" {\n'
            '  role_name                   = "ROLE"\n'
            f"  assume_role_policy_document = jsonencode({policy})\n"
            "}"
        ),
    )
