"""Projects of articles 3, 6 and 7 with figures of their own, for the journeys in which several cases meet."""

from __future__ import annotations

from typing import Any

from tests.contract_client import Office
from tests.journeys.conftest import investment

# Without experts a project of article 3 or 6 is at the list in a third of the time.
NO_EXPERTS = {"proc__expert_route__art3": "none", "proc__expert_route__art6": "none"}
PROJECTS = ("retrofit", "renewable_energy", "future_energy")


def batch_of(office: Office, *schemes: str, **readings: str) -> int:
    """A new batch of these schemes (of articles 3, 6 and 7 unless said), opened with these readings of the policy."""
    office.choose(**NO_EXPERTS, **readings)
    return office.make_batch(schemes=schemes or PROJECTS)


def project(office: Office, batch: int, enterprise: str, scheme: str, yuan: int, **more: Any) -> str:
    """A submitted application over an investment (articles 3, 6) or a city award (article 7) of so many yuan."""
    reference = office.apply(enterprise, f"{enterprise}的项目{yuan}", batch, scheme)
    match scheme:
        case "future_energy":
            figures = dict.fromkeys(("city_award_approved", "city_award_received", "declared_amount"), str(yuan))
        case "renewable_energy":
            figures = {"declared_investment": str(yuan), "declared_amount": str(yuan // 10)}
        case _:
            figures = investment(yuan)
    office.submit(reference, **figures, **more)
    return reference


def to_the_list(office: Office, *references: str, **verified: Any) -> None:
    """Drive cases until the chief can list them; `verified` goes into the officer's confirmation of each."""
    for reference in references:
        office.drive(reference, until="listed", values={"confirm_verified": verified})


def fix_list(office: Office, batch: int) -> dict[str, Any]:
    """The rows of the list that the chief fixes, by case; firms that are asked before a cut keep the named order."""
    rows = {row["case"]: row for row in office.as_("chief").post(f"/batches/{batch}/list")["items"]}
    office.accept_cuts(*rows)
    return rows


def finals(office: Office, *references: str) -> list[str | None]:
    return [office.case(reference)["final_amount"] for reference in references]


def account(office: Office, uscc: str, year: int = 2026) -> Any:
    """The ledger of an enterprise for a year."""
    return office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year={year}")
