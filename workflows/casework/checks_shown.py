"""What pages and calls show of the hits of 查重 and of what people made of them."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from storage import case_checks, documents, historic_awards, people
from storage import cases as case_store
from storage.case_checks import CaseCheck, CheckConclusion
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from workflows import views
from workflows.rules import matters as law


class PaperShown(TypedDict):
    """A document that a conclusion names as its evidence."""

    id: int
    case: str
    filename: str


class OtherShown(TypedDict):
    """Who is on the other side: a case (with its number), or what was granted before."""

    case: str | None
    historic_award: int | None
    title: str
    scheme: str
    enterprise: str
    status: str | None
    paid: bool


class ConclusionShown(TypedDict):
    """What was concluded, for which case its amount is, and who confirmed it or sent it back."""

    id: int
    case: str
    result: str
    reason: str
    amount: str | None
    other_amount: str | None
    concluded_by: str
    concluded_at: str
    confirmed_by: str | None
    confirmed_at: str | None
    evidence: list[PaperShown]
    returned_by: str | None
    returned_at: str | None
    return_reason: str | None


CheckShown = TypedDict(
    "CheckShown",
    {
        "id": int,
        "kind": str,
        "state": str,
        "case": str,
        "with": OtherShown | None,
        "marks": list[dict[str, str]],
        "why": str,
        "opened_at": str | None,
        "due_on": str | None,
        "settled_because": str | None,
        "conclusions": list[ConclusionShown],
    },
)


def shown(session: Session, checks: Sequence[CaseCheck], *, of: int | None = None) -> list[CheckShown]:
    """The checks as one case sees them: `with` is whoever is on the other side of it."""
    ids = {each for check in checks for each in (check.case_id, check.other_case_id) if each is not None}
    known = case_store.with_enterprises(session, ids)
    awards = historic_awards.by_ids(session, [check.award_id for check in checks if check.award_id is not None])
    made = case_checks.conclusions(session, [check.id for check in checks])
    people_of = {
        each
        for all_of in made.values()
        for one in all_of
        for each in (one.concluded_by, one.confirmed_by, one.returned_by)
    }
    names = people.names_of(session, {each for each in people_of if each is not None})
    papers = _papers(session, [one for all_of in made.values() for one in all_of], known)
    return [
        _check_shown(
            check,
            of or check.case_id,
            known,
            awards,
            [_conclusion(each, known, names, papers) for each in made.get(check.id, [])],
        )
        for check in checks
    ]


def _papers(
    session: Session, made: Sequence[CheckConclusion], known: Mapping[int, tuple[Case, Enterprise]]
) -> dict[int, PaperShown]:
    """The documents that these conclusions name, by id."""
    wanted = {document_id for each in made for document_id in each.evidence}
    return {
        each.id: {"id": each.id, "case": known[each.case_id][0].reference, "filename": each.filename}
        for each in documents.by_ids(session, wanted)
    }


def _check_shown(
    check: CaseCheck,
    of: int,
    known: Mapping[int, tuple[Case, Enterprise]],
    awards: Mapping[int, historic_awards.HistoricAward],
    made: list[ConclusionShown],
) -> CheckShown:
    other = check.other_case_id if of == check.case_id else check.case_id
    return {
        "id": check.id,
        "kind": check.kind,
        "state": check.state,
        "case": known[of][0].reference,
        "with": _with(other, check.award_id, known, awards),
        "marks": [
            {"kind": kind, "name": law.KINDS[kind], "value": "" if kind == law.PAYEE else value}
            for kind, value in sorted(check.pairs)
        ],
        "why": check.why,
        "opened_at": views.instant(check.opened_at),
        "due_on": check.due_on.isoformat() if check.due_on else None,
        "settled_because": check.settled_because,
        "conclusions": made,
    }


def _with(
    case_id: int | None,
    award_id: int | None,
    known: Mapping[int, tuple[Case, Enterprise]],
    awards: Mapping[int, historic_awards.HistoricAward],
) -> OtherShown | None:
    """Whoever is on the other side; nobody where the case itself is looked into."""
    if award_id is not None:
        return _award(awards[award_id])
    return _case(*known[case_id]) if case_id is not None else None


def _case(case: Case, enterprise: Enterprise) -> OtherShown:
    return {
        "case": case.reference,
        "historic_award": None,
        "title": case.title,
        "scheme": case.scheme,
        "enterprise": enterprise.name,
        "status": case.status,
        "paid": case.paid_amount is not None,
    }


def _award(award: historic_awards.HistoricAward) -> OtherShown:
    return {
        "case": None,
        "historic_award": award.id,
        "title": f"历史支持记录（{award.document_no or award.decided_on or '无文号'}）",
        "scheme": award.scheme,
        "enterprise": award.stated_name or award.uscc,
        "status": None,
        "paid": award.paid_amount > 0,
    }


def _conclusion(
    made: CheckConclusion,
    known: Mapping[int, tuple[Case, Enterprise]],
    names: Mapping[str, str],
    papers: Mapping[int, PaperShown],
) -> ConclusionShown:
    return {
        "id": made.id,
        "case": known[made.case_id][0].reference,
        "result": made.result,
        "reason": made.reason,
        "amount": views.amount(made.amount),
        "other_amount": views.amount(made.other_amount),
        "concluded_by": names.get(made.concluded_by, made.concluded_by),
        "concluded_at": str(views.instant(made.concluded_at)),
        "confirmed_by": names.get(made.confirmed_by or "", made.confirmed_by),
        "confirmed_at": views.instant(made.confirmed_at),
        "evidence": [papers[each] for each in made.evidence],
        "returned_by": names.get(made.returned_by or "", made.returned_by),
        "returned_at": views.instant(made.returned_at),
        "return_reason": made.return_reason,
    }
