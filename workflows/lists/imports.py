"""What all imports of lists share: a file is read by a layout, and what became of each of its rows is kept."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from storage import sheet_imports as store
from storage.database import Session
from storage.sheet_imports import SheetImport
from workflows import rules, sheets, views
from workflows.audit import canonical
from workflows.errors import FieldError, Invalid, NotFound
from workflows.permissions import Actor
from workflows.policy.parameters import in_force
from workflows.rules import parameters as law
from workflows.typed.codes import credit_code
from workflows.typed.signs import Unreadable

MOST_BYTES = sheets.MOST_BYTES
MOST_ITEMS = sheets.MOST_ROWS
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows came from: the file's name and the digest of its bytes, or of the JSON that was sent instead."""

    filename: str
    sha256: str


def read_file(layout: sheets.Layout, filename: str, content: bytes) -> tuple[Source, sheets.Sheet]:
    """The rows of an uploaded file. Invalid when nothing of it can be read; then nothing is kept either."""
    try:
        sheet = sheets.read(filename, content, layout)
    except sheets.SheetRefused as refused:
        raise Invalid("文件未导入。" + refused.sentence, errors=[FieldError("file", refused.sentence)]) from None
    return Source(filename[-_LONGEST_NAME:], hashlib.sha256(content).hexdigest()), sheet


def read_items(layout: sheets.Layout, items: Sequence[object]) -> tuple[Source, sheets.Sheet]:
    """Rows that were sent as JSON."""
    return Source("JSON", hashlib.sha256(canonical(items)).hexdigest()), sheets.read_records(layout, items)


def keep(
    session: Session,
    actor: Actor,
    kind: str,
    source: Source,
    sheet: sheets.Sheet,
    now: datetime,
    *,
    proposed: Sequence[Mapping[str, Any]] | None = None,
) -> SheetImport:
    """The row that tells of this import; with `proposed` its rows wait as they are given there."""
    kept = SheetImport(
        kind=kind,
        filename=source.filename,
        sha256=source.sha256,
        accepted=len(sheet.rows),
        refused=[{"row": each.number, "errors": list(each.problems)} for each in sheet.refused],
        imported_by=actor.username,
        imported_at=now,
        state="counted" if proposed is None else "proposed" if proposed else "discarded",
        rows=[*(proposed or ())],
        notes=list(sheet.notes),
    )
    session.add(kept)
    session.flush()
    return kept


def changes(kept: SheetImport) -> list[dict[str, Any]]:
    """What the record says of an import."""
    told = {"filename": kept.filename, "sha256": kept.sha256, "accepted": kept.accepted, "refused": len(kept.refused)}
    return [{"field": field, "old": None, "new": value} for field, value in told.items()]


def report(kept: SheetImport, sheet: sheets.Sheet) -> dict[str, Any]:
    """The answer to an import."""
    return {**shown(kept), "ignored_columns": list(sheet.ignored)}


def shown(kept: SheetImport) -> dict[str, Any]:
    """An import with its refused rows."""
    return {
        "import": kept.id,
        "filename": kept.filename,
        "sha256": kept.sha256,
        "imported_by": kept.imported_by,
        "imported_at": views.instant(kept.imported_at),
        "accepted": kept.accepted,
        "refused": list(kept.refused),
        "notes": list(kept.notes),
        "state": kept.state,
        "confirmed_by": kept.confirmed_by,
        "confirmed_at": views.instant(kept.confirmed_at),
    }


def get_import(session: Session, kind: str, import_id: int) -> dict[str, Any]:
    """The report of an earlier import of this kind."""
    kept = store.find(session, import_id)
    if kept is None or kept.kind != kind:
        raise NotFound("没有这次导入的记录。")
    return shown(kept)


def values_on(session: Session, day: date) -> Mapping[str, object]:
    """The legal values in force on a day, by which rows are read: what was confirmed, else what is shipped."""
    return law.values({key: value.value for key, value in in_force(session, day).items()})


def uscc(given: str) -> str:
    """统一社会信用代码 in a cell: width and blanks are a slip, anything else wrong is refused."""
    try:
        code = credit_code(given)
    except Unreadable as unreadable:
        raise sheets.CellInvalid(str(unreadable)) from None
    if len(code) != 18:
        raise sheets.CellInvalid(f"应为18位，现为{len(code)}位")
    if not rules.uscc.is_valid(code):
        raise sheets.CellInvalid("校验不通过，请核对证照")
    return code
