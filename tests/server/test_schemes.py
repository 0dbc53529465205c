"""What anybody may ask of the ten schemes: by call, on the page and on the command line, the vectors' figures."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server import cli
from tests.api_calls import refused
from tests.contract_client import Office
from tests.server.test_queries import counted
from workflows import rules
from workflows.codes.checklists import CHECKLISTS
from workflows.policy import schemes
from workflows.rules import parameters as law

VECTORS = {
    each["id"]: each
    for each in json.loads((Path(__file__).parents[1] / "rules/vectors.json").read_text("utf-8"), parse_float=Decimal)
}
CERTIFICATE = {"scope": "organisation", "certificate_valid": True, "certificate_used_before": False}
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("retrofit", VECTORS["V3-6"]["inputs"], VECTORS["V3-6"]["expected"]),
    ("green_honour", VECTORS["V4-3"]["inputs"], VECTORS["V4-3"]["expected"]),
    ("carbon_neutral", CERTIFICATE, VECTORS["V51a-1"]["expected"]),
    ("carbon_intensity", VECTORS["V51b-1"]["inputs"], VECTORS["V51b-1"]["expected"]["amount"]),
    ("carbon_footprint", VECTORS["V52-1"]["inputs"], VECTORS["V52-1"]["expected"]),
    ("carbon_trading", VECTORS["V53-4"]["inputs"], VECTORS["V53-4"]["expected"]),
    ("renewable_energy", VECTORS["V6-2"]["inputs"], VECTORS["V6-2"]["expected"]["before_entity_cap"]),
    ("future_energy", VECTORS["V7-1"]["inputs"], VECTORS["V7-1"]["expected"]["before_annual_cap"]),
    ("industry_cluster", {"instalment_ceiling": "1666666", "score": "85"}, VECTORS["V8-2"]["expected"]["pay"][1]),
    ("green_event", VECTORS["V9-4"]["inputs"], VECTORS["V9-4"]["expected"]),
]


def stated(scheme: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The vector's facts as JSON takes them: figures as strings, yes and no as booleans, no values of parameters."""
    names = {fact.name for fact in rules.SCHEMES[scheme].FACTS}
    return {
        name: value if isinstance(value, bool | str) else str(value) for name, value in inputs.items() if name in names
    }


def test_there_are_ten_each_with_its_facts_and_documents(shared_office: Office) -> None:
    items = shared_office.nobody.get("/schemes")["items"]
    assert [each["key"] for each in items] == list(rules.SCHEMES) == [case[0] for case in CASES]
    for each in items:
        assert [fact["name"] for fact in each["facts"]] == [fact.name for fact in rules.SCHEMES[each["key"]].FACTS]
        assert [paper["code"] for paper in each["documents"]] == [item.code for item in CHECKLISTS[each["key"]]]


def test_listing_them_asks_for_the_values_once(shared_app: Flask, shared_office: Office) -> None:
    with counted(shared_app) as statements:
        shared_office.nobody.get("/schemes")
    assert sum("FROM parameter_value" in statement for statement in statements) == 1


@pytest.mark.parametrize(("scheme", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_anybody_may_calculate(shared_office: Office, scheme: str, inputs: dict[str, Any], expected: str) -> None:
    answer = shared_office.nobody.post(f"/schemes/{scheme}/calculation", {"facts": stated(scheme, inputs)})
    assert answer["precap_amount"] == expected
    assert answer["eligible"] is True
    assert answer["reference_only"] == "参考测算、口径待明确、不作为兑现承诺"
    assert all(condition["article"] and condition["text"] for condition in answer["conditions"])
    assert answer["steps"][-1]["amount"] == expected
    assert [paper["code"] for paper in answer["documents"] if paper["required"]]
    assert set(answer["unconfirmed"]) <= set(rules.SCHEMES[scheme].PARAMETERS)


@pytest.mark.parametrize(("scheme", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_command_line_calculates_the_same(
    scheme: str, inputs: dict[str, Any], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(stated(scheme, inputs)), "utf-8")
    assert cli.main(["calculate", scheme, str(file)]) == 0
    assert f"{int(expected):,} 元" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(("scheme", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_page_shows_the_same(shared_app: Flask, scheme: str, inputs: dict[str, Any], expected: str) -> None:
    query = {name: str(value).lower() for name, value in stated(scheme, inputs).items()}
    answer = shared_app.test_client().get(f"/calculation/{scheme}", query_string=query)
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    assert f"{int(expected):,}元" in shown
    assert "不作为兑现承诺" in shown
    assert all(item.name in shown for item in CHECKLISTS[scheme])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("72%", "180,000元"), ("0.72", "180,000元"), ("72.5％", "180,000元"), ("49.99%", "不符合支持条件")],
)
def test_a_share_may_be_written_as_a_percentage(shared_app: Flask, typed: str, shown: str) -> None:
    query = {"cert_cost_net": "180，000", "coverage": typed, "first_time": "true"}
    page = shared_app.test_client().get("/calculation/carbon_footprint", query_string=query)
    assert shown in page.get_data(as_text=True)


def test_what_is_no_figure_is_shown_at_its_field(shared_app: Flask) -> None:
    query = {"cert_cost_net": "18万", "coverage": "72%", "first_time": "true"}
    page = shared_app.test_client().get("/calculation/carbon_footprint", query_string=query)
    assert page.status_code == 422
    assert "“核定认证费用”填写有误" in page.get_data(as_text=True)


def test_a_contested_reading_is_assumed_at_its_least_and_said() -> None:
    """The same facts bring 500,000 or 800,000 yuan by the reading; none ships."""
    facts = {"level": "national", "earlier_precap_same_honour": "500000", "earlier_paid_same_honour": "200000"}
    result, assumed = schemes.determine_cautiously("green_honour", facts, law.values({}), date(2026, 3, 2))
    assert (result.precap_amount, [each["value"] for each in assumed]) == (500_000, ["pre_cap"])
    chosen = law.values({"a4.promotion_basis": "paid"})
    result, assumed = schemes.determine_cautiously("green_honour", facts, chosen, date(2026, 3, 2))
    assert (result.precap_amount, assumed) == (800_000, [])


def test_only_staff_change_a_value(shared_office: Office) -> None:
    body = {"facts": CERTIFICATE, "parameters": {"a5_1a.amount": "200000"}}
    with refused(403):
        shared_office.nobody.post("/schemes/carbon_neutral/calculation", body)
    assert shared_office.as_("officer").post("/schemes/carbon_neutral/calculation", body)["precap_amount"] == "200000"


def test_the_trial_asks_who_applies_and_does_not_say_yes_before_it_knows(shared_app: Flask) -> None:
    visitor = shared_app.test_client()
    query = {"approved_investment": "6000000"}
    page = visitor.get("/calculation/retrofit", query_string=query).get_data(as_text=True)
    assert "符合已填写的条件" in page and "未核实：" in page and "1,800,000元" in page
    assert 'name="subject_kind"' in page.partition("<details")[0]
    told = {"registered_in_area": "true", "site_in_area": "true"}
    page = visitor.get("/calculation/retrofit", query_string={**query, **told, "subject_kind": "software"})
    assert "不符合支持条件" in page.get_data(as_text=True)
    page = visitor.get("/calculation/retrofit", query_string={**query, **told, "subject_kind": "data_centre"})
    assert "未核实" not in page.get_data(as_text=True) and "符合支持条件" in page.get_data(as_text=True)


def test_the_call_says_null_where_nobody_verified(shared_office: Office) -> None:
    facts: dict[str, Any] = {"approved_investment": "6000000"}
    answer = shared_office.nobody.post("/schemes/retrofit/calculation", {"facts": facts})
    assert (answer["eligible"], answer["precap_amount"]) == (True, "1800000")
    assert {each["met"] for each in answer["conditions"]} == {True, None}
    facts |= {"subject_kind": "manufacturing", "site_in_area": False}
    answer = shared_office.nobody.post("/schemes/retrofit/calculation", {"facts": facts})
    assert (answer["eligible"], answer["precap_amount"]) == (False, "0")
    assert {each["code"]: each["met"] for each in answer["conditions"]}["SITE_IN_AREA"] is False


def test_the_command_line_says_what_is_not_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "facts.json").write_text(json.dumps({"approved_investment": "6000000"}), "utf-8")
    assert cli.main(["calculate", "retrofit", str(tmp_path / "facts.json")]) == 0
    assert "未核实  第三条  申报主体类型未核实" in capsys.readouterr().out
