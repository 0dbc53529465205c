"""The forms of articles 6 to 9: what each article asks for, in both rounds of article 8, filled by their examples."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.forms.shipped_forms import ENTERPRISE, REFUSED, SHIPPED, context, example_data
from workflows import forms

SCHEMES = ("renewable_energy", "future_energy", "industry_cluster", "green_event")
OURS = sorted(key for key in SHIPPED if key.startswith(SCHEMES))
ROUNDS = ("entry", "yearly")
IN_ROUNDS = ("industry_cluster_application", "industry_cluster_review", "industry_cluster_verified")


def shown(key: str, round_: str, **facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a form that is narrowed to one round, and what its examples fill."""
    schema = forms.json_schema(SHIPPED[key], examples=context(**facts), allowed={"round": [round_]})
    return schema, {name: value["examples"][0] for name, value in schema["properties"].items() if "examples" in value}


def test_each_scheme_has_its_forms() -> None:
    kinds = {scheme: {key.removeprefix(f"{scheme}_") for key in OURS if key.startswith(scheme)} for scheme in SCHEMES}
    scored = {"application", "review", "audit", "verified", "score"}
    assert kinds == dict.fromkeys(SCHEMES, scored) | {"future_energy": scored - {"score"} | {"confirmation"}}


def test_decisions_stand_in_the_order_of_the_contract() -> None:
    for key in OURS:
        expected: tuple[str, ...] = ()
        if key.endswith(("_review", "_audit", "_verified")):
            expected = ("pass", "return", "refuse")
        if key.endswith("_confirmation"):
            expected = ("accept", "decline")
        assert SHIPPED[key].decisions == expected, key


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize("key", IN_ROUNDS)
def test_article_8_is_fillable_in_each_round(key: str, round_: str) -> None:
    schema, data = shown(key, round_)
    assert list(Draft202012Validator(schema).iter_errors(data)) == []
    assert forms.validate(SHIPPED[key], data, allowed={"round": [round_]})["round"] == round_


@pytest.mark.parametrize(
    ("round_", "asked", "not_asked"),
    [
        ("entry", {"requested_total", "declared_amount", "three_year_targets"}, {"achieved", "self_score"}),
        ("yearly", {"achieved", "self_score", "tax"}, {"requested_total", "declared_amount", "three_year_targets"}),
    ],
)
def test_article_8_asks_each_round_for_its_own(round_: str, asked: set[str], not_asked: set[str]) -> None:
    key = "industry_cluster_application"
    _, data = shown(key, round_)
    assert asked <= data.keys()
    assert not not_asked & data.keys()
    _, other = shown(key, ROUNDS[1 - ROUNDS.index(round_)])
    for field in not_asked:
        with pytest.raises(forms.Invalid) as caught:
            forms.validate(SHIPPED[key], data | {field: other[field]})
        assert [error.field for error in caught.value.errors] == [field]


def test_article_8_round_comes_first_and_yearly_figures_are_read_only() -> None:
    form = SHIPPED["industry_cluster_application"]
    assert form.fields[0].key == "round"
    known = {"round": "yearly", "year_index": "2", "instalment_ceiling": "1666666"}
    assert forms.prefill(form, known, ENTERPRISE).items() >= known.items()
    assert {field.key for field in form.fields if field.readonly} >= {"year_index", "instalment_ceiling"}


def test_article_8_confirms_what_each_round_is_computed_from() -> None:
    _, entry = shown("industry_cluster_verified", "entry", requested_total="3200000.00")
    assert entry["approved_total"] == "3200000.00"
    assert not {"instalment_ceiling", "score"} & entry.keys()
    _, yearly = shown("industry_cluster_verified", "yearly", instalment_ceiling="1666666", expert_score="85.33")
    assert (yearly["instalment_ceiling"], yearly["score"]) == ("1666666", "85.33")
    assert "approved_total" not in yearly


def test_article_8_never_asks_for_more_than_five_million() -> None:
    _, data = shown("industry_cluster_application", "entry")
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(SHIPPED["industry_cluster_application"], data | {"requested_total": "5000000.01"})
    assert [error.field for error in caught.value.errors] == ["requested_total"]


@pytest.mark.parametrize(
    ("key", "questions"),
    [
        ("future_energy_review", {"site_visit", "third_party"}),
        ("green_event_review", {"site_visit"}),
        ("industry_cluster_review", {"third_party"}),
        ("renewable_energy_review", set()),
    ],
)
def test_optional_stages_are_asked_for_where_a_review_passes(key: str, questions: set[str]) -> None:
    form = SHIPPED[key]
    assert {field.key for field in form.fields} & {"site_visit", "third_party"} == questions
    data = example_data(form, context())
    assert {data[question] for question in questions} <= {"no"}
    refused = {name: value for name, value in data.items() if name not in questions}
    assert forms.validate(form, refused | REFUSED)


def test_a_yearly_report_is_always_verified_so_nobody_is_asked() -> None:
    _, data = shown("industry_cluster_review", "yearly")
    assert not {"third_party", "a8_2", "a8_3"} & data.keys()
    assert {"a8_1", "a8_4"} <= data.keys()


@pytest.mark.parametrize(
    ("scheme", "maxima"),
    [
        ("renewable_energy", (15, 20, 30, 25, 10)),
        ("industry_cluster", (10, 25, 30, 15, 20)),
        ("green_event", (15, 15, 30, 20, 20)),
    ],
)
def test_experts_weigh_as_the_domain_says(scheme: str, maxima: tuple[int, ...]) -> None:
    form = SHIPPED[f"{scheme}_score"]
    criteria = [field for field in form.fields if field.kind and field.kind.code == "score"]
    assert tuple(field.maximum for field in criteria) == maxima
    assert all(f"（{field.maximum}分）" in field.label for field in criteria)
    data = example_data(form, context())
    assert 80 <= sum(Decimal(data[field.key]) for field in criteria) <= 95
    assert data["vote"] == "support"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_officer_is_asked_for_money_of_other_policies(scheme: str) -> None:
    form = SHIPPED[f"{scheme}_verified"]
    assert forms.prefill(form, {"other_district_paid": "200000"}, {}) == {"other_district_paid": "200000"}
    assert "other_district_paid" not in forms.json_schema(form)["required"]


def test_figures_of_the_auditor_come_before_those_of_the_applicant() -> None:
    def confirmed(key: str, field: str, **facts: str) -> Any:
        return example_data(SHIPPED[key], context(**facts))[field]

    declared = {"declared_investment": "5000000.00", "gov_funds": "100000", "city_award_received": "1500000"}
    assert confirmed("renewable_energy_verified", "approved_investment", **declared) == "5000000.00"
    assert confirmed("green_event_verified", "gov_funds", **declared) == "100000"
    assert confirmed("future_energy_verified", "city_award_received", **declared) == "1500000"
    audited = {"audited_investment": "4000000", "audited_gov_funds": "0", "audited_city_award_received": "1200000"}
    assert confirmed("renewable_energy_verified", "approved_investment", **declared, **audited) == "4000000"
    assert confirmed("green_event_verified", "gov_funds", **declared, **audited) == "0"
    assert confirmed("future_energy_verified", "city_award_received", **declared, **audited) == "1200000"


def test_event_is_scored_by_its_experts() -> None:
    assert example_data(SHIPPED["green_event_verified"], context())["score"] == "85"
    assert example_data(SHIPPED["green_event_verified"], context(expert_score="79.99"))["score"] == "79.99"


def test_event_says_with_yes_or_no_where_it_was_held() -> None:
    data = example_data(SHIPPED["green_event_application"], context())
    assert data["venue_in_district"] is True
    assert date(2025, 1, 1) <= date.fromisoformat(data["start_date"]) <= date.fromisoformat(data["end_date"])


@pytest.mark.parametrize("scheme", ["renewable_energy", "future_energy"])
def test_projects_state_what_their_matter_is_known_by(scheme: str) -> None:
    form = SHIPPED[f"{scheme}_application"]
    data = example_data(form, context())
    assert {"filing_no", "project_name", "project_site"} <= data.keys()
    required = set(forms.json_schema(form)["required"])
    asked = {"filing_no", "project_name", "project_site"} & required
    assert asked == ({"filing_no", "project_name", "project_site"} if scheme == "renewable_energy" else set())


def test_two_cases_never_share_a_matter_or_a_number() -> None:
    identifying = {
        "renewable_energy_application": ("filing_no",),
        "future_energy_application": ("filing_no", "city_project_no"),
        "industry_cluster_application": ("cluster_name",),
        "green_event_application": ("event_name",),
    }
    for key, fields in identifying.items():
        first, second = (example_data(SHIPPED[key], context(reference=f"TZ2026-000{n}")) for n in (1, 2))
        assert all(first[field] != second[field] for field in fields)
        if "invoice_lines" in first:
            assert first["invoice_lines"][0]["invoice_no"] != second["invoice_lines"][0]["invoice_no"]


def test_whoever_declines_a_candidacy_need_not_promise() -> None:
    form = SHIPPED["future_energy_confirmation"]
    data = example_data(form, context())
    assert data["commitment"] is True
    assert forms.validate(form, data | {"decision": "decline", "commitment": False})
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(form, data | {"commitment": False})
    assert [error.field for error in caught.value.errors] == ["commitment"]
