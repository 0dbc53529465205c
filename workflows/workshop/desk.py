"""What the workshop opens with: the processes and what is in force, the drafts under way, and who owns processes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypedDict

from storage import definition_drafts as draft_store
from storage import definitions, people
from storage.database import Session
from storage.questions import version_use
from workflows import rules
from workflows.permissions import READERS, SYSTEM, Actor, require
from workflows.workshop import drafts
from workflows.workshop.bundling import assemble
from workflows.workshop.drafts import DraftRow
from workflows.workshop.library import in_force


class DraftsOnDesk(TypedDict):
    """The drafts under way, as they concern an owner."""

    to_review: list[DraftRow]
    mine: list[DraftRow]
    others: list[DraftRow]


def list_in_force(session: Session, schemes: Iterable[str] = tuple(rules.SCHEMES)) -> list[dict[str, Any]]:
    """The version in force of each subsidy type (None where there is none), and how many of its cases are under way.

    No type's cases are counted beyond a hundred.
    """
    wanted = tuple(schemes)
    newest, running = version_use.newest_of_keys(session, wanted), version_use.count_running(session, wanted)
    shown = []
    for scheme in wanted:
        latest = newest.get(scheme)
        shown.append(
            {
                "key": scheme,
                "version": latest.version if latest else None,
                "published_at": latest.published_at if latest else None,
                "published_by": latest.published_by if latest else None,
                "running": running.get(scheme, 0),
            }
        )
    return shown


def list_called(session: Session) -> list[dict[str, Any]]:
    """The processes that subsidy types call, each with the types that do so at any depth."""
    library = in_force(session)
    bundles = {scheme: assemble(library, scheme) for scheme in rules.SCHEMES}
    return [
        {"key": key, "callers": [scheme for scheme in bundles if drafts.path_of(key) in bundles[scheme]]}
        for key in drafts.keys(session)
        if key not in rules.SCHEMES
    ]


def list_drafts(session: Session, actor: Actor) -> DraftsOnDesk:
    """Drafts under way: those that wait for this owner's review, his own, and the others."""
    require(actor, *READERS)
    found = drafts.list_drafts(session, actor)
    mine = [draft for draft in found if actor.username in draft["authors"]]
    foreign = [draft for draft in found if draft not in mine and draft["state"] == "open"]
    changing = draft_store.that_change_files(session, [draft["id"] for draft in foreign])
    to_review = [draft for draft in foreign if draft["id"] in changing] if actor.has("process_owner") else []
    others = [draft for draft in found if draft not in mine and draft not in to_review]
    return {"to_review": to_review, "mine": mine, "others": others}


def list_owners(session: Session, *, without: Collection[str] = ()) -> list[str]:
    """The usernames of process owners, but for these."""
    owners = people.users_with_role(session, "process_owner")
    return [user.username for user in owners if user.username not in without]


def names_of(session: Session, usernames: Iterable[str]) -> dict[str, str]:
    """What people are called, by username; the program itself too."""
    return {**people.names_of(session, set(usernames)), SYSTEM.username: "系统（随程序提供）"}


def versions_of(session: Session, draft_id: int) -> list[dict[str, Any]]:
    """The versions that came of a draft, with the state they are in now."""
    return [
        {"key": row.key, "version": row.version, "is_retired": row.state != "published"}
        for row in definitions.list_of_draft(session, draft_id)
    ]


def is_older(started_at: str, updated_at: str) -> bool:
    """Whether a rehearsal was begun before the draft was last changed."""
    return datetime.fromisoformat(started_at) < datetime.fromisoformat(updated_at)
