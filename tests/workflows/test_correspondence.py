"""Letters: the first reading is their delivery, whoever of the enterprise it was."""

from datetime import timedelta

from flask import Flask

from storage import messages, people
from storage.database import Database
from tests.contract_client import Office
from workflows.casework import correspondence
from workflows.permissions import Actor


def test_two_who_open_a_letter_at_once_have_it_delivered_once(app: Flask, office: Office) -> None:
    reference = office.apply()
    office.submit(reference)
    office.do(reference, "formality_check")
    database: Database = app.extensions["greencase"].database
    with database.transaction() as session:
        user = people.find_user(session, "e01")
        [letter, *_] = messages.list_of_enterprise(session, user.enterprise_id)
    actor = Actor(user.id, "e01", user.display_name, frozenset({"applicant"}), user.enterprise_id)
    first_at, second_at = letter.sent_at + timedelta(minutes=1), letter.sent_at + timedelta(minutes=2)

    with database.transaction() as second:
        # The second has seen that it is unread when the first is through.
        seen = messages.find(second, letter.id, user.enterprise_id)
        assert seen.read_at is None
        with database.transaction() as first:
            correspondence.read_message(first, actor, letter.id, first_at)
        shown = correspondence.read_message(second, actor, letter.id, second_at)

    with database.transaction() as session:
        assert messages.find(session, letter.id, user.enterprise_id).read_at == first_at
    assert shown["read_at"] == first_at.isoformat()
    readings = [event for event in office.history(reference) if event["action"] == "letter_read"]
    assert len(readings) == 1
