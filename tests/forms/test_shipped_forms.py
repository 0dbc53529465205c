"""Every form in `bpmn/forms`: loadable, documented by a valid schema, and fillable by its own examples."""

import re
from datetime import date
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from tests.forms.shipped_forms import FOLDER, SCHEMES, SHIPPED, context, example_data
from workflows import forms

SHARED_DECISIONS = {
    "formality_check": ("accept", "correct", "not_accept"),
    "non_acceptance_review": ("agree", "return"),
    "refusal_ruling": ("agree", "return"),
    "credit_check": ("clear", "curable", "veto"),
    "joint_check": ("clear", "curable", "veto"),
    "credit_ruling": ("clear", "curable", "veto"),
    "site_inspection": ("pass", "return", "refuse"),
    "declare_interest": ("accept", "recuse"),
    "recheck": ("agree", "return"),
    "deputy_review": ("agree", "return"),
    "choose_matters": ("keep", "choose"),
    "objection_handling": ("dismiss", "uphold", "refuse"),
    "objection_legal_review": ("agree", "return"),
    "objection_meeting": ("agree", "return"),
    "recovery_investigation": ("propose", "dismiss"),
    "recovery_dismissal": ("agree", "return"),
    "recovery_legal_review": ("agree", "return"),
    "recovery_meeting": ("recover", "dismiss", "return"),
    "recovery_enforcement": ("enforce", "refer", "dun"),
    "district_approval": ("approve", "return", "refuse"),
    "payee_confirmation": ("agree", "return"),
    "silent_payee": ("remind", "forfeit"),
    "disbursement": ("paid", "returned", "held"),
}
SCHEME_DECISIONS = {
    "review": ("pass", "return", "refuse"),
    "audit": ("pass", "return", "refuse"),
    "verified": ("pass", "return", "refuse"),
    "confirmation": ("accept", "decline"),
}


def expected_decisions(form: str) -> tuple[str, ...]:
    scheme, _, stage = form.rpartition("_")
    return SCHEME_DECISIONS.get(stage, ()) if scheme in SCHEMES else SHARED_DECISIONS.get(form, ())


def test_decisions_stand_in_the_order_of_the_contract() -> None:
    assert {key: form.decisions for key, form in SHIPPED.items()} == {key: expected_decisions(key) for key in SHIPPED}


def test_every_form_is_a_shared_one_or_of_a_scheme_and_a_stage() -> None:
    stages = {*SCHEME_DECISIONS, "application", "score"}
    of_schemes = {key for key in SHIPPED if key.rpartition("_")[0] in SCHEMES}
    assert {key.rpartition("_")[2] for key in of_schemes} <= stages


def test_file_name_is_the_key(shipped: forms.Form) -> None:
    assert (FOLDER / f"{shipped.key}.form").exists()
    assert shipped.title != shipped.key


def test_schema_is_valid_2020_12(shipped: forms.Form) -> None:
    Draft202012Validator.check_schema(forms.json_schema(shipped, examples=context()))


def test_every_required_property_has_an_example(shipped: forms.Form) -> None:
    schema = forms.json_schema(shipped, examples=context())
    assert [key for key in schema["required"] if not schema["properties"][key].get("examples")] == []


def test_every_text_is_bounded(shipped: forms.Form) -> None:
    def unbounded(schema: dict) -> list[str]:
        found = []
        for key, value in schema["properties"].items():
            if value.get("type") == "string" and not {"maxLength", "enum"} & value.keys():
                found.append(key)
            if "properties" in value.get("items", {}):
                found += unbounded(value["items"])
        return found

    assert unbounded(forms.json_schema(shipped)) == []


@pytest.mark.parametrize("only_required", [False, True])
def test_examples_make_a_valid_submission(shipped: forms.Form, only_required: bool) -> None:
    data = example_data(shipped, context(), only_required=only_required)
    clean = forms.validate(shipped, data)
    assert clean.get("decision") == (shipped.decisions[0] if shipped.decisions else None)
    schema = forms.json_schema(shipped, examples=context())
    assert list(Draft202012Validator(schema).iter_errors(data)) == []


def test_examples_of_the_other_decisions(shipped: forms.Form) -> None:
    """Whoever chooses another way finds the fields that it asks for, with examples, in the `then` of that choice."""
    for decision in shipped.decisions[1:]:
        data = example_data(shipped, context(), decision=decision)
        assert forms.validate(shipped, data)["decision"] == decision


def test_a_sent_back_prefill_is_accepted(shipped: forms.Form) -> None:
    case = context(declared_investment="3000000.00", audited_investment="2900000.00")
    shown = forms.prefill(shipped, case.facts, case.enterprise)
    clean = forms.validate(shipped, shown | example_data(shipped, case))
    assert not clean.keys() & {field.key for field in shipped.fields if field.readonly}


def test_application_figures_fit_each_other() -> None:
    data = example_data(SHIPPED["retrofit_application"], context())
    parts = [Decimal(data[f"investment_{part}"]) for part in ("equipment", "construction", "software", "other")]
    assert sum(parts) == Decimal(data["declared_investment"]) > 0
    assert 0 < Decimal(data["declared_amount"]) <= Decimal(data["declared_investment"])
    start, completion = date.fromisoformat(data["start_date"]), date.fromisoformat(data["completion_date"])
    assert date(2025, 1, 1) <= start <= completion <= date(2026, 3, 2)
    assert data["commitment"] is True


def test_parts_sum_up_for_an_odd_amount() -> None:
    data = example_data(SHIPPED["retrofit_application"], context(declared_investment="6666666.67"))
    parts = [Decimal(data[f"investment_{part}"]) for part in ("equipment", "construction", "software", "other")]
    assert sum(parts) == Decimal("6666666.67")


def test_a_correction_starts_from_what_was_filed() -> None:
    form = SHIPPED["retrofit_application"]
    filed = forms.validate(form, example_data(form, context(task="first")))
    again = example_data(form, context(task="second", **filed))
    assert forms.validate(form, again) == filed


def test_two_cases_and_two_tasks_never_share_a_number() -> None:
    form = SHIPPED["retrofit_application"]
    seen = [
        example_data(form, context(task=task, reference=reference))
        for reference in ("TZ2026-0001", "TZ2026-0002")
        for task in ("a", "b")
    ]
    assert len({data["filing_no"] for data in seen}) == 4
    assert len({data["invoice_lines"][0]["invoice_no"] for data in seen}) == 4
    assert len({data["project_name"] for data in seen}) == 2


def test_audited_and_approved_follow_the_declared_investment() -> None:
    audit = example_data(SHIPPED["retrofit_audit"], context(declared_investment="6666666.67"))
    assert audit["audited_investment"] == "6666666.67"
    assert "cut_lines" not in audit
    facts = {"declared_investment": "6666666.67", "audited_investment": "6000000"}
    assert example_data(SHIPPED["retrofit_verified"], context(**facts))["approved_investment"] == "6000000"
    assert forms.prefill(SHIPPED["retrofit_verified"], facts, {})["approved_investment"] == "6000000"


def test_example_scores_pass_without_a_reason() -> None:
    data = example_data(SHIPPED["retrofit_score"], context())
    total = sum(Decimal(value) for key, value in data.items() if re.match("score_(?!opinion)", key))
    assert 70 <= total <= 95
    assert data["vote"] == "support"


def test_nobody_is_shown_the_opinion_or_score_of_another() -> None:
    facts = {"opinion": "同意", "score_effect": "29", "vote": "oppose", "decision": "refuse", "reason_code": "FRAUD"}
    for key in ("recheck", "deputy_review", "retrofit_score", "retrofit_review"):
        assert forms.prefill(SHIPPED[key], facts, {}) == {}
        assert set(facts.values()).isdisjoint(map(str, example_data(SHIPPED[key], context(**facts)).values())) or (
            key in ("recheck", "deputy_review")
        )


def test_payee_is_the_applicant() -> None:
    data = example_data(SHIPPED["payee_entry"], context())
    assert data["account_name"] == "北京潞测绿能装备制造有限公司（虚构）"
    assert data["account_no"] == "99990000000000000001"
    assert forms.validate(SHIPPED["payee_entry"], example_data(SHIPPED["payee_entry"], context()))


def test_a_narrowed_choice_is_in_schema_and_examples_and_enforced() -> None:
    form = SHIPPED["credit_check"]
    allowed = {"decision": ["curable", "veto"]}
    schema = forms.json_schema(form, examples=context(), allowed=allowed)
    assert schema["properties"]["decision"]["enum"] == ["curable", "veto"]
    assert schema["properties"]["decision"]["examples"] == ["curable"]
    data = {key: value["examples"][0] for key, value in schema["properties"].items() if "examples" in value}
    assert forms.validate(form, data, allowed=allowed)["credit_finding"]
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(form, {"credit_queried_on": data["credit_queried_on"], "decision": "clear"}, allowed=allowed)
    assert caught.value.errors == [forms.FieldError("decision", "「核查结论」的选项无效，请从所列选项中选择")]
    with pytest.raises(ValueError, match="no choice of decision"):
        forms.json_schema(form, allowed={"decision": []})
