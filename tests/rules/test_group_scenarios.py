"""Scenarios M01–M18 of the domain specification, as far as the rules alone decide them.

What needs an office or a database is in tests/journeys/test_rules_across_cases.py.
"""

import random
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readings import CHOSEN
from tests.rules.applied import REPEATABLE
from workflows import rules
from workflows.rules import listing, validity
from workflows.rules.listing import Held, ListedCase, Taken, before_ceilings, propose

TODAY = date(2026, 6, 18)
OWN_MATTERS = defaultdict(lambda: 1_000 + len(OWN_MATTERS))
NOTHING = Held({}, {})


def values(**readings):
    return rules.parameters.values(CHOSEN | {key.replace("__", "."): value for key, value in readings.items()})


def case(name, scheme, amount, **more):
    """A case of a firm and a matter of its own, unless more is said."""
    given = {
        "case": name,
        "scheme": scheme,
        "uscc": "E",
        "account": more.get("uscc", "E"),
        "is_enterprise": True,
        "matter": OWN_MATTERS[name],
        "precap_amount": Decimal(amount),
        "accepted_at": date(2026, 3, 2),
        "year": 2026,
        "entity_year": 2026,
    }
    return ListedCase(**(given | more))


def listed(*cases, held=NOTHING, taken=(), **readings):
    return propose(cases, held, taken, values(**readings), TODAY)


def amounts(rows):
    return {name: int(row.amount) for name, row in rows.items()}


def used(**by_account):
    return Held({(key, 2026): Decimal(amount) for key, amount in by_account.items()}, {})


def test_m01_one_meeting_two_matters():
    pair = [case("art3", "retrofit", 1_500_000), case("art4", "green_honour", 1_000_000)]
    rows = listed(*pair)
    assert amounts(rows) == {"art3": 1_500_000, "art4": 500_000}
    assert amounts(listed(*reversed(pair))) == amounts(rows)
    last = rows["art4"].steps[-1]
    assert (last.article, last.cut, last.code) == ("第十条", 500_000, "ANNUAL_CAP_CUT")


def test_m02_two_batches_in_one_year():
    assert amounts(listed(case("art3", "retrofit", 1_800_000), held=used(E=1_000_000))) == {"art3": 1_000_000}


def test_m04_best_only_over_three_clauses():
    rows = listed(
        case("A3", "retrofit", 1_500_000, matter=1),
        case("A6", "renewable_energy", 1_100_000, matter=1),
        case("A7", "future_energy", 1_800_000, matter=1),
    )
    assert amounts(rows) == {"A7": 1_800_000, "A3": 0, "A6": 0}
    assert {rows[loser].reason_code for loser in ("A3", "A6")} == {"BEST_ONLY"}
    assert {rows[loser].steps[0].by for loser in ("A3", "A6")} == {"A7"}
    assert rows["A3"].steps[0].text == (
        "与申报件A7属于同一事项，该件1,800,000元更优，按“从优不重复”原则，本件暂列不支持"
    )


@pytest.mark.parametrize("scheme", ["retrofit", "renewable_energy"])
def test_the_phases_of_a_project_stand_together(scheme):
    phases = [
        case("A3", scheme, 700_000, matter=1),
        case("A6", scheme, 500_000, matter=1, accepted_at=date(2026, 3, 3)),
    ]
    assert amounts(listed(*phases)) == {"A3": 700_000, "A6": 500_000}
    other = Taken(1, scheme, "已由申报件T1支持", Decimal(300_000), case="T1")
    assert amounts(listed(*phases, taken=[other])) == {"A3": 700_000, "A6": 500_000}


def test_of_an_earlier_award_by_article_6_nobody_knows_the_phase():
    earlier = Taken(1, "renewable_energy", "已于2025-01-01获可再生能源利用支持", Decimal(300_000))
    rows = listed(case("A6", "renewable_energy", 500_000, matter=1), taken=[earlier])
    assert (amounts(rows), rows["A6"].reason_code) == ({"A6": 0}, "BEST_ONLY")


def a_payment(name, yuan, by_then, day, **more):
    facts = {"city_award_received": str(yuan), "city_award_cumulative": str(by_then)}
    matter = {"matter": OWN_MATTERS["A3"] if name == "A3" else OWN_MATTERS["A7"]}
    return case(
        name, "future_energy", yuan, facts=facts, accepted_at=date(2026, 3, day), city_project="P1", **matter, **more
    )


def test_the_instalments_of_a_city_project_share_what_the_city_paid():
    first, second = a_payment("A3", 700_000, 700_000, 3), a_payment("A7", 500_000, 700_000, 2)
    for order in ((first, second), (second, first)):
        rows = listed(*order)
        assert amounts(rows) == {"A7": 500_000, "A3": 200_000}
    assert (rows["A3"].steps[0].article, rows["A3"].steps[0].code) == ("第七条", "SHARED_CEILING")
    outside = [a_payment(name, 300_000, 700_000, 2, matched_before=Decimal(600_000)) for name in ("A3", "A7")]
    assert amounts(listed(*outside)) == {"A3": 100_000, "A7": 0}


def test_what_a_yearly_ceiling_cut_is_still_taken():
    rows = listed(a_payment("A3", 700_000, 700_000, 2), held=used(E=1_900_000))
    assert amounts(rows) == {"A3": 100_000}
    kept = [step.as_dict() for step in rows["A3"].steps]
    assert before_ceilings(Decimal(700_000), kept) == 700_000
    shared = [{"code": "SHARED_CEILING", "amount": "200000"}, {"code": "ZERO_AFTER_CAP", "amount": "0"}]
    assert before_ceilings(Decimal(700_000), shared) == 200_000


@pytest.mark.parametrize(("reading", "expected"), [("exclusive", 0), ("top_up", 600_000), ("replace", 0)])
def test_m05_another_district_policy(reading, expected):
    paid = case("A3", "retrofit", 900_000, other_district_paid=Decimal(300_000))
    rows = listed(paid, a10__other_policy_treatment=reading)
    assert amounts(rows) == {"A3": expected}
    assert rows["A3"].steps[0].code == "OTHER_POLICY"


def test_m05_replaced_once_the_other_money_came_back():
    back = case("A3", "retrofit", 900_000, other_district_paid=Decimal(300_000), other_district_returned=True)
    assert amounts(listed(back, a10__other_policy_treatment="replace")) == {"A3": 900_000}


@pytest.mark.parametrize(("city", "warned"), [(1_200_000, False), (3_500_000, False), (4_000_000, True)])
def test_m06_city_and_district_together_is_a_warning(city, warned):
    project = case("A3", "retrofit", 1_500_000, city_paid=Decimal(city), verified_investment=Decimal(5_000_000))
    rows = listed(project)
    assert amounts(rows) == {"A3": 1_500_000}
    assert any(step.code == "ABOVE_INVESTMENT" for step in rows["A3"].steps) is warned
    off = listed(project, a10__combined_public_ceiling_ratio="off")
    assert not any(step.code == "ABOVE_INVESTMENT" for step in off["A3"].steps)


def test_m08_three_honours_in_one_year():
    rows = listed(
        case("supply", "green_honour", 1_000_000, accepted_at=date(2026, 3, 2)),
        case("design", "green_honour", 1_000_000, accepted_at=date(2026, 3, 3)),
        case("factory", "green_honour", 500_000, accepted_at=date(2026, 3, 1)),
    )
    assert amounts(rows) == {"supply": 1_000_000, "design": 1_000_000, "factory": 0}
    assert rows["factory"].reason_code == "ZERO_AFTER_CAP"


def test_m08_the_earlier_of_two_equal_honours_is_whole_where_the_ceiling_lies_between_them():
    pair = [
        case("design", "green_honour", 1_000_000, accepted_at=date(2026, 3, 3)),
        case("supply", "green_honour", 1_000_000, accepted_at=date(2026, 3, 2)),
    ]
    assert amounts(listed(*pair, held=used(E=500_000))) == {"supply": 1_000_000, "design": 500_000}


def test_both_levels_of_one_honour_in_one_list_are_one_matter():
    rows = listed(
        case("national", "green_honour", 1_000_000, matter=1), case("municipal", "green_honour", 500_000, matter=1)
    )
    assert amounts(rows) == {"national": 1_000_000, "municipal": 0}


def test_m09_an_instalment_and_the_annual_cap():
    pair = [case("art8", "industry_cluster", 1_666_666), case("art9", "green_event", 1_000_000)]
    assert amounts(listed(*pair)) == {"art8": 1_666_666, "art9": 333_334}
    exempt = listed(*pair, a8__exempt_from_annual_cap="true")
    assert amounts(exempt) == {"art8": 1_666_666, "art9": 1_000_000}
    assert exempt["art8"].steps[-1].text == "按已确认的口径，本件不计入年度支持限额"


def test_m10_a_beneficiary_that_is_no_enterprise():
    institution = [
        case("P1", "renewable_energy", 1_500_000, is_enterprise=False),
        case("P2", "renewable_energy", 900_000, is_enterprise=False),
        case("event", "green_event", 800_000, is_enterprise=False),
    ]
    rows = listed(*institution)
    assert amounts(rows) == {"P1": 1_500_000, "event": 500_000, "P2": 0}
    assert [step.code for step in rows["P2"].steps] == ["ENTITY_CAP_CUT", "ZERO_AFTER_CAP"]
    only = listed(*institution, a10__annual_cap_applies_to="enterprises_only")
    assert amounts(only) == {"P1": 1_500_000, "P2": 500_000, "event": 800_000}


def test_m13_group_companies():
    pair = [
        case("parent", "retrofit", 2_000_000, uscc="P", account="P"),
        case("child", "retrofit", 2_000_000, uscc="C", account="C"),
    ]
    assert amounts(listed(*pair)) == {"parent": 2_000_000, "child": 2_000_000}
    as_group = [
        case("parent", "retrofit", 2_000_000, uscc="P", account="P"),
        case("child", "retrofit", 1_900_000, uscc="C", account="P"),
    ]
    assert amounts(listed(*as_group)) == {"parent": 2_000_000, "child": 0}


def test_article_6_looks_at_each_beneficiary_and_only_article_10_at_its_group():
    pair = [
        case("parent", "renewable_energy", 1_500_000, uscc="P", account="P"),
        case("child", "renewable_energy", 1_400_000, uscc="C", account="P"),
    ]
    rows = listed(*pair)
    assert amounts(rows) == {"parent": 1_500_000, "child": 500_000}
    assert [(step.article, step.code) for step in rows["child"].steps] == [("第六条", ""), ("第十条", "ANNUAL_CAP_CUT")]

    institutions = [ListedCase(**{**_fields(each), "is_enterprise": False}) for each in pair]
    held = Held({}, {("P", 2026): Decimal(1_000_000)})
    rows = listed(*institutions, held=held, a10__annual_cap_applies_to="enterprises_only")
    assert amounts(rows) == {"parent": 1_000_000, "child": 1_400_000}


def _fields(each):
    return {name: getattr(each, name) for name in each.__dataclass_fields__}


def test_m13_a_project_split_between_two_firms_is_one_matter():
    rows = listed(
        case("parent", "retrofit", 1_000_000, uscc="P", account="P", matter=1),
        case("child", "future_energy", 900_000, uscc="C", account="C", matter=1),
    )
    assert amounts(rows) == {"parent": 1_000_000, "child": 0}


def test_m15_ties_go_by_acceptance_then_article_then_reference():
    earlier = {"matter": 1, "accepted_at": date(2026, 3, 24)}
    later = {"matter": 1, "accepted_at": date(2026, 3, 25)}
    rows = listed(case("A3", "retrofit", 1_000_000, **later), case("A7", "future_energy", 1_000_000, **earlier))
    assert amounts(rows) == {"A3": 0, "A7": 1_000_000}
    rows = listed(case("Z3", "retrofit", 1_000_000, **later), case("A7", "future_energy", 1_000_000, **later))
    assert amounts(rows) == {"Z3": 1_000_000, "A7": 0}
    rows = listed(case("Z", "carbon_neutral", 300_000, **later), case("A", "carbon_neutral", 300_000, **later))
    assert amounts(rows) == {"Z": 0, "A": 300_000}


@pytest.mark.parametrize(
    ("reading", "intensity", "trading"),
    [("best_only", 124_720, 0), ("disjoint", 49_888, 30_000), ("independent", 124_720, 30_000)],
)
def test_m16_the_same_tonnes(reading, intensity, trading):
    facts = {"e0_t": "20000", "v0_yuan": "200000000", "e1_t": "18000", "v1_yuan": "200000000", "traded_t": "0"}
    pair = [
        case("b", "carbon_intensity", 124_720, tonnes_year=2025, facts=facts),
        case("t", "carbon_trading", 30_000, tonnes_year=2025, facts={"total_volume_t": "1200"}),
    ]
    assert amounts(listed(*pair, a5__same_tonnes_rule=reading)) == {"b": intensity, "t": trading}


def test_m16_other_years_and_firms_have_other_tonnes():
    rows = listed(
        case("b", "carbon_intensity", 124_720, tonnes_year=2025),
        case("t", "carbon_trading", 30_000, tonnes_year=2024),
        case("u", "carbon_trading", 30_000, tonnes_year=2025, uscc="F", account="F"),
    )
    assert amounts(rows) == {"b": 124_720, "t": 30_000, "u": 30_000}


@pytest.mark.parametrize(
    ("reading", "old", "expected"),
    [
        ("old_rule_if_accepted_before", 300_000, 0),
        ("new_rule_if_better", 300_000, 900_000),
        ("new_rule_if_better", 900_000, 0),
        ("new_rule_only", 300_000, 900_000),
    ],
)
def test_m17_a_case_under_the_repealed_rules_blocks_its_matter(reading, old, expected):
    pending = Taken(1, "retrofit", "按原办法受理的事项", Decimal(old), pending_old_rule=True)
    rows = listed(case("new", "retrofit", 900_000, matter=1), taken=[pending], policy__transition_rule=reading)
    assert amounts(rows) == {"new": expected}


def test_m18_an_instalment_after_the_expiry():
    effective, years = date(2025, 1, 10), 3
    assert validity.last_day(effective, years) == date(2028, 1, 9)
    assert validity.holds(date(2028, 1, 9), effective, years)
    assert not validity.holds(date(2028, 1, 10), effective, years)
    assert validity.holds(effective, effective, years)
    assert not validity.holds(date(2025, 1, 9), effective, years)
    assert validity.binds_instalment(date(2029, 6, 1), effective, years, "allowed")
    assert not validity.binds_instalment(date(2029, 6, 1), effective, years, "stop")
    assert validity.binds_instalment(date(2028, 1, 9), effective, years, "stop")
    assert validity.last_day(date(2024, 2, 29), 3) == date(2027, 2, 28)


# ---- beyond the scenarios ----


def test_an_earlier_award_on_the_matter_blocks_another_clause_but_not_the_next_phase():
    earlier = Taken(1, "retrofit", "申报件T1", Decimal(500_000), case="T1")
    rows = listed(
        case("phase2", "retrofit", 700_000, matter=1),
        case("city", "future_energy", 900_000, matter=1),
        taken=[earlier],
    )
    assert amounts(rows) == {"phase2": 700_000, "city": 0}
    assert (rows["city"].reason_code, rows["city"].steps[0].by) == ("BEST_ONLY", "T1")


def test_a_winner_left_with_nothing_gives_its_place_to_the_next():
    rows = listed(
        case("winner", "future_energy", 1_500_000, matter=1, uscc="F", account="F"),
        case("next", "retrofit", 1_200_000, matter=1),
        held=used(F=2_000_000),
    )
    assert amounts(rows) == {"winner": 0, "next": 1_200_000}
    assert rows["winner"].reason_code == "ZERO_AFTER_CAP"


def test_two_phases_of_a_project_share_its_ceiling():
    rows = listed(
        case("first", "retrofit", 1_500_000, matter=1, accepted_at=date(2026, 3, 2)),
        case("second", "retrofit", 1_200_000, matter=1, accepted_at=date(2026, 3, 3), uscc="F", account="F"),
    )
    assert amounts(rows) == {"first": 1_500_000, "second": 500_000}
    assert rows["second"].steps[0].code == "SHARED_CEILING"


@pytest.mark.parametrize(("of_the_first", "of_the_second"), [(800_000, 800_000), (800_000, 0), (0, 800_000)])
def test_two_phases_share_what_earlier_awards_left_of_the_ceiling(of_the_first, of_the_second):
    phases = {"matter": 1, "uscc": "F", "account": "F"}, {"matter": 1}
    rows = listed(
        case(
            "a", "retrofit", 700_000, accepted_at=date(2026, 3, 3), granted_same_item=Decimal(of_the_first), **phases[0]
        ),
        case(
            "b",
            "retrofit",
            700_000,
            accepted_at=date(2026, 3, 2),
            granted_same_item=Decimal(of_the_second),
            **phases[1],
        ),
    )
    assert amounts(rows) == {"b": 700_000, "a": 500_000}
    assert rows["a"].steps[0].text == "同一项目各期合计最高支持2,000,000元，本期尚余500,000元"


def test_nothing_is_left_for_a_phase_when_earlier_awards_reached_the_ceiling():
    rows = listed(case("third", "retrofit", 300_000, granted_same_item=Decimal(2_000_001)))
    assert (amounts(rows), rows["third"].reason_code) == ({"third": 0}, "SHARED_CEILING")


def test_the_payers_of_an_event_share_what_earlier_awards_left_of_its_ceiling():
    given = {"matter": 1, "granted_same_item": Decimal(400_000)}
    rows = listed(
        case("A", "green_event", 600_000, contribution=Decimal(1_200_000), **given),
        case("B", "green_event", 300_000, contribution=Decimal(600_000), uscc="F", account="F", **given),
    )
    assert amounts(rows) == {"A": 400_000, "B": 200_000}


def test_the_payers_of_an_event_share_its_ceiling_by_contribution():
    payers = [
        case("A", "green_event", 900_000, matter=1, contribution=Decimal(1_800_000)),
        case("B", "green_event", 600_000, matter=1, contribution=Decimal(1_200_000), uscc="F", account="F"),
    ]
    assert amounts(listed(*payers)) == {"A": 600_000, "B": 400_000}
    small = [
        case("A", "green_event", 300_000, matter=1, contribution=Decimal(600_000)),
        case("B", "green_event", 200_000, matter=1, contribution=Decimal(400_000), uscc="F", account="F"),
    ]
    assert amounts(listed(*small)) == {"A": 300_000, "B": 200_000}


def test_the_payers_of_an_event_are_supported_for_no_more_than_it_cost():
    """Each is confirmed with 1,000,000 of an event that cost 1,500,000: half of that, and not of 2,000,000."""
    given = {"matter": 1, "contribution": Decimal(1_000_000)}
    payers = [
        case("A", "green_event", 500_000, event_cost=Decimal(1_500_000), **given),
        case("B", "green_event", 500_000, uscc="F", account="F", event_cost=Decimal(1_800_000), **given),
    ]
    for order in (payers, payers[::-1]):
        rows = listed(*order)
        assert amounts(rows) == {"A": 375_000, "B": 375_000}
        assert rows["A"].steps[0].text == ("各出资方核定出资合计2,000,000元，超过核定活动总费用1,500,000元，按比例计")


own_moneys = st.lists(st.integers(1, 10**9).map(lambda fen: Decimal(fen) / 100), min_size=1, max_size=5)


@REPEATABLE
@given(own_moneys, st.integers(1, 10**9).map(lambda fen: Decimal(fen) / 100), st.randoms(use_true_random=False))
def test_payers_in_any_order_get_no_more_than_half_of_their_own_and_of_what_the_event_cost(moneys, cost, order):
    payers = [
        case(
            *(f"P{number}", "green_event", min(1_000_000, int(own / 2))),
            matter=1,
            uscc=f"U{number}",
            account=f"U{number}",
            contribution=own,
            event_cost=cost,
        )
        for number, own in enumerate(moneys)
    ]
    found = amounts(listed(*payers))
    assert sum(found.values()) <= min(1_000_000, cost / 2)
    assert all(found[each.case] * 2 <= each.contribution for each in payers)
    order.shuffle(payers)
    assert amounts(listed(*payers)) == found


def test_the_recognition_of_a_cluster_reserves_nothing():
    total = case("entry", "industry_cluster", 5_000_000, recognition=True)
    rows = listed(total, case("art3", "retrofit", 1_500_000))
    assert amounts(rows) == {"entry": 5_000_000, "art3": 1_500_000}


def test_the_entity_year_counts_what_earlier_lists_gave():
    rows = listed(
        case("P", "renewable_energy", 1_000_000, is_enterprise=False),
        held=Held({("E", 2026): Decimal(1_500_000)}, {("E", 2026): Decimal(1_500_000)}),
        a10__annual_cap_applies_to="enterprises_only",
    )
    assert amounts(rows) == {"P": 500_000}
    assert rows["P"].steps[0].text.startswith("主体年度限额调减500,000元（第六条）")


def test_a_case_that_its_own_article_gives_nothing_has_no_reason_here():
    rows = listed(case("zero", "carbon_intensity", 0))
    assert (amounts(rows), rows["zero"].reason_code) == ({"zero": 0}, None)


def test_the_order_of_the_cases_has_no_influence():
    chance = random.Random(3)
    schemes = ["retrofit", "renewable_energy", "future_energy", "green_event", "green_honour", "carbon_neutral"]
    for _ in range(60):
        cases = [
            case(
                f"C{number:02}",
                chance.choice(schemes),
                chance.choice([0, 300_000, 900_000, 1_200_000, 2_000_000]),
                matter=chance.randrange(5),
                uscc=(firm := chance.choice("EFG")),
                account=firm,
                accepted_at=date(2026, 3, chance.randrange(2, 5)),
                contribution=Decimal(chance.choice([1, 500_000])),
            )
            for number in range(10)
        ]
        rows = listed(*cases)
        assert amounts(listed(*chance.sample(cases, len(cases)))) == amounts(rows)
        for firm in "EFG":
            assert sum(row.amount for row in rows.values() if row.listed.account == firm) <= 2_000_000
        for row in rows.values():
            assert 0 <= row.amount <= row.listed.precap_amount
            assert row.listed.precap_amount - sum(step.cut for step in row.steps) == row.amount


def test_a_reading_that_nobody_chose_is_named():
    parameters = dict(values())
    del parameters["a10.annual_cap"]
    with pytest.raises(rules.parameters.ParameterMissing, match=r"a10\.annual_cap"):
        listing.propose([case("A", "retrofit", 1)], NOTHING, (), parameters, TODAY)


def test_a_step_as_it_is_stored():
    (row,) = listed(case("A3", "retrofit", 900_000, other_district_paid=Decimal(300_000))).values()
    assert row.steps[0].as_dict() == {
        "article": "第十条",
        "text": "同一事项已获通州区其他政策支持300,000元，按“从优不重复”原则不再支持",
        "cut": "900000",
        "amount": "0",
        "code": "OTHER_POLICY",
        "by": "",
    }
