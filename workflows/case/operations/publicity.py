"""P13 and P14: the period of publicity and what objections made of it."""

from collections.abc import Mapping

from storage import publicity
from storage.cases import latest_submission
from workflows.case import awards
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.errors import Conflict


@operation("计算公示截止时间", "取公示公告载明的截止时间；结果供定时事件使用。", gives="instant")
def open_publicity(step: Step, _: Mapping[str, str]) -> str:
    """The end of the period that the notice announced; an objection does not prolong it."""
    announced = publicity.current_item(step.session, step.case.id)
    if announced is None:
        raise Conflict("本件尚未发布公示。")
    return announced[0].ends_at.isoformat()


@operation(
    "汇总公示结果",
    "公示期满汇总异议处理结果；异议成立的释放预占额度。",
    results={"clear": "无异议或异议不成立", "upheld": "异议成立，重新核定", "refused": "异议成立，不予支持"},
)
def close_publicity(step: Step, _: Mapping[str, str]) -> str:
    """`clear` when the period ended without an upheld objection; upheld ones release the reservation (2.4)."""
    announced = publicity.current_item(step.session, step.case.id)
    handled = latest_submission(step.session, step.case.id, "objection_handling")
    result = "clear"
    if announced is not None and handled is not None and handled.at >= announced[1].published_at:
        result = {"uphold": "upheld", "refuse": "refused"}.get(handled.data["decision"], "clear")
    if result == "upheld":
        awards.release(step, "公示异议成立，重新核定", reallocate=True)
    step.record("publicity_closed", "close_publicity", [{"field": "publicity_result", "old": None, "new": result}])
    return result
