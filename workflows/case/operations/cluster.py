"""Article 8: whether a case asks for the recognition or reports a year, and what a recognition brings."""

from collections.abc import Mapping
from datetime import date

from workflows.case import clusters
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.engine import Read
from workflows.errors import Conflict


@operation(
    "识别申报轮次",
    "区分首次认定申报与已认定集群的年度申报。",
    results={"entry": "首次认定", "yearly": "年度申报"},
)
def route_round(step: Step, _: Mapping[str, str]) -> str:
    """`yearly` for the report of a recognised cluster's year, else `entry`; a fact that the form starts with."""
    found = "yearly" if step.facts.get("round") == "yearly" else "entry"
    step.facts = {**step.facts, "round": found}
    return found


@operation(
    "登记认定结果",
    "登记集群认定和分年支持总额，此后逐年申报、分年拨付。",
    reads=(Read("district_approved_on", "审定日期"),),
)
def record_recognition(step: Step, _: Mapping[str, str]) -> None:
    """The district approved the recognition: an award over three years, no entry in any ceiling's ledger."""
    total = step.case.final_amount
    if not total or step.case.matter_id is None:
        raise Conflict("本件没有经审议的支持总额，不能登记认定结果。")
    decided_on = date.fromisoformat(step.facts["district_approved_on"])
    clusters.recognise(
        step.session,
        matter_id=step.case.matter_id,
        own_matter_id=step.case.own_matter_id,
        enterprise_id=step.case.enterprise_id,
        total=total,
        decided_on=decided_on,
        years=[decided_on.year + n for n in (1, 2, 3)],
        parameters=step.parameters,
        case_id=step.case.id,
    )
    step.record("cluster_recognised", step.case.reference, [{"field": "total", "old": None, "new": str(total)}])
