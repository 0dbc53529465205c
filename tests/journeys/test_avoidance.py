"""工作人员回避: who keeps away is offered nothing of the case, is given nothing, and decides nothing in it."""

from __future__ import annotations

import pytest

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.test_publicity import object_to

DECLARED = {"ground": "kinship", "reason": "配偶任该单位财务负责人"}


def avoid(office: Office, case: str, by: str, who: str | None = None) -> int:
    given = {**DECLARED, **({"username": who} if who else {})}
    return int(office.as_(by).post(f"/cases/{case}/avoidances", given)["id"])


def offered(office: Office, who: str) -> set[str]:
    return {task["case"] for task in office.as_(who).get("/tasks")["items"]}


def test_what_was_in_his_hands_goes_to_the_pool_and_nothing_comes_back(at: At) -> None:
    office, case = at("substantive_review")
    task = office.task(case, "substantive_review")["id"]
    officer = office.as_("officer")
    officer.post(f"/tasks/{task}/claim")
    assert case in offered(office, "officer")
    avoid(office, case, "officer")
    assert office.task(case, "substantive_review")["assignee"] is None
    assert case not in offered(office, "officer")
    assert case in offered(office, "officer2")
    assert f"/tasks/{task}" not in page(at, "officer", "/tasks?tab=claim")
    for path, body in ((f"/tasks/{task}/claim", None), (f"/tasks/{task}/completion", {"data": {}})):
        with refused(403):
            officer.post(path, body)
    with refused(422) as why:
        office.as_("chief").post(f"/tasks/{task}/assignment", {"username": "officer"})
    assert why.fields == {"username"}
    for action, data in (("claim", {}), ("assign", {"username": "officer"})):
        who = "officer" if action == "claim" else "chief"
        [done] = office.as_(who).post("/tasks/bulk", {"action": action, "ids": [task], "data": data})["items"]
        assert done["status"] in (403, 422), done
    assert "分派" not in page(at, "chief", f"/tasks/{task}") or "officer" not in {
        each.split('"')[0] for each in page(at, "chief", f"/tasks/{task}").split('<option value="')[1:]
    }
    office.do(case, "substantive_review", by="officer2")
    with refused(409):
        avoid(office, case, "officer")


def test_the_chief_is_told_and_takes_it_back_with_a_reason(at: At) -> None:
    office, case = at("substantive_review")
    avoidance = avoid(office, case, "officer")
    assert "安排回避后的承办" in page(at, "chief", "/tasks")
    for who in ("officer", "officer2", "auditor"):
        with refused(403):
            office.as_(who).post(f"/cases/{case}/avoidances/{avoidance}/lifting", {"reason": "已核实"})
    office.as_("chief").post(f"/cases/{case}/avoidances/{avoidance}/note")
    assert "安排回避后的承办" not in page(at, "chief", "/tasks")
    with refused(422):
        office.as_("chief").post(f"/cases/{case}/avoidances/{avoidance}/lifting", {"reason": " "})
    office.as_("chief").post(f"/cases/{case}/avoidances/{avoidance}/lifting", {"reason": "经核实不存在该情形"})
    assert case in offered(office, "officer")
    with refused(409):
        office.as_("chief").post(f"/cases/{case}/avoidances/{avoidance}/lifting", {"reason": "再次撤回"})
    kept = office.as_("auditor").get(f"/cases/{case}/avoidances")["items"]
    assert [(each["username"], each["lifted_because"]) for each in kept] == [("officer", "经核实不存在该情形")]
    told = [each["action"] for each in office.history(case) if each["action"].startswith("avoidance_")]
    assert told == ["avoidance_declared", "avoidance_lifted"]
    # Somebody may keep away again.
    avoid(office, case, "officer")


def test_the_chief_orders_and_keeps_away_himself_only_by_another(at: At) -> None:
    office, case = at("chief_recheck")
    with refused(403):
        avoid(office, case, "officer", "officer2")
    for wrong in ("e01", "expert1", "nobody"):
        with refused(422) as why:
            avoid(office, case, "chief", wrong)
        assert why.fields == {"username"}
    avoid(office, case, "chief", "finance")
    assert case not in offered(office, "finance")
    own = avoid(office, case, "chief")
    assert case not in offered(office, "chief")
    mine = f"/cases/{case}/avoidances/{own}"
    for path, body in (
        (f"{mine}/lifting", {"reason": "没有影响"}),
        (f"{mine}/note", None),
        (f"/cases/{case}/suspension", {"reason": "申报单位涉诉"}),
    ):
        with refused(403):
            office.as_("chief").post(path, body)
    assert "安排回避后的承办" in page(at, "deputy", "/tasks")
    office.as_("deputy").post(f"/cases/{case}/avoidances/{own}/lifting", {"reason": "经核实不影响公正办理"})
    assert case in offered(office, "chief")


@pytest.mark.parametrize("who", ["discipline", "legal"])
def test_who_keeps_away_looks_at_no_objection(at: At, who: str) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    avoid(office, case, who)
    assert "审查公示异议" not in page(at, who, "/tasks")
    with refused(403):
        office.as_(who).post(f"/objections/{objection}/acceptance")
    with refused(403):
        office.as_(who).post(f"/objections/{objection}/rejection", {"reply": "与公示内容无关。"})


def test_who_keeps_away_neither_joins_nor_concludes(at: At) -> None:
    office, first, second = at("confirm_verified", "neighbours")
    avoid(office, second, "officer")
    keeps, goes = (office.case(each)["matter"]["id"] for each in (first, second))
    wanted = {"with": goes, "reason": "两件为同一项目"}
    with refused(403):
        office.as_("officer").post(f"/matters/{keeps}/merge", wanted)
    change = office.as_("officer2").post(f"/matters/{keeps}/merge", wanted)
    avoid(office, first, "chief")
    with refused(403):
        office.as_("chief").post(f"/matters/{keeps}/merge/confirmation", {"proposal": change["id"]})


def test_the_firm_sees_nothing_of_it(at: At) -> None:
    office, case = at("substantive_review")
    avoid(office, case, "officer")
    with refused(403):
        office.as_("e01").get(f"/cases/{case}/avoidances")
    for shown in (page(at, "e01", f"/cases/{case}"), str(office.as_("e01").get(f"/cases/{case}/history"))):
        assert "回避" not in shown
        assert DECLARED["reason"] not in shown
    assert DECLARED["reason"] in page(at, "chief", f"/cases/{case}")
