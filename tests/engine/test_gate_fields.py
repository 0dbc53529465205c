"""The gate: the fields that the program reads, each as its release ships it; what an owner may do to one, and not."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.drawing import task
from tests.engine.judging import KNOWN, straight
from tests.engine.shipped import LIBRARY
from workflows import forms
from workflows.case.read_fields import READERS
from workflows.engine import Asked, Known, Promised, check_bundle
from workflows.workshop import bundling, field_contract, gatekeeper, inspection

ROOT = Path(__file__).parents[2]
Component = dict[str, Any]
BOUND = Asked(
    True, "money", minimum="0", maximum="9", pattern="^1$", prefill="fact:a", hidden="b = 1", demanded="c = 1"
)


def found(asked: Asked | None, promised: Asked = BOUND) -> list[tuple[str, str]]:
    known = replace(
        KNOWN,
        fields={"decided": {"cost": asked} if asked else {}},
        promised={"decided": {"cost": Promised("核定确认", "费用", "金额测算", promised)}},
    )
    findings = check_bundle({"p.bpmn": straight(task("a", gc__form="decided"), ids=("a",))}, "p", known=known)
    return [(each.rule, each.message_zh) for each in findings]


def test_a_field_that_is_as_promised_or_stricter_passes():
    assert found(BOUND) == []
    assert found(replace(BOUND, minimum="1", maximum="8", prefill="", hidden="", rows=2)) == []


def test_a_lost_field_is_named_with_its_form_its_key_and_its_readers():
    [(rule, said)] = found(None)
    assert rule == "field-lost"
    assert said == "表单「核定确认」中没有了费用（cost），由金额测算读取。"


WEAKER = [
    ({"required": False}, "不再必填"),
    ({"required": False, "demanded": "d = 1"}, "必填的条件改变"),
    ({"kind": "textfield"}, "类型或格式改变"),
    ({"pattern": ""}, "类型或格式改变"),
    ({"minimum": ""}, "最小值、最大值放宽"),
    ({"minimum": "-1"}, "最小值、最大值放宽"),
    ({"maximum": "10"}, "最小值、最大值放宽"),
    ({"readonly": True}, "改为只读"),
    ({"prefill": "fact:other"}, "预填的来源改变"),
    ({"hidden": "b = 2"}, "显示的条件改变"),
]


@pytest.mark.parametrize(("changed", "said"), WEAKER, ids=[f"{number}" for number in range(len(WEAKER))])
def test_a_weaker_field_is_said_to_be(changed, said):
    [(rule, message)] = found(replace(BOUND, **changed))
    assert rule == "field-weaker"
    assert said in message
    assert "费用（cost），由金额测算读取" in message


def test_a_list_keeps_its_rows_and_a_choice_its_words():
    [(_, said)] = found(Asked(True, "dynamiclist"), Asked(True, "dynamiclist", rows=1))
    assert "最少行数减少" in said
    choice = Asked(True, "choice", frozenset({"a", "b"}))
    for other in ({"a"}, {"a", "b", "c"}):
        [(_, said)] = found(Asked(True, "choice", frozenset(other)), choice)
        assert "选项增减" in said


def test_an_answer_more_is_the_owners_business():
    known = inspection.known()
    asked = known.promised["retrofit_review"]["decision"].asked
    more = replace(asked, choices=asked.choices | {"reschedule"})
    fields = {"decided": {"decision": more}}
    promised = {"decided": {"decision": Promised("初审", "结论", "流程走向", asked)}}
    drawn = {"p.bpmn": straight(task("a", gc__form="decided"), ids=("a",))}
    assert check_bundle(drawn, "p", known=replace(KNOWN, fields=fields, promised=promised)) == []


def test_it_crosses_to_the_child_unchanged():
    known = inspection.known()
    assert Known.from_json(json.loads(json.dumps(known.to_json()))).promised == known.promised


def test_what_is_kept_is_what_is_shipped():
    """A release that changes a field that is read writes the file anew, and so says that it does."""
    kept = json.loads(field_contract.KEPT.read_text("utf-8"))
    assert kept == json.loads(json.dumps(field_contract.of_library(LIBRARY))), (
        "python -m workflows.workshop.field_contract bpmn"
    )


def test_every_reader_reads_something():
    read = [(form, path) for form, fields in field_contract.promised().items() for path in fields]
    assert [each for each in READERS if not any(each.reads(*field) for field in read)] == []


# Words of the code that are also keys of forms: of a case, an enterprise, a letter, a list, not of what a form asked.
HOMONYMS = frozenset(
    {"amount", "body", "category", "date", "document_no", "entity_type", "final_amount", "item", "level", "name"}
    | {"opinion", "precap_amount", "price", "product", "reason", "role", "scope", "score", "standard", "stage", "uscc"}
    | {"field", "start", "target", "summary", "issuer", "handler_mobile", "handler_email", "expert_score"}
)


def test_every_key_that_the_program_names_is_promised():
    """A new check, letter or operation that reads a field says so in `read_fields`, `reads=` or the article's FACTS."""
    parts = forms.parts_among(LIBRARY)
    loaded = [forms.load(content, parts) for path, content in LIBRARY.items() if forms.is_form(path)]
    asked = {
        field.key for form in loaded for each in form.fields if not each.readonly for field in (each, *each.fields)
    }
    named = {
        constant.value
        for room in ("case", "casework", "rules/schemes")
        for module in (ROOT / "workflows" / room).rglob("*.py")
        for constant in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(constant, ast.Constant) and constant.value in asked
    }
    promised = {path.rpartition(".")[2] for fields in field_contract.promised().values() for path in fields}
    assert named - promised - HOMONYMS == set()


# What an owner does to a shipped form, and that the gate says so


def components(schema: Component) -> Iterator[tuple[list[Component], Component]]:
    for each in schema.get("components", []):
        yield schema["components"], each
        yield from components(each)


def redone(path: str, key: str, change: Callable[[list[Component], Component], None]) -> dict[str, bytes]:
    schema = json.loads(LIBRARY[path])
    siblings, component = next(pair for pair in components(schema) if key in (pair[1].get("key"), pair[1].get("path")))
    change(siblings, component)
    return {path: json.dumps(schema).encode()}


def deleted(siblings: list[Component], component: Component) -> None:
    siblings.remove(component)


def renamed(_: list[Component], component: Component) -> None:
    name = "path" if "path" in component else "key"
    component[name] += "_new"


def optional(_: list[Component], component: Component) -> None:
    component["validate"]["required"] = False


def made_text(_: list[Component], component: Component) -> None:
    for each in ("kind", "min", "max", "unit", "decimals"):
        component["properties"].pop(each, None)


def without_minimum(_: list[Component], component: Component) -> None:
    del component["properties"]["min"]


def begun_with(fact: str) -> Callable[[list[Component], Component], None]:
    return lambda _, component: component["properties"].update(prefill=f"fact:{fact}")


def hidden(_: list[Component], component: Component) -> None:
    component["conditional"] = {"hide": '=decision = "pass"'}


def read_only(_: list[Component], component: Component) -> None:
    component["readonly"] = True


def fewer_answers(_: list[Component], component: Component) -> None:
    component["values"].pop()


def another_word(_: list[Component], component: Component) -> None:
    component["values"][-1]["value"] = "other"


MISTAKES = [
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", deleted, "field-lost"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", renamed, "field-lost"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", optional, "field-weaker"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", made_text, "field-weaker"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", without_minimum, "field-weaker"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", begun_with("employees"), "field-weaker"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", hidden, "field-weaker"),
    ("retrofit", "forms/retrofit_verified.form", "approved_investment", read_only, "field-weaker"),
    ("retrofit", "forms/retrofit_verified.form", "granted_same_project", deleted, "field-lost"),
    ("retrofit", "forms/retrofit_verified.form", "other_district_paid", deleted, "field-lost"),
    ("retrofit", "forms/retrofit_application.form", "investment_other", deleted, "field-lost"),
    ("retrofit", "forms/retrofit_application.form", "filing_no", renamed, "field-lost"),
    ("retrofit", "forms/retrofit_application.form", "project_site", optional, "field-weaker"),
    ("retrofit", "forms/parts/invoices.form", "invoice_no", deleted, "field-lost"),
    ("retrofit", "forms/parts/cut_lines.form", "amount", made_text, "field-weaker"),
    ("retrofit", "forms/parts/subject.form", "subject_kind", optional, "field-weaker"),
    ("retrofit", "forms/parts/commitment.form", "commitment", deleted, "field-lost"),
    ("retrofit", "forms/retrofit_review.form", "a3_2", deleted, "field-lost"),
    ("retrofit", "forms/retrofit_review.form", "a3_2", fewer_answers, "field-weaker"),
    ("retrofit", "forms/retrofit_audit.form", "audited_investment", without_minimum, "field-weaker"),
    ("retrofit", "forms/site_inspection.form", "inspectors", deleted, "field-lost"),
    ("retrofit", "forms/deputy_review.form", "decision", another_word, "field-weaker"),
    ("retrofit", "forms/district_approval.form", "decision", another_word, "field-weaker"),
    ("retrofit", "forms/district_approval.form", "district_approved_on", optional, "field-weaker"),
    ("retrofit", "forms/credit_check.form", "credit_queried_on", deleted, "field-lost"),
    ("retrofit", "forms/joint_check.form", "joint_opinion", renamed, "field-lost"),
    ("retrofit", "forms/retrofit_score.form", "vote", deleted, "field-lost"),
    ("retrofit", "forms/payee_confirmation.form", "payment_amount", optional, "field-weaker"),
    ("retrofit", "forms/disbursement.form", "voucher_line", deleted, "field-lost"),
    ("carbon_intensity", "forms/carbon_intensity_verified.form", "e1_t", deleted, "field-lost"),
    ("carbon_intensity", "forms/carbon_intensity_verified.form", "e1_t", made_text, "field-weaker"),
    ("carbon_footprint", "forms/carbon_footprint_application.form", "certificates", renamed, "field-lost"),
    ("carbon_trading", "forms/carbon_trading_application.form", "settlement_no", deleted, "field-lost"),
    ("carbon_neutral", "forms/carbon_neutral_application.form", "certificate_no", renamed, "field-lost"),
    ("green_honour", "forms/green_honour_verified.form", "earlier_precap_same_honour", deleted, "field-lost"),
    ("green_event", "forms/green_event_verified.form", "gov_funds", optional, "field-weaker"),
    ("future_energy", "forms/future_energy_application.form", "received_date", deleted, "field-lost"),
    ("industry_cluster", "forms/industry_cluster_application.form", "cluster_name", renamed, "field-lost"),
    ("renewable_energy", "forms/renewable_energy_application.form", "site_uscc", deleted, "field-lost"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "path", "key", "mistake", "rule"),
    MISTAKES,
    ids=[f"{each[1].removeprefix('forms/')[:-5]}-{each[2]}-{number}" for number, each in enumerate(MISTAKES)],
)
def test_an_owner_s_mistake_is_found(scheme, path, key, mistake, rule):
    bundle = {**bundling.assemble(LIBRARY, scheme), **redone(path, key, mistake)}
    findings = [each for each in gatekeeper.judge(bundle, scheme, inspection.known()) if each.rule == rule]
    assert any(f"{key}）" in each.message_zh and "读取" in each.message_zh for each in findings)


def test_what_nobody_reads_is_the_owners_business():
    for key in ("annual_energy_saving", "summary"):
        bundle = {**bundling.assemble(LIBRARY, "retrofit"), **redone("forms/retrofit_application.form", key, deleted)}
        assert gatekeeper.judge(bundle, "retrofit", inspection.known()) == []
