"""The vectors of the domain specification, as they are: worked out by a reference calculator, not by this code."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from workflows import rules
from workflows.rules.event_split import split_event
from workflows.rules.schemes import carbon_intensity, industry_cluster

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"), parse_float=Decimal)
ON = date(2026, 3, 2)


def of(clause, *ids):
    return [
        pytest.param(each["inputs"], each["expected"], id=each["id"])
        for each in VECTORS
        if each["clause"] == clause and (not ids or each["id"] in ids)
    ]


def values(**chosen):
    return rules.parameters.values({id.replace("__", "."): value for id, value in chosen.items()})


def precap(scheme, facts, **chosen):
    return str(rules.determine(scheme, facts, values(**chosen), ON).precap_amount)


def under_a_ceiling(amounts, parameter):
    """What a ceiling over several cases leaves of these, largest first, when nothing else was used."""
    claims = [rules.ceiling.Claim(case, Decimal(amount), ON) for case, amount in amounts.items()]
    shares = rules.ceiling.allocate(claims, Decimal(0), rules.parameters.get_decimal(values(), parameter))
    return {share.case: str(share.amount) for share in shares}


@pytest.mark.parametrize(("facts", "expected"), of("art3"))
def test_article_3(facts, expected):
    assert precap("retrofit", facts) == expected


@pytest.mark.parametrize(("facts", "expected"), of("art4"))
def test_article_4(facts, expected):
    assert precap("green_honour", facts, a4__promotion_basis="pre_cap") == expected


# The vectors of article 5.1a state the outcome of the checks; these are the checks that their descriptions name.
CERTIFICATE = {"scope": "organisation", "certificate_valid": True, "certificate_used_before": False}
CERTIFICATES = {
    "V51a-1": [CERTIFICATE, CERTIFICATE | {"scope": "factory"}],
    "V51a-2": [CERTIFICATE | {"certificate_valid": False}, CERTIFICATE | {"certificate_used_before": True}],
    "V51a-3": [CERTIFICATE | {"scope": "product"}, CERTIFICATE | {"scope": "event"}],
}


@pytest.mark.parametrize("vector", CERTIFICATES)
def test_article_5_1a(vector):
    ((inputs, expected),) = (each.values for each in of("art5_1a", vector))
    for facts in CERTIFICATES[vector]:
        assert precap("carbon_neutral", facts) == expected
        assert rules.determine("carbon_neutral", facts, values(), ON).eligible is inputs["eligible"]


@pytest.mark.parametrize(("inputs", "expected"), of("art5_1b"))
def test_article_5_1b(inputs, expected):
    facts = {name: inputs[name] for name in ("e0_t", "v0_yuan", "e1_t", "v1_yuan", "traded_t")}
    chosen = {"a5_1b__unit_price": inputs["unit_price"]}
    figures = {name: Decimal(figure) for name, figure in facts.items()}
    compared = carbon_intensity.compare(**figures, parameters=values(**chosen))
    assert expected == {
        "intensity_ok": compared.intensity_ok,
        "reduction_ok": compared.reduction_ok,
        "reduction_t": str(compared.reduction_t),
        "drop_pct": str(compared.drop_pct),
        "amount": precap("carbon_intensity", facts, **chosen),
    }


@pytest.mark.parametrize(("facts", "expected"), of("art5_2"))
def test_article_5_2(facts, expected):
    assert precap("carbon_footprint", facts) == expected


@pytest.mark.parametrize(("facts", "expected"), of("art5_3"))
def test_article_5_3(facts, expected):
    assert precap("carbon_trading", facts) == expected


@pytest.mark.parametrize(("facts", "expected"), of("art6", "V6-1", "V6-2", "V6-3"))
def test_article_6(facts, expected):
    before = precap("renewable_energy", facts)
    after = under_a_ceiling({"project": before}, "a6.entity_year_cap")["project"]
    assert expected == {"before_entity_cap": before, "after_entity_cap": after}


@pytest.mark.parametrize(("inputs", "expected"), of("art6", "V6-4"))
def test_article_6_two_projects_of_one_investor(inputs, expected):
    before = {
        f"P{number}": precap("renewable_energy", {"approved_investment": approved})
        for number, approved in enumerate(inputs["projects"], start=1)
    }
    assert under_a_ceiling(before, "a6.entity_year_cap") == expected


@pytest.mark.parametrize(("facts", "expected"), of("art7"))
def test_article_7(facts, expected):
    before = precap("future_energy", facts, a7__match_basis="received")
    after = under_a_ceiling({"project": before}, "a10.annual_cap")["project"]
    assert expected == {"before_annual_cap": before, "after_annual_cap": after}


@pytest.mark.parametrize(("inputs", "expected"), of("art8", "V8-1", "V8-4"))
def test_article_8_plan(inputs, expected):
    ceilings = industry_cluster.instalments(Decimal(inputs["total"]), values())
    assert [str(ceiling) for ceiling in ceilings] == expected


@pytest.mark.parametrize(("inputs", "expected"), of("art8", "V8-2"))
def test_article_8_three_years(inputs, expected):
    ceilings = industry_cluster.instalments(Decimal(inputs["total"]), values())
    paid = [
        precap("industry_cluster", {"instalment_ceiling": ceiling, "score": str(score)})
        for ceiling, score in zip(ceilings, inputs["scores"], strict=True)
    ]
    assert expected == {"pay": paid, "total": str(sum(map(Decimal, paid)))}


@pytest.mark.parametrize(("inputs", "expected"), of("art8", "V8-3"))
def test_article_8_grades(inputs, expected):
    ceiling = inputs["ceiling"]
    paid = [precap("industry_cluster", {"instalment_ceiling": ceiling, "score": score}) for score in inputs["scores"]]
    assert paid == expected


EVENTS = [f"V9-{number}" for number in range(1, 8)]


@pytest.mark.parametrize(("inputs", "expected"), of("art9", *EVENTS))
def test_article_9(inputs, expected):
    assert precap("green_event", inputs | {"score": str(inputs["score"])}) == expected


@pytest.mark.parametrize(("inputs", "expected"), of("art9", "V9-8", "V9-9"))
def test_article_9_several_payers(inputs, expected):
    contributions = {payer: Decimal(paid) for payer, paid in inputs["contributions"].items()}
    shares = split_event(Decimal(inputs["event_amount"]), contributions)
    assert {payer: str(share) for payer, share in shares.items()} == expected


@pytest.mark.parametrize(("inputs", "expected"), of("experts"))
def test_trimmed_mean(inputs, expected):
    assert str(rules.review.trimmed_mean(inputs["scores"])) == expected


@pytest.mark.parametrize(("inputs", "expected"), of("workdays"))
def test_working_days(inputs, expected):
    last = rules.workdays.load().add(date.fromisoformat(inputs["event_date"]), inputs["workdays"])
    assert last.isoformat() == expected


@pytest.mark.parametrize(("inputs", "expected"), of("uscc"))
def test_uscc(inputs, expected):
    assert rules.uscc.is_valid(inputs["uscc"]) is expected


def test_every_vector_is_run():
    counted = {
        "art3": 7,
        "art4": 6,
        "art5_1a": len(CERTIFICATES),
        "art5_1b": 9,
        "art5_2": 5,
        "art5_3": 7,
        "art6": 4,
        "art7": 4,
        "art8": 4,
        "art9": len(EVENTS) + 2,
        "experts": 5,
        "workdays": 5,
        "uscc": 8,
    }
    assert {clause: len(of(clause)) for clause in counted} == counted
    assert len(VECTORS) == sum(counted.values())
