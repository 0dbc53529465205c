"""Plays the story day by day: first what the batch does on a day, then what its cases do."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from server.demo.stage import Stage
from server.demo.story import BEGINS, ENDS, HONOURS, STORY
from storage.batches import Batch
from storage.database import Session
from storage.objects import ObjectStore
from storage.tasks import Task
from workflows.case.step import BEIJING
from workflows.lists import historic_imports

# Who takes the tasks of a role, in turn where a separation of duties bars the first.
PEOPLE = {
    "acceptance_clerk": ["acceptance"],
    "case_officer": ["officer", "officer2", "officer3"],
    "section_chief": ["chief"],
    "legal_officer": ["legal"],
    "deputy_leader": ["deputy"],
    "finance_officer": ["finance"],
    "finance_reviewer": ["finance2"],
    "district_approver": ["district"],
    "discipline": ["discipline"],
    "verifier": ["verifier", "verifier2"],
    "review_organizer": ["organizer"],
    "co_department": ["codept"],
}
LISTED = {"C03": "91110112YYYY00020U", "C04": "91110112YYYY000121"}


class Play:
    """The story under way: the references of the cases by their numbers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.references: dict[str, str] = {}
        self.batch_days: dict[date, Callable[[], None]] = {
            date(2026, 3, 12): self._list_and_resolve("C03"),
            date(2026, 3, 13): self._publish,
            date(2026, 3, 25): self._list_and_resolve("C05", "C09", refused=("C10",)),
            date(2026, 3, 26): self._publish,
            date(2026, 3, 31): self._objection_to("C09"),
            date(2026, 4, 1): self._list_and_resolve("C07"),
            date(2026, 4, 2): self._publish,
            date(2026, 4, 7): self._list_and_resolve("C06"),
            date(2026, 4, 9): lambda: self._object_late_to("C07"),
        }

    def run(self) -> None:
        today = BEGINS
        while today < ENDS:
            self.stage.go_to(datetime.combine(today, time(10), BEIJING))
            self._applications(today)
            self.batch_days.get(today, _nothing)()
            for number, told in STORY.items():
                for day, until in told.until:
                    if day == today:
                        self._advance(number, until)
            today += timedelta(days=1)

    def _applications(self, today: date) -> None:
        if today == BEGINS:
            self._candidates()
        if today == date(2026, 3, 30):
            self._ask_for_what_is_missing("C14")
        if today == date(2026, 4, 8):
            self._send_what_was_missing("C14")
        for number, told in STORY.items():
            if told.applied_on == today:
                values = told.values.get("fill_application", {})
                self.references[number] = self.stage.apply(
                    told.enterprise, told.scheme, told.title, told.lacking, values
                )

    def _candidates(self) -> None:
        """免申即享: the officer imports the list, the two firms confirm the same day."""
        cases = self.stage.import_list(
            "green_honour", "2025年度绿色制造名单（虚构）", "虚构工信〔2025〕9号", date(2025, 12, 20), HONOURS
        )
        for number, uscc in LISTED.items():
            self.references[number] = cases[uscc]
            [task] = self.stage.open_tasks(cases[uscc])
            self.stage.complete(task, STORY[number].enterprise, {})

    def _ask_for_what_is_missing(self, number: str) -> None:
        missing = [
            {"document_code": code, "problem": "首次提交未见此材料，请补充。"} for code in sorted(STORY[number].lacking)
        ]
        [task] = self.stage.open_tasks(self.references[number])
        self.stage.complete(task, "acceptance", {"decision": "correct", "correction_items": missing})
        self.stage.read_letters(STORY[number].enterprise)

    def _send_what_was_missing(self, number: str) -> None:
        told, reference = STORY[number], self.references[number]
        self.stage.upload(reference, told.enterprise, set(told.lacking))
        [task] = self.stage.open_tasks(reference)
        self.stage.complete(task, told.enterprise, {})

    def _advance(self, number: str, until: str) -> None:
        """Complete what is open, in order, until an element is reached."""
        reference = self.references[number]
        while until not in self.stage.is_at(reference):
            open_tasks = self.stage.open_tasks(reference)
            assert open_tasks, f"{number} stands at {self.stage.is_at(reference)}, short of {until}"
            self._do(number, open_tasks[0])

    def _do(self, number: str, task: Task) -> None:
        told = STORY[number]
        if task.assignee is not None:
            who = [task.assignee]
        elif task.role == "applicant":
            who = [told.enterprise]
        else:
            who = PEOPLE[task.role]
        self.stage.do(task, who, told.values.get(task.element_id, {}))

    def _list_and_resolve(self, *supported: str, refused: tuple[str, ...] = ()) -> Callable[[], None]:
        def act() -> None:
            self.stage.fix_list()
            results = {self.references[number]: "support" for number in supported}
            self.stage.resolve(results | {self.references[number]: "refuse" for number in refused})

        return act

    def _publish(self) -> None:
        self.notice = self.stage.publish()

    def _objection_to(self, number: str) -> Callable[[], None]:
        def act() -> None:
            text = "所列认证费用中包含以前年度咨询费，请予核实。"
            self.stage.accept_objection(self.stage.object_to(self.notice, self.references[number], text))

        return act

    def _object_late_to(self, number: str) -> None:
        """The day before the story stops: nobody has looked at it yet."""
        self.stage.object_to(self.notice, self.references[number], "该项目计入了上一批次已支持的设备，请予核实。")


def _nothing() -> None:
    pass


def play(session: Session, objects: ObjectStore, batch: Batch) -> datetime:
    """Let everything happen that the story tells, in this transaction; answers the instant at which it stops."""
    begins = datetime.combine(BEGINS, time(9), BEIJING)
    stage = Stage(session, objects, batch, begins)
    rows = json.loads((Path(__file__).parent / "historic_awards.json").read_text("utf-8"))
    proposed = historic_imports.propose_items(session, stage.actor("owner"), rows, begins)
    historic_imports.confirm(session, stage.actor("owner2"), proposed["id"], begins)
    session.flush()
    Play(stage).run()
    return datetime.combine(ENDS, time(9), BEIJING)
