"""A case as the rules over several cases see it: what of its file counts when the list is worked out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.case import instalments
from workflows.case.cap_years import CapYears
from workflows.case.step import Look
from workflows.rules import listing
from workflows.rules.matters import city_project
from workflows.rules.money import ZERO
from workflows.rules.schemes import green_event


def account_key(uscc: str, group_uscc: str | None, parameters: Mapping[str, Any]) -> str:
    """Whose annual ceiling an enterprise uses: its own, or its group's (`a10.cap_scope`, M13)."""
    return group_uscc if group_uscc and parameters["a10.cap_scope"] == "group" else uscc


@dataclass(frozen=True, slots=True)
class Around:
    """What the list knows of a case besides its own file, in yuan.

    `granted_same_item` is what other cases hold on the same item, `matched_before` what cases outside the list had of
    the same city project before the yearly ceilings, `paid_elsewhere` what the register has of other offices of the
    district for the same matter, `at_most` what a meeting set, `paid` what the case was paid and holds of its ceilings.
    """

    years: CapYears
    granted_same_item: Decimal = ZERO
    matched_before: Decimal = ZERO
    paid_elsewhere: Decimal = ZERO
    at_most: Decimal | None = None
    paid: Decimal = ZERO


def is_recognition(look: Look) -> bool:
    """Whether the case asks that a cluster be recognised: its total reserves nothing, each of its years will."""
    return look.case.scheme == "industry_cluster" and look.facts.get("round") == "entry"


def listed_case(look: Look, around: Around) -> listing.ListedCase:
    """The case for `listing.propose`."""
    case, facts = look.case, look.facts
    assert case.matter_id is not None
    return listing.ListedCase(
        case=case.reference,
        scheme=case.scheme,
        uscc=look.enterprise.uscc,
        account=account_key(look.enterprise.uscc, look.enterprise.group_uscc, look.parameters),
        is_enterprise=look.enterprise.entity_type == "enterprise",
        matter=case.matter_id,
        precap_amount=case.precap_amount or ZERO,
        accepted_at=case.accepted_at or case.created_at,
        year=around.years.annual,
        entity_year=around.years.entity or around.years.annual,
        at_most=around.at_most,
        paid=around.paid,
        facts=facts,
        other_district_paid=max(other_district_paid(facts), around.paid_elsewhere),
        other_district_returned=facts.get("other_district_returned") is True,
        city_paid=ZERO if case.scheme == "future_energy" else _declared_funds(facts, "municipal"),
        verified_investment=_amount(facts, "approved_investment") or None,
        granted_same_item=max(around.granted_same_item, _amount(facts, "granted_same_project")),
        city_project=city_project(facts) if case.scheme == instalments.SCHEME else "",
        matched_before=around.matched_before,
        contribution=contribution(case.scheme, facts, look.parameters),
        event_cost=_amount(facts, "event_cost") or None,
        tonnes_year=_tonnes_year(look),
        recognition=is_recognition(look),
    )


def _tonnes_year(look: Look) -> int:
    """The year in which tonnes were avoided or sold: what the form says, or 上年度."""
    period = str(look.facts.get("period") or "")
    return int(period) if look.case.scheme == "carbon_trading" and period.isdecimal() else look.last_year


def _amount(facts: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(str(facts.get(name) or "0"))


def other_district_paid(facts: Mapping[str, Any]) -> Decimal:
    """What the officer confirmed, or else what the firm declared."""
    if facts.get("other_district_paid"):
        return _amount(facts, "other_district_paid")
    return ZERO if "other_district_paid" in facts else _declared_funds(facts, "district")


def _declared_funds(facts: Mapping[str, Any], level: str) -> Decimal:
    rows = facts.get("other_public_funds") or []
    return sum((_amount(row, "amount") for row in rows if row.get("level") == level), ZERO)


def contribution(scheme: str, facts: Mapping[str, Any], parameters: Mapping[str, Any]) -> Decimal:
    """A payer's own money in an event, as its amount is computed from it under these values; of other schemes nothing.

    Raises FactInvalid and ParameterMissing.
    """
    return green_event.own_money(facts, parameters) if scheme == green_event.KEY else ZERO
