"""Matters (同一项目、同一事项, domain.md 2.2), and what a case can be recognised by."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id
from storage.locks import to_change, to_keep


class Matter(Base):
    """The same project or matter; cases and historic awards refer to it. One that was merged names where it went."""

    __tablename__ = "matter"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("matter.id"))


CITY_PROJECT = "city_project"
"""The kind of identifier that the city's number of a project is, as the rules call it; what hangs together has it."""


class CaseIdentifier(Base):
    """An invoice, filing number, site, certificate … that a case states; two cases with the same one may overlap."""

    __tablename__ = "case_identifier"
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (Index(None, "kind", "value"),)


def get_or_create(session: Session, key: str, title: str) -> Matter:
    """The matter of a key, or the one that it was merged into; it is not merged before this transaction ends."""
    return get_or_create_all(session, {key: title})[key]


def find_all(session: Session, keys: Iterable[str]) -> dict[str, Matter]:
    """The matters that there are of these keys, each the one that it was merged into."""
    found: dict[str, Matter] = {}
    for matter in session.scalars(select(Matter).where(Matter.key.in_(list(keys)))).all():
        found[matter.key] = _merged(session, matter)
    return found


def get_or_create_all(session: Session, titles: Mapping[str, str]) -> dict[str, Matter]:
    """`get_or_create` of many keys, in statements of a thousand rows."""
    rows = [{"key": key, "title": title} for key, title in sorted(titles.items())]
    for start in range(0, len(rows), 1000):
        statement = insert(Matter).values(rows[start : start + 1000])
        session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    found = find_all(session, titles)
    while True:
        kept = {matter.id for matter in found.values()}
        # Newest first, as `lock` does: a merge always leads to an older one.
        query = select(Matter).where(Matter.id.in_(kept)).order_by(Matter.id.desc())
        session.scalars(to_keep(query)).all()
        found = {key: _merged(session, matter) for key, matter in found.items()}
        if {matter.id for matter in found.values()} <= kept:
            return found


def own_ids(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """The matters of these keys themselves, whatever they were joined to."""
    query = select(Matter.key, Matter.id).where(Matter.key.in_(list(keys)))
    return {row[0]: row[1] for row in session.execute(query)}


def joined_from(session: Session, matter_id: int) -> Sequence[Matter]:
    """The matters that were joined directly to this one, in their order."""
    return session.scalars(select(Matter).where(Matter.merged_into_id == matter_id).order_by(Matter.id)).all()


def where_to(session: Session, own_ids: Iterable[int]) -> dict[int, int]:
    """Where each of these matters is now: itself, or the one that it was joined to, however many steps."""
    found = {matter.id: matter for matter in session.scalars(select(Matter).where(Matter.id.in_(list(own_ids))))}
    return {matter_id: _merged(session, matter).id for matter_id, matter in found.items()}


def _merged(session: Session, matter: Matter) -> Matter:
    while matter.merged_into_id is not None:
        matter = session.get_one(Matter, matter.merged_into_id)
    return matter


def find(session: Session, matter_id: int) -> Matter | None:
    return session.get(Matter, matter_id)


def lock(session: Session, matter_ids: Iterable[int]) -> Sequence[Matter]:
    """Lock matters, the newest first."""
    query = select(Matter).where(Matter.id.in_(list(matter_ids))).order_by(Matter.id.desc())
    return session.scalars(to_change(query)).all()


def replace_identifiers(session: Session, case_id: int, identifiers: Iterable[tuple[str, str]]) -> None:
    """State anew what a case is recognised by."""
    session.execute(delete(CaseIdentifier).where(CaseIdentifier.case_id == case_id))
    session.add_all(CaseIdentifier(case_id=case_id, kind=kind, value=value) for kind, value in set(identifiers))


def identifiers_of(session: Session, case_id: int) -> set[tuple[str, str]]:
    """What a case is recognised by, as stated last."""
    query = select(CaseIdentifier.kind, CaseIdentifier.value).where(CaseIdentifier.case_id == case_id)
    return {(kind, value) for kind, value in session.execute(query)}


def sharing_cases(session: Session, case_id: int) -> Mapping[int, list[tuple[str, str]]]:
    """Other cases by what they have in common with this one: (kind, value) pairs."""
    mine = select(CaseIdentifier.kind, CaseIdentifier.value).where(CaseIdentifier.case_id == case_id).subquery()
    query = (
        select(CaseIdentifier.case_id, CaseIdentifier.kind, CaseIdentifier.value)
        .join(mine, (mine.c.kind == CaseIdentifier.kind) & (mine.c.value == CaseIdentifier.value))
        .where(CaseIdentifier.case_id != case_id)
        .order_by(CaseIdentifier.case_id.desc(), CaseIdentifier.kind, CaseIdentifier.value)
        .limit(500)
    )
    shared: dict[int, list[tuple[str, str]]] = {}
    for other, kind, value in session.execute(query):
        shared.setdefault(other, []).append((kind, value))
    return shared
