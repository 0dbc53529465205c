"""The record of a case (办理全程留痕) as each reader may see it: who did what, when, and what followed from it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from storage import audit as store
from storage import people
from storage.audit import AuditEvent
from storage.cases import Case
from storage.database import Session
from workflows import paging, views
from workflows.audit import SYSTEM
from workflows.case.bundles import Bundle, bundle_of
from workflows.case.running import chain_of
from workflows.casework.cases import find_readable, refuse_outsiders
from workflows.permissions import ROLES, Actor

# What an applicant may read of the history: what he did, and what he was told.
PUBLIC_ACTIONS = frozenset(
    {
        "case_created",
        "application_submitted",
        "case_accepted",
        "case_not_accepted",
        "letter_sent",
        "case_withdrawn",
        "case_suspended",
        "case_resumed",
        "case_terminated",
        "case_vetoed",
        "case_refused",
        "award_forfeited",
        "change_requested",
        "change_confirmed",
        "change_refused",
        "award_committed",
        "payment_made",
        "payment_returned",
        "case_ended",
        "reopening_confirmed",
        "recovery_decided",
        "award_revoked",
        "document_uploaded",
    }
)
# Who stands on the record without an account.
_NOBODY = {SYSTEM: "系统", "public": "社会公众", "command line": "命令行"}


def get_history(
    session: Session, actor: Actor, reference: str, *, cursor: str | None = None, limit: int = 1000
) -> paging.Page[dict[str, Any]]:
    """The events in order; applicants read what they did and were told, without names of staff."""
    case = find_readable(session, reference, actor)
    refuse_outsiders(actor)
    after = paging.read_id_cursor(cursor) or 0
    events = store.list_chain(session, chain_of(case), after=after, limit=limit + 1)
    following = paging.id_cursor(events[limit - 1].seq) if len(events) > limit else None
    shown = _told(session, case, events[:limit], actor) if actor.sees_names else _to_firm(session, case, events[:limit])
    return paging.Page(shown, following)


def _to_firm(session: Session, case: Case, events: Sequence[AuditEvent]) -> list[dict[str, Any]]:
    """What followed from an act of the office is the office's act to the firm, though the program carried it out."""
    causes = store.find_all(session, {found for event in events if (found := _cause(event)) is not None})
    own = people.users_of_enterprise(session, case.enterprise_id)
    return [
        {
            "seq": event.seq,
            "at": views.instant(event.at),
            "actor": _of_two_sides(causes.get(_cause(event) or ("", 0), event).actor, event.actor, own),
            "action": event.action,
            "subject": event.subject,
            "changes": event.changes if event.actor in own else [],
        }
        for event in events
        if event.action in PUBLIC_ACTIONS or event.actor in own
    ]


def _of_two_sides(began: str, did: str, own: Collection[str]) -> str:
    if did in own:
        return "本单位"
    return _NOBODY[SYSTEM] if began in own or began == SYSTEM else "承办单位"


def _told(session: Session, case: Case, events: Sequence[AuditEvent], actor: Actor) -> list[dict[str, Any]]:
    causes = store.find_all(session, {found for event in events if (found := _cause(event)) is not None})
    names = people.names_of(session, {event.actor for event in [*events, *causes.values()]}) | _NOBODY
    elements = _element_names(bundle_of(session, case.definition_id))
    return [
        {
            "seq": event.seq,
            "at": views.instant(event.at),
            "actor": event.actor,
            "actor_name": names.get(event.actor, event.actor),
            "role": event.role,
            "role_name": ROLES.get(event.role) if event.role else None,
            "address": event.address if actor.has("auditor", "discipline") else None,
            "action": event.action,
            "subject": event.subject,
            "subject_name": elements.get(event.subject),
            "changes": [_masked_change(change, actor) for change in event.changes],
            "cause": _shown_cause(event, causes, names),
            "binds": event.binds,
            "format": event.format,
            "previous": event.previous,
            "hash": event.hash,
        }
        for event in events
    ]


def _cause(event: AuditEvent) -> tuple[str, int] | None:
    return (event.cause_chain, event.cause_seq or 0) if event.cause_chain is not None else None


def _shown_cause(
    event: AuditEvent, causes: Mapping[tuple[str, int], AuditEvent], names: Mapping[str, str]
) -> dict[str, Any] | None:
    """The event that an act of the program followed from; on another chain it is told with its own words."""
    key = _cause(event)
    if key is None:
        return None
    found = causes.get(key)
    return {
        "chain": key[0],
        "seq": key[1],
        "here": key[0] == event.chain,
        "actor": found.actor if found else None,
        "actor_name": names.get(found.actor, found.actor) if found else None,
        "action": found.action if found else None,
        "subject": found.subject if found else None,
    }


def _element_names(bundle: Bundle) -> dict[str, str]:
    processes = bundle.diagrams.processes.values()
    return {element.id: element.name for each in processes for element in each.elements.values() if element.name}


def _masked_change(change: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """A change as this reader may see it; events of the first format hold identity numbers and accounts in clear."""
    if change.get("field") in views.PERSONAL and not actor.sees_personal_data:
        return {**change, "old": _masked(change["old"]), "new": _masked(change["new"])}
    return dict(change)


def _masked(value: object) -> object:
    return value if not value or str(value).startswith("sha256:") else views.mask(value)
