"""What an officer makes of two cases that are alike where nothing stops them: he has looked, and says what he saw."""

from datetime import datetime
from typing import TypedDict

from storage import overlap_notes, people
from storage.cases import Case
from storage.database import Session
from storage.overlap_notes import SAME, UNRELATED, OverlapNote
from workflows import views
from workflows.case.running import find_case, open_cases
from workflows.casework.matters import alike
from workflows.errors import FieldError, Invalid, NotFound
from workflows.permissions import Actor, require

RESULTS = {UNRELATED: "非同一项目", SAME: "疑为同一项目"}


class NoteShown(TypedDict):
    """What one officer saw in what another case has alike with this one."""

    id: int
    case: str
    result: str
    reason: str
    by: str
    at: str


def add(
    session: Session, actor: Actor, reference: str, other_reference: str, *, result: str, reason: str, now: datetime
) -> NoteShown:
    """Note on both cases' records what was seen; it stops neither, and another look is another note.

    Raises NotFound (no such case, or nothing alike), Invalid.
    """
    actor = require(actor, "case_officer")
    case, other = find_case(session, reference, actor), find_case(session, other_reference, actor)
    marks = alike(session, case).get(other.id)
    if not marks:
        raise NotFound(f"{other_reference}与本件没有相同或相近之处。")
    text = reason.strip()
    errors = [FieldError("result", "请选择核对意见。")] if result not in RESULTS else []
    if not 2 <= len(text) <= 500:
        errors.append(FieldError("reason", "请写明理由，2至500字。"))
    if errors:
        raise Invalid("核对意见有误，请按提示修改。", errors=errors)
    both = open_cases(session, (case.id, other.id), actor, now)
    note = OverlapNote(
        case_id=case.id,
        other_case_id=other.id,
        result=result,
        marks=[{"kind": kind, "value": value} for kind, value in marks],
        reason=text,
        by=actor.username,
        at=now,
    )
    session.add(note)
    session.flush()
    told = [{"field": "overlap_result", "old": None, "new": result}, {"field": "reason", "old": None, "new": text}]
    for each in both:
        each.step.record("overlap_reviewed", str(note.id), told)
    session.flush()
    return _shown(note, other, people.names_of(session, {actor.username}))


def list_notes(session: Session, actor: Actor, reference: str) -> list[NoteShown]:
    """The notes on a case from either side, each under the other case, in their order."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise NotFound("没有这一申报件，或你无权查看。")
    notes = overlap_notes.of_case(session, case.id)
    names = people.names_of(session, {note.by for note in notes})
    others = {note.id: note.other_case_id if note.case_id == case.id else note.case_id for note in notes}
    return [_shown(note, session.get_one(Case, others[note.id]), names) for note in notes]


def _shown(note: OverlapNote, other: Case, names: dict[str, str]) -> NoteShown:
    return {
        "id": note.id,
        "case": other.reference,
        "result": note.result,
        "reason": note.reason,
        "by": names.get(note.by, note.by),
        "at": views.instant(note.at),
    }
