"""The workshop at the browsers of two owners and an auditor: from a new draft to its publication, and what stops it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.settings import CHECKOUT
from storage import audit
from tests.contract_client import Office
from tests.server.signing_in import put_into_cookie, token_of

RETROFIT = (CHECKOUT / "bpmn" / "retrofit.bpmn").read_bytes()
RENAMED = RETROFIT.replace("现场核查".encode(), "实地核查".encode())
DRAFTS = "/workshop/definitions/retrofit/drafts"
SCENARIOS = "/workshop/definitions/retrofit/scenarios"


class Desk:
    """The browser of one person."""

    def __init__(self, app: Flask, username: str) -> None:
        self.browser: FlaskClient = app.test_client()
        put_into_cookie(self.browser, token_of(app, username))

    def sees(self, path: str, *words: str, status: int = 200) -> str:
        """The page, which says these words."""
        answer = self.browser.get(path)
        return said(answer, status, *words)

    def sends(self, path: str, status: int = 303, /, *words: str, **fields: object) -> str:
        """Where the answer leads to, or the page with what is wrong."""
        answer = self.browser.post(path, data=fields)
        page = said(answer, status, *words)
        return answer.headers["Location"] if status == 303 else page

    def agrees(self, draft: str, status: int = 303, /, *words: str, **fields: object) -> str:
        """Looks at a colleague's draft and publishes what was seen."""
        page = self.browser.get(f"{draft}/publication").get_data(as_text=True)
        [seen] = re.findall(r'name="seen" value="(\w{64})"', page)
        return self.sends(f"{draft}/publication", status, *words, seen=seen, **fields)


def said(answer: TestResponse, status: int, *words: str) -> str:
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page[:2000]
    for word in words:
        assert word in page, word
    return page


@pytest.fixture
def desks(app: Flask) -> Iterator[tuple[Desk, Desk, Desk]]:
    """The two owners and the auditor; their browsers did open the forms."""
    app.config.update(WTF_CSRF_ENABLED=False)
    yield Desk(app, "owner"), Desk(app, "owner2"), Desk(app, "auditor")


def brought(content: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), "改造升级.bpmn"


def new_draft(desk: Desk, content: bytes = RENAMED, title: str = "统一用语") -> str:
    """The page of a draft with this diagram."""
    return desk.sends(DRAFTS, title=title, file=brought(content))


def test_a_draft_goes_from_one_owner_to_the_other(app: Flask, desks: tuple[Desk, Desk, Desk]) -> None:
    owner, second, auditor = desks
    draft = new_draft(owner)
    owner.sees("/workshop", "我的草稿", "统一用语", "新建草稿")
    second.sees("/workshop", "待我复核发布", "统一用语")
    assert "新建草稿" not in auditor.sees("/workshop", "编制中的草稿", "统一用语", "第1版")
    owner.sees(draft, "retrofit.bpmn", "恢复原样", "作废草稿")
    assert "恢复原样" not in auditor.sees(draft, "retrofit.bpmn")
    owner.sees(f"{draft}/steps", "通过，没有问题", "由测试口径二复核后发布")
    second.sees(f"{draft}/steps", "你没有参与编制，可以复核发布")
    owner.sees(f"{draft}/check", "通过：绿色低碳改造升级")
    owner.sees(f"{draft}/publication", "须由另一名流程与口径负责人复核发布：测试口径二")

    path = f"{draft}/publication"
    owner.sends(path, 403, reason="自己发布")
    second.agrees(draft, 422, "请写明为何修改", reason=" ")
    second.agrees(draft, 422, "发布时间须晚于现在", reason="提早", when="later", at="2026-01-01T09:00")
    second.agrees(draft, 422, "时间应写作", reason="某日", when="later", at="")
    second.sends(path, 412, "草稿在你查看之后又有修改，没有发布", reason="没有看过")
    second.agrees(draft, reason="自四月起", when="later", at="2026-04-01T09:00")
    second.sees(path, "2026年4月1日 09:00自动发布", "自四月起")
    owner.sends(f"{draft}/recall")
    assert second.agrees(draft, reason="统一用语", when="now") == draft
    owner.sees(draft, "已发布", "绿色低碳改造升级第2版", "测试口径二")
    owner.sees(path, "已发布", "第2版")
    owner.sends(f"{draft}/discard", 409)

    assert owner.sends("/workshop/definitions/retrofit/versions/2/retirement", reason="有误") == (
        "/workshop/definitions/retrofit"
    )
    owner.sees(draft, "（已停用）")
    owner.sends("/workshop/definitions/retrofit/versions/1/retirement", 409, reason="没有更早的")


def test_what_the_gate_finds_leads_to_its_element(desks: tuple[Desk, Desk, Desk]) -> None:
    owner, second, auditor = desks
    wrong = RETROFIT.replace(b'implementation="calculate_amount"', b'implementation="pay_everybody"')
    draft = new_draft(owner, wrong)
    pointing = f"{draft}/diagrams/retrofit?element=calculate_amount"
    owner.sees(f"{draft}/check", "发现1个问题", "operation-unknown", pointing, 'lang="en"')
    assert pointing not in auditor.sees(f"{draft}/check", "operation-unknown")
    owner.sees(f"{draft}/steps", "发现1个问题，须逐一更正")
    second.agrees(draft, 422, "未发布", "operation-unknown", reason="试试")
    owner.sends(f"{draft}/restoration", path="retrofit.bpmn")
    owner.sees(f"{draft}/check", "没有可以校验的修改")
    owner.sends(f"{draft}/discard")
    owner.sees(draft, "已作废")


def test_a_hostile_file_is_refused_with_its_findings(app: Flask, desks: tuple[Desk, Desk, Desk]) -> None:
    owner, *_ = desks
    owner.sends(DRAFTS, 422, "不能保存", "没有建立草稿", title="外来文件", file=brought(b"<!DOCTYPE a><a/>"))
    owner.sends(DRAFTS, 422, "请填写草稿名称", title=" ")
    owner.sends("/workshop/definitions/nothing/drafts", 404, title="没有的流程")
    assert "外来文件" not in owner.sees("/workshop")
    with app.extensions["greencase"].database.transaction() as session:
        events = [each for each in audit.walk(session) if each.chain == "definition:retrofit"]
    assert [each.action for each in events if each.action.startswith("draft")] == ["draft_refused"]


def test_a_draft_of_a_called_process_names_every_type(desks: tuple[Desk, Desk, Desk]) -> None:
    owner, *_ = desks
    intake = (CHECKOUT / "bpmn" / "shared" / "intake.bpmn").read_bytes()
    changed = intake.replace("形式审查".encode(), "形式核对".encode())
    draft = owner.sends("/workshop/definitions/intake/drafts", title="用语", file=brought(changed))
    owner.sees(draft, "绿色低碳改造升级", "绿色低碳会展招商")
    owner.sees(f"{draft}/scenarios", "还没有校验用例")


def test_cases_are_rehearsed_from_the_draft_and_under_changed_values(
    app: Flask, office: Office, desks: tuple[Desk, Desk, Desk]
) -> None:
    owner, _, auditor = desks
    draft = new_draft(owner)
    owner.sends(f"{draft}/rehearsals", 409, "没有可以推演的申报件", scope="finished")
    owner.sends(f"{draft}/rehearsals", 422, scope="")
    reference = office.apply("e01")
    office.submit(reference)
    run = owner.sends(f"{draft}/rehearsals", scope="running")
    owner.sees(run, reference, "待推演", "停止", 'hx-trigger="every 1s"')
    auditor.sees(f"{draft}/rehearsals", "第1次", "推演中")
    owner.sends(f"{run}/stop")
    answer = owner.browser.get(f"{run}/progress")
    assert answer.headers["HX-Refresh"] == "true" and "已停止" in answer.get_data(as_text=True)
    owner.sees(f"{run}?verdict=stuck", "没有这一结论的申报件")
    owner.sees(f"{draft}/steps", "共1件")

    path = "/workshop/rehearsals"
    owner.sees(f"{path}/new?scheme=retrofit", "value-a3.rate", "按调整的口径推演")
    owner.sends(path, 422, "至少调整一项", scheme="retrofit", scope="running")
    owner.sends(path, 422, scheme="retrofit", scope="running", **{"value-a3.rate": "7"})
    run = owner.sends(path, scheme="retrofit", scope="running", **{"value-a3.rate": "0.20"})
    owner.sees(run, "调整的口径", "20%")
    auditor.sees(path, "第2次", "调整1项口径")
    auditor.sends(f"{run}/stop", 403)


def test_scenario_tests_are_made_from_a_case_and_adopted_by_a_draft(
    app: Flask, office: Office, desks: tuple[Desk, Desk, Desk]
) -> None:
    owner, _, auditor = desks
    reference = office.apply("e01")
    office.drive(reference, "confirm_verified")
    owner.sends(SCENARIOS, 422, "没有这一申报件", reference="TZ-0", name="没有的")
    owner.sends(SCENARIOS, 422, "请填写用例名称", reference=reference, name="")
    owner.sees(f"/cases/{reference}", "生成校验用例")
    scenario = owner.sends(SCENARIOS, reference=reference, name="到核定为止")
    owner.sees(scenario, "到核定为止", reference)
    auditor.sees(SCENARIOS, "到核定为止", "通过")

    draft = new_draft(owner)
    owner.sees(f"{draft}/scenarios", "到核定为止")
    owner.sends(f"{scenario}/retirement")
    assert "到核定为止" not in owner.sees(SCENARIOS)
    owner.sees(scenario, status=404)


def test_a_scenario_is_made_by_hand_step_by_step(office: Office, desks: tuple[Desk, Desk, Desk]) -> None:
    office.open_batch()
    owner, *_ = desks
    page = owner.sees(f"{SCENARIOS}/new", "填报", "还没有开始")
    for _ in range(3):
        record, take = hidden(page, "record"), re.findall(r'name="take" value="([^"]+)"', page)
        page = owner.sends(f"{SCENARIOS}/new", 200, "已经过", record=record, take=take[0])
    record = hidden(page, "record")
    assert "撤销上一步" in page and record in owner.sends(f"{SCENARIOS}/new", 200, record=record).replace("&#34;", '"')
    owner.sends(f"{SCENARIOS}/new", 422, "现在不能选择", record=record, take="complete:nothing:pass")
    owner.sends(f"{SCENARIOS}/kept", 422, "请填写用例名称", record=record, name="")
    for wrong in ("", "[]", "{}", '{"scheme": "retrofit"}', record.replace("retrofit", "green_event")):
        assert owner.browser.post(f"{SCENARIOS}/new", data={"record": wrong, "take": take[0]}).status_code in (400, 422)
    naive = re.sub(r'("started_at":"[^"+]+)[^"]*', r"\1", record)
    for wrong in (naive, re.sub(r'"facts":{[^}]*}', '"facts":[]', record)):
        assert wrong != record
        for path in (f"{SCENARIOS}/new", f"{SCENARIOS}/kept"):
            owner.sends(path, 422, "用例内容无法识别，请重新编制", record=wrong, take=take[0], name="前三步")
    owner.sees(owner.sends(f"{SCENARIOS}/kept", record=record, name="前三步"), "前三步", "手工编制")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field as a browser would send it."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found.group(1).replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&")
