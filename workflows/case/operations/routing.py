"""Where a case goes by what is known of it already: its origin, and what its reviewer asked for."""

from collections.abc import Mapping

from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.engine import Read


@operation(
    "识别申报来源",
    "区分免申即享名单建立的申报件与企业自行申报。",
    results={"candidate": "免申即享", "application": "企业申报"},
)
def route_origin(step: Step, _: Mapping[str, str]) -> str:
    """`candidate` for a case that the office made from an official list (免申即享), else `application`."""
    return "candidate" if step.facts.get("origin") == "candidate" else "application"


@operation(
    "判断是否现场核查",
    "按业务初审时经办人的意见。",
    results={"required": "需要", "not_required": "不需要"},
    reads=(Read("site_visit", "是否现场核查"),),
)
def route_site_inspection(step: Step, _: Mapping[str, str]) -> str:
    """As the officer asked for in the substantive review."""
    return "required" if step.facts.get("site_visit") == "yes" else "not_required"


@operation(
    "判断是否第三方核查",
    "按业务初审时经办人的意见。",
    results={"required": "需要", "not_required": "不需要"},
    reads=(Read("third_party", "是否第三方核查"),),
)
def route_third_party(step: Step, _: Mapping[str, str]) -> str:
    """As the officer asked for in the substantive review."""
    return "required" if step.facts.get("third_party") == "yes" else "not_required"
