"""What the office knows about a case without anybody typing it: earlier awards, used certificates, experts' scores.

Forms start with it, and a calculation falls back on it for facts that no form asks for.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

from storage import historic_awards, matters, reviews
from storage.historic_awards import HistoricAward
from storage.questions import earlier, granted
from workflows.case import honours, instalments, listed_cases
from workflows.case.step import Look
from workflows.rules.matters import CERTIFICATE, normal, number_key
from workflows.rules.money import ZERO

_LEVELS = ("municipal", "national")
_SHARE = Decimal("0.0001")


def known_facts(look: Look) -> dict[str, Any]:
    """By field code, as forms and rules read them: amounts as strings in yuan, yes and no as booleans."""
    found: dict[str, Any] = {}
    panel = reviews.current(look.session, look.case.id)
    if panel is not None and panel.mean_score is not None:
        found["expert_score"] = str(panel.mean_score)
    if elsewhere := paid_elsewhere(look):
        found["other_district_paid"] = str(max(elsewhere, listed_cases.other_district_paid(look.facts)))
    ask = _BY_SCHEME.get(look.case.scheme)
    return found | ask(look) if ask else found


def paid_elsewhere(look: Look) -> Decimal:
    """Yuan that the register has of other offices of the district for the case's matter (第十条)."""
    matter_id = look.case.matter_id
    return historic_awards.paid_elsewhere(look.session, [matter_id]).get(matter_id, ZERO) if matter_id else ZERO


def granted_for_matter(look: Look) -> Decimal:
    """Yuan approved or paid earlier for the same item, in all years, also before this program (2.1, step 3).

    An item is a matter under one clause: what another clause gave the matter is a question of best-only, not of this
    ceiling. What was paid by mistake and came back is not granted any more.
    """
    matter_id, scheme = look.case.matter_id, look.case.scheme
    if matter_id is None:
        return ZERO
    before = historic_awards.of_matters(look.session, [matter_id])
    paid = sum((award.paid_amount for award in before if award.scheme == scheme), ZERO)
    return granted.of_other_cases(look.session, matter_id, scheme, look.case.id) + paid


def _same_project(look: Look) -> dict[str, Any]:
    return {"granted_same_project": str(granted_for_matter(look))}


def _same_honour(look: Look) -> dict[str, Any]:
    """Article 4: what this honour brought the firm before, in this program and before it; what a promotion deducts.

    An award that the annual ceiling cut, even to nothing, counts with its amount before the cut: which of the two is
    deducted is `a4.promotion_basis`. Another site is another matter; where one of the two names none, they may be one.
    """
    precap, paid, levels = ZERO, ZERO, []
    if look.case.matter_id is not None:
        for case, had, level in earlier.awarded_of_matter(look.session, look.case):
            precap += case.precap_amount or ZERO
            paid += had
            levels.append(level)
    honour, site = look.facts.get("honour_type"), normal(look.facts.get("site"))
    for award in historic_awards.of_enterprise(look.session, look.enterprise.uscc, look.case.scheme):
        if award.decided_on is not None and award.honour_type == honour and _may_be_at(look, award, site):
            precap += award.precap_amount
            paid += award.paid_amount
            levels.append(award.level or "")
    known = {"earlier_precap_same_honour": str(precap), "earlier_paid_same_honour": str(paid), **honours.known(look)}
    earlier_levels = [level for level in _LEVELS if level in levels]
    return known | ({"earlier_level": earlier_levels[-1]} if earlier_levels else {})


def _may_be_at(look: Look, award: HistoricAward, site: str) -> bool:
    """Whether an earlier honour is of this matter, or its site or this one is not named."""
    key = look.session.get_one(matters.Matter, award.matter_id).key
    return award.matter_id == look.case.matter_id or not site or key.endswith(":")


def _same_city_project(look: Look) -> dict[str, Any]:
    """Article 7: what the city project's other instalments brought before any yearly ceiling, to whomever."""
    return {"earlier_precap_same_project": str(instalments.matched_before(look))}


def _certificate(look: Look) -> dict[str, Any]:
    """Article 5.1a: whether the certificate was used in another application (G11)."""
    others = matters.sharing_cases(look.session, look.case.id)
    used = any(kind == CERTIFICATE for marks in others.values() for kind, _ in marks)
    number = number_key(look.facts.get("certificate_no"))
    before = historic_awards.of_enterprise(look.session, look.enterprise.uscc, look.case.scheme)
    return {
        "certificate_used_before": used
        or any(number and number_key(award.certificate_no) == number for award in before)
    }


def _first_footprint(look: Look) -> dict[str, Any]:
    """Article 5.2, 首次: no earlier certificate in the history, and no award for one; and how much they cover."""
    before = historic_awards.of_enterprise(look.session, look.enterprise.uscc, look.case.scheme)
    known: dict[str, Any] = {"first_time": not before and granted_for_matter(look) == 0}
    for part, whole in (
        ("audited_products_revenue", "audited_main_revenue"),
        ("products_revenue_y1", "main_revenue_y1"),
    ):
        main = Decimal(str(look.facts.get(whole) or "0"))
        if main:
            share = Decimal(str(look.facts.get(part) or "0")) / main
            return known | {"coverage_of_revenue": str(min(share, Decimal(1)).quantize(_SHARE, ROUND_DOWN))}
    return known


def _payer(look: Look) -> dict[str, Any]:
    """Article 9: what others gave the payer, as it declared; and what it paid for the event, as far as that is verified
    and the event's verified cost is not yet another payer's."""
    facts = look.facts

    def sum_of(*names: str) -> Decimal:
        return sum((Decimal(str(facts.get(name) or "0")) for name in names), ZERO)

    declared = {"declared_other_income": str(sum_of("sponsorship_income", "ticket_income"))}
    if "audited_own_paid" in facts:
        paid = sum_of("audited_own_paid", "audited_gov_funds", "audited_other_income")
    else:
        paid = sum_of("own_paid", "gov_funds", "sponsorship_income", "ticket_income")
    if not paid:
        return declared
    cost = sum_of("audited_total_cost" if "audited_total_cost" in facts else "total_cost")
    others = other_payers(look)
    return declared | {"own_cost": str(max(ZERO, min(paid, others.within(cost) - others.paid)))}


class OtherPayers(NamedTuple):
    """The other payers of one event whose expenditure was confirmed: their cases, what they paid together, and the
    least cost that was confirmed for the event with one of them, if any was."""

    references: Sequence[str]
    paid: Decimal
    cost: Decimal | None

    def within(self, cost: Decimal) -> Decimal:
        """The event's verified cost: this one or a smaller one that was confirmed with another payer."""
        return cost if self.cost is None else min(cost, self.cost)


def other_payers(look: Look) -> OtherPayers:
    """Article 9: who else was confirmed as a payer of the same event, over all batches; in yuan."""
    if look.case.matter_id is None:
        return OtherPayers((), ZERO, None)
    found = earlier.computed_of_matter(look.session, look.case)
    paid = sum((Decimal(str(each.computed_from["audited_cost"])) for each in found), ZERO)
    costs = [Decimal(str(each.facts["event_cost"])) for each in found if each.facts.get("event_cost")]
    return OtherPayers([each.reference for each in found], paid, min(costs, default=None))


_BY_SCHEME: Mapping[str, Callable[[Look], dict[str, Any]]] = {
    "retrofit": _same_project,
    "green_honour": _same_honour,
    "carbon_neutral": _certificate,
    "carbon_footprint": _first_footprint,
    "future_energy": _same_city_project,
    "green_event": _payer,
}
