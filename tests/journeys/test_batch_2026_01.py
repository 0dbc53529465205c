"""Batch 2026-01 of the specification (domain.md 7): twenty cases through their diagrams, to the last yuan.

Every figure that is expected here stands in `batch_2026_01.json`, as the specification has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract_client import Office
from tests.journeys.projects import fix_list
from tests.journeys.test_publicity import investigate
from workflows import rules

FOLDER = Path(__file__).parent
CASES = {each["case_no"]: each for each in json.loads((FOLDER / "batch_2026_01.json").read_text("utf-8"))}
HISTORY = json.loads((FOLDER.parents[1] / "server" / "demo" / "historic_awards.json").read_text("utf-8"))
LISTED = ("C03", "C04")  # 免申即享
VETOED = "C19"


def day(text: str, hour: int = 10) -> str:
    return f"{text}T{hour:02}:00:00+08:00"


def application(each: Mapping[str, Any]) -> dict[str, Any]:
    """What the firm declares: the specification's figures, with parts that add up."""
    inputs, scheme = each["inputs"], each["scheme"]
    figure = next(
        (
            inputs[name]
            for name in ("declared_investment", "approved_investment_before_objection", "approved_investment")
            if inputs.get(name)
        ),
        None,
    )
    match scheme:
        case "retrofit":
            parts = dict.fromkeys(("investment_construction", "investment_software", "investment_other"), "0")
            return {
                "filing_no": each["matter_key"],
                "declared_investment": figure,
                "investment_equipment": figure,
                "declared_amount": "100000",
                **parts,
            }
        case "renewable_energy":
            return {"filing_no": each["matter_key"], "declared_investment": figure, "declared_amount": "100000"}
        case "future_energy":
            amount = inputs["city_award_received"]
            return {"filing_no": each["matter_key"], "city_award_approved": amount, "city_award_received": amount}
        case "carbon_neutral":
            return {"certificate_no": inputs["certificate_no"]}
        case "carbon_intensity":
            return dict(inputs)
        case "carbon_footprint":
            return {
                "cert_cost_net": inputs["cert_cost_net"],
                "first_time": inputs["first_time"],
                "declared_amount": inputs["cert_cost_net"],
                "main_revenue_y1": "100000000",
                "products_revenue_y1": str(int(Decimal(inputs["coverage"]) * 100_000_000)),
            }
        case "green_event":
            return {"declared_amount": "900000"}
        case _:
            return {}


def verified(each: Mapping[str, Any], **changed: str) -> dict[str, Any]:
    """What the officer confirms: the facts of the contract's table, and nothing that the form does not ask for."""
    names = {fact.name for fact in rules.SCHEMES[each["scheme"]].FACTS if not fact.optional}
    return {name: value for name, value in each["inputs"].items() if name in names and value is not None} | changed


class Batch:
    """The twenty cases by their numbers of the specification."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.references: dict[str, str] = {}
        office.wait_until(day("2026-03-02"))
        office.confirm_parameters()
        office.import_history(HISTORY)
        self.id = office.make_batch("2026年第一批（虚构）", schemes=list(rules.SCHEMES))

    def applicant(self, number: str) -> str:
        return str(CASES[number]["enterprise"]).lower()

    def apply(self, number: str, **more: Any) -> str:
        each, applicant = CASES[number], self.applicant(number)
        reference = self.office.apply(applicant, each["title"], self.id, each["scheme"])
        self.references[number] = reference
        self.office.submit(reference, applicant, **(application(each) | more))
        return reference

    def accept(self, number: str) -> None:
        self.office.do(self.references[number], "formality_check")

    def to_the_list(self, number: str, **figures: str) -> None:
        """From acceptance to the chief's list; the audit finds what the officer confirms."""
        each, reference = CASES[number], self.references[number]
        facts = verified(each, **figures)
        self.office.drive(
            reference,
            until="listed",
            applicant=self.applicant(number),
            values={"audit_verification": self.audit(each, facts), "confirm_verified": facts},
        )

    def audit(self, each: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        match each["scheme"]:
            case "retrofit" | "renewable_energy":
                declared, approved = application(each)["declared_investment"], facts["approved_investment"]
                cut = Decimal(declared) - Decimal(approved)
                lines = [{"item": "待摊费用", "amount": str(cut), "reason": "与项目无关"}] if cut else []
                return {"audited_investment": approved} | ({"cut_lines": lines} if lines else {})
            case _:
                return {}

    def case(self, number: str) -> Any:
        return self.office.case(self.references[number])


@pytest.fixture
def batch(office: Office) -> Batch:
    return Batch(office)


def test_the_batch_pays_what_the_specification_says(batch: Batch) -> None:
    office = batch.office
    _candidates(batch)
    _applications(batch)
    for number in CASES:
        if number == VETOED:
            continue
        figures = {"approved_investment": "7500000"} if number == "C20" else {}
        batch.to_the_list(number, **figures)
    _veto(batch)
    office.wait_until(day("2026-06-04"))
    fix_list(office, batch.id)
    assert batch.case("C20")["final_amount"] == "2000000"
    office.wait_until(day("2026-06-05"))
    _check_credit_anew(batch)
    _resolve(batch)
    assert batch.case("C16")["status"] == "MEETING", "kept until the better case is decided"
    office.wait_until(day("2026-06-08"))
    office.as_("officer").post(f"/batches/{batch.id}/publicity")
    _objection(batch)
    for number in CASES:
        if batch.case(number)["status"] in ("PUBLICITY", "DISTRICT_APPROVAL"):
            office.drive(batch.references[number], applicant=batch.applicant(number))
    _outcomes(batch)


def _candidates(batch: Batch) -> None:
    """C03 and C04 come from the official list; each firm confirms on one page."""
    office = batch.office
    rows = [
        {"name": "北京运测精密电子有限公司（虚构）", "uscc": CASES["C03"]["uscc"], "level": "市级"},
        {"name": "北京潞测绿能装备制造有限公司（虚构）", "uscc": CASES["C04"]["uscc"], "level": "国家级"},
    ]
    listed = office.import_list(
        "green_honour",
        batch.id,
        ["企业名称", "统一社会信用代码", "荣誉类型", "级别", "认定日期", "文号"],
        [[row["name"], row["uscc"], "绿色工厂", row["level"], "2025-12-20", "虚构工信〔2025〕9号"] for row in rows],
    )
    made = office.as_("officer").post(f"/official-lists/{listed}/candidates")
    assert len(made["items"]) == 2
    for number in LISTED:
        applicant = batch.applicant(number)
        [case] = office.as_(applicant).get("/cases?scheme=green_honour")["items"]
        batch.references[number] = case["reference"]
        office.applicants[case["reference"]] = applicant
        office.do(case["reference"], "confirm_candidate", by=applicant)


def _applications(batch: Batch) -> None:
    office = batch.office
    numbers = [number for number in CASES if number not in LISTED]
    events = [(CASES[number]["accepted_on"], "accept", number) for number in numbers]
    events += [
        ("2026-03-26" if number == "C14" else CASES[number]["accepted_on"], "apply", number) for number in numbers
    ]
    events += [("2026-03-30", "correct", "C14"), ("2026-04-08", "resubmit", "C14")]
    order = {"apply": 0, "correct": 1, "resubmit": 2, "accept": 3}
    today = ""
    for on, act, number in sorted(events, key=lambda event: (event[0], order[event[1]], event[2])):
        if on != today:
            office.wait_until(day(today := on))
        if act == "apply":
            batch.apply(number)
        elif act == "accept":
            batch.accept(number)
        elif act == "correct":
            _ask_for_what_is_missing(batch, number)
        else:
            [task] = office.open_tasks(batch.references[number])
            assert task["due_on"] == "2026-04-14", "domain.md 7.4"
            office.do(batch.references[number], "correction")
    assert {number: batch.case(number)["accepted_at"][:10] for number in numbers} == {
        number: CASES[number]["accepted_on"] for number in numbers
    }


def _ask_for_what_is_missing(batch: Batch, number: str) -> None:
    missing = CASES[number]["docs_missing_at_first_submission"]
    items = [{"document_code": code, "problem": "首次提交未见此材料"} for code in missing]
    batch.office.do(batch.references[number], "formality_check", decision="correct", correction_items=items)


def _veto(batch: Batch) -> None:
    """C19: the firm is on a list, is heard, and then ended."""
    reference = batch.references[VETOED]
    batch.office.drive(reference, applicant="e11")
    case = batch.case(VETOED)
    assert (case["status"], case["reason"]) == ("VETOED", "CREDIT_VETO")


def _check_credit_anew(batch: Batch) -> None:
    """The credit of March is older than 30 days in June: whoever is on the list is looked up again."""
    for reference in batch.references.values():
        if "credit_recheck" in batch.office.at(reference):
            batch.office.do(reference, "credit_recheck")


def _resolve(batch: Batch) -> None:
    decisions = []
    for number, reference in batch.references.items():
        case = batch.case(number)
        if any(wait["element_id"] == "resolved" for wait in case["waiting_for"]):
            supported = case["final_amount"] != "0"
            reason = {} if supported else {"reason": "拟支持金额为0元"}
            decisions.append({"case": reference, "result": "support" if supported else "refuse", **reason})
    batch.office.as_("meeting").post(
        f"/batches/{batch.id}/resolution", {"minutes_no": "虚构会纪〔2026〕8号", "decisions": decisions}
    )


def _objection(batch: Batch) -> None:
    """C20: upheld, verified again at 6,000,000, resolved again, and published again (domain.md 7.2)."""
    office, reference = batch.office, batch.references["C20"]
    notice = office.nobody.get("/public/notices")["items"][0]["id"]
    shown = {item["case"]: item for item in office.nobody.get(f"/public/notices/{notice}")["items"]}
    assert shown[reference]["amount"] == "2000000"
    assert shown[batch.references["C04"]]["remark"] == "年度限额调减"
    assert shown[batch.references["C13"]]["remark"] == "主体年度限额调减"
    office.wait_until(day("2026-06-10"))
    said = {
        "name": "测试异议人",
        "id_no": "110101199001011237",
        "phone": "13800000000",
        "text": "设备投资额与实际不符。",
    }
    objection = office.nobody.post(f"/public/notices/{notice}/objections", {"case": reference, **said})
    office.as_("discipline").post(f"/objections/{objection['id']}/acceptance")
    investigate(office, reference)
    office.do(reference, "objection_handling", decision="uphold")
    office.do(reference, "objection_legal_review")
    office.wait_until(day("2026-06-24"))
    facts = {"approved_investment": "6000000.00"}
    office.drive(
        reference,
        until="listed",
        applicant="e12",
        values={"audit_verification": batch.audit(CASES["C20"], facts), "confirm_verified": facts},
    )
    office.wait_until(day("2026-06-25"))
    fix_list(office, batch.id)
    assert batch.case("C20")["final_amount"] == "1800000"
    office.resolve(batch.id, reference, "support")
    office.wait_until(day("2026-06-26"))
    again = office.as_("officer").post(f"/batches/{batch.id}/publicity")
    assert {item["case"]: item["amount"] for item in again["items"]} == {reference: "1800000"}


def _outcomes(batch: Batch) -> None:
    cases = {number: batch.case(number) for number in CASES}
    assert {number: case["precap_amount"] or "0" for number, case in cases.items()} == {
        number: each["amount_before_group_rules"] for number, each in CASES.items()
    }
    paid = {number: case["paid_amount"] or "0" for number, case in cases.items()}
    assert paid == {number: each["final_amount"] for number, each in CASES.items()}
    assert sum(int(amount) for amount in paid.values()) == 13_847_846
    reasons = {number: case["reason"] for number, case in cases.items() if case["status"] != "PAID"}
    assert reasons == {"C08": "BELOW_THRESHOLD", "C10": "NOT_FIRST", "C16": "BEST_ONLY", VETOED: "CREDIT_VETO"}
    for number, reference in batch.references.items():
        _repeat(CASES[number]["scheme"], batch.office.as_("auditor").get(f"/cases/{reference}/calculation")["items"])
    room = {}
    for each in CASES.values():
        account = batch.office.as_("auditor").get(f"/enterprises/{each['uscc']}/ledger?year=2026")
        room[each["enterprise"]] = account["available"]
    assert room == {
        "E01": "0",
        "E02": "1000000",
        "E03": "0",
        "E04": "1600000",
        "E05": "1788820",
        "E06": "0",
        "E07": "1730000",
        "E08": "500000",
        "E09": "333334",
        "E10": "1000000",
        "E11": "2000000",
        "E12": "200000",
    }


def _repeat(scheme: str, kept: list[Any]) -> None:
    """Every calculation can be made again from what was kept with it, and comes out the same."""
    for each in kept:
        values = rules.parameters.values({parameter["id"]: parameter["value"] for parameter in each["parameters"]})
        again = rules.determine(scheme, each["facts"], values, date.fromisoformat(each["at"][:10])).as_dict()
        for part in ("computed_amount", "item_amount", "precap_amount", "conditions", "steps", "facts"):
            assert again[part] == each[part], (scheme, part)
