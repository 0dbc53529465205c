"""The pages of migration: dry run, choice, progress, undoing; for process owners only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.contract_client import Office
from tests.engine.redrawing import Drawing
from tests.offices import person
from tests.server.signing_in import put_into_cookie, token_of
from tests.working_off import work_off
from workflows.workshop import bundling, deployments

HERE = "/workshop/definitions/retrofit/migration"
LIBRARY = Path(__file__).parents[2] / "bpmn"


def publish(app: Flask, office: Office) -> int:
    """A version of retrofit with a stage more; answers its number."""
    library = dict(bundling.read_library(LIBRARY))
    drawing = Drawing(library["retrofit.bpmn"])
    place = "recheck_outcome_to_deputy_review"
    drawing.insert("compliance", place, lane="case_officer", form="explanation", name="合规审查")
    library["retrofit.bpmn"] = drawing.bytes
    bundle = bundling.assemble(library, "retrofit")
    with app.extensions["greencase"].database.transaction() as session:
        return deployments.publish(
            session, "retrofit", bundle, person("owner2", "process_owner"), now_of(office)
        ).version


def now_of(office: Office) -> datetime:
    return datetime.fromisoformat(office.now())


def work(app: Flask, office: Office) -> None:
    work_off(app)


def page_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    put_into_cookie(client, token_of(app, "owner"))
    return client


@pytest.fixture
def case(office: Office) -> str:
    reference = office.apply("e01", batch=office.open_batch())
    office.submit(reference)
    return reference


def test_without_a_newer_version_nothing_is_to_be_migrated(owner: FlaskClient, case: str) -> None:
    assert "迁移预演" in page_of(owner, HERE)
    assert "没有需要迁移的在办件" in page_of(owner, f"{HERE}?tried=1&to=1")
    assert "没有需要迁移的在办件" in page_of(owner, f"{HERE}?tried=1&to=nonsense&page=0&verdict=odd")
    page_of(owner, "/workshop/definitions/nothing/migration", 404)
    page_of(owner, f"{HERE}/runs/1", 404)
    page_of(owner, f"{HERE}/runs/1/progress", 404)


def test_an_owner_tries_migrates_watches_and_undoes(app: Flask, office: Office, owner: FlaskClient, case: str) -> None:
    version = publish(app, office)
    shown = page_of(owner, f"{HERE}?tried=1&to={version}")
    assert case in shown and "可迁移" in shown and "新增环节「合规审查」位于当前环节之后" in shown
    assert case not in page_of(owner, f"{HERE}?tried=1&to={version}&verdict=blocked")
    for sent, said in (
        ({"to": version, "which": "all", "reason": ""}, "请写明理由"),
        ({"to": version, "which": "chosen", "reason": "合规要求"}, "请至少选择一件"),
        ({"to": version, "which": "all", "chosen": [case], "reason": "合规要求"}, "已勾选个别申报件"),
    ):
        answer = owner.post(HERE, data=sent)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert owner.post(HERE, data={"to": "x"}).status_code == 404

    sent = {"to": version, "which": "chosen", "chosen": [case], "reason": "合规要求"}
    answer = owner.post(HERE, data=sent)
    run = answer.headers["Location"]
    assert answer.status_code == 303
    assert "正在迁移：已处理0件，共1件" in page_of(owner, run)
    assert 'hx-trigger="every 1s"' in page_of(owner, f"{run}/progress")
    assert owner.post(HERE, data=sent).status_code == 409
    work(app, office)
    done = page_of(owner, f"{run}/progress")
    assert "已完成，共1件" in done and "hx-trigger" not in done and "撤销迁移" in done
    assert f"迁入第{version}版" in page_of(owner, HERE)
    page_of(owner, run.replace("retrofit", "green_event"), 404)
    assert "在办件迁移" in page_of(owner, f"/cases/{case}/history")

    reversal = f"{run}/cases/{case}/reversal"
    assert owner.post(reversal, data={"reason": ""}).status_code == 422
    answer = owner.post(reversal, data={"reason": "仍按原版本办理"}, follow_redirects=True)
    assert "已撤销" in answer.get_data(as_text=True)
    assert owner.post(reversal, data={"reason": "再次撤销"}).status_code == 409
    assert "撤销迁移" in page_of(owner, f"/cases/{case}/history")


@pytest.mark.parametrize("stranger", ["officer", "chief", "auditor", "e01"])
def test_nobody_else_may(app: Flask, owner: FlaskClient, stranger: str) -> None:
    client = app.test_client()
    put_into_cookie(client, token_of(app, stranger))
    for path in (HERE, f"{HERE}/runs/1", f"{HERE}/runs/1/progress"):
        page_of(client, path, 403)
    for path in (HERE, f"{HERE}/runs/1/cases/TZ1/reversal"):
        assert client.post(path).status_code == 403
