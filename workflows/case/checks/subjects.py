"""业务初审 passes nobody whom the article does not support, and nothing outside the area: said before anybody audits.

核定确认 asks the same again, for what a visit found; what is confirmed there is judged by the calculation.
"""

from collections.abc import Mapping
from typing import Any

from workflows import rules
from workflows.case.step import Look
from workflows.errors import FieldError


def unsupported(form: str, look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """The conditions on who and where that a review would pass unmet; nothing where the form is another."""
    if form != f"{look.case.scheme}_review" or data.get("decision") != "pass":
        return []
    return [
        FieldError(each.code.lower(), f"{each.text}（{each.article}），不能审核通过；请选择“不予支持”或“要求说明”。")
        for each in rules.judge_subject(look.case.scheme, data, look.parameters)
        if each.met is False
    ]
