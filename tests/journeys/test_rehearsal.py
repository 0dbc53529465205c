"""Past cases replayed through what is drawn anew: the same unless the drawing, the form or the value says otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text

from server import seed
from storage import cases
from storage.audit import AuditEvent
from storage.cases import Reach, Scope
from storage.database import Session
from storage.instances import Instance
from storage.questions import case_lists
from tests.contract_client import Office
from tests.engine.redrawing import Drawing
from tests.journeys.conftest import At, investment, ten_schemes
from tests.working_off import work_off
from workflows import rehearsal
from workflows.case.bundles import bundle_of
from workflows.errors import Conflict, Forbidden, Invalid
from workflows.foresight import rehearsals
from workflows.rehearsal import Model
from workflows.workshop import case_records, drafts, scenarios

NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
RETROFIT = "retrofit.bpmn"
CORRECT = {"decision": "correct", "correction_items": [{"document_code": "DOC_INVOICE", "problem": "发票缺页，请补齐"}]}
ENDS = ("paid", "cut", "corrected", "refused", "withdrawn", "running", "lapsed")


def retrofits(office: Office) -> Sequence[str]:
    """Retrofit cases that ended in every usual way, and one under way, by `ENDS`."""
    ten_schemes(office)
    office.as_("owner")
    found: dict[str, str] = {}

    def apply(name: str, firm: str, yuan: int) -> str:
        found[name] = reference = office.apply(firm, f"节能改造（{name}）")
        office.submit(reference, **investment(yuan))
        return reference

    corrected = apply("corrected", "e02", 2_000_000)
    lapsed = apply("lapsed", "e03", 2_000_000)
    for reference in (corrected, lapsed):
        office.do(reference, "formality_check", **CORRECT)
    office.wait_until("2026-03-09T10:00:00+08:00")
    office.do(corrected, "correction", **investment(2_000_000))
    for letter in office.as_("e03").get("/messages")["items"]:
        office.as_("e03").post(f"/messages/{letter['id']}/reading")
    refused = apply("refused", "e04", 2_000_000)
    office.drive(refused, until="substantive_review")
    office.do(refused, "substantive_review", decision="refuse", reason_code="BELOW_THRESHOLD", a3_2="not_met")
    office.drive(refused)
    withdrawn = apply("withdrawn", "e05", 2_000_000)
    office.drive(withdrawn, until="site_inspection")
    office.as_("e05").post(f"/cases/{withdrawn}/withdrawal", {"reason": "另有安排"})
    office.drive(apply("running", "e06", 2_000_000), until="chief_recheck")
    paid, cut = apply("paid", "e01", 3_000_000), apply("cut", "e07", 12_000_000)
    for reference in (corrected, paid, cut):
        office.drive(reference, until="listed")
    for reference in (corrected, paid, cut):
        office.drive(reference)
    return tuple(found[name] for name in ENDS)


def suspended(office: Office) -> Sequence[str]:
    """A case that was suspended while the firm had to correct, and corrected after the day first set for it."""
    ten_schemes(office)
    office.as_("owner")
    reference = office.apply("e02", "节能改造（suspended）")
    office.submit(reference, **investment(2_000_000))
    office.do(reference, "formality_check", **CORRECT)
    office.wait_until("2026-03-04T10:00:00+08:00")
    office.as_("chief").post(f"/cases/{reference}/suspension", {"reason": "等待上级部门意见"})
    office.wait_until("2026-03-18T10:00:00+08:00")
    office.as_("chief").post(f"/cases/{reference}/resumption")
    office.wait_until("2026-03-19T10:00:00+08:00")
    office.do(reference, "correction", **investment(2_000_000))
    office.drive(reference, until="chief_recheck")
    return (reference,)


@pytest.fixture
def told(at: At) -> At:
    at.after(retrofits)
    return at


def case_ids(session: Session) -> dict[int, str]:
    listed = case_lists.list_visible(session, Scope(Reach.ALL), case_lists.Filters())
    return {case.id: case.title.split("（")[1].rstrip("）") for case in listed}


def redraw(session: Session, change: Any, forms: Mapping[str, bytes] | None = None) -> int:
    """A draft of `retrofit` whose diagram is changed by a function on its bytes."""
    owner = seed.actor(session, "owner")
    draft = int(drafts.open_draft(session, owner, "retrofit", title="推演用草稿", now=NOW)["id"])
    for path, content in (forms or {}).items():
        drafts.save_file(session, owner, draft, path, content, etag=None, now=NOW)
    file = drafts.read_file(session, owner, draft, RETROFIT)
    drafts.save_file(session, owner, draft, RETROFIT, change(file.content), etag=file.etag, now=NOW)
    return draft


def energy_opinion(diagram: bytes) -> bytes:
    """A stage more, between site inspection and audit."""
    drawing = Drawing(diagram)
    flow = "inspection_outcome_to_verification"
    return drawing.insert(
        "energy_opinion", flow, lane="case_officer", form="site_inspection", name="节能诊断意见"
    ).bytes


def without_fund_plan(diagram: bytes) -> bytes:
    """A stage less."""
    return Drawing(diagram).bypass("fund_plan").bytes


def rehearse(at: At, draft: int | None, *, scope: str = "all", **parameters: str) -> dict[str, dict[str, Any]]:
    """Run a rehearsal to its end; its rows by the name of the case in the story."""
    with at.database.transaction() as session:
        values = {name.replace("__", "."): value for name, value in parameters.items()}
        owner = seed.actor(session, "owner")
        run = rehearsals.start(session, owner, key="retrofit", draft_id=draft, parameters=values, scope=scope, now=NOW)
    work_off(at.app)
    with at.database.transaction() as session:
        auditor = seed.actor(session, "auditor")
        shown = rehearsals.get_run(session, auditor, run)
        assert (shown["state"], shown["done"]) == ("done", shown["total"]), shown
        items = rehearsals.list_rows(session, auditor, run).items
        assert sum(shown["counts"].values()) == len(items) == shown["total"]
    return {item["title"].split("（")[1].rstrip("）"): item for item in items}


def verdicts(found: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {name: row["verdict"] for name, row in found.items()}


def test_through_its_own_version_every_case_comes_out_the_same(told: At) -> None:
    with told.database.transaction() as session:
        records = case_records.read_records(session, case_ids(session))
        assert len(records) == len(ENDS)
        for each in records:
            bundle = bundle_of(session, each.definition_id)
            replayed = rehearsal.replay(Model(bundle.diagrams, bundle.forms, {}), each.record)
            assert replayed.outcome == each.actual or rehearsal.judge(each.actual, replayed).verdict == "same"
            assert not replayed.left_out and not replayed.missing
            assert rehearsal.Record.from_json(each.record.as_json()) == each.record


def test_a_new_stage_needs_data_that_no_old_case_has(told: At) -> None:
    with told.database.transaction() as session:
        draft = redraw(session, energy_opinion)
    found = rehearse(told, draft)
    assert verdicts(found) == {
        **dict.fromkeys(("paid", "cut", "corrected", "running"), "needs_data"),
        **dict.fromkeys(("refused", "withdrawn", "lapsed"), "same"),
    }
    paid = found["paid"]
    assert paid["where"] == {"element_id": "energy_opinion", "name": "节能诊断意见"}
    assert "原件没有经过这一环节" in paid["missing"][0]
    assert paid["differences"] == ["新经过：节能诊断意见"], "all else comes out as before"
    assert paid["old"] == paid["new"] and paid["new"]["end"] == "已拨付"


def test_a_stage_that_goes_makes_another_path_and_nothing_else(told: At) -> None:
    with told.database.transaction() as session:
        draft = redraw(session, without_fund_plan)
    found = rehearse(told, draft)
    assert verdicts(found) == {
        **dict.fromkeys(("paid", "cut", "corrected"), "other_path"),
        **dict.fromkeys(("refused", "withdrawn", "lapsed", "running"), "same"),
    }
    assert found["cut"]["differences"] == ["不再经过：资金计划"]
    assert found["cut"]["where"]["name"] == "填报收款信息"


def test_a_figure_that_the_form_asks_no_more_is_missing_from_the_calculation(told: At) -> None:
    """S1-1: what was sent then was fed past the form, and every case came out the same."""
    with told.database.transaction() as session:
        owner, path = seed.actor(session, "owner"), "forms/retrofit_verified.form"
        draft = redraw(session, lambda diagram: Drawing(diagram).rename("改造升级").bytes)
        file = drafts.read_file(session, owner, draft, path)
        schema = json.loads(file.content)
        schema["components"] = [each for each in schema["components"] if each.get("key") != "approved_investment"]
        drafts.save_file(session, owner, draft, path, json.dumps(schema).encode(), etag=file.etag, now=NOW)
    found = rehearse(told, draft)
    assert verdicts(found) == {
        **dict.fromkeys(("paid", "cut", "corrected", "running"), "needs_data"),
        **dict.fromkeys(("refused", "withdrawn", "lapsed"), "same"),
    }
    assert any("核定总投资" in words for words in found["paid"]["missing"])


def renamed(field: dict[str, Any]) -> None:
    field["key"] = f"{field['key']}_new"


def tightened(field: dict[str, Any]) -> None:
    field["validate"]["minLength"] = 100
    field["properties"]["example"] = "依据专项审计意见予以核定。" * 10


@pytest.mark.parametrize(
    ("key", "name", "change"),
    [("approved_investment", "核定总投资", renamed), ("verified_basis", "核定依据", tightened)],
)
def test_a_field_renamed_or_tightened_is_told_of_each_case_in_words(told: At, key: str, name: str, change: Any) -> None:
    with told.database.transaction() as session:
        owner, path = seed.actor(session, "owner"), "forms/retrofit_verified.form"
        draft = redraw(session, lambda diagram: Drawing(diagram).rename("改造升级").bytes)
        file = drafts.read_file(session, owner, draft, path)
        schema = json.loads(file.content)
        change(next(each for each in schema["components"] if each.get("key") == key))
        drafts.save_file(session, owner, draft, path, json.dumps(schema).encode(), etag=file.etag, now=NOW)
    found = rehearse(told, draft)
    assert verdicts(found)["paid"] == verdicts(found)["cut"] == "needs_data"
    assert any("核定确认" in words and f"“{name}”" in words for words in found["paid"]["missing"])


def test_a_changed_rate_changes_amounts_and_says_which_step(told: At) -> None:
    found = rehearse(told, None, a3__rate="0.05")
    assert verdicts(found) == {
        **dict.fromkeys(("paid", "cut", "corrected", "running"), "other_amount"),
        **dict.fromkeys(("refused", "withdrawn", "lapsed"), "same"),
    }
    assert (found["paid"]["old"]["amount"], found["paid"]["new"]["amount"]) == ("900000", "150000")
    assert found["paid"]["differences"][0] == "限额调减前金额由900,000元变为150,000元"
    assert any(text.startswith("新：") for text in found["paid"]["differences"])


def test_a_shorter_period_for_corrections_would_have_run_out_for_a_case(told: At) -> None:
    """The firm answered on the fifth working day: after two the timer would have fired, and what the program then
    asks, whether the letter was opened in time, the record does not tell."""
    found = rehearse(told, None, proc__supplement_days="2")
    assert verdicts(found) == {**dict.fromkeys(ENDS, "same"), "corrected": "needs_data"}
    assert found["corrected"]["where"]["element_id"] == "lapse_correction"
    assert set(verdicts(rehearse(told, None, proc__supplement_days="5")).values()) == {"same"}


def test_a_suspended_case_keeps_the_deadlines_that_it_had(at: At) -> None:
    """Its timers were moved, which no value that changes elsewhere undoes."""
    at.after(suspended)
    with at.database.transaction() as session:
        (each,) = case_records.read_records(session, case_ids(session))
        bundle = bundle_of(session, each.definition_id)
        replayed = rehearsal.replay(Model(bundle.diagrams, bundle.forms, {}), each.record)
        assert rehearsal.judge(each.actual, replayed).verdict == "same"
        first_set = datetime.fromisoformat(each.record.results["open_correction"][0])
        (corrected,) = [act for act in each.record.acts if act.element_id == "correction"]
        assert corrected.at > first_set, "without the suspension it would have come too late"
    assert verdicts(rehearse(at, None, a3__rate="0.05")) == {"suspended": "other_amount"}
    assert verdicts(rehearse(at, None, proc__supplement_days="10")) == {"suspended": "same"}


def test_a_drawing_that_leads_nowhere_is_stuck_and_says_where(told: At) -> None:
    def change(content: bytes) -> bytes:
        diagram = content.decode()
        catch = (
            '<bpmn:intermediateCatchEvent id="noticed" name="等待另行通知">'
            "<bpmn:incoming>deputy_outcome_to_listed</bpmn:incoming><bpmn:outgoing>noticed_to_listed</bpmn:outgoing>"
            '<bpmn:messageEventDefinition messageRef="message_noticed" />'
            "</bpmn:intermediateCatchEvent>\n"
            '<bpmn:sequenceFlow id="noticed_to_listed" sourceRef="noticed" targetRef="listed" />\n'
        )
        head, tail = diagram.split("    <bpmn:userTask", 1)
        diagram = f"{head}{catch}    <bpmn:userTask{tail}".replace(
            'sourceRef="deputy_outcome" targetRef="listed"', 'sourceRef="deputy_outcome" targetRef="noticed"'
        )
        return diagram.replace(
            "  <bpmn:process ", '  <bpmn:message id="message_noticed" name="noticed" />\n  <bpmn:process ', 1
        ).encode()

    with told.database.transaction() as session:
        draft = redraw(session, change)
    found = rehearse(told, draft, scope="finished")
    assert verdicts(found)["paid"] == "stuck" and "running" not in found
    assert found["paid"]["differences"] == ["停在“等待另行通知”，原件没有相应的事件"]


def test_another_status_at_the_same_end_is_told_in_words(told: At) -> None:
    with told.database.transaction() as session:
        draft = redraw(session, lambda diagram: diagram.replace(b'gc:status="PAID"', b'gc:status="CLOSED"'))
    found = rehearse(told, draft)
    assert verdicts(found) == {
        **dict.fromkeys(ENDS, "same"),
        **dict.fromkeys(("paid", "cut", "corrected"), "other_path"),
    }
    assert found["paid"]["differences"] == ["状态由“已拨付”变为“已办结”"]


def test_a_rehearsal_writes_nothing_to_the_cases(told: At) -> None:
    tables = ("cases", "instance", "task", "wait", "submission", "ledger_entry", "calculation", "message", "case_facts")

    def fingerprint() -> list[object]:
        with told.database.transaction() as session:
            rows = [
                session.scalar(text(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"))
                for table in tables
            ]
            chains = select(func.count()).select_from(AuditEvent).where(AuditEvent.chain.startswith("case:"))
            return [*rows, session.scalar(chains)]

    before = fingerprint()
    rehearse(told, None, a3__rate="0.05")
    assert fingerprint() == before


def test_a_case_whose_state_cannot_be_read_holds_up_no_other(told: At) -> None:
    with told.database.transaction() as session:
        (paid,) = [case_id for case_id, name in case_ids(session).items() if name == "paid"]
        session.get_one(Instance, paid).state = b"\x02 what a broken disk left"
    found = rehearse(told, None, a3__rate="0.05", scope="finished")
    assert verdicts(found)["paid"] == "stuck" and verdicts(found)["cut"] == "other_amount"
    assert found["paid"]["differences"] == ["本件的流程状态无法读取，请联系系统管理员"]
    with told.database.transaction() as session, pytest.raises(Conflict):
        reference = cases.by_ids(session, [paid])[0].reference
        scenarios.from_case(session, seed.actor(session, "owner"), reference, name="无法读取", now=NOW)


@pytest.mark.parametrize(
    ("element_id", "answer", "said", "where"),
    [
        ("open_correction", "soon", "流程无法继续：条件、期限或多人办理的取值无法识别", None),
        ("settle_credit", 1.5, "服务环节“汇总核查与联审意见”无法完成", "汇总核查与联审意见"),
    ],
)
def test_what_the_engine_refuses_is_said_in_chinese(
    told: At, element_id: str, answer: object, said: str, where: str | None
) -> None:
    with told.database.transaction() as session:
        (corrected,) = [case_id for case_id, name in case_ids(session).items() if name == "corrected"]
        (each,) = case_records.read_records(session, [corrected])
        bundle = bundle_of(session, each.definition_id)
    record = replace(each.record, results={**each.record.results, element_id: [answer]})
    found = rehearsal.judge(each.actual, rehearsal.replay(Model(bundle.diagrams, bundle.forms, {}), record))
    assert (found.verdict, found.differences) == ("stuck", (said,))
    assert (found.where.name if found.where else None) == where


def test_a_form_that_cannot_be_used_is_refused_in_chinese(told: At) -> None:
    with told.database.transaction() as session:
        owner, path = seed.actor(session, "owner"), "forms/site_inspection.form"
        draft = redraw(session, without_fund_plan)
        file = drafts.read_file(session, owner, draft, path)
        changed = file.content.replace(b'"type": "textarea"', b'"type": "filepicker"', 1)
        assert changed != file.content
        drafts.save_file(session, owner, draft, path, changed, etag=file.etag, now=NOW)
        with pytest.raises(Conflict) as refused:
            rehearsals.start(session, owner, key="retrofit", draft_id=draft, parameters=None, scope="all", now=NOW)
    assert "不支持的组件类型" in refused.value.detail and "supported" not in refused.value.detail


def test_what_cannot_be_rehearsed_is_refused(told: At) -> None:
    with told.database.transaction() as session:
        owner, auditor = seed.actor(session, "owner"), seed.actor(session, "auditor")

        def start(
            changed: Mapping[str, str], *, actor: Any = owner, draft: int | None = None, scope: str = "all"
        ) -> None:
            values = dict(changed)
            rehearsals.start(session, actor, key="retrofit", draft_id=draft, parameters=values, scope=scope, now=NOW)

        rate = {"a3.rate": "0.05"}
        for wrong in ({}, {"a3.rate": "0.9"}, {"a3.rate": "x"}, {"no.such": "1"}):
            with pytest.raises(Invalid):
                start(wrong)
        with pytest.raises(Invalid):
            start(rate, scope="some")
        with pytest.raises(Forbidden):
            start(rate, actor=auditor)
        empty = int(drafts.open_draft(session, owner, "retrofit", title="没有修改", now=NOW)["id"])
        with pytest.raises(Conflict):
            start({}, draft=empty)


def test_a_draft_that_changes_under_way_stops_its_rehearsal(told: At) -> None:
    with told.database.transaction() as session:
        owner = seed.actor(session, "owner")
        draft = redraw(session, without_fund_plan)
        run = rehearsals.start(session, owner, key="retrofit", draft_id=draft, parameters=None, scope="all", now=NOW)
    with told.database.transaction() as session:
        file = drafts.read_file(session, owner, draft, RETROFIT)
        drafts.save_file(session, owner, draft, RETROFIT, file.content + b"\n", etag=file.etag, now=NOW)
    work_off(told.app)
    with told.database.transaction() as session:
        shown = rehearsals.get_run(session, owner, run)
    assert shown["state"] == "stopped" and "重新推演" in shown["note"]
