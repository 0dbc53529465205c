"""P08: what follows from the third party's report."""

from collections.abc import Mapping

from workflows.case import cuts, letters
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.engine import Read

# Where the third party looks at what was spent; elsewhere it measures, and cuts nothing.
_CUT = ("retrofit", "renewable_energy", "green_event", "carbon_footprint")


@operation(
    "判断是否存在审计核减",
    "有核减的，发出核减情况征求意见函。",
    results={"yes": "有核减", "no": "无核减"},
    reads=(Read("cut_lines", "核减明细", each) for each in _CUT),
)
def check_cuts(step: Step, _: Mapping[str, str]) -> str:
    """`yes` when the report cut lines, so that the firm may comment on them (核减情况征求意见)."""
    lines = cuts.lines(step.facts)
    if not lines:
        return "no"
    asked = "第三方审核机构核减下列内容，可自收到本函之日起5个工作日内反馈意见："
    letters.send(step, "cut_comment", "\n".join([asked, *lines]))
    return "yes"
