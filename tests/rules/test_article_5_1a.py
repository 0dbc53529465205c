"""第五条第一款 碳中和证书: the checks of the certificate, and three ways to find the amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, yuan_and_fen
from workflows.rules import FactInvalid

CERTIFICATE = {"scope": "organisation", "certificate_valid": True, "certificate_used_before": False}


def certificate(mode="flat", amount="300000", accepted="organisation; factory", **facts):
    chosen = {"a5_1a__amount_mode": mode, "a5_1a__amount": amount, "a5_1a__accepted_scope": accepted}
    return apply("carbon_neutral", CERTIFICATE | facts, **chosen)


def test_it_reads_like_the_article():
    result = certificate()
    assert [condition.text for condition in judged(result)] == [
        "证书范围为组织，属于认可的范围（组织、工厂）",
        "碳中和证书经核定有效",
        "碳中和证书未用于其他申报件",
    ]
    assert step_texts(result) == [
        "按支持标准300,000元支持",
        "未超过最高支持300,000元，为300,000元",
        "同一证书此前未获支持，限额调减前金额为300,000元",
    ]


@pytest.mark.parametrize(
    ("wrong", "code", "reason", "said"),
    [
        (
            {"scope": "product"},
            "CERTIFICATE_SCOPE",
            "BELOW_THRESHOLD",
            "证书范围为产品，不属于认可的范围（组织、工厂）",
        ),
        ({"certificate_valid": False}, "CERTIFICATE_VALID", "NOT_VERIFIED", "碳中和证书经核定无效或已过有效期"),
        ({"certificate_used_before": True}, "CERTIFICATE_NOT_USED_BEFORE", "BEST_ONLY", "碳中和证书已用于其他申报件"),
    ],
)
def test_a_certificate_that_does_not_count(wrong, code, reason, said):
    result = certificate(**wrong)
    assert (result.eligible, result.reason, amounts(result)) == (False, reason, (0, 0, 0))
    assert refusals(result) == [(code, reason)]
    assert step_texts(result) == [f"不符合支持条件，金额为0元：{said}"]


def test_all_that_is_wrong_is_named_and_the_first_is_the_reason():
    result = certificate(scope="event", certificate_valid=False, certificate_used_before=True)
    assert [reason for _, reason in refusals(result)] == ["BELOW_THRESHOLD", "NOT_VERIFIED", "BEST_ONLY"]
    assert result.reason == "BELOW_THRESHOLD"


def test_the_owner_may_accept_other_scopes():
    assert certificate(scope="product", accepted="product").precap_amount == 300_000
    assert certificate(scope="organisation", accepted="product").precap_amount == 0


@pytest.mark.parametrize(
    ("mode", "fact", "given_amount", "expected", "said"),
    [
        (
            "cost_ratio",
            "cert_cost_net",
            "80000.99",
            (80_000, 80_000, 80_000),
            "按核定认证费用80,000.99元支持，向下取整为80,000元",
        ),
        (
            "cost_ratio",
            "cert_cost_net",
            "300000.01",
            (300_000, 300_000, 300_000),
            "按核定认证费用300,000.01元支持，向下取整为300,000元",
        ),
        ("cost_ratio", "cert_cost_net", "420000", (420_000, 300_000, 300_000), "按核定认证费用420,000元支持"),
        ("manual", "manual_amount", "120000", (120_000, 120_000, 120_000), "按集体审议确定的金额120,000元支持"),
        ("manual", "manual_amount", "300001", (300_001, 300_000, 300_000), "按集体审议确定的金额300,001元支持"),
        ("manual", "manual_amount", "0", (0, 0, 0), "按集体审议确定的金额0元支持"),
    ],
)
def test_the_amount_by_cost_or_by_the_meeting(mode, fact, given_amount, expected, said):
    result = certificate(mode, **{fact: given_amount})
    assert amounts(result) == expected
    assert step_texts(result)[0] == said


@pytest.mark.parametrize(("mode", "fact"), [("cost_ratio", "cert_cost_net"), ("manual", "manual_amount")])
def test_what_a_way_needs_is_asked_for(mode, fact):
    for facts in ({}, {fact: None}):
        with pytest.raises(FactInvalid) as refused:
            certificate(mode, **facts)
        assert refused.value.field == fact


def test_a_lower_standard_is_the_ceiling_of_every_way():
    assert certificate(amount="200000").precap_amount == 200_000
    assert certificate("cost_ratio", amount="200000", cert_cost_net="250000").precap_amount == 200_000


@REPEATABLE
@given(st.sampled_from([("cost_ratio", "cert_cost_net"), ("manual", "manual_amount")]), yuan_and_fen, yuan_and_fen)
def test_never_above_the_ceiling_and_never_less_for_more(way, one, other):
    mode, fact = way
    less, more = (amounts(certificate(mode, **{fact: amount})) for amount in sorted((one, other)))
    assert all(a <= b for a, b in zip(less, more, strict=True))
    assert 0 <= more[2] <= more[1] <= min(more[0], 300_000)
