"""Whether a letter was delivered (送达), by which proof and since when; a term that it opens runs from that day.

Three things prove it: an address confirmation (送达地址确认书) with electronic service, by which a letter is delivered
on the day it is sent; the first opening; a service on paper with its return (送达回证). The earliest counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from storage import deliveries, messages
from storage.cases import Submission, latest_submission
from storage.deliveries import PaperService
from storage.messages import Message
from workflows.case import letters
from workflows.case.step import Look, local_date
from workflows.rules.workdays import Calendar, YearNotLoaded, end_of, open_end

# How each proof is said in a letter and on a page.
MANNERS = {
    "agreed": "电子送达（送达地址确认书）",
    "opened": "电子送达（系统阅知）",
    "direct": "直接送达",
    "post": "邮寄送达",
    "left": "留置送达",
    "notice": "公告送达",
}
# 民事诉讼法第九十五条: by public notice a letter counts as delivered thirty days after the day of the notice.
NOTICE_DAYS = 30


@dataclass(frozen=True)
class Delivery:
    """The day from which a letter counts as delivered, which lies ahead after a public notice, and what proves it."""

    on: date
    manner: str

    @property
    def said(self) -> str:
        """As it stands in a letter: 2026年3月2日（直接送达）."""
        return f"{letters.day(self.on)}以{MANNERS[self.manner]}方式送达"


def deliveries_of(look: Look, sent: Iterable[Message]) -> dict[int, Delivery]:
    """How each of these letters of the case was delivered, by id; those that nothing proves are left out."""
    listed = list(sent)
    services = deliveries.services_of(look.session, [letter.id for letter in listed])
    found = {}
    for letter in listed:
        proofs = list(_proofs(look, letter, services.get(letter.id)))
        if proofs:
            found[letter.id] = min(proofs, key=lambda proof: proof.on)
    return found


def delivery_of(look: Look, letter: Message) -> Delivery | None:
    """How one letter was delivered; None when nothing proves it."""
    # One that was sent just now has no number yet, and nobody served it on paper.
    services = deliveries.services_of(look.session, [letter.id]) if letter.id is not None else {}
    return min(_proofs(look, letter, services.get(letter.id)), key=lambda proof: proof.on, default=None)


def _proofs(look: Look, letter: Message, service: PaperService | None) -> Iterator[Delivery]:
    # What was signed and registered only later does not make an older letter delivered.
    if letter.id is None and letters.ADDRESS in look.ahead:  # it was sent just now
        agreed = look.ahead[letters.ADDRESS]
    else:
        agreed = deliveries.address_in_force(look.session, letter.enterprise_id, letter.sent_at)
    if agreed is not None and agreed.electronic:
        yield Delivery(local_date(letter.sent_at), "agreed")
    if letter.read_at is not None:
        yield Delivery(local_date(letter.read_at), "opened")
    if service is not None:
        yield Delivery(service.served_on, service.manner)


def term_end(look: Look, letter: Message | None, days: int) -> datetime:
    """24:00 of the last of so many working days from the letter's delivery; from today while it is not delivered.

    Days on which the case was suspended do not count. An open end where the calendar does not reach.
    """
    proof = delivery_of(look, letter) if letter is not None else None
    if proof is None:
        return look.deadline(days)
    return end_after(look, proof.on, days)


def end_after(look: Look, start: date, days: int) -> datetime:
    """24:00 of the last of so many working days after a day, without those on which the case was suspended.

    An open end where the calendar does not reach.
    """
    calendar = look.calendars.calendar.announced
    try:
        return end_of(last_after(look, calendar, start, days))
    except YearNotLoaded:
        return open_end(start, days)


def last_after(look: Look, calendar: Calendar, start: date, days: int) -> date:
    """The last of so many working days after a day, without those on which the case was suspended.

    Raises YearNotLoaded.
    """
    last = calendar.add(start, days)
    for stopped, resumed in _suspensions(look):
        if stopped <= last and resumed > start:
            last = calendar.add(resumed, calendar.count(max(stopped, start), last))
    return last


def _suspensions(look: Look) -> Iterator[tuple[date, date]]:
    """The days on which the case was suspended and resumed, in order; the letters say so."""
    stopped = None
    for letter in messages.list_of_kinds(look.session, look.case.id, ("suspension", "resumption")):
        if letter.kind == "suspension":
            stopped = local_date(letter.sent_at)
        elif stopped is not None:
            yield stopped, local_date(letter.sent_at)
            stopped = None


def said_after(look: Look, letter: Message | None, element_id: str) -> Submission | None:
    """What the enterprise sent in a task since a letter asked for it; None when it kept silent."""
    found = latest_submission(look.session, look.case.id, element_id)
    return found if found is not None and letter is not None and found.at >= letter.sent_at else None


@dataclass(frozen=True)
class Heard:
    """What came of a hearing, as a letter says it, without its full stop; whether anybody spoke."""

    text: str
    spoke: bool


def heard(look: Look, letter: Message | None, element_id: str, field: str, what: str) -> Heard:
    """What the enterprise said in the task that a letter opened to it, or that it kept silent after which delivery.

    `what` is what it could do, as 陈述申辩.
    """
    sent = said_after(look, letter, element_id)
    return repeated(sent, field, what) if sent is not None else Heard(silence(look, letter, what), spoke=False)


def repeated(sent: Submission, field: str, what: str) -> Heard:
    """What somebody sent, on its day, shortened where it is long."""
    said = letters.excerpt(str(sent.data.get(field) or ""))
    return Heard(f"你单位于{letters.day(local_date(sent.at))}{what}：{said}", spoke=True)


def silence(look: Look, letter: Message | None, what: str) -> str:
    """How a letter says that nothing came: with the day and manner of the delivery, or that none was proved.

    `what` is what did not come, as 陈述申辩.
    """
    if letter is None:
        return f"本件未收到你单位的{what}"
    proof = delivery_of(look, letter)
    name = f"《{letter.title}》" + (f"（{letter.number}）" if letter.number else "")
    if proof is None:
        return f"{name}于{letters.day(local_date(letter.sent_at))}发出，期满未收到你单位的{what}"
    return f"{name}已于{proof.said}，你单位逾期未{what}"
