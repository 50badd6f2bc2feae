"""Every rule that crossrole judges by, in the order in which `crossrole rules list` prints them.

The list is written out, so that a rule is in force because somebody put it here.
"""

from __future__ import annotations

from typing import Final

from scanner.rules import (
    accessor_may_assume_any_role,
    can_change_own_permissions,
    chains_to_any_role,
    dormant_version_is_broader,
    external_id_missing,
    external_id_shared,
    external_id_weak,
    grants_everything,
    grants_whole_rocketmq,
    instance_password_readable,
    network_can_be_opened,
    policy_not_understood,
    prefix_matches_several_instances,
    publish_or_subscribe_on_everything,
    read_only_role_reads_messages,
    resource_matches_nothing,
    role_trusted_but_powerless,
    session_too_long,
    trail_logs_only_writes,
    trail_not_logging,
    trust_allows_foreign_service,
    trust_allows_unknown_account,
    trust_allows_whole_account,
    trust_names_missing_principal,
    trust_not_understood,
    trust_principal_unsupported,
    wrong_series,
)
from scanner.rules.base import Rule

RULES: Final[tuple[Rule, ...]] = (
    grants_everything.RULE,
    grants_whole_rocketmq.RULE,
    can_change_own_permissions.RULE,
    chains_to_any_role.RULE,
    dormant_version_is_broader.RULE,
    instance_password_readable.RULE,
    network_can_be_opened.RULE,
    publish_or_subscribe_on_everything.RULE,
    read_only_role_reads_messages.RULE,
    prefix_matches_several_instances.RULE,
    wrong_series.RULE,
    resource_matches_nothing.RULE,
    policy_not_understood.RULE,
    trust_allows_unknown_account.RULE,
    trust_allows_whole_account.RULE,
    trust_principal_unsupported.RULE,
    trust_allows_foreign_service.RULE,
    trust_names_missing_principal.RULE,
    trust_not_understood.RULE,
    external_id_missing.RULE,
    external_id_weak.RULE,
    external_id_shared.RULE,
    session_too_long.RULE,
    role_trusted_but_powerless.RULE,
    accessor_may_assume_any_role.RULE,
    trail_not_logging.RULE,
    trail_logs_only_writes.RULE,
)
"""Permissions first, then trust, then the account as a whole."""


def rule(rule_id: str) -> Rule | None:
    """The rule called `rule_id`, or None when there is no such rule."""
    return next((r for r in RULES if r.id == rule_id), None)
