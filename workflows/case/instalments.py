"""Article 7: what the city pays for a project is matched once, instalment by instalment, whoever applies for it.

A project is known by the city's number. That no instalment is accepted twice is in `same_item`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from storage import historic_awards
from storage.database import Session
from storage.questions import city_projects
from workflows.case.step import Look
from workflows.rules import listing
from workflows.rules.matters import city_project
from workflows.rules.money import ZERO

SCHEME = "future_energy"


def matched_before(look: Look) -> Decimal:
    """Yuan that other cases and earlier awards of the case's city project brought before any yearly ceiling.

    What a ceiling cut is not revived by a later instalment. Of the same batch only what is decided counts here: the
    rest meets this case on the list.
    """
    project = city_project(look.facts)
    had = city_projects.had_before(look.session, project, look.case) if project else []
    matter = look.case.matter_id or 0
    return _sum(had) + _historic(look.session, {matter})[matter]


def matched_outside(session: Session, looks: Sequence[Look]) -> Mapping[str, Decimal]:
    """The same for the cases of one list, by reference: what cases that are not on it had of their projects."""
    mine = {look.case.reference: look for look in looks if look.case.scheme == SCHEME}
    projects = {project for look in mine.values() if (project := city_project(look.facts))}
    had: dict[str, list[city_projects.Had]] = defaultdict(list)
    if projects:
        for each in city_projects.had(session, projects, SCHEME, [look.case.id for look in looks]):
            had[each[0]].append(each)
    earlier = _historic(session, {look.case.matter_id or 0 for look in mine.values()})
    return {
        reference: _sum(had[city_project(look.facts)]) + earlier[look.case.matter_id or 0]
        for reference, look in mine.items()
    }


def _sum(had: Sequence[city_projects.Had]) -> Decimal:
    return sum((listing.before_ceilings(precap, steps) for _, precap, steps in had), ZERO)


def _historic(session: Session, matters: Collection[int]) -> Mapping[int, Decimal]:
    """Yuan that was granted before this program on each of these matters."""
    granted: dict[int, Decimal] = defaultdict(lambda: ZERO)
    known = [matter for matter in matters if matter]
    for award in historic_awards.of_matters(session, known) if known else ():
        if award.scheme == SCHEME and award.decided_on is not None:
            granted[award.matter_id] += award.precap_amount
    return granted
