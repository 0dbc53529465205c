"""The history of awards (历史支持台账), read: what differences and best-only rest on."""

from typing import Any

from storage import historic_awards as store
from storage import people
from storage.database import Session
from storage.historic_awards import HistoricAward
from workflows import paging, searching, views
from workflows.permissions import OFFICE, READERS, Actor, require


def list_awards(
    session: Session,
    actor: Actor,
    *,
    uscc: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> paging.Page[dict[str, Any]]:
    """The history, newest import first; `q` is a part of a firm's name or credit code. Raises Invalid."""
    require(actor, *sorted(OFFICE | READERS))
    code, term = uscc.upper() if uscc else None, searching.term_of(q)
    before = paging.read_id_cursor(cursor)
    found = store.list_awards(session, uscc=code, term=term, before=before, limit=limit + 1)
    names = people.names_by_uscc(session, {award.uscc for award in found})
    items = [_shown(award, names.get(award.uscc)) for award in found[:limit]]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def _shown(award: HistoricAward, name: str | None) -> dict[str, Any]:
    return {
        "id": award.id,
        "uscc": award.uscc,
        "enterprise": name or award.stated_name,
        "scheme": award.scheme,
        "matter": award.matter_id,
        "policy": award.policy,
        "office": award.office,
        "honour_type": award.honour_type,
        "level": award.level,
        "decided_on": _day(award.decided_on),
        "precap_amount": views.amount(award.precap_amount),
        "paid_amount": views.amount(award.paid_amount),
        "document_no": award.document_no,
        "approved_total": views.amount(award.approved_total),
        "years": award.years,
        "certificate_no": award.certificate_no,
        "issued_on": _day(award.issued_on),
        "accepted_on": _day(award.accepted_on),
        "note": award.note,
        "imported_by": award.imported_by,
        "imported_at": views.instant(award.imported_at),
        "import": award.import_id,
        "withdrawn_at": views.instant(award.withdrawn_at),
    }


def _day(on: Any) -> str | None:
    return on.isoformat() if on else None
