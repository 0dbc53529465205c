"""The forms of articles 4 and 5: what each asks for, and that their examples lead to an amount."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.forms.shipped_forms import ENTERPRISE, REFUSED, SHIPPED, context, example_data
from workflows import forms
from workflows.rules import determine, parameters

PARAMETERS = parameters.values({})
SCHEMES = ("green_honour", "carbon_neutral", "carbon_intensity", "carbon_footprint", "carbon_trading")
HONOURS = ("绿色工厂", "绿色供应链管理企业", "工业产品绿色设计示范企业")
FACTS = {
    "green_honour": {"level", "earlier_precap_same_honour"},
    "carbon_neutral": {"scope", "certificate_valid", "certificate_used_before"},
    "carbon_intensity": {"e0_t", "v0_yuan", "e1_t", "v1_yuan", "traded_t"},
    "carbon_footprint": {"cert_cost_net", "coverage", "first_time"},
    "carbon_trading": {"total_volume_t"},
}
AMOUNTS = {
    "green_honour": 500_000,
    "carbon_neutral": 300_000,
    "carbon_intensity": 500_000,
    "carbon_footprint": 180_000,
    "carbon_trading": 100_000,
}


def test_each_scheme_has_its_forms() -> None:
    kinds = {
        scheme: {key.removeprefix(f"{scheme}_") for key in SHIPPED if key.startswith(f"{scheme}_")}
        for scheme in SCHEMES
    }
    asked = {"application", "review", "verified"}
    assert kinds == {
        "green_honour": asked | {"confirmation"},
        "carbon_neutral": asked | {"audit", "score"},
        "carbon_intensity": asked | {"audit", "score"},
        "carbon_footprint": asked | {"audit", "score"},
        "carbon_trading": asked | {"audit"},
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_amount_is_declared(scheme: str) -> None:
    assert "declared_amount" in forms.json_schema(SHIPPED[f"{scheme}_application"])["required"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_facts_of_the_rule_are_confirmed_under_their_own_names(scheme: str) -> None:
    schema = forms.json_schema(SHIPPED[f"{scheme}_verified"])
    assert FACTS[scheme] <= set(schema["required"])
    assert {schema["properties"][fact]["type"] for fact in FACTS[scheme]} <= {"string", "boolean"}
    assert "other_district_paid" in schema["properties"].keys() - set(schema["required"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_examples_lead_to_an_amount(scheme: str) -> None:
    facts: dict[str, Any] = {}
    for kind in ("application", "review", "audit", "verified"):
        form = SHIPPED.get(f"{scheme}_{kind}")
        if form:
            facts |= forms.validate(form, example_data(form, context(**facts)))
    given = {fact: facts[fact] for fact in FACTS[scheme]}
    result = determine(scheme, given, PARAMETERS, date(2026, 3, 2))
    assert result.eligible
    assert result.precap_amount == AMOUNTS[scheme]


@pytest.mark.parametrize(
    ("scheme", "declared", "audited", "field"),
    [
        ("carbon_neutral", {"scope": "organisation"}, {"audited_scope": "factory"}, "scope"),
        *[
            ("carbon_intensity", {fact: "1000"}, {f"audited_{fact}": "900.5"}, fact)
            for fact in ("e0_t", "v0_yuan", "e1_t", "v1_yuan", "traded_t")
        ],
        ("carbon_footprint", {"cert_cost_net": "200000"}, {"audited_cert_cost_net": "150000"}, "cert_cost_net"),
        ("carbon_trading", {"total_volume_t": "6000"}, {"audited_volume_t": "5500"}, "total_volume_t"),
    ],
)
def test_figures_of_the_third_party_come_before_those_of_the_applicant(
    scheme: str, declared: dict[str, str], audited: dict[str, str], field: str
) -> None:
    form = SHIPPED[f"{scheme}_verified"]
    assert forms.prefill(form, declared, {})[field] == declared[field]
    [figure] = audited.values()
    assert forms.prefill(form, declared | audited, {})[field] == figure
    assert example_data(form, context(**declared, **audited))[field] == figure


@pytest.mark.parametrize(
    ("scheme", "field", "known"),
    [
        ("green_honour", "earlier_precap_same_honour", "300000"),
        ("green_honour", "level", "national"),
        ("carbon_neutral", "certificate_used_before", True),
        ("carbon_footprint", "first_time", False),
        ("carbon_footprint", "coverage", "0.4999"),
    ],
)
def test_the_officer_starts_from_what_the_office_knows(scheme: str, field: str, known: object) -> None:
    form = SHIPPED[f"{scheme}_verified"]
    assert forms.prefill(form, {field: known}, {})[field] == known
    assert example_data(form, context(**{field: known}))[field] == known


def test_honours_are_called_what_the_parameter_calls_them() -> None:
    for kind in ("application", "confirmation", "verified"):
        field = SHIPPED[f"green_honour_{kind}"].find_field("honour_type")
        assert field is not None
        assert tuple((option.value, option.label) for option in field.options) == tuple((it, it) for it in HONOURS)
    assert PARAMETERS["a4.honour_types"] == HONOURS


def test_a_candidate_sees_what_the_office_knows_and_decides_freely() -> None:
    form = SHIPPED["green_honour_confirmation"]
    known = {
        "honour_type": "绿色工厂",
        "level": "national",
        "honour_date": "2025-11-03",
        "list_document_no": "虚构〔2025〕8号",
    }
    shown = forms.prefill(form, known, ENTERPRISE)
    assert shown.items() >= known.items()
    assert shown["applicant_name"] == ENTERPRISE["name"]
    data = example_data(form, context(**known))
    assert data["commitment"] is True
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(form, data | {"commitment": False})
    assert [error.field for error in caught.value.errors] == ["commitment"]
    declined = {"decision": "decline", "handler_name": "测试甲", "handler_mobile": "13800000000"}
    assert forms.validate(form, declined)["commitment"] is False


@pytest.mark.parametrize(
    ("form", "questions"),
    [
        ("green_honour_review", {"site_visit"}),
        ("carbon_neutral_review", {"site_visit", "third_party"}),
        ("carbon_intensity_review", set()),
        ("carbon_footprint_review", {"site_visit", "third_party"}),
        ("carbon_trading_review", set()),
        ("carbon_neutral_verified", {"expert_review_wanted"}),
        ("carbon_intensity_verified", {"expert_review_wanted"}),
        ("carbon_footprint_verified", {"expert_review_wanted"}),
        ("carbon_trading_verified", set()),
        ("green_honour_verified", set()),
    ],
)
def test_optional_stages_are_asked_for_where_a_task_passes(form: str, questions: set[str]) -> None:
    optional = {"site_visit", "third_party", "expert_review_wanted"}
    assert {field.key for field in SHIPPED[form].fields} & optional == questions
    data = example_data(SHIPPED[form], context())
    assert {data[question] for question in questions} <= {"no"}
    refused = {name: value for name, value in data.items() if name not in questions}
    assert forms.validate(SHIPPED[form], refused | REFUSED)
    if questions:
        with pytest.raises(forms.Invalid) as caught:
            forms.validate(SHIPPED[form], refused)
        assert {error.field for error in caught.value.errors} == questions


@pytest.mark.parametrize("scheme", ["carbon_neutral", "carbon_intensity", "carbon_footprint"])
def test_experts_weigh_as_in_article_3(scheme: str) -> None:
    criteria = [field for field in SHIPPED[f"{scheme}_score"].fields if field.kind and field.kind.code == "score"]
    model = [field for field in SHIPPED["retrofit_score"].fields if field.kind and field.kind.code == "score"]
    assert [(field.key, field.maximum) for field in criteria] == [(field.key, field.maximum) for field in model]
    assert all(f"（{field.maximum}分）" in field.label for field in criteria)
    data = example_data(SHIPPED[f"{scheme}_score"], context())
    assert 70 <= sum(Decimal(data[field.key]) for field in criteria) <= 95


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("carbon_intensity_verified", "e0_t", "0"),
        ("carbon_intensity_verified", "v0_yuan", "0.00"),
        ("carbon_intensity_verified", "e1_t", 51000),
        ("carbon_intensity_verified", "traded_t", "-1"),
        ("carbon_intensity_application", "boundary_same", "true"),
        ("carbon_trading_verified", "total_volume_t", "5,00"),
        ("carbon_footprint_verified", "coverage", "1.01"),
        ("carbon_footprint_verified", "coverage", "0.72001"),
        ("carbon_footprint_verified", "coverage", "72%"),
        ("carbon_footprint_verified", "first_time", "false"),
        ("carbon_footprint_verified", "certified_products", "0"),
        ("carbon_neutral_verified", "scope", "planet"),
        ("carbon_neutral_verified", "certificate_valid", 1),
        ("carbon_neutral_verified", "manual_amount", "300000.01"),
        ("carbon_neutral_application", "accounting_year", "25"),
        ("green_honour_application", "honour_type", "绿色学校"),
        ("green_honour_verified", "level", "district"),
        ("green_honour_verified", "earlier_precap_same_honour", 500000),
    ],
)
def test_a_figure_of_another_shape_is_refused(form: str, field: str, value: object) -> None:
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(SHIPPED[form], example_data(SHIPPED[form], context()) | {field: value})
    assert [error.field for error in caught.value.errors] == [field]


def test_two_cases_and_two_tasks_never_share_a_number() -> None:
    def numbers(form: str, case: forms.ExampleContext) -> set[str]:
        data = example_data(SHIPPED[form], case)
        rows = [row for key in ("certificates", "trades", "invoice_lines") for row in data.get(key, [])]
        marks = ("certificate_no", "settlement_no", "invoice_no", "registration_no")
        return {found[mark] for found in (data, *rows) for mark in marks if mark in found}

    cases = [context(task=task, reference=f"TZ2026-{case}") for case in ("0001", "0002") for task in ("a", "b")]
    for form, expected in (
        ("carbon_neutral_application", 1),
        ("carbon_footprint_application", 2),
        ("carbon_trading_application", 2),
    ):
        found = [numbers(form, case) for case in cases]
        assert [len(marks) for marks in found] == [expected] * 4
        assert len(set().union(*found)) == expected * 4


def test_the_years_of_examples_hold_their_days() -> None:
    for today, first in ((date(2026, 3, 2), date(2025, 1, 1)), (date(2027, 8, 2), date(2027, 1, 1))):
        case = forms.ExampleContext("R", "t", today, first, date(first.year + 1, 4, 15))
        trading = example_data(SHIPPED["carbon_trading_application"], case)
        assert trading["trades"][0]["date"][:4] == trading["period"]
        neutral = example_data(SHIPPED["carbon_neutral_application"], case)
        assert neutral["period_from"][:4] <= neutral["accounting_year"] <= neutral["period_to"][:4]
