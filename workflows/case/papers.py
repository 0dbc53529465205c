"""Which required papers of a case are not there (材料清单), and what was waived for the time being (容缺受理)."""

from storage import documents
from workflows.case.step import Look
from workflows.codes.checklists import CHECKLISTS, Item


def missing(look: Look) -> tuple[Item, ...]:
    """The required papers of the case's checklist of which no version is there, in the order of the checklist."""
    present = documents.codes_of_case(look.session, look.case.id)
    return tuple(item for item in CHECKLISTS[look.case.scheme] if item.required and item.code not in present)
