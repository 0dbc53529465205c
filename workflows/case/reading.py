"""Reading a case without its lock: what a page or a form may know of it."""

from datetime import datetime
from typing import Any

from storage.batches import Batch
from storage.cases import Case, CaseFacts, Submission
from storage.database import Session
from storage.people import Enterprise
from storage.reviews import ReviewSession
from workflows.case import awards
from workflows.case.known_facts import known_facts
from workflows.case.step import Look
from workflows.permissions import Actor

SEALED = frozenset({"declare_interest", "score_application"})
"""The tasks that bundles published up to release 0.3.0 seal, which do not say so."""


def may_read(actor: Actor, submission: Submission, panel: ReviewSession | None) -> bool:
    """Sealed submissions are for their author alone until all scores of the case's current panel are in; applicants
    read their own."""
    if submission.by == actor.username:
        return True
    if actor.is_applicant:
        return False
    # What an expert declares and scores is nobody's business until all scores are in; it is no fact of the case.
    if submission.seal is not None:
        return panel is not None and panel.unsealed_at is not None and submission.at <= panel.unsealed_at
    return True


def look_at(session: Session, case: Case, now: datetime) -> Look:
    """The case as it stands, without a lock; what is done to it needs a `Step`."""
    batch = session.get_one(Batch, case.batch_id)
    enterprise = session.get_one(Enterprise, case.enterprise_id)
    facts = session.get_one(CaseFacts, case.id).facts
    return Look(session=session, case=case, batch=batch, enterprise=enterprise, facts=facts, now=now)


def computed_facts(look: Look) -> dict[str, Any]:
    """Facts that the office knows without anybody typing them: amounts, earlier awards, experts' scores."""
    case = look.case
    amounts = {
        name: str(value)
        for name in ("computed_amount", "item_amount", "precap_amount", "final_amount", "paid_amount")
        if (value := getattr(case, name)) is not None
    }
    to_pay = {"amount_to_pay": str(awards.to_pay(look))} if case.final_amount is not None else {}
    return {
        **amounts,
        **to_pay,
        **known_facts(look),
        "reference": case.reference,
        "title": case.title,
    }


def enterprise_profile(enterprise: Enterprise) -> dict[str, Any]:
    return {
        **enterprise.profile,
        "uscc": enterprise.uscc,
        "name": enterprise.name,
        "entity_type": enterprise.entity_type,
    }
