"""Who acts in the demonstration, and the steps they take: through the use cases, as if they had signed in."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from storage import cases, instances, people
from storage import tasks as task_store
from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.objects import ObjectStore
from storage.tasks import Task
from workflows import forms
from workflows.batches import meeting, publicity
from workflows.case import checks, reading
from workflows.case.bundles import bundle_of
from workflows.casework import cases as case_room
from workflows.casework import correspondence, documents, objection_filing, objection_triage, tasks
from workflows.codes.checklists import CHECKLISTS
from workflows.errors import Forbidden
from workflows.jobs import due
from workflows.lists import official_lists
from workflows.permissions import Actor

MINUTES = "《2026年第3次局长办公会会议纪要》（虚构）"
PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 60>>stream\nBT /F1 20 Tf 90 700 Td (DEMONSTRATION - FICTITIOUS) Tj ET    \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


class Stage:
    """One transaction in which the story is played, the day it is, and everybody who acts in it."""

    def __init__(self, session: Session, objects: ObjectStore, batch: Batch, now: datetime) -> None:
        self.session, self.objects, self.batch, self.now = session, objects, batch, now
        self._actors: dict[str, Actor] = {}

    def go_to(self, now: datetime) -> None:
        """Move on to an instant; what has become due by then happens."""
        self.now = now
        while (case_id := instances.next_due_case(self.session, now)) is not None:
            due.fire_timers(self.session, case_id, now)
            self.session.flush()

    def actor(self, username: str) -> Actor:
        if username not in self._actors:
            user = people.find_user(self.session, username)
            assert user is not None
            uscc = people.get_enterprise(self.session, user.enterprise_id).uscc if user.enterprise_id else None
            self._actors[username] = Actor(
                user.id, username, user.display_name, frozenset(user.roles), user.enterprise_id, uscc
            )
        return self._actors[username]

    def apply(self, applicant: str, scheme: str, title: str, lacking: frozenset[str], values: Mapping[str, Any]) -> str:
        """An application with its documents, all but those that it lacks at first; answers its reference."""
        created = case_room.create(
            self.session, self.actor(applicant), scheme=scheme, batch_id=self.batch.id, title=title, now=self.now
        )
        reference = str(created["reference"])
        self.upload(reference, applicant, {item.code for item in CHECKLISTS[scheme] if item.required} - lacking)
        [task] = self.open_tasks(reference)
        self.complete(task, applicant, values)
        return reference

    def upload(self, reference: str, applicant: str, codes: set[str]) -> None:
        for code in sorted(codes):
            documents.upload(
                self.session,
                self.objects,
                self.actor(applicant),
                reference,
                code=code,
                filename=f"{code.removeprefix('DOC_')}（虚构）.pdf",
                stream=io.BytesIO(PAPER),
                announcing=lambda _: None,  # all or nothing of the story: a store whose first start failed is emptied
                now=self.now,
            )

    def import_list(self, scheme: str, title: str, document_no: str, published_on: date, lines: str) -> dict[str, str]:
        """Import an official list and make the cases of its firms; answers their references by USCC."""
        officer = self.actor("officer")
        made = official_lists.import_list(
            self.session,
            officer,
            scheme=scheme,
            title=title,
            document_no=document_no,
            published_on=published_on,
            batch_id=self.batch.id,
            filename="公布名单（虚构）.csv",
            content=lines.encode(),
            now=self.now,
        )
        official_lists.create_candidates(self.session, officer, made["id"], self.now)
        listed = official_lists.get_list(self.session, officer, made["id"])
        return {entry["uscc"]: entry["case"] for entry in listed["items"]}

    def open_tasks(self, reference: str) -> list[Task]:
        case = cases.find(self.session, reference)
        assert case is not None
        return list(task_store.list_open_of_cases(self.session, [case.id]))

    def is_at(self, reference: str) -> set[str]:
        """The elements at which a case is."""
        case = cases.find(self.session, reference)
        assert case is not None
        waits = [wait.element_id for wait in instances.list_waits(self.session, [case.id]) if not wait.boundary]
        return {*waits, *(task.element_id for task in self.open_tasks(reference))}

    def complete(self, task: Task, username: str, values: Mapping[str, Any]) -> None:
        who = self.actor(username)
        case = self.session.get_one(Case, task.case_id)
        look = reading.look_at(self.session, case, self.now)
        form = bundle_of(self.session, case.definition_id).form(task.form)
        context = tasks.example_context(look, task)
        data = forms.fill(form, context, checks.allowed(form.key, look), values)
        tasks.complete(self.session, who, task.id, data, self.now)
        self.session.flush()

    def do(self, task: Task, people_of_role: list[str], values: Mapping[str, Any]) -> None:
        """Complete a task by the first of its people whom no separation of duties bars."""
        for username in people_of_role:
            try:
                return self.complete(task, username, values)
            except Forbidden:
                if username == people_of_role[-1]:
                    raise
        raise AssertionError(f"nobody for {task.element_id}")

    def fix_list(self) -> None:
        meeting.fix_list(self.session, self.actor("chief"), self.batch.id, self.now)
        self.session.flush()

    def resolve(self, results: Mapping[str, str]) -> None:
        """The meeting decides these cases, by reference; what it refuses gets the list's own reason."""
        decisions = [
            {"case": reference, "result": result, "reason": None if result == "support" else "未达到支持条件"}
            for reference, result in results.items()
        ]
        secretary = self.actor("meeting")
        meeting.resolve(self.session, secretary, self.batch.id, minutes_no=MINUTES, decisions=decisions, now=self.now)

    def publish(self) -> int:
        """Publish what waits for it; answers the number of the notice."""
        return int(publicity.publish(self.session, self.actor("officer"), self.batch.id, self.now)["id"])

    def object_to(self, notice: int, reference: str, text: str) -> int:
        """Somebody objects under his real name; answers the number of the objection."""
        filed = objection_filing.file_objection(
            self.session,
            notice,
            case=reference,
            name="测试异议人（虚构）",
            id_no="110101199001011237",
            phone="13800000000",
            text=text,
            now=self.now,
        )
        return filed["id"]

    def accept_objection(self, objection: int) -> None:
        """Discipline finds that it is to be investigated."""
        objection_triage.accept_objection(self.session, self.actor("discipline"), objection, self.now)

    def read_letters(self, username: str) -> None:
        """A firm opens what it was sent, so that deadlines run for it."""
        who = self.actor(username)
        for message in correspondence.list_messages(self.session, who).items:
            if message["read_at"] is None:
                correspondence.read_message(self.session, who, message["id"], self.now)
