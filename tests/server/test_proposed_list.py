"""What the page of a batch makes of the rows of its list: every cut and remark, the better case, the budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from server.web.office import proposed_list


def step(text: str, cut: str = "0", code: str = "", by: str = "") -> dict[str, str]:
    return {"article": "第十条", "text": text, "cut": cut, "amount": "0", "code": code, "by": by}


def row(case: str, proposed: str, *steps: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "case": case,
        "status": "MEETING",
        "precap_amount": "1000000",
        "proposed_amount": proposed,
        "final_amount": proposed,
        "steps": list(steps),
        "resolution": None,
        **more,
    }


PLAIN = row("甲", "1000000", step("未超过年度支持限额"))
CUT = row(
    "乙",
    "200000",
    step("主体年度限额调减", "500000", "ENTITY"),
    step("年度限额调减", "300000", "ZERO_AFTER_CAP"),
    step("提示：超过核定总投资", code="ABOVE_INVESTMENT"),
)
LOSER = row("丙", "0", step("从优不重复", "1000000", "BEST_ONLY", by="甲"))
FORFEITED = row("丁", "0", step("年度限额调减", "1000000", "ZERO_AFTER_CAP"))
CLUSTER = row("戊", "3000000", step("认定三年支持总额", code="RECOGNITION"))
REFUSED = row("己", "700000", status="NOT_SUPPORTED")


def test_every_step_that_cut_is_named_and_every_warning() -> None:
    [plain, cut, cluster] = proposed_list.listed([PLAIN, CUT, CLUSTER])
    assert (plain["cuts"], plain["warnings"], plain["why"]) == ([], [], "")
    assert [each["text"] for each in cut["cuts"]] == ["主体年度限额调减", "年度限额调减"]
    assert [each["code"] for each in cut["warnings"]] == ["ABOVE_INVESTMENT"]
    assert cluster["recognition"] and not cluster["warnings"]


def test_who_lost_to_a_better_case_is_held_until_that_one_is_decided() -> None:
    resolved = {**LOSER, "resolution": {"result": "refuse", "held": True}}
    [waiting, held, forfeited] = rows = proposed_list.listed([LOSER, resolved, FORFEITED])
    assert waiting["better"] == "甲" and waiting["why"] == "从优不重复支持：暂列不支持，待优者审定后办结"
    assert (waiting["held"], held["held"]) == (False, True)
    assert (forfeited["better"], forfeited["why"]) == (None, "年度支持限额已用尽")
    assert proposed_list.to_resolve(rows) == [waiting, forfeited]


def test_the_budget_is_held_against_what_this_batch_pays() -> None:
    rows = proposed_list.listed([PLAIN, CUT, CLUSTER, REFUSED])
    found = proposed_list.totals(rows, "1000000")
    assert (found["asked"], found["room"], found["recognised"]) == (1_200_000, -200_000, 3_000_000)
    assert (found["count"], found["recognitions"]) == (3, 1)
    assert found["proposed_amount"] == Decimal(1_900_000)
    assert proposed_list.totals(rows, None)["room"] is None
