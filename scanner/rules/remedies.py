"""Wording of remedies that several rules share. It decides nothing.

Words in capitals are for the reader to replace. A document that is set replaces the whole of the present one,
so each remedy starts from what is there and keeps a copy of it.
"""

from __future__ import annotations

from scanner.rules.base import Remedy


def edit_trust(statement: str, *, console: str) -> Remedy:
    """How to change one statement of a role's trust policy; `statement` is JSON on one line.

    `console` says in full sentences what to change.
    """
    return Remedy(
        cli=(
            "# The new trust policy replaces the whole of the present one. Keep a copy for the way back.\n"
            "aliyun ram GetRole --RoleName ROLE | jq -r .Role.AssumeRolePolicyDocument > ROLE-before.json\n"
            "cp ROLE-before.json ROLE-after.json\n"
            "# In ROLE-after.json, change only the statement that the finding names. It may then read:\n"
            f"#   {statement}\n"
            'aliyun ram UpdateRole --RoleName ROLE --NewAssumeRolePolicyDocument "$(cat ROLE-after.json)"'
        ),
        console=(
            f"RAM console > Identities > Roles > ROLE > Trust Policy > Edit Trust Policy. {console} "
            "Leave the other statements as they are and click OK. "
            "Sessions that are already open live on until they expire."
        ),
        terraform=(
            'resource "alicloud_ram_role" "ROLE" {\n'
            '  role_name = "ROLE"\n'
            "  assume_role_policy_document = jsonencode({\n"
            '    "Version": "1",\n'
            '    "Statement": [\n'
            f"      {statement},\n"
            "      # The other statements stay as they are.\n"
            "    ]\n"
            "  })\n"
            "}"
        ),
    )
