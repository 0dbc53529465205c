"""The vectors of the domain specification, as they are: worked out by a reference calculator, not by this code."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from workflows import rules

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"), parse_float=Decimal)


def of(clause):
    return [
        pytest.param(each["inputs"], each["expected"], id=each["id"]) for each in VECTORS if each["clause"] == clause
    ]


@pytest.mark.parametrize(("facts", "expected"), of("art3"))
def test_article_3(facts, expected):
    determination = rules.determine("retrofit", facts, rules.parameters.values({}), date(2026, 3, 2))
    assert determination.as_dict()["precap_amount"] == expected


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
    assert [len(of(clause)) for clause in ("art3", "experts", "workdays", "uscc")] == [7, 5, 5, 8]
    assert len(VECTORS) == 25
