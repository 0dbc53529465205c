"""In which year a case counts against the yearly ceilings: `a10.cap_year_basis` and `a6.cap_year_basis` (M03).

Before it is decided, and before it is paid where payment decides, a case counts in the year in which that can still
happen: the batch's year, or this one when the year has turned.
"""

from dataclasses import dataclass
from datetime import date

from storage.ledger import Holding
from workflows.case.step import Look
from workflows.rules import listing

ANNUAL, ENTITY = "a10.cap_year_basis", "a6.cap_year_basis"


@dataclass(frozen=True, slots=True)
class CapYears:
    """The year of article 10's ceiling, and that of article 6's for the cases of article 6."""

    annual: int
    entity: int | None


def _both(look: Look, annual: int, entity: int) -> CapYears:
    return CapYears(annual, entity if look.case.scheme == listing.RENEWABLE else None)


def expected(look: Look) -> CapYears:
    """The years of a case that is not decided yet."""

    def year(basis: str) -> int:
        batch_year = look.batch.cap_year
        return batch_year if look.parameter(basis) == "batch_year" else max(batch_year, look.today.year)

    return _both(look, year(ANNUAL), year(ENTITY))


def decided(look: Look, holding: Holding, on: date) -> CapYears:
    """The years of a case that the district approved on a day."""
    return _at(look, holding, "approval_year", on)


def paid(look: Look, holding: Holding, on: date) -> CapYears:
    """The years of a case that is paid on a day."""
    return _at(look, holding, "disbursement_year", on)


def of_holding(look: Look, holding: Holding) -> CapYears:
    """The years in which a holding counts: a further decision counts where the one does whose place it takes."""
    return _both(look, holding.account.year, holding.entity_year or holding.account.year)


def _at(look: Look, holding: Holding, basis: str, on: date) -> CapYears:
    annual = on.year if look.parameter(ANNUAL) == basis else holding.account.year
    entity = on.year if look.parameter(ENTITY) == basis else holding.entity_year or holding.account.year
    return _both(look, annual, entity)


def stands(holding: Holding, years: CapYears) -> bool:
    """Whether the case counts in these years already; entries from before article 6 had a year of its own say none."""
    return holding.account.year == years.annual and (
        years.entity is None or (holding.entity_year or holding.account.year) == years.entity
    )
