"""P11 and P11b: chief, finance and legal countersign; one return sends the case back to the confirmed figure."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.contract_client import Office
from tests.engine.redrawing import Drawing
from tests.journeys.conftest import At
from tests.offices import person
from workflows.workshop import bundling, deployments

LIBRARY = Path(__file__).parents[2] / "bpmn"


def test_one_return_leads_to_a_new_figure_and_calculation_but_to_no_second_panel(at: At) -> None:
    office, case = at("chief_recheck")
    office.do(case, "chief_recheck")
    office.do(case, "finance_recheck", decision="return", opinion="核定金额依据不足，请复核")
    office.do(case, "legal_recheck")
    assert office.at(case) == {"confirm_verified"}
    assert office.case(case)["status"] == "VERIFICATION"

    office.do(case, "confirm_verified", approved_investment="2500000")
    assert office.at(case) == {"chief_recheck", "finance_recheck", "legal_recheck"}
    calculations = office.as_("auditor").get(f"/cases/{case}/calculation")["items"]
    assert [each["precap_amount"] for each in calculations] == ["900000", "750000"]
    office.drive(case, until="listed")
    assert office.case(case)["precap_amount"] == "750000"


def test_the_deputy_leader_sends_a_case_back(at: At) -> None:
    office, case = at("deputy_review")
    office.do(case, "deputy_review", decision="return")
    assert office.at(case) == {"confirm_verified"}
    office.drive(case, until="listed")
    assert office.case(case)["status"] == "RECHECK"


def publish_with_budget(at: At, office: Office) -> None:
    """A fourth countersigner behind finance, whom the summary names."""
    library = dict(bundling.read_library(LIBRARY))
    drawing = Drawing(library["shared/recheck.bpmn"]).insert(
        "budget_recheck", "finance_recheck_to_recheck_join", lane="finance_officer", form="recheck", name="预算会签"
    )
    tasks = drawing.node("settle_recheck")[0][0]
    tasks.set("value", f"{tasks.get('value')} budget_recheck")
    library["shared/recheck.bpmn"] = drawing.bytes
    bundle = bundling.assemble(library, "retrofit")
    now = datetime.fromisoformat(office.now())
    with at.database.transaction() as session:
        deployments.publish(session, "retrofit", bundle, person("owner2", "process_owner"), now)


def test_a_countersigner_whom_the_owners_added_is_heard(at: At) -> None:
    """B6: his 退回 was on record, and the case went on to the deputy leader."""
    office, _ = at("chief_recheck")
    publish_with_budget(at, office)
    case = office.apply()
    office.drive(case, until="chief_recheck")
    for task in ("chief_recheck", "legal_recheck", "finance_recheck"):
        office.do(case, task)
    office.do(case, "budget_recheck", decision="return", opinion="预算不足，不同意")
    assert office.at(case) == {"confirm_verified"}
