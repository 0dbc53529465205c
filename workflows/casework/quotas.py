"""指标台账: quotas registered and adjusted by finance, read by the office; a mistake is another entry."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from storage import batches, cluster_awards, people
from storage import quotas as store
from storage.batches import Batch
from storage.database import Session
from storage.quotas import QuotaEntry
from workflows import views
from workflows.audit import Chain
from workflows.case import quotas
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.permissions import OFFICE, READERS, Actor, require
from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

KINDS = {"added": "下达或追加", "reduced": "调减"}


class EntryShown(TypedDict):
    """A document of a quota, its amount in yuan."""

    id: int
    year: int
    batch: int | None
    kind: str
    document_no: str
    account: str
    amount: str
    basis: str
    by: str
    at: str


def register(
    session: Session,
    actor: Actor,
    *,
    year: int,
    batch: int | None,
    kind: str,
    document_no: str,
    account: str,
    amount: str,
    basis: str,
    now: datetime,
) -> EntryShown:
    """Add a document to the quota of a batch, or of a year; a reduction leaves at least what is paid."""
    actor = require(actor, "finance_officer")
    of = _open_batch(session, batch) if batch is not None else None
    entry = QuotaEntry(
        year=year, batch_id=batch, kind=kind, document_no=document_no.strip(), account=account.strip(),
        basis=basis.strip(), by=actor.username, at=now,
    )  # fmt: skip
    errors = _errors(entry, amount)
    if errors:
        raise Invalid("指标登记有误，请按提示修改。", errors=errors)
    # The chain's lock is the one that payments take.
    chain = Chain.open_locked(session, quotas.name_of(batch, year))
    if kind == store.REDUCED:
        _leaves_what_is_paid(session, entry, of)
    session.add(entry)
    session.flush()
    fields = ("kind", "year", "document_no", "account", "basis")
    changes = [{"field": name, "old": None, "new": getattr(entry, name)} for name in fields]
    amounts = [{"field": "amount", "old": None, "new": str(entry.amount)}]
    chain.append(now, actor, "quota_registered", str(entry.id), [*changes, *amounts])
    return _shown(entry, people.names_of(session, {entry.by}))


def _open_batch(session: Session, batch_id: int) -> Batch:
    batch = batches.get(session, batch_id)
    if batch is None:
        raise NotFound("没有这一批次。")
    if batch.status != "open":
        raise Conflict("该批次尚未发布，不能登记指标。")
    return batch


def _errors(entry: QuotaEntry, amount: str) -> list[FieldError]:
    """What is wrong with an entry; sets its amount where that can be read."""
    texts = {"document_no": "指标文号", "account": "预算科目", "basis": "登记依据"}
    errors = [
        FieldError(name, f"请填写{label}，2至200字。")
        for name, label in texts.items()
        if not 2 <= len(getattr(entry, name)) <= 200
    ]
    if not 2000 <= entry.year <= 2999:
        errors.append(FieldError("year", "请填写四位年份，如2026。"))
    if entry.kind not in KINDS:
        errors.append(FieldError("kind", "请选择下达、追加或调减。"))
    try:
        entry.amount = parse_money(amount)
        if entry.amount <= 0 or entry.amount != entry.amount.to_integral_value():
            errors.append(FieldError("amount", "指标金额应为大于0的整数元。"))
    except MoneyInvalid as wrong:
        errors.append(FieldError("amount", f"{wrong}。"))
    return errors


def _leaves_what_is_paid(session: Session, entry: QuotaEntry, batch: Batch | None) -> None:
    if batch is not None:
        amount, paid = store.find_of_batch(session, batch), store.paid_of_batch(session, batch.id)
    else:
        amount, paid = store.find_of_year(session, entry.year), store.paid_of_year(session, entry.year)
    if amount is None or amount - paid < entry.amount:
        left = format_yuan(max(amount - paid, paid - paid)) if amount is not None else "0"
        raise Invalid(
            "指标登记有误，请按提示修改。", errors=[FieldError("amount", f"指标未支付余额{left}元，不足调减。")]
        )


class Standing(TypedDict):
    """How a quota stands, in yuan; `short` where more is arranged than it holds."""

    title: str
    amount: str
    arranged: str
    paid: str
    left: str
    short: bool


def list_standings(session: Session, actor: Actor) -> list[Standing]:
    """The quotas of batches, then those of years; what is arranged and paid follows from decisions and payments."""
    require(actor, *sorted(OFFICE | READERS))
    rows = [_standing(each.title, each.amount, each.arranged, each.paid) for each in store.quotas_of_batches(session)]
    for year in store.years(session):
        amount = store.find_of_year(session, year) or Decimal(0)
        paid = store.paid_of_year(session, year)
        rows.append(_standing(f"{year}年度（没有批次指标的支付）", amount, paid, paid))
    return rows


def _standing(title: str, amount: Decimal, arranged: Decimal, paid: Decimal) -> Standing:
    return {
        "title": title,
        "amount": views.amount(amount),
        "arranged": views.amount(arranged),
        "paid": views.amount(paid),
        "left": views.amount(amount - paid),
        "short": arranged > amount,
    }


class Commitment(TypedDict):
    """What article 8 promises of a year's money: how many instalments, at most so many yuan."""

    year: int
    count: int
    amount: str


def list_commitments(session: Session, actor: Actor) -> list[Commitment]:
    """The yearly instalments of recognised clusters that are not paid yet, by year; a year's score may pay less."""
    require(actor, *sorted(OFFICE | READERS))
    found = cluster_awards.committed_by_year(session)
    return [{"year": year, "count": count, "amount": views.amount(amount)} for year, count, amount in found]


def find_budget(session: Session, actor: Actor, batch_id: int) -> str | None:
    """Yuan that a batch may use in all: its own quota, else what others leave of its year's; None without either."""
    require(actor, *sorted(OFFICE | READERS))
    batch = batches.get(session, batch_id)
    if batch is None:
        raise NotFound("没有这一批次。")
    amount = store.find_of_batch(session, batch)
    if amount is None:
        left = quotas.find_left(session, batch, batch.cap_year)
        amount = None if left is None else left + store.paid_of_batch(session, batch.id)
    return views.amount(amount)


def list_entries(session: Session, actor: Actor) -> Sequence[EntryShown]:
    """Every document in order."""
    require(actor, *sorted(OFFICE | READERS))
    entries = store.list_entries(session)
    names = people.names_of(session, {entry.by for entry in entries})
    return [_shown(entry, names) for entry in entries]


def _shown(entry: QuotaEntry, names: Mapping[str, str]) -> EntryShown:
    return {
        "id": entry.id,
        "year": entry.year,
        "batch": entry.batch_id,
        "kind": entry.kind,
        "document_no": entry.document_no,
        "account": entry.account,
        "amount": views.amount(entry.amount),
        "basis": entry.basis,
        "by": names.get(entry.by, entry.by),
        "at": views.instant(entry.at),
    }
