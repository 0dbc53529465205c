"""Pieces that the checks of several forms are made of: each answers the errors it found, none when all is well."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan
from workflows.typed import names

Check = Callable[[Look, Mapping[str, Any]], Sequence[FieldError]]


def amount(data: Mapping[str, Any], field: str) -> Decimal:
    """The figure of a field: yuan, tonnes or points as the form has it; 0 when it is empty."""
    return Decimal(str(data.get(field) or "0"))


def total(rows: Sequence[Mapping[str, Any]] | None, column: str) -> Decimal:
    """The sum of a column of a list."""
    return sum((amount(row, column) for row in rows or ()), Decimal(0))


def not_in_future(look: Look, data: Mapping[str, Any], *fields: str) -> list[FieldError]:
    """No date lies after today."""
    return [
        FieldError(field, "日期不能晚于今天。")
        for field in fields
        if data.get(field) and date.fromisoformat(data[field]) > look.today
    ]


def own_account(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """An account, where one is given, is the applicant's own: nobody is paid for somebody else."""
    name = str(data.get("account_name") or "").strip()
    if name and not names.same(name, look.enterprise.name):
        return [FieldError("account_name", f"账户名称应与申报单位名称“{look.enterprise.name}”一致，不得使用个人账户。")]
    return []


def used_once(data: Mapping[str, Any], rows: str, columns: Sequence[str], message: str) -> list[FieldError]:
    """No two rows of a list are the same in these columns; the error stands at the last of them."""
    errors = []
    seen = set()
    for number, row in enumerate(data.get(rows) or []):
        given = tuple(row.get(column) for column in columns)
        if given in seen:
            errors.append(FieldError(f"{rows}-{number}-{columns[-1]}", message))
        seen.add(given)
    return errors


def invoices_once(data: Mapping[str, Any]) -> list[FieldError]:
    """No invoice is claimed twice in one form."""
    # A digital invoice has a number of 20 digits and no code, so the code is optional in the comparison too.
    return used_once(data, "invoice_lines", ("invoice_code", "invoice_no"), "同一张发票不能填写两次。")


def all_met(*fields: str) -> Check:
    """A check that lets a review pass only when each of its conditions is met."""

    def check(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
        if data.get("decision") != "pass":
            return []
        message = "审核通过时，各项条件均应符合；不符合的请选择“不予支持”或“退回”。"
        return [FieldError(field, message) for field in fields if data.get(field) == "not_met"]

    return check


def cuts_explained(
    data: Mapping[str, Any], declared: Decimal, audited_field: str, declared_name: str, audited_name: str
) -> list[FieldError]:
    """An audited figure is at most what was declared, and the cut list says why each yuan between them is gone."""
    audited = amount(data, audited_field)
    if audited > declared:
        return [FieldError(audited_field, f"{audited_name}不能超过{declared_name}{format_yuan(declared)}元。")]
    cuts = total(data.get("cut_lines"), "amount")
    if cuts != declared - audited:
        return [
            FieldError(
                "cut_lines",
                f"核减明细合计{format_yuan(cuts)}元，"
                f"应等于{declared_name}与{audited_name}之差{format_yuan(declared - audited)}元，并逐项写明理由。",
            )
        ]
    return []
