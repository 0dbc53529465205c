"""A retrofit case from application to payment, by a client that knows only the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from storage import people
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from workflows.casework import dossiers

# What is done, and the status (domain.md 3.6) and stage (3.2) in which it leaves the case.
PATH = [
    ("fill_application", "SUBMITTED", "P03"),
    ("formality_check", "CREDIT_CHECK", "P05"),
    ("credit_check", "CREDIT_CHECK", "P05"),
    ("joint_check", "REVIEW", "P06"),
    ("substantive_review", "SITE", "P07"),
    ("site_inspection", "VERIFICATION", "P08"),
    ("audit_verification", "VERIFICATION", "P08b"),
    ("confirm_verified", "EXPERTS", "P09"),
    ("convene_review", "EXPERTS", "P09"),
    *[("declare_interest", "EXPERTS", "P09")] * 5,
    *[("score_application", "EXPERTS", "P09")] * 5,
    ("panel_opinion", "RECHECK", "P11"),
    ("chief_recheck", "RECHECK", "P11"),
    ("finance_recheck", "RECHECK", "P11"),
    ("legal_recheck", "RECHECK", "P11b"),
    ("deputy_review", "RECHECK", "P11b"),
    ("listed", "MEETING", "P12"),
    ("resolved", "PUBLICITY", "P13"),
    ("published", "PUBLICITY", "P13"),
    ("publicity_period", "DISTRICT_APPROVAL", "P15"),
    ("district_approval", "APPROVED", "P16"),
    ("decision_notice", "APPROVED", "P17"),
    ("fund_plan", "PAYEE_CONFIRM", "P18"),
    ("enter_payee", "PAYEE_CONFIRM", "P18"),
    ("confirm_payee", "PAYMENT", "P19"),
    ("pay", "PAID", "P19"),
]
# Parallel tasks may be done in any order.
TOGETHER = [{"credit_check", "joint_check"}, {"chief_recheck", "finance_recheck", "legal_recheck"}]


def test_a_case_goes_from_application_to_payment(office: Office) -> None:
    case = office.apply()
    seen = []
    while did := office.step(case):
        now = office.look(case)
        seen.append((did, now["status"], now["stage"]))
    assert [each[1:] for each in seen] == [each[1:] for each in PATH]
    assert [_together(each[0]) for each in seen] == [_together(each[0]) for each in PATH]
    paid = office.case(case)
    # 30 % of the verified 3,000,000 yuan, under the ceiling of the project and of the year.
    assert paid["precap_amount"] == paid["final_amount"] == paid["paid_amount"] == "900000"
    assert (paid["open_tasks"], paid["waiting_for"], paid["reason"]) == ([], [], None)


def _together(element: str) -> str:
    return next((" ".join(sorted(group)) for group in TOGETHER if element in group), element)


# What the office writes on the way; none of it is for the applicant.
INTERNAL = {
    "substantive_review": {"review_opinion": "内部初审意见甲"},
    "site_inspection": {"inspectors": "核查员乙、核查员丙"},
    "confirm_verified": {"verified_basis": "内部核定依据丁"},
    "panel_opinion": {"panel_opinion": "专家组意见戊"},
    "chief_recheck": {"opinion": "会签意见己"},
    "deputy_review": {"opinion": "分管意见庚"},
}


def test_an_applicant_never_reads_who_handles_the_case_or_what_they_think(at: At) -> None:
    office, case = at("fill_application")
    with at.database.transaction() as session:
        staff = {user.username: user.display_name for role in ROLES for user in people.users_with_role(session, role)}
    internal = "、".join(text for form in INTERNAL.values() for text in form.values())
    hidden = {*staff.values(), *internal.split("、")}
    while office.step(case, values=INTERNAL):
        for where, text in _texts(_shown_to_the_applicant(at, office, case)):
            # A role or a kind of letter may be called like somebody's user name.
            assert text not in staff or where.endswith(("/role", "/subject", "/kind")), f"{where}: {text}"
            assert not [word for word in hidden if word in text], f"{where}: {text}"


ROLES = (
    *("acceptance_clerk", "case_officer", "section_chief", "deputy_leader", "legal_officer", "finance_officer"),
    *("finance_reviewer", "meeting_secretary", "district_approver", "verifier", "expert", "review_organizer"),
    *("co_department", "discipline", "auditor", "archivist", "process_owner"),
)


def _shown_to_the_applicant(at: At, office: Office, case: str) -> dict[str, Any]:
    api = office.as_("e01")
    paths = [f"/cases/{case}{more}" for more in ("", "/history", "/calculation", "/documents", "/diagram")]
    paths += ["/cases", "/tasks", f"/tasks?case={case}", f"/tasks?case={case}&status=done", "/messages", "/batches"]
    paths += [f"/batches/{office.look(case)['batch']['id']}", "/public/notices"]
    paths += [f"/tasks/{task['id']}" for task in office.open_tasks(case)]
    shown: dict[str, Any] = {}
    for path in paths:
        status, answer = api.try_call("GET", path)
        assert status in (200, 403, 404), f"{path}: {answer}"
        shown[path] = answer
    with at.database.transaction() as session:
        dossier = dossiers.get_dossier(session, at.actor("e01"), case, at.instant(office.now()))
    for each in dossier["submissions"]:
        each.pop("form_object")
    dossier.pop("application_form")
    return {**shown, "dossier": json.loads(json.dumps(dossier, default=str))}


def _texts(shown: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every text in an answer, with where it stands."""
    if isinstance(shown, str):
        yield where, shown
    elif isinstance(shown, dict):
        for name, value in shown.items():
            yield from _texts(value, f"{where}/{name}")
    elif isinstance(shown, list):
        for number, value in enumerate(shown):
            yield from _texts(value, f"{where}/{number}")


def test_the_auditor_reads_everything_and_changes_nothing(at: At) -> None:
    office, case = at("pay")
    auditor = office.as_("auditor")
    assert auditor.get(f"/cases/{case}")["open_tasks"][0]["element_id"] == "pay"
    assert {event["actor"] for event in office.history(case)} >= {"officer", "chief", "organizer", "e01", "system"}
    diagrams = {each["key"]: each for each in auditor.get(f"/cases/{case}/diagram")["diagrams"]}
    assert {"retrofit", "intake", "expert_review", "publicity", "disbursement"} <= set(diagrams)
    assert "confirm_verified" in diagrams["retrofit"]["done"]
    assert diagrams["disbursement"]["open"] == ["pay"]
    assert diagrams["retrofit"]["flows"]
    done = auditor.get(f"/tasks?case={case}&status=done&limit=200")["items"]
    assert len(done) == len(PATH) - len({"listed", "resolved", "published", "publicity_period", "pay"})
    for task in done:
        assert auditor.get(f"/tasks/{task['id']}")["form"]["data"], task["element_id"]
    for path in (f"/tasks/{office.open_tasks(case)[0]['id']}/claim", f"/cases/{case}/suspension"):
        with refused(403):
            auditor.post(path, {"reason": "x"} if path.endswith("suspension") else {})
    assert auditor.get(f"/cases/{case}/calculation")["items"][0]["steps"]


def test_nobody_sees_what_is_not_theirs(at: At) -> None:
    office, case = at("publicity_period")
    for stranger in ("e02", "verifier2", "sysadmin"):
        status, _ = office.as_(stranger).try_call("GET", f"/cases/{case}")
        assert status in (403, 404), stranger
    assert office.as_("e02").get("/cases")["items"] == []
    for path in ("", "/history", "/documents", "/calculation"):
        with refused(404):
            office.as_("e02").get(f"/cases/{case}{path}")
