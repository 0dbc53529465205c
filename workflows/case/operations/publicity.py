"""P13 and P14: the period of publicity and what objections made of it."""

from collections.abc import Mapping

from storage import publicity
from storage.cases import latest_submission
from workflows.case import awards, letters, objections
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
    "告知异议要点",
    "向申报单位发出公示异议告知书，载明异议要点，不载明异议人；陈述期限自送达之日起计算。",
    parameters={"days": "告知书载明的陈述期限（工作日），与计算陈述期限的一致；取自政策口径的，口径变更后随之变化。"},
    periods=("days",),
)
def tell_objection(step: Step, arguments: Mapping[str, str]) -> None:
    """The firm learns what is objected, never by whom; its term to speak runs from delivery."""
    days = arguments["days"]
    term = int(days) if days.isdigit() else int(step.parameter(days))
    substance = letters.told(str(step.facts.get("objection_substance") or ""))
    letters.send(
        step,
        "objection_notice",
        f"在公示期间被提出异议，要点如下：{substance}。你单位可自本告知书送达之日起{term}个工作日内提出书面陈述并提交证据；"
        "逾期未提出的，依据已查明的事实处理。",
    )


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
    if result != "clear" and handled is not None:
        objections.decide(step, "upheld", str(handled.data.get("objection_reply") or ""), handled.by)
    if result == "upheld":
        letters.send(step, "objection_result", "在公示期间被提出的异议，经核查成立，将重新核定、测算、审议并重新公示。")
        awards.release(step, "公示异议成立，重新核定", reallocate=True)
    step.record("publicity_closed", "close_publicity", [{"field": "publicity_result", "old": None, "new": result}])
    return result
