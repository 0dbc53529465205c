"""Looking at a task and at a case's file: what both know is asked of the database once."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import event

from storage import people
from storage.database import Database, Session
from tests.contract_client import Office
from workflows.case import reading
from workflows.casework import dossiers, tasks
from workflows.permissions import Actor

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def statements(app: Flask, username: str, look: Callable[[Session, Actor], Any]) -> tuple[Any, Sequence[str]]:
    """What a person is shown, and the statements that it took."""
    database: Database = app.extensions["greencase"].database
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    with database.transaction() as session:
        user = people.find_user(session, username)
        actor = Actor(user.id, username, user.display_name, frozenset(user.roles), user.enterprise_id)
        event.listen(database.engine, "before_cursor_execute", note)
        shown = look(session, actor)
        event.remove(database.engine, "before_cursor_execute", note)
    return shown, seen


def panels(seen: Sequence[str]) -> int:
    """How often the panels of a case were read."""
    return sum("FROM review_session" in each for each in seen)


def test_what_the_office_knows_is_worked_out_once_for_a_form_and_its_examples(app: Flask, office: Office) -> None:
    reference = office.apply()
    task = office.task(reference, "fill_application")
    shown, seen = statements(app, "e01", lambda session, actor: tasks.get_task(session, actor, task["id"], NOW))
    assert shown["form"]["data"]["uscc"]
    assert shown["form"]["schema"]["properties"]["declared_amount"]["examples"]
    assert panels(seen) == 1


def test_a_file_asks_once_whether_the_scores_are_unsealed(app: Flask, office: Office) -> None:
    reference = office.apply()
    office.drive(reference, until="score_application")
    for task in [each for each in office.open_tasks(reference) if each["element_id"] == "score_application"][:2]:
        office.complete(task, reference)

    def look(session: Session, actor: Actor) -> Any:
        return dossiers.get_dossier(session, actor, reference, NOW)

    shown, seen = statements(app, "auditor", look)
    assert not {each["element_id"] for each in shown["submissions"]} & reading.SEALED
    # The current one for what is sealed, and all of them for the list of panels.
    assert panels(seen) == 2
