"""Matters (同一事项, domain.md 2.2): what overlaps with a case, and who belongs to a matter."""

from typing import Any, TypedDict

from storage import matters as store
from storage.cases import Case
from storage.database import Session
from storage.matters import Matter
from storage.questions import overlaps as found
from workflows import views
from workflows.case.running import find_case
from workflows.errors import Forbidden, NotFound
from workflows.permissions import Actor
from workflows.rules import matters as law


class MatterShown(TypedDict):
    """A matter by its number, its key and the title of whoever was first to ask for it."""

    id: int
    key: str
    title: str


def get_overlaps(session: Session, actor: Actor, reference: str) -> dict[str, Any]:
    """Other cases that share an invoice, filing number, site, certificate or settlement with this one, or are named
    alike; each a proposal to merge until an officer decides (查重比对)."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise Forbidden("查重比对供承办单位和监督审计人员查看。")
    shared = alike(session, case)
    others = found.cases_of(session, shared)
    return {
        "case": reference,
        "matter": _matter(case.matter),
        "items": [
            {
                "case": other.reference,
                "title": other.title,
                "scheme": other.scheme,
                "status": other.status,
                "enterprise": {"uscc": other.enterprise.uscc, "name": other.enterprise.name},
                "matter": _matter(other.matter),
                "same_matter": case.matter_id is not None and other.matter_id == case.matter_id,
                "shared": [{"kind": kind, "name": law.KINDS[kind], "value": value} for kind, value in shared[other.id]],
            }
            for other in others
        ],
    }


def alike(session: Session, case: Case) -> dict[int, list[tuple[str, str]]]:
    """What other cases have in common with this one, or are named alike: (kind, value) pairs by case."""
    shared = {other_id: list(pairs) for other_id, pairs in store.sharing_cases(session, case.id).items()}
    for other_id, title in found.titles_near(session, case):
        if law.similar_names(case.title, title):
            shared.setdefault(other_id, []).append((law.NAME, title))
    return shared


def matter_shown(matter: Matter) -> MatterShown:
    return {"id": matter.id, "key": matter.key, "title": matter.title}


def _matter(matter: Matter | None) -> MatterShown | None:
    return matter_shown(matter) if matter else None


def get_matter(session: Session, actor: Actor, matter_id: int) -> dict[str, Any]:
    """A matter with its members: cases, and what was granted before."""
    matter = store.find(session, matter_id)
    if matter is None or not actor.reads_office:
        raise NotFound("没有这一事项，或你无权查看。")
    return {
        **matter_shown(matter),
        "merged_into": matter.merged_into_id,
        "joined": [matter_shown(each) for each in store.joined_from(session, matter_id)],
        "cases": [
            {
                "case": case.reference,
                "title": case.title,
                "scheme": case.scheme,
                "status": case.status,
                "enterprise": {"uscc": case.enterprise.uscc, "name": case.enterprise.name},
                "precap_amount": views.amount(case.precap_amount),
                "final_amount": views.amount(case.final_amount),
            }
            for case in found.cases_of_matter(session, matter_id)
        ],
        "historic_awards": [
            {
                "uscc": award.uscc,
                "scheme": award.scheme,
                "decided_on": award.decided_on.isoformat() if award.decided_on else None,
                "precap_amount": views.amount(award.precap_amount),
                "paid_amount": views.amount(award.paid_amount),
                "document_no": award.document_no,
                "office": award.office,
            }
            for award in found.awards_of_matter(session, matter_id)
        ],
    }
