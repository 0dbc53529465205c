"""What holds for every scheme: it is registered, quotes the policy, declares what it reads and says what it did."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.rules.applied import ON, READ, amounts, apply, judged
from workflows.rules import SCHEMES, FactInvalid, determine, parameters

POLICY = re.sub(r"\s", "", Path(__file__).with_name("policy.txt").read_text("utf-8"))

# Facts that give each scheme something, with the amount of steps 1 to 3.
GOOD = {
    "retrofit": ({"approved_investment": "6000000.00"}, 1_800_000),
    "green_honour": ({"level": "national"}, 1_000_000),
    "carbon_neutral": (
        {"scope": "organisation", "certificate_valid": True, "certificate_used_before": False},
        300_000,
    ),
    "carbon_intensity": (
        {"e0_t": "10000", "v0_yuan": "100000000", "e1_t": "9500", "v1_yuan": "100000000", "traded_t": "0"},
        31_180,
    ),
    "carbon_footprint": ({"cert_cost_net": "180000", "coverage": "0.72", "first_time": True}, 180_000),
    "carbon_trading": ({"total_volume_t": "5000"}, 100_000),
    "renewable_energy": ({"approved_investment": "4000000.00"}, 1_200_000),
    "future_energy": ({"city_award_received": "1500000.00"}, 1_500_000),
    "industry_cluster": ({"instalment_ceiling": "1666666", "score": "92"}, 1_666_666),
    "green_event": (
        {"audited_cost": "2600000", "gov_funds": "0", "other_income": "400000", "score": "86"},
        1_000_000,
    ),
}

SUPPORTED = {"subject_kind": "manufacturing", "registered_in_area": True, "site_in_area": True}

STATED = [
    ("retrofit", "art3", "第三条", "绿色低碳改造升级"),
    ("green_honour", "art4", "第四条", "绿色制造荣誉认定"),
    ("carbon_neutral", "art5_1a", "第五条第一款", "碳中和证书"),
    ("carbon_intensity", "art5_1b", "第五条第一款", "碳排放强度下降"),
    ("carbon_footprint", "art5_2", "第五条第二款", "碳足迹认证"),
    ("carbon_trading", "art5_3", "第五条第三款", "碳交易阶梯奖励"),
    ("renewable_energy", "art6", "第六条", "可再生能源利用"),
    ("future_energy", "art7", "第七条", "未来能源项目配套"),
    ("industry_cluster", "art8", "第八条", "绿色低碳产业集群培育"),
    ("green_event", "art9", "第九条", "绿色低碳会展招商"),
]


def asked_of(scheme):
    """The conditions that stay open where nobody says more than the contract's facts."""
    user = ["USER_KIND"] if scheme == "renewable_energy" else []
    listed = ["HONOUR_AWARDED"] if scheme == "green_honour" else []
    return ["SUBJECT_KIND", *user, "REGISTERED_IN_AREA", "SITE_IN_AREA", *listed]


each_scheme = pytest.mark.parametrize("scheme", SCHEMES)


def test_the_registry_is_in_the_order_of_the_articles():
    assert [(key, module.CLAUSE, module.ARTICLE, module.TITLE) for key, module in SCHEMES.items()] == STATED
    assert list(GOOD) == list(SCHEMES)


@each_scheme
def test_the_text_is_the_policys_own(scheme):
    assert SCHEMES[scheme].TEXT.rstrip("。") in POLICY


@each_scheme
def test_good_facts_are_supported(scheme):
    facts, amount = GOOD[scheme]
    result = apply(scheme, facts)
    assert (result.eligible, result.reason, amounts(result)[2]) == (True, None, amount)
    assert all(condition.met for condition in judged(result))
    assert [condition.code for condition in result.conditions if condition.met is None] == asked_of(scheme)
    assert len(result.steps) == 3
    assert [int(step.amount) for step in result.steps] == list(amounts(result))


@each_scheme
def test_each_condition_and_step_cites_the_article(scheme):
    result = apply(scheme, GOOD[scheme][0])
    elsewhere = {("REGISTERED_IN_AREA", "申报通知"), ("SUBJECT_KIND", "第一条"), ("SITE_IN_AREA", "第一条")}
    own = [each for each in result.conditions if (each.code, each.article) not in elsewhere]
    cited = {each.article for each in (*own, *result.steps)}
    assert cited == {SCHEMES[scheme].ARTICLE}
    codes = [condition.code for condition in result.conditions]
    assert codes and len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z_]+", each) for each in (*codes, *(each.reason for each in result.conditions)))
    assert all(step.text for step in result.steps)


@each_scheme
def test_the_record_can_be_repeated(scheme):
    record = apply(scheme, GOOD[scheme][0]).as_dict()
    again = determine(scheme, record["facts"], parameters.values(record["parameters"]), ON)
    assert again.as_dict() == record
    assert json.loads(json.dumps(record)) == record
    assert set(record["parameters"]) <= set(SCHEMES[scheme].PARAMETERS)


@each_scheme
def test_every_missing_fact_is_named(scheme):
    with pytest.raises(FactInvalid) as refused:
        apply(scheme, {})
    needed = [fact for fact in SCHEMES[scheme].FACTS if fact.default is None and not fact.optional]
    assert refused.value.errors == tuple((fact.name, f"缺少“{fact.label}”") for fact in needed)


@each_scheme
@pytest.mark.parametrize(
    "bad", [None, 5, 0.5, "", "NaN", "1e309", "-1", "1万", [], Decimal("NaN"), Decimal("1e99")], ids=repr
)
def test_a_fact_that_cannot_be_read_is_named(scheme, bad):
    for name in GOOD[scheme][0]:
        with pytest.raises(FactInvalid) as refused:
            apply(scheme, GOOD[scheme][0] | {name: bad})
        assert refused.value.field == name


@each_scheme
def test_each_parameter_is_needed(scheme):
    # The first award of an honour needs no reading of 晋级享差额支持; nor does a year of a cluster need the plan.
    not_needed = {"green_honour": {"a4.promotion_basis"}, "industry_cluster": {"a8.plan"}}.get(scheme, set())
    for id in set(SCHEMES[scheme].PARAMETERS) - not_needed:
        chosen = {key: value for key, value in parameters.values(READ).items() if key != id}
        with pytest.raises(parameters.ParameterMissing) as refused:
            determine(scheme, GOOD[scheme][0] | SUPPORTED, chosen, ON)
        assert refused.value.id == id


@each_scheme
def test_amounts_are_rounded_down_to_the_unit(scheme):
    exact, rounded = (apply(scheme, GOOD[scheme][0], money__rounding_unit=unit) for unit in ("1", "10000"))
    assert 0 <= exact.computed_amount - rounded.computed_amount < 10_000
    assert rounded.computed_amount % 10_000 == 0
