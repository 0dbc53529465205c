"""P11: a firm is told that a yearly ceiling cuts its case, before the meeting decides, and may choose."""

from collections.abc import Mapping

from workflows.case import choices, letters
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.rules import listing
from workflows.rules.money import format_yuan


@operation(
    "限额调减告知",
    "因年度限额调减的，发出年度限额调减告知书，由申报单位在期限内选择优先保留的事项；未调减、口径不征询选择或者已由申报单位选择的，不再告知。",
    results={"offered": "已告知，待选择", "none": "无须选择"},
)
def offer_choice(step: Step, _: Mapping[str, str]) -> str:
    """`offered` when the list's newest row was cut by a yearly ceiling and the firm has not chosen it itself."""
    if not choices.is_offered(step):
        return "none"
    days = step.parameter("a10.cut_choice_days")
    row = choices.newest_row(step)
    assert row is not None
    reasons = "；".join(str(each["text"]) for each in row.steps if listing.cut_by_ceilings([each]))
    letters.send(
        step,
        "cut_choice",
        f"核定支持额{format_yuan(row.precap_amount)}元，拟支持金额{format_yuan(row.final_amount)}元。{reasons}。"
        f"你单位可自收到本告知书之日起{days}个工作日内，登录系统选择优先保留的事项，或者撤回本件申报；"
        "逾期未选择的，按上述金额提交集体审议。",
    )
    return "offered"
