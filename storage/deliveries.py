"""How letters reach their enterprises: confirmed addresses (送达地址确认书) and services on paper (送达回证).

Both registers are only added to; what was entered wrongly is entered again, and the newest entry counts.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, one_of

Manner = Literal["direct", "post", "left", "notice"]


class DeliveryAddress(Base):
    """What an enterprise signed about how it may be served, entered by an officer from the paper.

    `electronic`: it agreed to electronic service through this program; a later entry without it takes that back.
    """

    __tablename__ = "delivery_address"
    id: Mapped[Id]
    enterprise_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enterprise.id"))
    signed_on: Mapped[date]
    electronic: Mapped[bool]
    address: Mapped[str]
    document_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("document.id"))
    registered_by: Mapped[str]
    registered_at: Mapped[Instant]
    __table_args__ = (Index(None, "enterprise_id", "id"),)


class PaperService(Base):
    """One service of a letter on paper, with its return. `served_on` is the day on which it counts as delivered.

    By public notice (公告) that is a fixed time after `done_on`, the day of the notice; else the same day.
    """

    __tablename__ = "paper_service"
    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("message.id"))
    manner: Mapped[Manner] = mapped_column(Text)
    done_on: Mapped[date]
    served_on: Mapped[date]
    tracking_no: Mapped[str | None]
    recipient: Mapped[str]
    document_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("document.id"))
    registered_by: Mapped[str]
    registered_at: Mapped[Instant]
    __table_args__ = (
        one_of("manner", *get_args(Manner)),
        CheckConstraint("served_on >= done_on", name="served_after_done"),
        Index(None, "message_id", "id"),
    )


def address_in_force(session: Session, enterprise_id: int, at: datetime) -> DeliveryAddress | None:
    """The newest confirmation that was on the register at an instant."""
    query = select(DeliveryAddress).where(
        DeliveryAddress.enterprise_id == enterprise_id, DeliveryAddress.registered_at <= at
    )
    # Whoever registers one does nothing else: what waits to be written is no address.
    with session.no_autoflush:
        return session.scalar(query.order_by(DeliveryAddress.id.desc()).limit(1))


def addresses_in_force(session: Session, enterprise_ids: Iterable[int], at: datetime) -> dict[int, DeliveryAddress]:
    """The newest confirmation of each of these enterprises that was on the register at an instant, one statement."""
    query = select(DeliveryAddress).where(
        DeliveryAddress.enterprise_id.in_(list(enterprise_ids)), DeliveryAddress.registered_at <= at
    )
    newest = query.ext(distinct_on(DeliveryAddress.enterprise_id))
    found = session.scalars(newest.order_by(DeliveryAddress.enterprise_id, DeliveryAddress.id.desc()))
    return {address.enterprise_id: address for address in found}


def list_addresses(session: Session, enterprise_id: int) -> Sequence[DeliveryAddress]:
    """All confirmations of an enterprise, in the order in which they were entered."""
    query = select(DeliveryAddress).where(DeliveryAddress.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(DeliveryAddress.id)).all()


def services_of(session: Session, message_ids: Iterable[int]) -> dict[int, PaperService]:
    """The service that counts of each of these letters: the one entered last."""
    query = (
        select(PaperService)
        .where(PaperService.message_id.in_(list(message_ids)))
        .ext(distinct_on(PaperService.message_id))
        .order_by(PaperService.message_id, PaperService.id.desc())
    )
    return {service.message_id: service for service in session.scalars(query)}
