"""The documented sizes of policies, in characters unless the name says otherwise.

See https://www.alibabacloud.com/help/en/ram/product-overview/limits. How long a trust policy may
be is not published, so no limit stands here for it; nor is how many statements or values a policy
may hold, which only the length of the text bounds.
"""

from __future__ import annotations

from typing import Final

from scanner.policy.syntax import PolicyType

PERMISSION_POLICY_LENGTH: Final = 6_144
SESSION_POLICY_LENGTH: Final = 2_048
CONTROL_POLICY_LENGTH: Final = 4_096

EXTERNAL_ID_SHORTEST: Final = 2
EXTERNAL_ID_LONGEST: Final = 1_224

POLICY_VERSIONS: Final = 5
CUSTOM_POLICIES_PER_PRINCIPAL: Final = 10
SYSTEM_POLICIES_PER_PRINCIPAL: Final = 20

LENGTHS: Final = {
    PolicyType.PERMISSION: PERMISSION_POLICY_LENGTH,
    PolicyType.SESSION: SESSION_POLICY_LENGTH,
    PolicyType.CONTROL: CONTROL_POLICY_LENGTH,
}
"""The longest document of each type that has a published limit."""
