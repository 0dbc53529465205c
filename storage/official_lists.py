"""Official lists of honours and city projects, and the enterprises found on them (免申即享, path B)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id
from storage.cases import Case
from storage.list_entries import ListEntry
from storage.locks import to_change
from storage.people import Enterprise


class OfficialList(Base):
    """A published list (公布名单), imported for one scheme and one batch."""

    __tablename__ = "official_list"
    id: Mapped[Id]
    scheme: Mapped[str]
    title: Mapped[str]
    document_no: Mapped[str]
    published_on: Mapped[date]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"))
    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sheet_import.id"))


@dataclass(frozen=True)
class LineCount:
    """Lines of a list in one state, and those of them that a case was made of."""

    lines: int = 0
    cases: int = 0


def get_list(session: Session, list_id: int) -> OfficialList | None:
    return session.get(OfficialList, list_id)


def list_lists(session: Session, *, before: int | None = None, limit: int = 50) -> Sequence[OfficialList]:
    query = select(OfficialList).order_by(OfficialList.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(OfficialList.id < before)).all()


def lock_entries(session: Session, list_id: int, *, entry_id: int | None = None) -> Sequence[ListEntry]:
    """Lock the lines of a list, or one of them, in order."""
    query = select(ListEntry).where(ListEntry.list_id == list_id).order_by(ListEntry.row)
    return session.scalars(to_change(query if entry_id is None else query.where(ListEntry.id == entry_id))).all()


def lock_ready(session: Session, list_id: int, limit: int) -> Sequence[ListEntry]:
    """Lock the matched lines that have no case yet, in order."""
    query = select(ListEntry).where(*_ready(list_id)).order_by(ListEntry.row).limit(limit)
    return session.scalars(to_change(query)).all()


def count_ready(session: Session, list_id: int) -> int:
    return session.scalar(select(func.count()).select_from(ListEntry).where(*_ready(list_id))) or 0


def _ready(list_id: int) -> tuple[Any, ...]:
    return (ListEntry.list_id == list_id, ListEntry.state == "matched", ListEntry.case_id.is_(None))


def like(session: Session, scheme: str, entries: Iterable[ListEntry]) -> list[tuple[ListEntry, OfficialList]]:
    """Lines of earlier lists of a scheme, dismissed ones left out, that speak of the same firms as these."""
    kept = list(entries)
    same_firm = or_(
        ListEntry.enterprise_id.in_({each.enterprise_id for each in kept if each.enterprise_id is not None}),
        ListEntry.uscc.in_({each.uscc for each in kept if each.uscc is not None}),
        ListEntry.name.in_({each.name for each in kept}),
    )
    query = (
        select(ListEntry, OfficialList)
        .join(OfficialList, OfficialList.id == ListEntry.list_id)
        .where(OfficialList.scheme == scheme, ListEntry.state != "dismissed", same_firm)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def documents_naming(session: Session, honour_type: str, level: str) -> set[str]:
    """The numbers of the documents of which a list of this honour was imported."""
    number = ListEntry.facts["list_document_no"].astext
    query = select(number).where(*_of_honour(honour_type, level)).distinct()
    return {found for found in session.scalars(query) if found}


def naming(session: Session, honour_type: str, level: str, enterprise: Enterprise) -> Sequence[ListEntry]:
    """The lines of this honour that name an enterprise by its code, or by a match that may still be to confirm."""
    own = or_(ListEntry.enterprise_id == enterprise.id, ListEntry.uscc == enterprise.uscc)
    return session.scalars(select(ListEntry).where(*_of_honour(honour_type, level), own).order_by(ListEntry.id)).all()


def _of_honour(honour_type: str, level: str) -> tuple[Any, ...]:
    return (
        ListEntry.state != "dismissed",
        ListEntry.facts["honour_type"].astext == honour_type,
        ListEntry.facts["level"].astext == level,
    )


def enterprises_of(session: Session, entries: Iterable[ListEntry]) -> dict[int, Enterprise]:
    """The enterprises of some lines, by id."""
    ids = {each.enterprise_id for each in entries if each.enterprise_id is not None}
    return {each.id: each for each in session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}


def cases_of(session: Session, entries: Iterable[ListEntry]) -> dict[int, Case]:
    """The cases of some lines, by id."""
    ids = {each.case_id for each in entries if each.case_id is not None}
    return {each.id: each for each in session.scalars(select(Case).where(Case.id.in_(ids)))}


def list_entries(session: Session, list_id: int, *, after: int = 0, limit: int = 100) -> Sequence[ListEntry]:
    query = select(ListEntry).where(ListEntry.list_id == list_id, ListEntry.row > after)
    return session.scalars(query.order_by(ListEntry.row).limit(limit)).all()


def count_lines(session: Session, list_ids: Iterable[int]) -> dict[int, dict[str, LineCount]]:
    """How the lines of several lists stand, by list and state; one statement for all of them."""
    query = select(ListEntry.list_id, ListEntry.state, func.count(), func.count(ListEntry.case_id))
    query = query.where(ListEntry.list_id.in_(list(list_ids))).group_by(ListEntry.list_id, ListEntry.state)
    counted: dict[int, dict[str, LineCount]] = {}
    for list_id, state, lines, cases in session.execute(query):
        counted.setdefault(list_id, {})[state] = LineCount(lines, cases)
    return counted
