"""The diagram editor: what is drawn is kept as it is drawn, loses nothing on the way, and overwrites nobody's work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.access import actor_of
from server.settings import CHECKOUT
from storage.people import find_user
from tests.browser.visiting import PHONE, Site
from workflows.engine.document import read_document
from workflows.engine.model import MultiInstance, Process, read_processes
from workflows.permissions import Actor
from workflows.workshop import drafts
from workflows.workshop.bundling import read_library

PATIENCE = 20_000  # ms: the gate starts a child process for each look at a draft
NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)
DIAGRAMS = {path: content for path, content in read_library(CHECKOUT / "bpmn").items() if path.endswith(".bpmn")}
OFFERED = [
    "create.start", "create.end", "create.message", "create.timer",
    "create.user-task", "create.service-task", "create.call-activity", "create.receive-task", "create.sub-process",
    "create.exclusive-gateway", "create.parallel-gateway", "create.event-gateway", "create.annotation",
]  # fmt: skip
SELECT = """id => {
  const canvas = window.diagramEditor.get('canvas'), element = window.diagramEditor.get('elementRegistry').get(id);
  window.diagramEditor.get('selection').select(element);
  canvas.scrollToElement(element, 200);
}"""
MIDDLE = """id => {
  const { waypoints } = window.diagramEditor.get('elementRegistry').get(id);
  const last = waypoints.length - 1, canvas = window.diagramEditor.get('canvas');
  const box = canvas.viewbox(), frame = canvas.getContainer().getBoundingClientRect();
  const [from, to] = [waypoints[0], waypoints[Math.min(1, last)]];
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  return [frame.x + (x - box.x) * box.scale, frame.y + (y - box.y) * box.scale];
}"""
MOVE_UP = """pixels => {
  const selected = window.diagramEditor.get('selection').get();
  window.diagramEditor.get('modeling').moveElements(selected, { x: 0, y: -pixels });
}"""
ROUND_TRIP = """async xml => {
  const { warnings } = await window.diagramEditor.importXML(xml);
  if (warnings.length) throw new Error(warnings.map(each => each.message).join('; '));
  return (await window.diagramEditor.saveXML({ format: true })).xml;
}"""


class Workshop:
    """The draft of a process, in the database and at its page."""

    def __init__(self, live: Site, key: str) -> None:
        self.live, self.key, self.path = live, key, drafts.path_of(key)
        self.database = live.app.extensions["greencase"].database
        with self.database.transaction() as session:
            draft = drafts.open_draft(session, self.actor("owner"), key, title="增设预审环节", now=NOW)
        self.number = int(draft["id"])
        self.pages: list[Page] = []

    def actor(self, username: str) -> Actor:
        with self.database.transaction() as session:
            user = find_user(session, username)
            assert user is not None
            return actor_of(user, None)

    def page(self) -> Page:
        """The editor, once its diagram is drawn and judged."""
        page = self.live.visit("owner", f"/workshop/drafts/{self.number}/diagrams/{self.key}")
        self.pages.append(page)
        _judged(page)
        return page

    def close(self) -> None:
        """The windows are closed when the gate has answered: no request of theirs is under way then."""
        for page in self.pages:
            _settled(page)
            page.close()

    def read(self) -> Process:
        """The diagram as the draft has it."""
        with self.database.transaction() as session:
            found = drafts.read_file(session, self.actor("owner"), self.number, self.path)
        return _process(self.path, found.content)

    def changes(self) -> dict[str, bytes]:
        """The files that the draft changes."""
        with self.database.transaction() as session:
            return drafts.changed_files(session, self.number)

    def saved_by_somebody_else(self, old: str, new: str) -> None:
        with self.database.transaction() as session:
            other = self.actor("owner2")
            found = drafts.read_file(session, other, self.number, self.path)
            content = found.content.decode().replace(old, new).encode()
            drafts.save_file(session, other, self.number, self.path, content, etag=found.etag, now=NOW)


@pytest.fixture
def workshop(live: Site) -> Iterator[Workshop]:
    opened = Workshop(live, "retrofit")
    yield opened
    opened.close()


def _process(path: str, content: bytes) -> Process:
    return next(read_processes(path, read_document(content)))


def _meaning(process: Process) -> object:
    """What the engine reads of a diagram, without the lines that it stands on."""
    elements = {key: replace(element, line=0) for key, element in process.elements.items()}
    flows = {flow.id: replace(flow, line=0) for flow in process.flows}
    return process.key, process.name, set(process.scopes), elements, flows


def _choose(page: Page, label: str, value: str) -> None:
    page.locator(".workbench-panel").get_by_label(label, exact=True).select_option(value)


def _saved(page: Page) -> None:
    expect(page.locator(".workbench-state")).to_have_text("已保存", timeout=PATIENCE)


def _settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator(".findings-asking")).to_have_count(0, timeout=PATIENCE)


def _judged(page: Page, said: str = "校验通过") -> None:
    expect(page.locator(".findings-summary")).to_have_text(said, timeout=PATIENCE)


def test_every_shipped_diagram_comes_out_as_it_went_in(workshop: Workshop) -> None:
    page = workshop.page()
    for path, content in DIAGRAMS.items():
        written = page.evaluate(ROUND_TRIP, content.decode())
        assert _meaning(_process(path, written.encode())) == _meaning(_process(path, content)), path
    assert workshop.live.wrong == []


def test_a_task_is_drawn_saved_judged_and_undone(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "substantive_review")
    page.get_by_title("添加人工任务").click()
    page.keyboard.type("业务预审")
    page.keyboard.press("Enter")
    expect(page.locator(".panel-title")).to_have_text("业务预审")
    # There was room for it in the lane below, which is the system's own.
    expect(page.locator(".panel-role-missing")).to_have_text("系统（自动）")
    page.evaluate(MOVE_UP, 130)
    expect(page.locator(".panel-role")).to_have_text("业务科室经办人")
    _choose(page, "表单", "site_inspection")
    _choose(page, "办理期限", "days")
    days = page.get_by_label("工作日", exact=True)
    days.fill("8")
    page.get_by_label("编号").fill("preliminary_review")
    page.get_by_label("编号").press("Enter")
    expect(page.locator(".workbench-panel")).to_have_attribute("data-element", "preliminary_review")

    _saved(page)
    drawn = workshop.read().elements["preliminary_review"]
    assert (drawn.name, drawn.form, drawn.due, drawn.role) == ("业务预审", "site_inspection", "8", "case_officer")

    dot = page.locator("[data-container-id=preliminary_review] .finding-dot")
    expect(dot).to_be_visible(timeout=PATIENCE)
    dot.click()
    row = page.locator(".findings-list li[data-element=preliminary_review]").first
    expect(row).to_be_visible()
    assert page.locator(".panel-finding").count() >= 1

    undo = page.get_by_role("button", name="撤销")
    while undo.is_enabled():
        undo.click()
    _judged(page)
    _saved(page)
    assert workshop.changes() == {}
    assert workshop.live.wrong == []


def test_a_stage_is_drawn_into_a_flow(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "fund_plan_to_disbursement")
    x, y = page.evaluate(MIDDLE, "fund_plan_to_disbursement")
    page.locator(".djs-palette [data-action='create.user-task']").click()
    page.mouse.move(x - 3, y - 3, steps=5)
    page.mouse.click(x, y)
    page.keyboard.type("拨付前复核")
    page.keyboard.press("Enter")
    expect(page.locator(".panel-title")).to_have_text("拨付前复核")
    page.get_by_label("编号").fill("payment_review")
    page.get_by_label("编号").press("Enter")
    for label, value in (
        ("表单", "fund_plan"),
        ("状态", "APPROVED"),
        ("环节", "P17"),
        ("办理期限", "proc.payment_days"),
    ):
        _choose(page, label, value)
    page.get_by_label("资金计划", exact=True).check()
    _saved(page)
    process = workshop.read()
    drawn = process.elements["payment_review"]
    assert (drawn.status, drawn.stage, drawn.due) == ("APPROVED", "P17", "proc.payment_days")
    assert drawn.separate_from == ("fund_plan",)
    flows = {flow.id: (flow.source, flow.target) for flow in process.flows}
    assert flows["fund_plan_to_payment_review"] == ("fund_plan", "payment_review")
    assert flows["payment_review_to_disbursement"] == ("payment_review", "disbursement")
    assert "fund_plan_to_disbursement" not in flows
    _judged(page)
    assert workshop.live.wrong == []


def test_a_new_id_is_followed_by_the_conditions_that_read_it(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "substantive_review")
    field = page.get_by_label("编号")
    for wrong, said in (("Review", "小写字母"), ("site_inspection", "已有这一编号"), ("pass", "保留字")):
        field.fill(wrong)
        field.press("Enter")
        expect(page.locator(".panel-field .invalid-feedback").filter(has_text=said)).to_be_visible()
    field.fill("review")
    field.press("Enter")
    _saved(page)
    flows = {flow.id: flow for flow in workshop.read().flows}
    assert flows["review_outcome_to_site_inspection"].condition == 'review == "pass"'
    assert flows["explanation_to_review"].target == "review"
    # Who rechecks, and who looks into an objection, may not have reviewed: the called diagrams still name the old task,
    # and each finding leads there.
    _judged(page, "5个校验问题")
    page.locator(".findings-summary").click()
    expect(page.locator(".findings-list a.finding-place")).to_have_count(5)
    link = page.locator(".findings-list a.finding-place").filter(has_text="科室复审与会签 · chief_recheck")
    link.click()
    page.wait_for_url("**/diagrams/recheck?element=chief_recheck")
    expect(page.locator(".panel-title")).to_have_text("科室复审")


def test_a_required_step_is_waived_on_a_document(workshop: Workshop) -> None:
    page = workshop.page()
    panel = page.locator(".workbench-panel")
    expect(panel.get_by_label("区政府审定")).to_have_count(0)
    panel.get_by_label("查重", exact=True).check()
    document = {
        "免去的依据": "关于简化查重的通知第三条",
        "依据文件的文号": "通经信绿〔2026〕1号",
        "依据文件的日期": "2026-01-05",
    }
    for label, words in document.items():
        panel.get_by_label(label).fill(words)
        panel.get_by_label(label).press("Tab")
    _saved(page)
    drawn = workshop.read()
    assert drawn.waives == ("duplicates",)
    assert [drawn.waiver_basis, drawn.waiver_number, drawn.waiver_date] == list(document.values())


def test_what_a_task_shows_and_does_is_chosen_in_its_properties(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "explanation")
    panel = page.locator(".workbench-panel")
    expect(panel.get_by_label("向办理人显示")).to_have_value("explanation")
    panel.get_by_label("向办理人显示").select_option("supplement")
    panel.get_by_label("提交后").select_option("compare_account")
    _saved(page)
    drawn = workshop.read().elements["explanation"]
    assert (drawn.asks, drawn.does, drawn.seals) == ("supplement", "compare_account", None)


def test_a_summary_follows_a_task_that_gets_another_id(workshop: Workshop) -> None:
    page = workshop.page()
    page.goto(page.url.replace("/retrofit", "/recheck"))
    _judged(page)
    page.evaluate(SELECT, "legal_recheck")
    page.get_by_label("编号").fill("legal_opinion")
    page.get_by_label("编号").press("Enter")
    page.evaluate(SELECT, "settle_recheck")
    expect(page.locator(".workbench-panel").get_by_label("法制会签", exact=True)).to_be_checked()
    _saved(page)
    process = _process("shared/recheck.bpmn", workshop.changes()["shared/recheck.bpmn"])
    assert dict(process.elements["settle_recheck"].parameters)["tasks"] == "chief_recheck finance_recheck legal_opinion"


def test_conditions_operations_messages_and_roles_are_chosen_in_chinese(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "review_outcome_to_site_inspection")
    _choose(page, "当", "formality_check")
    _choose(page, "值", "not_accept")
    page.evaluate(SELECT, "route_expert_review")
    _choose(page, "服务操作", "working_deadline")
    _choose(page, "参数 days", "days")
    page.get_by_label("工作日", exact=True).fill("8")
    page.get_by_label("工作日", exact=True).blur()
    _choose(page, "参数 days", "proc.audit_days")
    page.evaluate(SELECT, "listed")
    _choose(page, "等待的消息", "published")
    page.evaluate(SELECT, "deputy_leader")
    _choose(page, "岗位", "section_chief")
    page.evaluate(SELECT, "paid")
    _choose(page, "结果原因", "FRAUD")
    _saved(page)
    process = workshop.read()
    assert next(flow.condition for flow in process.flows if flow.id == "review_outcome_to_site_inspection") == (
        'formality_check == "not_accept"'
    )
    operation = process.elements["route_expert_review"]
    assert (operation.operation, operation.parameters) == ("working_deadline", (("days", "proc.audit_days"),))
    assert process.elements["listed"].message == "published"
    assert process.elements["deputy_review"].role == "section_chief"
    assert process.elements["paid"].reason == "FRAUD"


def test_several_people_and_instants_are_chosen_from_the_variables(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "site_inspection")
    page.get_by_label("多人同时办理").check()
    _choose(page, "人员名单（变量）", "panel")
    page.get_by_label("每人的代号").fill("inspector")
    page.get_by_label("每人的代号").blur()
    expect(page.get_by_label("指定办理人（变量）")).to_have_value("inspector")
    page.evaluate(SELECT, "listed")
    page.get_by_title("更改类型").click()
    page.locator(".djs-popup .entry").filter(has_text="等待时限").click()
    _choose(page, "时刻（变量）", "publicity_ends_at")
    page.evaluate(SELECT, "resolved")
    page.get_by_title("更改类型").click()
    page.locator(".djs-popup .entry").filter(has_text="等待时限").click()
    _choose(page, "到期时间", "duration")
    page.get_by_label("时长").fill("P10D")
    page.get_by_label("时长").blur()
    _saved(page)
    elements = workshop.read().elements
    inspection = elements["site_inspection"]
    assert inspection.multi_instance == MultiInstance("panel", None, "inspector")
    assert inspection.assignee == "inspector"
    assert (elements["listed"].timer, elements["resolved"].timer) == ("publicity_ends_at", "P10D")
    _settled(page)
    page.reload()  # what was written is read again
    expect(page.locator("[data-element-id=site_inspection]").first).to_be_attached()
    page.evaluate(SELECT, "site_inspection")
    expect(page.get_by_label("人员名单（变量）")).to_have_value("panel")
    expect(page.get_by_label("每人的代号")).to_have_value("inspector")
    assert workshop.live.wrong == []


def test_nobody_elses_work_is_overwritten(workshop: Workshop, tmp_path: Path) -> None:
    page = workshop.page()
    workshop.saved_by_somebody_else("现场核查", "实地核查")
    page.evaluate(SELECT, "explanation")
    page.get_by_label("名称", exact=True).fill("我的补充说明")
    page.get_by_label("名称", exact=True).press("Enter")
    banner = page.locator(".workbench-banner")
    expect(banner).to_contain_text("他人已保存了新的内容", timeout=PATIENCE)
    expect(page.locator(".workbench-state")).to_have_text("有冲突")
    assert workshop.read().elements["site_inspection"].name == "实地核查"
    with page.expect_download() as download:
        banner.get_by_role("button", name="另存本地").click()
    mine = tmp_path / download.value.suggested_filename
    download.value.save_as(mine)
    assert mine.name == "retrofit.bpmn"
    assert _process("retrofit.bpmn", mine.read_bytes()).elements["explanation"].name == "我的补充说明"

    _settled(page)
    banner.get_by_role("button", name="查看他人版本").click()
    page.locator("dialog.confirm").get_by_role("button", name="重新载入").click()
    expect(page.locator("[data-element-id=site_inspection]")).to_contain_text("实地核查")

    page.locator("[data-file]").set_input_files(mine)
    page.locator("dialog.confirm").get_by_role("button", name="替换").click()
    _saved(page)
    assert workshop.read().elements["explanation"].name == "我的补充说明"
    page.locator("[data-file]").set_input_files(CHECKOUT / "bpmn/shared/intake.bpmn")
    page.locator("dialog.confirm").get_by_role("button", name="替换").click()
    expect(banner).to_contain_text("文件中的流程编号是“intake”，应为“retrofit”")
    expect(page.locator("[data-element-id=explanation]")).to_contain_text("我的补充说明")
    workshop.live.wrong[:] = [each for each in workshop.live.wrong if "412" not in each]  # the conflict was wanted


def test_called_processes_open_and_tokens_walk(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "intake")
    page.locator("[data-element-id=intake]").dblclick()
    page.wait_for_url("**/diagrams/intake")
    expect(page.locator(".workbench-title h1")).to_have_text("形式审查与受理")
    page.get_by_role("button", name="令牌模拟").click()
    expect(page.locator(".bts-palette")).to_be_visible()
    expect(page.locator(".bts-palette [title=显示或隐藏模拟记录]")).to_be_visible()
    expect(page.get_by_role("button", name="导出 .bpmn")).to_be_disabled()
    page.get_by_role("button", name="令牌模拟").click()
    expect(page.locator(".djs-palette")).to_be_visible()
    assert workshop.live.wrong == []


def test_only_what_the_gate_accepts_is_offered(workshop: Workshop) -> None:
    page = workshop.page()
    drawn = page.locator(".djs-palette .entry").evaluate_all("entries => entries.map(each => each.dataset.action)")
    assert [name for name in drawn if name.startswith("create.")] == OFFERED
    page.evaluate(SELECT, "site_inspection")
    page.get_by_title("更改类型").click()
    expect(page.locator(".djs-popup .entry")).to_have_text(["服务任务（系统自动）", "接收任务", "引用流程"])
    page.keyboard.press("Escape")
    page.evaluate(SELECT, "review_outcome")
    page.get_by_title("更改类型").click()
    expect(page.locator(".djs-popup .entry")).to_have_text(["并行网关", "事件网关"])
    assert workshop.live.wrong == []


def test_a_draft_that_is_closed_can_only_be_read(workshop: Workshop) -> None:
    with workshop.database.transaction() as session:
        drafts.discard(session, workshop.actor("owner"), workshop.number, now=NOW)
    page = workshop.page()
    expect(page.locator(".workbench-state")).to_have_text("只读")
    page.evaluate(SELECT, "substantive_review")
    expect(page.get_by_label("名称", exact=True)).to_be_disabled()
    expect(page.locator(".djs-palette, [data-does=undo], [data-does=import]")).to_have_count(0)
    page.get_by_role("button", name="令牌模拟").click()
    expect(page.locator(".bts-palette")).to_be_visible()
    assert workshop.live.wrong == []


def test_who_leaves_by_a_link_takes_the_last_change_along(workshop: Workshop) -> None:
    page = workshop.page()
    page.evaluate(SELECT, "explanation")
    page.get_by_label("名称", exact=True).fill("补充说明材料")
    page.get_by_role("link", name="绿案").click()
    page.wait_for_url(workshop.live.url + "/")
    assert workshop.read().elements["explanation"].name == "补充说明材料"


def test_on_a_phone_the_panel_comes_up_from_below(workshop: Workshop) -> None:
    page = workshop.page()
    page.set_viewport_size(PHONE)
    page.reload()
    expect(page.locator("[data-element-id=start]").first).to_be_attached()
    expect(page.locator(".djs-minimap.open")).to_have_count(0)
    expect(page.locator(".workbench-panel")).to_be_hidden()
    page.evaluate(SELECT, "substantive_review")
    expect(page.locator(".workbench-panel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert workshop.live.wrong == []
