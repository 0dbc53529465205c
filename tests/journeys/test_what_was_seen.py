"""What is confirmed is what was seen: whoever is faster, nothing comes into force that nobody looked at."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from storage.parameters import ParameterValue
from tests.api_calls import refused
from tests.contract_client import fill
from tests.journeys.conftest import At, Stages
from tests.journeys.test_races import answering, at_once, posting
from tests.journeys.test_record import broken
from tests.server.signing_in import put_into_cookie, token_of

AMOUNT, RATE = "a5_1a.amount", "a3.rate"
ROUNDS = 6
MINUTES = "虚构会纪〔2026〕9号"


@pytest.fixture(autouse=True)
def _without_csrf(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(stages.app.config, "WTF_CSRF_ENABLED", False)


def proposing(value: str) -> dict[str, str]:
    return {"value": value, "basis": f"虚构文〔2026〕{value}号"}


def desk(at: At, username: str) -> FlaskClient:
    """A person at his browser; the CSRF tokens of the forms are taken for right."""
    client = at.app.test_client()
    put_into_cookie(client, token_of(at.app, username))
    return client


def in_force(at: At, parameter: str) -> list[tuple[str, str | None]]:
    """The values of a parameter that were confirmed, with who did it, in order; the seed's are left out."""
    with at.database.transaction() as session:
        found = session.scalars(
            select(ParameterValue)
            .where(ParameterValue.parameter == parameter, ParameterValue.confirmed_at.is_not(None))
            .order_by(ParameterValue.id)
        )
        return [(each.value, each.basis) for each in found if "号" in each.basis]


def test_who_confirms_while_another_proposes_confirms_what_he_saw_or_nothing(at: At) -> None:
    """C2: 110,000 was seen, 290,000 came into force."""
    office, _ = at("fill_application")
    before = len(in_force(at, AMOUNT))
    outcomes = set()
    for number in range(ROUNDS):
        seen, other = str(110_000 + number), str(290_000 - number)
        path = f"/parameters/{AMOUNT}"
        made = office.as_("owner").post(f"{path}/proposals", proposing(seen))["proposal"]
        proposed, confirmed = at_once(
            posting(at, office, "owner", f"{path}/proposals", proposing(other)),
            answering(at, office, "owner2", f"{path}/confirmations", {"proposal": made["id"]}),
        )
        assert (proposed, confirmed[0]) in ((201, 201), (201, 409)), confirmed
        outcomes.add(confirmed[0])
        done = in_force(at, AMOUNT)[before:]
        assert [value for value, _ in done] == ([seen] if confirmed[0] == 201 else [])
        before += len(done)
        # What was proposed anew still waits for somebody to look at it.
        [standing] = [each for each in office.as_("owner").get("/parameters")["items"] if each["id"] == AMOUNT]
        assert standing["proposal"]["value"] == other
    assert outcomes <= {201, 409}
    assert broken(at) == []


def test_one_proposal_is_confirmed_once(at: At) -> None:
    office, _ = at("fill_application")
    at.give("officer", "process_owner")
    path = f"/parameters/{AMOUNT}"
    made = office.as_("owner").post(f"{path}/proposals", proposing("120000"))["proposal"]
    body, done = {"proposal": made["id"]}, in_force(at, AMOUNT)
    answers = at_once(*(posting(at, office, name, f"{path}/confirmations", body) for name in ("owner2", "officer") * 2))
    assert sorted(answers) == [201, 409, 409, 409]
    assert in_force(at, AMOUNT) == [*done, ("120000", "虚构文〔2026〕120000号")]
    assert broken(at) == []


def test_the_bulk_page_confirms_all_that_was_seen_or_nothing(at: At) -> None:
    office, _ = at("fill_application")
    second = desk(at, "owner2")
    for number in range(ROUNDS):
        rate, amount = f"0.2{number}", str(130_000 + number)
        ids = {
            key: office.as_("owner").post(f"/parameters/{key}/proposals", proposing(value))["proposal"]["id"]
            for key, value in ((RATE, rate), (AMOUNT, amount))
        }
        sent = {"chosen": list(ids), **{f"proposal-{key}": each for key, each in ids.items()}}
        before = {key: in_force(at, key) for key in ids}
        status, _ = at_once(
            lambda sent=sent: second.post("/parameters/confirmations", data=sent).status_code,
            posting(at, office, "owner", f"/parameters/{AMOUNT}/proposals", proposing("299999")),
        )
        fresh = {key: [value for value, _ in in_force(at, key)[len(before[key]) :]] for key in ids}
        assert fresh == ({RATE: [rate], AMOUNT: [amount]} if status == 303 else {RATE: [], AMOUNT: []}), status
        assert status in (303, 409)
    assert broken(at) == []


def test_a_meeting_decides_on_the_amount_that_it_had_before_it(at: At) -> None:
    """1,800,000 and 200,000 are listed; the first is cut, and the second gets what falls free, up to its 900,000."""
    office, large, small = at("resolved", "siblings")
    batch, secretary = office.case(small)["batch"]["id"], desk(at, "meeting")
    page = secretary.get(f"/batches/{batch}").get_data(as_text=True)
    assert re.findall(rf'name="listed-{small}" value="(\d+)"', page) == ["200000"]
    cut = {
        "case": large,
        "result": "adjust",
        "amount": "1000000",
        "reason": "与同类项目平衡",
        "listed_amount": "1800000",
    }
    office.as_("meeting").post(f"/batches/{batch}/resolution", {"minutes_no": MINUTES, "decisions": [cut]})
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})
    assert office.case(small)["final_amount"] == "900000"

    decision = {"case": small, "result": "support", "listed_amount": "200000"}
    with refused(409) as why:
        office.as_("meeting").post(f"/batches/{batch}/resolution", {"minutes_no": MINUTES, "decisions": [decision]})
    assert small in why.detail and "原200,000元，现900,000元" in why.detail
    sent = {"minutes_no": MINUTES, "case": small, f"result-{small}": "support", f"listed-{small}": "200000"}
    answer = secretary.post(f"/batches/{batch}/resolution", data=sent)
    assert answer.status_code == 409 and "原200,000元，现900,000元" in answer.get_data(as_text=True)
    assert office.at(small) == {"resolved"}
    for unreadable in ("二十万", "NaN", "-1"):
        with refused(422):
            office.as_("meeting").post(
                f"/batches/{batch}/resolution",
                {"minutes_no": MINUTES, "decisions": [{**decision, "listed_amount": unreadable}]},
            )
    sent[f"listed-{small}"] = "900000"
    assert secretary.post(f"/batches/{batch}/resolution", data=sent).status_code == 303
    assert office.at(small) == {"published"}
    assert broken(at) == []


def test_a_task_is_completed_on_the_documents_that_were_seen(at: At) -> None:
    """The clerk has a complete file before him; the applicant takes a document out of it, or sends another version."""
    office, case = at("fill_application")
    sent = office.as_("e01").upload(case, "DOC_LICENSE")
    office.submit(case)
    clerk, task = desk(at, "acceptance"), office.task(case, "formality_check")
    data = fill(office.schema(case, "formality_check", "acceptance"))

    def seen() -> dict[str, str]:
        page = clerk.get(f"/tasks/{task['id']}").get_data(as_text=True)
        [digest] = re.findall(r'name="seen-documents" value="([0-9a-f]{64})"', page)
        assert digest == office.as_("acceptance").get(f"/cases/{case}/documents")["digest"]
        return {"seen-documents": digest, **{key: str(value) for key, value in data.items()}}

    changes = (
        lambda: office.as_("e01").upload(case, "DOC_LICENSE", b"%PDF-1.7 another\n%%EOF\n"),
        lambda: office.as_("e01").call("DELETE", f"/cases/{case}/documents/{sent['id']}"),
    )
    for change in changes:
        before = seen()
        change()
        refused_page = clerk.post(f"/tasks/{task['id']}", data=before)
        text = refused_page.get_data(as_text=True)
        assert refused_page.status_code == 412 and "本件材料在你打开本页之后有变化" in text
        body = {"data": data, "documents": before["seen-documents"]}
        with refused(412):
            office.as_("acceptance").post(f"/tasks/{task['id']}/completion", body)
        assert office.at(case) == {"formality_check"}
    assert clerk.post(f"/tasks/{task['id']}", data=seen()).status_code == 303
    assert office.case(case)["status"] != "SUBMITTED"
    assert broken(at) == []
