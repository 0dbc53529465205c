"""What an officer enters about delivery (送达): a signed address (送达地址确认书), a service on paper (送达回证)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict, get_args

from storage import deliveries, documents, messages, people
from storage.database import Session
from storage.deliveries import DeliveryAddress, Manner, PaperService
from workflows import views
from workflows.case.avoiding import refuse_avoiding
from workflows.case.delivery import MANNERS, NOTICE_DAYS, Delivery, deliveries_of
from workflows.case.reading import look_at
from workflows.case.running import Running, find_case, open_case
from workflows.case.step import local_date
from workflows.errors import FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import OFFICE, READERS, Actor, require
from workflows.typed import days
from workflows.typed.signs import Unreadable

REGISTRARS = ("acceptance_clerk", "case_officer")
PAPER = {manner: MANNERS[manner] for manner in get_args(Manner)}


class LetterServed(TypedDict):
    """A letter with how it was delivered: the day from which that counts, and the proof; None where there is none.

    `to_serve`: a term ran out and nobody could prove the delivery, so that it is to be served on paper.
    """

    id: int
    kind: str
    title: str
    number: str | None
    sent_at: str
    served_on: str | None
    manner: str | None
    manner_name: str | None
    to_serve: bool


class AddressShown(TypedDict):
    """A confirmation of an address as it was registered; the newest is in force."""

    signed_on: str
    electronic: bool
    address: str
    document: int
    registered_by: str
    registered_at: str


class Deliveries(TypedDict):
    """What is known of the delivery of a case's letters, and how its enterprise agreed to be served."""

    letters: list[LetterServed]
    addresses: list[AddressShown]


def get_deliveries(session: Session, actor: Actor, reference: str, now: datetime) -> Deliveries:
    """The letters of a case, in order, and the confirmations of its enterprise. For the office and its readers."""
    case = find_case(session, reference, actor)
    if not actor.has(*OFFICE, *READERS):
        raise Forbidden("送达登记供办理人员查看。")
    sent = messages.list_of_case(session, case.id)
    known = deliveries_of(look_at(session, case, now), sent)
    addresses = deliveries.list_addresses(session, case.enterprise_id)
    names = people.names_of(session, {each.registered_by for each in addresses})
    return {
        "letters": [_letter(each, known.get(each.id)) for each in sent],
        "addresses": [
            {
                "signed_on": each.signed_on.isoformat(),
                "electronic": each.electronic,
                "address": each.address,
                "document": each.document_id,
                "registered_by": names.get(each.registered_by, each.registered_by),
                "registered_at": views.instant(each.registered_at),
            }
            for each in addresses
        ],
    }


def _letter(letter: messages.Message, proof: Delivery | None) -> LetterServed:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "title": letter.title,
        "number": letter.number,
        "sent_at": views.instant(letter.sent_at),
        "served_on": proof.on.isoformat() if proof else None,
        "manner": proof.manner if proof else None,
        "manner_name": MANNERS[proof.manner] if proof else None,
        "to_serve": letter.unproved_at is not None and proof is None,
    }


def register_address(
    session: Session, actor: Actor, reference: str, given: Mapping[str, str], now: datetime
) -> Deliveries:
    """Enter what a firm signed about how it is served: `signed_on`, `electronic` (yes or no), `address`, `document`.

    Letters that are sent from now on follow it. Raises Invalid.
    """
    actor = require(actor, *REGISTRARS)
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    errors: list[FieldError] = []
    signed_on = _day(given, "signed_on", running, errors)
    document = _document(session, given, running, errors)
    address = _text(given, "address", "请写明送达地址，不超过200字。", errors)
    if given.get("electronic") not in ("yes", "no"):
        errors.append(FieldError("electronic", "请选择是否同意电子送达。"))
    if errors:
        raise Invalid("送达地址确认书登记有误，请按提示修改。", errors=errors)
    electronic = given["electronic"] == "yes"
    session.add(
        DeliveryAddress(
            enterprise_id=running.case.enterprise_id,
            signed_on=signed_on,
            electronic=electronic,
            address=address,
            document_id=document,
            registered_by=actor.username,
            registered_at=now,
        )
    )
    told = {"signed_on": signed_on.isoformat(), "electronic": str(electronic).lower(), "address": address}
    running.step.record(
        "delivery_address_registered",
        running.step.enterprise.uscc,
        [{"field": field, "old": None, "new": value} for field, value in told.items()],
    )
    session.flush()
    return get_deliveries(session, actor, reference, now)


def register_service(
    session: Session, actor: Actor, reference: str, message_id: int, given: Mapping[str, str], now: datetime
) -> Deliveries:
    """Enter the return of a service on paper: `manner`, `done_on`, `recipient`, `tracking_no` (by post), `document`.

    By public notice the letter counts as delivered NOTICE_DAYS after the day of the notice. What was entered before
    for the same letter no longer counts. Raises Invalid, NotFound.
    """
    actor = require(actor, *REGISTRARS)
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    letter = messages.find_of_case(session, message_id, running.case.id)
    if letter is None:
        raise NotFound("本件没有这一文书。")
    errors: list[FieldError] = []
    manner = next((each for each in get_args(Manner) if each == given.get("manner")), None)
    if manner is None:
        errors.append(FieldError("manner", "请选择送达方式。"))
    done_on = _day(given, "done_on", running, errors, letter.sent_at)
    document = _document(session, given, running, errors)
    recipient = _text(given, "recipient", "请写明签收人；留置、公告送达的，写明见证人或者公告载体。", errors)
    tracking_no = (given.get("tracking_no") or "").strip()
    if manner == "post" and not 4 <= len(tracking_no) <= 50:
        errors.append(FieldError("tracking_no", "邮寄送达的，请填写邮件单号。"))
    if errors or manner is None:
        raise Invalid("送达回证登记有误，请按提示修改。", errors=errors)
    served_on = done_on + timedelta(days=NOTICE_DAYS) if manner == "notice" else done_on
    session.add(
        PaperService(
            message_id=letter.id,
            manner=manner,
            done_on=done_on,
            served_on=served_on,
            tracking_no=tracking_no or None,
            recipient=recipient,
            document_id=document,
            registered_by=actor.username,
            registered_at=now,
        )
    )
    told = {"number": letter.number or letter.title, "manner": manner, "served_on": served_on.isoformat()}
    running.step.record(
        "letter_served", letter.kind, [{"field": field, "old": None, "new": value} for field, value in told.items()]
    )
    session.flush()
    return get_deliveries(session, actor, reference, now)


def _day(
    given: Mapping[str, str], field: str, running: Running, errors: list[FieldError], since: datetime | None = None
) -> date:
    """A day up to today, not before `since`."""
    today = running.step.today
    try:
        found = days.read(given.get(field) or "")
    except Unreadable as why:
        errors.append(FieldError(field, f"日期{why}。"))
        return today
    if found > today:
        errors.append(FieldError(field, "日期不能晚于今天。"))
    elif since is not None and found < local_date(since):
        errors.append(FieldError(field, "送达日期不能早于文书发出的日期。"))
    return found


def _text(given: Mapping[str, str], field: str, words: str, errors: list[FieldError]) -> str:
    text = (given.get(field) or "").strip()
    if not 2 <= len(text) <= 200:
        errors.append(FieldError(field, words))
    return text


def _document(session: Session, given: Mapping[str, str], running: Running, errors: list[FieldError]) -> int:
    """The scanned paper: one of the case's own documents."""
    text = str(given.get("document") or "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if documents.find(session, running.case.id, number) is None:
        errors.append(FieldError("document", "请先将扫描件上传至本件材料，再在此选择。"))
    return number
