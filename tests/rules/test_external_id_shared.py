from __future__ import annotations

from scanner.model.finding import Severity, Verdict
from scanner.model.snapshot import Subject
from scanner.rules.external_id_shared import RULE
from tests.rules.worlds import (
    GOOD_EXTERNAL_ID,
    PARTNER,
    SISTER,
    STRANGER,
    external_id,
    gap,
    judged,
    role,
    snapshot,
    trusting,
    verdicts,
    world,
)

OTHER_ID = "Xr5-wN8q_Lc3dV7hJt2y"


def test_two_roles_of_one_partner_with_one_value_fail_mildly() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))
    owner = snapshot(roles=[role("billing", trust=trust), role("orders", trust=trust)])

    found = judged(RULE, world(owner))

    assert [f.verdict for f in found.values()] == [Verdict.FAIL, Verdict.FAIL]
    assert found["orders"].severity is Severity.LOW
    assert "`billing`" in found["orders"].message


def test_two_partners_with_one_value_fail_badly() -> None:
    roles = [
        role("billing", trust=trusting(STRANGER, when=external_id(GOOD_EXTERNAL_ID))),
        role("orders", trust=trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))),
    ]
    assert judged(RULE, world(snapshot(roles=roles)))["orders"].severity is Severity.HIGH


def test_two_partners_of_one_role_with_one_value_fail_badly() -> None:
    trust = trusting(PARTNER, STRANGER, when=external_id(GOOD_EXTERNAL_ID))
    finding = judged(RULE, world(snapshot(roles=[role("orders", trust=trust)])))["orders"]
    assert finding.verdict is Verdict.FAIL
    assert finding.severity is Severity.HIGH


def test_the_value_shows_nowhere_and_the_roles_that_share_it_do() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))
    owner = snapshot(roles=[role("billing", trust=trust), role("orders", trust=trust)])

    found = judged(RULE, world(owner))

    assert GOOD_EXTERNAL_ID not in repr(found)
    assert "`orders`" in found["billing"].message
    assert "`billing`" in found["orders"].message


def test_the_roles_of_other_scanned_accounts_are_compared_too() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))
    owner = snapshot(roles=[role("orders", trust=trust)])
    sister = snapshot(account=SISTER, roles=[role("orders", trust=trust, account=SISTER)])

    finding = judged(RULE, world(owner, others=[sister]))["orders"]

    assert finding.verdict is Verdict.FAIL
    assert SISTER in finding.message


def test_a_value_for_each_role_passes() -> None:
    roles = [
        role("billing", trust=trusting(PARTNER, when=external_id(OTHER_ID))),
        role("orders", trust=trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))),
    ]
    found = verdicts(RULE, world(snapshot(roles=roles)))
    assert found == {"billing": Verdict.PASS, "orders": Verdict.PASS}


def test_two_users_of_one_role_with_one_value_pass() -> None:
    trust = trusting(
        f"acs:ram::{PARTNER}:user/alice",
        f"acs:ram::{PARTNER}:user/bob",
        when=external_id(GOOD_EXTERNAL_ID),
    )
    assert verdicts(RULE, world(snapshot(roles=[role("orders", trust=trust)]))) == {"orders": Verdict.PASS}


def test_another_trust_policy_that_was_not_read_leaves_it_unknown() -> None:
    roles = [
        role("billing", trust=None),
        role("orders", trust=trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))),
    ]
    owner = snapshot(roles=roles, gaps=[gap(Subject.ROLE, "billing")])

    found = judged(RULE, world(owner))

    assert found["orders"].verdict is Verdict.UNKNOWN
    assert "`billing`" in found["orders"].because_of_gaps[0]
    assert found["billing"].verdict is Verdict.UNKNOWN


def test_another_trust_policy_that_is_no_policy_leaves_only_those_unknown_whose_value_it_holds() -> None:
    roles = [
        role("broken", trust=f"{{not json, {GOOD_EXTERNAL_ID}"),
        role("orders", trust=trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))),
        role("refunds", trust=trusting(PARTNER, when=external_id(OTHER_ID))),
    ]

    found = judged(RULE, world(snapshot(roles=roles)))

    assert found["broken"].verdict is Verdict.UNKNOWN
    assert found["orders"].verdict is Verdict.UNKNOWN
    assert "`broken`" in found["orders"].because_of_gaps[0]
    assert found["refunds"].verdict is Verdict.PASS
    assert GOOD_EXTERNAL_ID not in repr(found)


def test_a_text_with_escapes_may_hold_any_value() -> None:
    roles = [
        role("broken", trust='{not json, "\\u006b7Qz'),
        role("orders", trust=trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))),
    ]
    assert verdicts(RULE, world(snapshot(roles=roles)))["orders"] is Verdict.UNKNOWN


def test_without_an_external_id_there_is_nothing_to_share() -> None:
    owner = snapshot(roles=[role("orders", trust=trusting(PARTNER))])
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.NOT_APPLICABLE}


def test_an_operator_that_is_not_documented_is_unknown() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID, operator="StringEqualsIfExists"))
    owner = snapshot(roles=[role("orders", trust=trust)])
    assert verdicts(RULE, world(owner)) == {"orders": Verdict.UNKNOWN}


def test_an_odd_operator_hides_no_sharing_and_leaves_others_certain() -> None:
    odd = external_id(GOOD_EXTERNAL_ID, operator="StringEqualsIfExists")
    roles = [
        role("billing", trust=trusting(PARTNER, when=odd)),
        role("orders", trust=trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))),
        role("refunds", trust=trusting(PARTNER, when=external_id(OTHER_ID))),
    ]
    found = verdicts(RULE, world(snapshot(roles=roles)))
    assert found == {"billing": Verdict.FAIL, "orders": Verdict.FAIL, "refunds": Verdict.PASS}


def test_excluding_the_same_value_is_no_sharing() -> None:
    trust = trusting(PARTNER, when=external_id("the-old-one", operator="StringNotEquals"))
    found = verdicts(RULE, world(snapshot(roles=[role("a", trust=trust), role("b", trust=trust)])))
    assert Verdict.FAIL not in found.values()


def test_an_unread_trust_policy_of_another_scanned_account_leaves_it_open() -> None:
    trust = trusting(PARTNER, when=external_id(GOOD_EXTERNAL_ID))
    owner = snapshot(roles=[role("orders", trust=trust)])
    sister = snapshot(account=SISTER, roles=[role("orders", trust=None, account=SISTER)])

    assert judged(RULE, world(owner, others=[sister]))["orders"].verdict is Verdict.UNKNOWN
