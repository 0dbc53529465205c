"""Checks of article 5, second paragraph: each certificate once, revenues that make a share, cuts explained."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage.cases import list_submissions
from workflows.case.checks.parts import (
    Check,
    all_met,
    amount,
    cuts_explained,
    invoices_once,
    not_in_future,
    used_once,
)
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError

_APPLICATION = "carbon_footprint_application"


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = used_once(data, "certificates", ("certificate_no",), "同一张证书不能填写两次。")
    for row, certificate in enumerate(data["certificates"]):
        issued, valid_to = certificate["issue_date"], certificate.get("valid_to")
        if date.fromisoformat(issued) > look.today:
            errors.append(FieldError(f"certificates-{row}-issue_date", "发证日期不能晚于今天。"))
        if valid_to and valid_to < issued:
            errors.append(FieldError(f"certificates-{row}-valid_to", "有效期至不能早于发证日期。"))
    if amount(data, "products_revenue_y1") > amount(data, "main_revenue_y1"):
        errors.append(FieldError("products_revenue_y1", "认证产品收入不能超过主营业务收入。"))
    return errors + not_in_future(look, data, "established_on") + invoices_once(data)


def _audit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = cuts_explained(data, _declared_cost(look), "audited_cert_cost_net", "申报的认证费用", "审核后认证费用")
    if amount(data, "audited_products_revenue") > amount(data, "audited_main_revenue"):
        errors.append(FieldError("audited_products_revenue", "审核后认证产品收入不能超过审核后主营业务收入。"))
    return errors


def _declared_cost(look: Look) -> Decimal:
    """The cost in yuan that the applicant filed last: the fact of its name is the verified one once there is one."""
    filed = [sent.data for sent in list_submissions(look.session, look.case.id) if sent.form == _APPLICATION]
    return amount(filed[-1] if filed else look.facts, "cert_cost_net")


CHECKS: dict[str, Check] = {
    _APPLICATION: _application,
    "carbon_footprint_review": all_met("a52_1", "a52_2", "a52_3", "a52_4"),
    "carbon_footprint_audit": _audit,
    "carbon_footprint_score": score,
}
