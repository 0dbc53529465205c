"""Checks of article 4's forms. Whether an honour counts is decided on the published list, not by the form."""

from collections.abc import Mapping
from typing import Any

from workflows.case import honours
from workflows.case.checks.parts import Check, all_met, amount, not_in_future, own_account
from workflows.case.known_facts import known_facts
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan

_PREVIOUS = ("previous_level", "previous_award_no", "previous_award_precap", "previous_award_paid")


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if any(data.get(field) for field in _PREVIOUS) and not data.get("previous_level"):
        errors.append(FieldError("previous_level", "填写了此前支持情况的，请选择此前获支持的级别。"))
    precap = amount(data, "previous_award_precap")
    if data.get("previous_award_precap") and amount(data, "previous_award_paid") > precap:
        said = f"此前实拨金额不能超过限额调减前的此前支持金额{format_yuan(precap)}元。"
        errors.append(FieldError("previous_award_paid", said))
    return errors + not_in_future(look, data, "established_on", "honour_date")


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """Nobody overlooks an earlier award that the office knows of: a promotion gets the difference only.

    Nor does anybody find on a list whom the imported one does not name.
    """
    errors = []
    known = amount(known_facts(look), "earlier_precap_same_honour")
    if amount(data, "earlier_precap_same_honour") < known:
        said = f"同一荣誉此前已获支持{format_yuan(known)}元，此处不得少填。"
        errors.append(FieldError("earlier_precap_same_honour", said))
    if data.get("on_official_list") and not _may_be_listed(look, data):
        said = "系统中该文号的名单未列有申报单位的这一荣誉；依据其他文件认定的，请填写该文件的文号。"
        errors.append(FieldError("on_official_list", said))
    return errors


def _may_be_listed(look: Look, data: Mapping[str, Any]) -> bool:
    return honours.on_official_list(look, data.get("level"), data.get("award_document_no")) is not False


CHECKS: dict[str, Check] = {
    "green_honour_application": _application,
    "green_honour_review": all_met("a4_1", "a4_2", "a4_3", "a4_4", "a4_5"),
    "green_honour_verified": _verified,
    "green_honour_confirmation": own_account,
}
