"""What people look for: reference and title of a case, name and credit code of a firm, and any part of them.

`normal` makes texts alike: width, case, blanks, brackets and other marks do not count, letters and digits of every
script do. It works sign by sign, so what is left of a part is always a part of what is left of the whole.

A text is kept in its normal form beside its parts: each sign with the two that follow it, in an index. Three signs and
not two, because texts of digits have no rare pairs. Two signs are found as the beginning of a part, longer ones by all
their parts together; what the index finds is then read, for parts may also stand apart.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, TEXT, BigInteger, ColumnElement, Connection, ForeignKey, Index, cast, event, func, select
from sqlalchemy import inspect as look_into
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base

LEAST = 2
"""Signs that a search needs: one alone says nothing."""
_PART = 3
# Between the texts of one row: no normal form holds it, so no part reaches from one text into the next.
_BREAK = "\n"


class CaseSearch(Base):
    """What a case is found by: reference and title. A table of its own, for the case's row changes at every step."""

    __tablename__ = "case_search"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True)
    text: Mapped[str]
    parts: Mapped[Any] = mapped_column(TSVECTOR)
    __table_args__ = (Index(None, "parts", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),)


class EnterpriseSearch(Base):
    """What a firm is found by: its credit code and name."""

    __tablename__ = "enterprise_search"
    id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enterprise.id"), primary_key=True)
    text: Mapped[str]
    parts: Mapped[Any] = mapped_column(TSVECTOR)
    __table_args__ = (Index(None, "parts", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),)


Kept = type[CaseSearch] | type[EnterpriseSearch]


@dataclass(frozen=True)
class Term:
    """What is looked for, in its normal form and at least LEAST signs long."""

    text: str

    def __post_init__(self) -> None:
        if len(self.text) < LEAST or normal(self.text) != self.text:
            raise ValueError(f"not a term: {self.text!r}")


def normal(text: str) -> str:
    """Letters and digits alone, without width, case and accents."""
    return "".join(map(_normal_sign, text))


@lru_cache(maxsize=65_536)
def _normal_sign(sign: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join(each for each in folded if each.isalnum())


def parts_of(text: str) -> set[str]:
    """Each sign of a normal text with the two that follow it; the last two signs are a part of their own."""
    return {text[start : start + _PART] for start in range(len(text) - 1)}


def contains(kept: Kept, term: Term) -> ColumnElement[bool]:
    """Whether one of the texts of a row has the term in it; reads the row."""
    return kept.text.contains(term.text)


def found_by(kept: Kept, term: Term) -> ColumnElement[bool]:
    """The same, through the index."""
    if len(term.text) < _PART:
        wanted = f"'{term.text}':*"
    else:
        wanted = " & ".join(f"'{part}'" for part in sorted(parts_of(term.text)) if len(part) == _PART)
    return kept.parts.bool_op("@@")(cast(wanted, TSQUERY)) & contains(kept, term)


def write(connection: Connection, kept: Kept, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Write the texts of some rows, by their ids, or write them anew."""
    texts = [[normal(text) for text in given] for _, given in rows]
    parts = [" ".join(sorted(set().union(*map(parts_of, each)))) for each in texts]
    columns = ([row_id for row_id, _ in rows], [_BREAK.join(each) for each in texts], parts)
    types = (BigInteger, TEXT, TEXT)
    given = func.unnest(*(cast(column, ARRAY(kind)) for column, kind in zip(columns, types, strict=True)))
    row = given.table_valued("id", "text", "parts").render_derived()
    cut = func.array_to_tsvector(func.string_to_array(row.c.parts, " "))
    statement = insert(kept).from_select(["id", "text", "parts"], select(row.c.id, row.c.text, cut))
    fresh = {"text": statement.excluded.text, "parts": statement.excluded.parts}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fresh))


def follow(owner: type[Base], kept: Kept, *fields: str) -> None:
    """Let every row of `owner` be found by these fields as they are: who writes them cannot forget the index."""

    def inserted(_: object, connection: Connection, row: Any) -> None:
        write(connection, kept, [(row.id, [getattr(row, field) for field in fields])])

    def updated(mapper: object, connection: Connection, row: Any) -> None:
        if any(look_into(row).attrs[field].history.has_changes() for field in fields):
            inserted(mapper, connection, row)

    event.listen(owner, "after_insert", inserted)
    event.listen(owner, "after_update", updated)


def fill(connection: Connection, kept: Kept, owner: type[Base], *fields: str, at_once: int = 2_000) -> None:
    """Write what every row of `owner` is found by: for rows that came into the table without the program."""
    columns = owner.__table__.columns
    last = 0
    while True:
        query = select(columns["id"], *(columns[field] for field in fields)).where(columns["id"] > last)
        rows = connection.execute(query.order_by(columns["id"]).limit(at_once)).all()
        if not rows:
            return
        write(connection, kept, [(row[0], row[1:]) for row in rows])
        last = rows[-1][0]
