"""Who may stand beside what on the record. Checked after every journey, on everything that it left.

An act of a person names him in a post that does such acts; an act of the program names the event that it followed
from, which is a person's, or the coming of a day.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from storage import audit as store
from storage.audit import AuditEvent
from storage.database import Session
from storage.people import User
from workflows.audit import ROOTS, SYSTEM
from workflows.permissions import OFFICE, ROLES

ANY = frozenset(ROLES)
OWNER, OFFICER, CHIEF = frozenset({"process_owner"}), frozenset({"case_officer"}), frozenset({"section_chief"})
FIRM, MEETING = frozenset({"applicant"}), frozenset({"meeting_secretary"})
OVERSIGHT = frozenset({"discipline", "legal_officer"})

# What only people do, each with the posts that do it.
BY_PEOPLE: Mapping[str, frozenset[str]] = {
    "account_created": frozenset(),
    "batch_drafted": OFFICER,
    "batch_opened": CHIEF,
    "calendar_confirmed": OWNER,
    "calendar_proposed": OWNER,
    "candidates_created": OFFICER,
    "case_published": OFFICER,
    "check_concluded": OFFICER,
    "check_confirmed": CHIEF,
    "check_returned": CHIEF,
    "case_resolved": MEETING,
    "case_resumed": CHIEF,
    "case_suspended": CHIEF,
    "case_terminated": CHIEF,
    "case_withdrawn": FIRM,
    "definition_retired": OWNER,
    "matters_chosen": FIRM,
    "document_uploaded": FIRM | OFFICE | {"verifier"},
    "document_withdrawn": FIRM,
    "draft_discarded": OWNER,
    "draft_joined": OWNER,
    "draft_refused": OWNER,
    "expert_excused": frozenset({"review_organizer"}),
    "historic_awards_imported": OWNER,
    "historic_awards_proposed": OWNER,
    "historic_import_discarded": OWNER,
    "historic_row_settled": OWNER,
    "historic_withdrawal_confirmed": OWNER,
    "historic_withdrawal_proposed": OWNER,
    "delivery_address_registered": frozenset({"acceptance_clerk"}) | OFFICER,
    "letter_read": FIRM,
    "letter_served": frozenset({"acceptance_clerk"}) | OFFICER,
    "list_entry_dismissed": OFFICER,
    "list_entry_matched": OFFICER,
    "list_fixed": CHIEF,
    "matter_change_refused": CHIEF,
    "matter_merge_proposed": OFFICER,
    "matter_merged": CHIEF,
    "matter_split": CHIEF,
    "matter_split_proposed": OFFICER,
    "migration_reverted": OWNER,
    "migration_started": OWNER,
    "notice_published": OFFICER,
    "objection_accepted": OVERSIGHT,
    "objection_answered": OVERSIGHT,
    "objection_dismissed": OVERSIGHT | CHIEF,
    "objection_referred": OVERSIGHT,
    "objection_registered": frozenset(),
    "objection_rejected": OVERSIGHT,
    "petition_registered": frozenset(),
    "advice_given": frozenset({"discipline"}),
    "advice_answered": CHIEF,
    "objector_revealed": frozenset({"discipline"}),
    "evidence_disclosed": frozenset({"discipline"}),
    "evidence_filed": frozenset(),
    "evidence_opened": OVERSIGHT | CHIEF | OFFICER,
    "official_list_imported": OFFICER,
    "overlap_reviewed": OFFICER,
    "parameter_confirmed": OWNER,
    "parameter_proposed": OWNER,
    "publication_recalled": OWNER,
    "publication_scheduled": OWNER,
    "bar_lift_proposed": OFFICER,
    "bar_lifted": CHIEF,
    "clue_registered": OFFICER,
    "reopening_confirmed": CHIEF,
    "reopening_proposed": OFFICER,
    "reopening_returned": CHIEF,
    "recovery_confirmed": frozenset({"finance_reviewer"}),
    "quota_registered": frozenset({"finance_officer"}),
    "recovery_recorded": frozenset({"finance_officer"}),
    "rehearsal_started": OWNER,
    "resolution_recorded": MEETING,
    "scenario_added": OWNER,
    "scenario_retired": OWNER,
    "task_assigned": CHIEF,
    "task_claimed": ANY,
    "change_requested": FIRM,
    "change_checked": OFFICER,
    "change_confirmed": CHIEF,
    "change_refused": OFFICER | CHIEF,
    "avoidance_declared": OFFICE | {"verifier", "co_department"},
    "avoidance_ordered": CHIEF | {"deputy_leader"},
    "avoidance_lifted": CHIEF | {"deputy_leader"},
    "task_completed": ANY,
    "task_released": ANY,
    "task_reminded": CHIEF | OFFICER | {"review_organizer"},
    "what_if_asked": OWNER,
}
# What the program does by itself, after an act of somebody or on its day.
BY_THE_PROGRAM = frozenset(
    {
        *("amount_calculated", "amount_listed", "application_submitted", "award_committed", "case_accepted"),
        *("award_forfeited", "case_migrated"),
        *("case_ended", "case_not_accepted", "case_refused", "case_vetoed", "cluster_award_ended"),
        *("refusal_proposed", "refusal_concluded"),
        *("check_opened", "check_settled", "hold_opened", "payment_held"),
        "case_reopened",
        *("cluster_recognised", "correction_lapsed", "correction_not_delivered", "credit_ruled", "credit_settled"),
        *("award_confirmed", "award_revoked", "collection_settled", "difference_settled"),
        *("recovery_decided", "recovery_dismissed", "recovery_referred"),
        *("delivery_not_proved", "term_lapsed", "term_runs_from_delivery", "term_recounted"),
        *("declarations_settled", "draw_seed_committed", "enterprise_barred", "experts_drawn", "incident_recorded"),
        *("incident_resolved", "panel_seated", "payment_made", "payment_returned", "publication_failed"),
        *("objection_taken_up", "objection_upheld"),
        *("publicity_closed", "quota_released", "recheck_settled", "review_convened", "scores_unsealed"),
        "timer_fired",
    }
)
# What a person does, or the program for want of one: a firm or an officer opens a case, a batch a yearly report.
BY_EITHER: Mapping[str, frozenset[str]] = {
    "case_created": FIRM | OFFICER,
    "definition_published": OWNER,
    "draft_opened": OWNER,
    "draft_published": OWNER,
    "letter_sent": ANY,
}
# Who acts without an account: the public in a notice's period, and whoever sits at the command line.
WITHOUT_ACCOUNT = {
    "objection_registered": "public",
    "petition_registered": "public",
    "evidence_filed": "public",
    "account_created": "command line",
}


def misattributed(session: Session) -> list[str]:
    """What stands on the record of a database that cannot be so, a sentence each."""
    events = {(event.chain, event.seq): event for event in store.walk(session)}
    posts = {user.username: frozenset(user.roles) for user in session.scalars(select(User))}
    found = []
    for event in events.values():
        wrong = _by_the_program(event, events) if event.actor == SYSTEM else _by_a_person(event, posts)
        if wrong:
            found.append(f"{event.chain} {event.seq} {event.action} by {event.actor} as {event.role}: {wrong}")
    return found


def _by_the_program(event: AuditEvent, events: Mapping[tuple[str, int], AuditEvent]) -> str | None:
    if event.action in BY_PEOPLE:
        return "only people do this"
    if (event.role, event.address) != (None, None):
        return "the program has neither post nor address"
    if event.cause_chain is None:
        return None if event.action in ROOTS else "it followed from nothing"
    cause = events.get((event.cause_chain, event.cause_seq or 0))
    if cause is None:
        return "what it followed from is not on record"
    if cause.chain == event.chain and cause.seq >= event.seq:
        return "it came before what it followed from"
    return "what it followed from followed itself" if cause.cause_chain is not None else None


def _by_a_person(event: AuditEvent, posts: Mapping[str, frozenset[str]]) -> str | None:
    if event.action in BY_THE_PROGRAM:
        return "only the program does this"
    if event.cause_chain is not None:
        return "what people do follows from nothing"
    if WITHOUT_ACCOUNT.get(event.action) == event.actor:
        return None
    may = BY_PEOPLE.get(event.action) or BY_EITHER.get(event.action) or frozenset()
    if event.role not in may:
        return f"in no post that does this: {sorted(may)}"
    return None if event.role in posts.get(event.actor, frozenset()) else "the post is not his"
