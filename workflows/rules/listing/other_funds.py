"""第十条: other policies of the district for the same matter (step 5), and the city's money beside it (step 6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflows.rules.listing.rows import OTHER_POLICY, Row
from workflows.rules.money import ZERO, format_yuan

ARTICLE = "第十条"
ABOVE_INVESTMENT = "ABOVE_INVESTMENT"


def settle_other_district_policies(row: Row, treatment: str) -> None:
    """By `a10.other_policy_treatment`: exclusive 0, top_up the difference, replace all once the other was returned."""
    paid = row.listed.other_district_paid
    if not paid or not row.amount:
        return
    said = f"同一事项已获通州区其他政策支持{format_yuan(paid)}元"
    if treatment == "top_up":
        row.cut_to(max(ZERO, row.amount - paid), ARTICLE, f"{said}，补足差额", OTHER_POLICY)
    elif treatment == "replace" and row.listed.other_district_returned:
        row.note(ARTICLE, f"{said}，原资金已退回，不作扣减")
    elif treatment == "replace":
        row.cut_to(ZERO, ARTICLE, f"{said}，原资金尚未退回，暂不支持", OTHER_POLICY)
    else:
        row.cut_to(ZERO, ARTICLE, f"{said}，按“从优不重复”原则不再支持", OTHER_POLICY)


def warn_above_investment(row: Row, parameters: Mapping[str, object]) -> None:
    """City and district together against the verified investment: a warning for the officers, never a cut (M06)."""
    ratio, investment = parameters["a10.combined_public_ceiling_ratio"], row.listed.verified_investment
    if not isinstance(ratio, Decimal) or not investment or not row.listed.city_paid or not row.amount:
        return
    together = row.amount + row.listed.city_paid
    if together > investment * ratio:
        text = (
            f"提示：与市级资金{format_yuan(row.listed.city_paid)}元合计{format_yuan(together)}元，"
            f"超过核定总投资{format_yuan(investment)}元，请核实"
        )
        row.note(ARTICLE, text, ABOVE_INVESTMENT)
