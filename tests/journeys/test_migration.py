"""Cases under way moved to another version of their process: on trial, in bulk, and back again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage import cases
from storage.case_migrations import CaseMigration
from storage.case_runs import CaseRun
from storage.database import Session
from storage.instances import Instance
from storage.tasks import Task
from tests.contract_client import Office
from tests.engine.redrawing import Drawing
from tests.journeys.conftest import At
from tests.journeys.test_races import at_once, completing, overtaken
from tests.offices import person
from tests.working_off import work_off
from workflows import audit
from workflows.errors import Conflict, Forbidden, Invalid, NotFound
from workflows.foresight import migration_trial, migrations
from workflows.workshop import bundling, deployments, publication

LIBRARY = Path(__file__).parents[2] / "bpmn"
WHY = "按区局要求增加合规审查"


def one_stage_more(drawing: Drawing) -> Drawing:
    """A new stage of the officer between the recheck and the deputy leader."""
    place = "recheck_outcome_to_deputy_review"
    return drawing.insert("compliance", place, lane="case_officer", form="explanation", name="合规审查")


def by_the_deputy(drawing: Drawing) -> Drawing:
    """Another name, period and person for the review."""
    drawing.set("substantive_review", name="业务审查", gc__due="20")
    return drawing.move_to_lane("substantive_review", "deputy_leader")


class Owner:
    """A process owner at work in the office of a test."""

    def __init__(self, at: At, office: Office) -> None:
        self.at, self.office, self.actor = at, office, at.actor("owner")

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.office.now())

    def publish(self, change: Callable[[Drawing], Drawing], path: str = "retrofit.bpmn") -> int:
        """Another version of retrofit; answers its number."""
        library = dict(bundling.read_library(LIBRARY))
        library[path] = change(Drawing(library[path])).bytes
        bundle = bundling.assemble(library, "retrofit")
        with self.at.database.transaction() as session:
            return deployments.publish(session, "retrofit", bundle, person("owner2", "process_owner"), self.now).version

    def try_on(self, version: int) -> migration_trial.DryRun:
        with self.at.database.transaction() as session:
            return migration_trial.dry_run(session, self.actor, "retrofit", version)

    def migrate(self, version: int, *references: str) -> Any:
        """Start it, let the worker do it, and answer the rows of the run by reference."""
        return self.work(self.start(version, *references))

    def start(self, version: int, *references: str) -> int:
        with self.at.database.transaction() as session:
            chosen = references or None
            return migrations.start(
                session, self.actor, "retrofit", version, references=chosen, reason=WHY, now=self.now
            )

    def work(self, run_id: int) -> Any:
        work_off(self.at.app)
        run = self.run(run_id)
        assert run["state"] == "done" and run["done"] == run["total"] == len(run["items"])
        return {row["reference"]: row for row in run["items"]}

    def run(self, run_id: int) -> Any:
        with self.at.database.transaction() as session:
            return migrations.get_run(session, self.actor, run_id)

    def set_state(self, run_id: int, state: str) -> None:
        with self.at.database.transaction() as session:
            session.get_one(CaseRun, run_id).state = state

    def revert(self, reference: str) -> None:
        with self.at.database.transaction() as session:
            migrations.revert(session, self.actor, reference, "仍按原版本办理", self.now)

    def row(self, task_id: str) -> Task:
        with self.at.database.transaction() as session:
            return session.get_one(Task, task_id)


def version_of(office: Office, case: str) -> int:
    return int(office.case(case)["definition"]["version"])


def actions(office: Office, case: str) -> list[str]:
    return [event["action"] for event in office.history(case)]


def test_one_case_is_moved_and_does_the_new_stage_while_the_other_stays(at: At) -> None:
    office, first, second = at("chief_recheck", "neighbours")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    run = owner.try_on(version)
    assert run.counts == {"migratable": 2}
    assert {row["reference"]: row["notes"] for row in run.rows}[first] == ["新增环节「合规审查」位于当前环节之后"]
    assert version_of(office, first) == 1, "a dry run changes nothing"
    before = office.open_tasks(first)

    assert owner.migrate(version, first)[first]["verdict"] == "migrated"
    assert office.open_tasks(first) == before
    assert (version_of(office, first), version_of(office, second)) == (version, 1)
    [event] = [event for event in office.history(first) if event["action"] == "case_migrated"]
    changes = {change["field"]: change for change in event["changes"]}
    assert changes["definition"]["new"].startswith(f"retrofit@{version} ")
    assert (changes["reason"]["new"], event["actor"]) == (WHY, "system")
    assert (event["cause"]["actor"], event["cause"]["action"]) == ("owner", "migration_started")
    for case, element in ((first, "compliance"), (second, "deputy_review")):
        office.drive(case, until=element)
    office.do(first, "compliance", by="officer")
    for case in (first, second):
        office.drive(case, until="listed")
    with at.database.transaction() as session:
        assert audit.verify(session) == []


def test_workers_share_a_run_and_each_case_is_moved_once(at: At) -> None:
    """Two workers, while one of the cases is completed at the same instant: it is moved before or after that."""
    office, first, second = at("chief_recheck", "neighbours")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    task, now = office.task(first, "chief_recheck"), owner.now
    with at.database.transaction() as session:
        run_id = migrations.start(session, owner.actor, "retrofit", version, references=None, reason=WHY, now=now)

    work = partial(work_off, at.app)
    _, _, answered = at_once(work, work, completing(at, office, "chief", task))
    assert answered == 200
    run = owner.run(run_id)
    assert (run["state"], run["counts"]) == ("done", {"migrated": 2})
    for case, element in ((first, "legal_recheck"), (second, "chief_recheck")):
        assert version_of(office, case) == version
        assert actions(office, case).count("case_migrated") == 1
        assert element in office.at(case)
        office.drive(case, until="compliance")
    with at.database.transaction() as session:
        assert audit.verify(session) == []


def test_open_tasks_keep_drafts_and_follow_the_new_version(at: At) -> None:
    office, case = at("substantive_review")
    owner = Owner(at, office)
    [task] = office.open_tasks(case)
    office.as_("officer").post(f"/tasks/{task['id']}/claim")
    office.as_("officer").call("PUT", f"/tasks/{task['id']}/draft", {"data": {"opinion": "待补"}})
    row = owner.migrate(owner.publish(by_the_deputy))[case]
    assert row["notes"] == [
        "当前环节「业务审查」改由另一岗位办理，已领取的退回待领",
        "当前环节「业务审查」的办理期限不同，自任务产生之日重新计算",
    ]
    moved = owner.row(task["id"])
    assert (moved.name, moved.role, moved.assignee, moved.status) == ("业务审查", "deputy_leader", None, "open")
    assert moved.draft == {"opinion": "待补"}
    assert str(moved.due_on) == "2026-03-30", "twenty working days from the day on which it was opened"
    owner.revert(case)
    back = owner.row(task["id"])
    assert (back.name, back.role, str(back.due_on)) == ("业务初审", "case_officer", task["due_on"])
    assert version_of(office, case) == 1
    office.drive(case, until="site_inspection")
    assert {"case_migrated", "migration_reverted"} <= set(actions(office, case))


def test_running_periods_and_scores_are_kept(at: At) -> None:
    office, case = at("publicity_period")
    owner = Owner(at, office)
    waits = office.case(case)["waiting_for"]
    version = owner.publish(one_stage_more)
    owner.migrate(version)
    assert office.case(case)["waiting_for"] == waits
    office.wait_until(next(wait["due_at"] for wait in waits if wait["due_at"]))
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"

    office, case = at("score_application")
    owner = Owner(at, office)
    [first, *others] = office.open_tasks(case)
    office.complete(first, case)
    owner.migrate(owner.publish(one_stage_more))
    assert [task["id"] for task in office.open_tasks(case)] == [task["id"] for task in others]
    office.drive(case, until="compliance")


def test_a_case_that_cannot_be_moved_is_refused_with_its_reason_and_untouched(at: At) -> None:
    office, case = at("fund_plan")
    owner = Owner(at, office)
    version = owner.publish(lambda drawing: drawing.bypass("fund_plan"))
    run = owner.try_on(version)
    assert run.counts == {"blocked": 1}
    assert run.reasons == {"当前环节「资金计划」在新版本中已删除": 1}
    with pytest.raises(Invalid):
        owner.migrate(version)
    row = owner.migrate(version, case)[case]
    assert (row["verdict"], row["reasons"]) == ("refused", ["当前环节「资金计划」在新版本中已删除"])
    assert version_of(office, case) == 1
    assert "case_migrated" not in actions(office, case)
    office.drive(case, until="enter_payee")


def test_what_happened_since_the_start_is_looked_at_again(at: At) -> None:
    office, first, second = at("chief_recheck", "neighbours")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    with at.database.transaction() as session:
        run_id = migrations.start(session, owner.actor, "retrofit", version, references=None, reason=WHY, now=owner.now)
    with pytest.raises(Conflict), at.database.transaction() as session:
        migrations.start(session, owner.actor, "retrofit", version, references=None, reason=WHY, now=owner.now)
    office.as_("e02").post(f"/cases/{second}/withdrawal", {"reason": "企业经营调整"})
    rows = owner.work(run_id)
    assert (rows[first]["verdict"], rows[second]["verdict"]) == ("migrated", "ended")
    assert owner.try_on(version).rows == ()


def test_of_two_starts_at_the_same_instant_one_is_refused(at: At) -> None:
    office, case = at("chief_recheck")
    owner = Owner(at, office)
    second, third = owner.publish(one_stage_more), owner.publish(by_the_deputy)

    def start(session: Session, now: datetime) -> None:
        migrations.start(session, owner.actor, "retrofit", third, references=None, reason=WHY, now=now)

    def start_too() -> int:
        with pytest.raises(Conflict, match="正在进行") as refused:
            owner.start(second)
        return refused.value.status

    assert overtaken(at, start, start_too) == 409
    owner.work(1)
    assert version_of(office, case) == third


def test_no_case_is_moved_back_to_a_version_below_its_own(at: At) -> None:
    """Two runs of one type, as two starts could leave them before they waited for each other."""
    office, case = at("chief_recheck")
    owner = Owner(at, office)
    second, third = owner.publish(one_stage_more), owner.publish(by_the_deputy)
    newer = owner.start(third)
    owner.set_state(newer, "stopped")
    older = owner.start(second)
    owner.set_state(newer, "running")
    assert owner.work(newer)[case]["verdict"] == "migrated"
    [row] = owner.run(older)["items"]
    assert (row["verdict"], row["reasons"]) == ("refused", ["本件已在更新的版本上办理，不再迁入第2版"])
    assert version_of(office, case) == third
    owner.revert(case)
    assert version_of(office, case) == 1


def test_a_version_that_is_withdrawn_before_the_work_takes_no_case(at: At) -> None:
    office, case = at("chief_recheck")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    run_id = owner.start(version)
    with at.database.transaction() as session:
        publication.retire_version(session, owner.actor, "retrofit", version, reason="暂不采用", now=owner.now)
    row = owner.work(run_id)[case]
    assert (row["verdict"], row["reasons"]) == ("refused", ["第2版已停用，不能迁入"])
    assert version_of(office, case) == 1
    assert "case_migrated" not in actions(office, case)
    office.drive(case, until="deputy_review")


def test_a_case_at_which_the_program_fails_is_refused_once_and_logged(at: At, caplog: pytest.LogCaptureFixture) -> None:
    """A row that is gone, which nothing foresees; the other cases of the run are moved all the same."""
    office, broken, other = at("chief_recheck", "neighbours")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    run_id = owner.start(version)
    with at.database.transaction() as session:
        gone = cases.find(session, broken)
        assert gone is not None
        session.delete(session.get_one(Instance, gone.id))
    rows = owner.work(run_id)
    assert (rows[broken]["verdict"], rows[other]["verdict"]) == ("refused", "migrated")
    assert rows[broken]["reasons"] == ["迁移时系统出错，本件没有改动，请联系系统管理员"]
    [record] = [record for record in caplog.records if record.name == "greencase.migrations"]
    assert record.exc_info is not None
    assert (version_of(office, broken), version_of(office, other)) == (1, version)


def test_a_migration_is_undone_only_while_nothing_has_moved(at: At) -> None:
    office, case = at("chief_recheck")
    owner = Owner(at, office)
    with pytest.raises(Conflict):
        owner.revert(case)
    before = owner.try_on(owner.publish(one_stage_more)).to_version
    owner.migrate(before)
    office.do(case, "finance_recheck")
    with pytest.raises(Conflict, match="已经办理"):
        owner.revert(case)
    [row] = owner.run(1)["items"]
    assert (row["verdict"], row["revertible"]) == ("migrated", False)


def test_a_migration_that_is_undone_can_be_done_again(at: At) -> None:
    office, case = at("chief_recheck")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    owner.migrate(version)
    owner.revert(case)
    assert owner.run(1)["items"][0]["verdict"] == "reverted"
    with pytest.raises(Conflict):
        owner.revert(case)
    owner.migrate(version)
    office.drive(case, until="compliance")
    with at.database.transaction() as session:
        assert [each.reverted_by for each in session.scalars(select(CaseMigration).order_by(CaseMigration.id))] == [
            "owner",
            None,
        ]


def test_a_suspended_case_may_be_moved_and_stays_suspended(at: At) -> None:
    office, case = at("substantive_review")
    owner = Owner(at, office)
    office.as_("chief").post(f"/cases/{case}/suspension", {"reason": "企业经营调整"})
    owner.migrate(owner.publish(one_stage_more))
    assert office.case(case)["status"] == "SUSPENDED"
    office.as_("chief").post(f"/cases/{case}/resumption")
    office.drive(case, until="compliance")


def test_only_an_owner_migrates_and_only_to_what_is_published(at: At) -> None:
    office, case = at("substantive_review")
    owner = Owner(at, office)
    version = owner.publish(one_stage_more)
    with at.database.transaction() as session:
        for stranger in ("chief", "auditor", "e01"):
            with pytest.raises(Forbidden):
                migration_trial.dry_run(session, at.actor(stranger), "retrofit", version)
            with pytest.raises(Forbidden):
                migrations.revert(session, at.actor(stranger), case, WHY, owner.now)
        with pytest.raises(NotFound):
            migration_trial.dry_run(session, owner.actor, "retrofit", version + 1)
        for reason in ("", "x" * 501):
            with pytest.raises(Invalid):
                migrations.start(
                    session, owner.actor, "retrofit", version, references=None, reason=reason, now=owner.now
                )
    assert owner.try_on(1).rows == ()
