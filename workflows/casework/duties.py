"""What waits for a person beside the tasks of diagrams: hits of 查重, and what an officer proposed of two matters."""

from datetime import date
from typing import TypedDict

from storage import case_checks
from storage.case_checks import CONCLUDED, OPEN, REFERRED
from storage.database import Session
from workflows.casework import joining
from workflows.casework.checks_shown import CheckShown, shown
from workflows.casework.duplicates import KINDS
from workflows.permissions import Actor

MOST = 20
"""Of each kind that one look shows; the page of each kind shows all."""


_OF_PAIR = {OPEN: "核对重复申报线索", CONCLUDED: "确认查重结论", REFERRED: "处理已移送的线索"}
_OF_HOLD = {OPEN: "核实暂缓事项", CONCLUDED: "确认核实结论", REFERRED: "处理已移送的线索"}


class DutyShown(TypedDict):
    """One thing to do: on the page of a case's 查重, or of what was proposed of two matters."""

    what: str
    case: str | None
    matter: int | None
    change: int | None
    title: str
    told: str
    due_on: str | None


def list_duties(session: Session, actor: Actor) -> list[DutyShown]:
    """What waits for this person, hits by their term; an officer concludes on what is open, the chief confirms."""
    wanted = _states_of(actor)
    checks = shown(session, case_checks.list_in(session, wanted, MOST)) if wanted else []
    return [*map(_of_check, checks), *map(_of_change, joining.list_waiting(session, actor, MOST))]


def count_overdue(session: Session, actor: Actor, today: date) -> int:
    """How many of all that waits for this person are past their last day."""
    return case_checks.count_overdue(session, wanted, today) if (wanted := _states_of(actor)) else 0


def _states_of(actor: Actor) -> list[str]:
    states = {"case_officer": (OPEN, REFERRED), "section_chief": (CONCLUDED,)}
    return [state for role, of_role in states.items() if actor.has(role) for state in of_role]


def _of_check(check: CheckShown) -> DutyShown:
    other = check["with"]
    number = f"（{other['case']}）" if other and other["case"] else ""
    names = _OF_PAIR if other else _OF_HOLD
    return {
        "what": names[check["state"]],
        "case": check["case"],
        "matter": None,
        "change": None,
        "title": f"与{other['enterprise']}的{other['title']}{number}" if other else KINDS[check["kind"]],
        "told": check["why"],
        "due_on": check["due_on"],
    }


def _of_change(change: joining.ChangeShown) -> DutyShown:
    return {
        "what": "确认同一事项的认定" if change["kind"] == "merge" else "确认撤销事项合并",
        "case": None,
        "matter": change["goes"]["id"],
        "change": change["id"],
        "title": f"{change['keeps']['title']}、{change['goes']['title']}",
        "told": change["reason"],
        "due_on": None,
    }
