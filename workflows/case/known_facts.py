"""What the office knows about a case without anybody typing it: earlier awards, used certificates, experts' scores.

Forms start with it, and a calculation falls back on it for facts that no form asks for.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

from storage import cases, historic_awards, matters, recoveries, reviews
from storage.historic_awards import HistoricAward
from storage.questions import earlier
from workflows.case.step import Step
from workflows.rules.matters import CERTIFICATE, normal
from workflows.rules.money import ZERO

_LEVELS = ("municipal", "national")
_SHARE = Decimal("0.0001")


def known_facts(step: Step) -> dict[str, Any]:
    """By field code, as forms and rules read them: amounts as strings in yuan, yes and no as booleans."""
    found: dict[str, Any] = {}
    panel = reviews.current(step.session, step.case.id)
    if panel is not None and panel.mean_score is not None:
        found["expert_score"] = str(panel.mean_score)
    look = _BY_SCHEME.get(step.case.scheme)
    return found | look(step) if look else found


def granted_for_matter(step: Step) -> Decimal:
    """Yuan approved or paid earlier for the same project, in all years, also before this program (2.1, step 3).

    What was paid by mistake and came back is not granted any more.
    """
    matter_id = step.case.matter_id
    if matter_id is None:
        return ZERO
    before = historic_awards.of_matters(step.session, [matter_id])
    paid = sum((award.paid_amount for award in before if award.scheme == step.case.scheme), ZERO)
    back = sum(recoveries.returned(step.session, [matter_id]).values(), ZERO)
    return cases.granted_for_matter(step.session, matter_id, step.case.id) + paid - back


def _same_project(step: Step) -> dict[str, Any]:
    return {"granted_same_project": str(granted_for_matter(step))}


def _same_honour(step: Step) -> dict[str, Any]:
    """Article 4: what this honour brought the firm before, in this program and before it; what a promotion deducts.

    An award that the annual ceiling cut, even to nothing, counts with its amount before the cut: which of the two is
    deducted is `a4.promotion_basis`. Another site is another matter; where one of the two names none, they may be one.
    """
    precap, paid, levels = ZERO, ZERO, []
    if step.case.matter_id is not None:
        for case, level in earlier.awarded_of_matter(step.session, step.case):
            precap += case.precap_amount or ZERO
            paid += case.paid_amount or ZERO
            levels.append(level)
    honour, site = step.facts.get("honour_type"), normal(step.facts.get("site"))
    for award in historic_awards.of_enterprise(step.session, step.enterprise.uscc, step.case.scheme):
        if award.decided_on is not None and award.honour_type == honour and _may_be_at(step, award, site):
            precap += award.precap_amount
            paid += award.paid_amount
            levels.append(award.level or "")
    known = {"earlier_precap_same_honour": str(precap), "earlier_paid_same_honour": str(paid)}
    granted = [level for level in _LEVELS if level in levels]
    return known | ({"earlier_level": granted[-1]} if granted else {})


def _may_be_at(step: Step, award: HistoricAward, site: str) -> bool:
    """Whether an earlier honour is of this matter, or its site or this one is not named."""
    key = step.session.get_one(matters.Matter, award.matter_id).key
    return award.matter_id == step.case.matter_id or not site or key.endswith(":")


def _certificate(step: Step) -> dict[str, Any]:
    """Article 5.1a: whether the certificate was used in another application (G11)."""
    others = matters.sharing_cases(step.session, step.case.id)
    used = any(kind == CERTIFICATE for marks in others.values() for kind, _ in marks)
    number = step.facts.get("certificate_no")
    before = historic_awards.of_enterprise(step.session, step.enterprise.uscc, step.case.scheme)
    return {"certificate_used_before": used or any(number and award.certificate_no == number for award in before)}


def _first_footprint(step: Step) -> dict[str, Any]:
    """Article 5.2, 首次: no earlier certificate in the history, and no award for one; and how much they cover."""
    before = historic_awards.of_enterprise(step.session, step.enterprise.uscc, step.case.scheme)
    known: dict[str, Any] = {"first_time": not before and granted_for_matter(step) == 0}
    for part, whole in (
        ("audited_products_revenue", "audited_main_revenue"),
        ("products_revenue_y1", "main_revenue_y1"),
    ):
        main = Decimal(str(step.facts.get(whole) or "0"))
        if main:
            share = Decimal(str(step.facts.get(part) or "0")) / main
            return known | {"coverage_of_revenue": str(min(share, Decimal(1)).quantize(_SHARE, ROUND_DOWN))}
    return known


_BY_SCHEME: Mapping[str, Callable[[Step], dict[str, Any]]] = {
    "retrofit": _same_project,
    "green_honour": _same_honour,
    "carbon_neutral": _certificate,
    "carbon_footprint": _first_footprint,
}
