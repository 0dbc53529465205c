"""The declarative base and the column types that every table shares."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Identity, MetaData, Numeric, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class WholeYuan(TypeDecorator[Decimal]):
    """Yuan without a fraction. The column itself would keep one: so the table's CHECK can refuse it, not round it."""

    impl = Numeric
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | None:
        """1000.00 is written as 1000; what is no whole yuan goes on as it is and is refused by the table."""
        if value is None or not isinstance(value, Decimal):
            return value
        whole = value.to_integral_value()
        return whole if whole == value else value


def one_of(column: str, *words: str, optional: bool = False) -> CheckConstraint:
    """The words that a column may hold; a state that nobody knows is refused by the table."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})" + (f" OR {column} IS NULL" if optional else ""), name=column)


def whole_yuan(*columns: str, positive: bool = False) -> CheckConstraint:
    """Amounts without a fraction, not below 0 (or above it): the last guard below all rules of rounding."""
    least = ">" if positive else ">="
    return CheckConstraint(
        " AND ".join(f"{column} {least} 0 AND {column} = trunc({column})" for column in columns),
        name="_".join(["whole", *columns]) if len(columns) == 1 else "whole_yuan",
    )


def two_people(first: str, second: str) -> CheckConstraint:
    """Four eyes: who did the second thing is not who did the first."""
    return CheckConstraint(f"{first} <> {second}", name=f"{second}_other_than_{first}")


Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
# Awards and ceilings are whole yuan (domain.md 2.4).
Yuan = Annotated[Decimal, mapped_column(WholeYuan())]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]


class Base(DeclarativeBase):
    """All tables; text is unbounded in the database, its bounds are checked where it enters."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {str: Text}
