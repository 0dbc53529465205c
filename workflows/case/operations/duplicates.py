"""查重 before 核定确认 and 金额测算: G11 over all cases, batches and awards of before."""

from collections.abc import Mapping

from workflows.case import duplicates
from workflows.case.operations.registry import operation
from workflows.case.step import Step


@operation(
    "查重",
    "按发票、证书、结算单、备案文号等与全部申报件和历史支持比对；有相同的登记待核对线索，结论确认前不得继续办理。",
    results={"clear": "没有待核对的线索", "open": "有待核对的线索"},
)
def search_duplicates(step: Step, _: Mapping[str, str]) -> str:
    """`clear` when nothing that is in common with another one is unsettled."""
    return "open" if duplicates.search(step) else "clear"
