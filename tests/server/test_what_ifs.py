"""政策调整测算 at its pages: who asks, who reads, what is refused, and the workbook that leaves."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from storage.audit import AuditEvent
from tests.server.signing_in import put_into_cookie, token_of
from tests.workflows.twenty_cases import write_batch
from tests.working_off import work_off
from workflows import audit
from workflows.foresight import what_if

PATH = "/workshop/what-ifs"


@pytest.fixture
def batch(app: Flask) -> int:
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.extensions["greencase"].database.transaction() as session:
        made = write_batch(session)
        made.title = "=cmd|'/c calc'!A1 第一批（虚构）"
        return made.id


def desk(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    put_into_cookie(client, token_of(app, username))
    return client


def sent(batch: int, title: str = "支持比例降至25%", **values: str) -> Mapping[str, Any]:
    return {"batch": batch, "title": title, **{f"value-{key.replace('__', '.')}": text for key, text in values.items()}}


def test_an_owner_asks_waits_and_reads(app: Flask, batch: int) -> None:
    owner = desk(app, "owner")
    page = owner.get(f"{PATH}/new?batch={batch}").get_data(as_text=True)
    shown = dict(re.findall(r'name="(value-[\w.]+)"[^>]* value="([^"]*)"', page))
    assert shown["value-a3.rate"] == "0.30" and "value-a10.annual_cap" not in shown
    answer = owner.post(PATH, data={**sent(batch), **shown, "value-a3.rate": "0.25"})
    assert answer.status_code == 303
    path = answer.headers["Location"]
    waiting = owner.get(path).get_data(as_text=True)
    assert f'hx-get="{path}/state"' in waiting and 'hx-trigger="every 1s"' in waiting
    assert owner.get(f"{path}/state").status_code == 204
    assert owner.get(f"{path}/workbook").status_code == 409
    work_off(app)
    assert owner.get(f"{path}/state").headers["HX-Refresh"] == "true"
    for reader in ("owner", "owner2", "chief", "auditor"):
        read = desk(app, reader).get(path).get_data(as_text=True)
        assert "由13,847,846元减至13,514,512元，减少333,334元；3件发生变化，涉及2家单位。" in read
    assert "data-what-if-chart" in read and "按企业" in read and "各件金额均与在案金额一致" in read
    assert "13,514,512元" in owner.get(PATH).get_data(as_text=True)


def test_what_was_asked_is_on_record(app: Flask, batch: int) -> None:
    desk(app, "owner").post(PATH, data=sent(batch, a3__rate="0.25"))
    with app.extensions["greencase"].database.session() as session:
        [event] = session.scalars(select(AuditEvent).where(AuditEvent.chain == what_if.CHAIN)).all()
        assert (event.actor, event.action) == ("owner", "what_if_asked")
        assert event.changes == [{"field": "a3.rate", "old": "0.30", "new": "0.25"}]
        assert audit.verify(session) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"a3__rate": "0.31"}, "不得超过政策上限30%"),
        ({"a3__rate": "1e9"}, "填写有误"),
        ({"a10__annual_cap": "3000000"}, "不得调整"),
        ({"a3__rate": "0.30"}, "请至少调整一项口径的取值"),
    ],
)
def test_bad_values_are_shown_again_with_what_is_wrong(
    app: Flask, batch: int, values: Mapping[str, str], said: str
) -> None:
    owner = desk(app, "owner")
    answer = owner.post(PATH, data=sent(batch, **values))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in page
    assert f'value="{values.get("a3__rate", "0.30")}"' in page
    assert owner.post(PATH, data=sent(batch, title="", a3__rate="0.25")).status_code == 422
    assert "还没有测算" in owner.get(PATH).get_data(as_text=True)


def test_a_year_is_all_its_batches_and_no_batch_is_said(app: Flask, batch: int) -> None:
    owner = desk(app, "owner")
    assert f'name="batch" value="{batch}"' in owner.get(f"{PATH}/new?year=2026").get_data(as_text=True)
    for query in ("", "?year=2031", "?batch=999", "?batch=x"):
        answer = owner.get(f"{PATH}/new{query}")
        assert answer.status_code == 422 and "请至少选择一个已发布的批次" in answer.get_data(as_text=True)
    assert owner.post(PATH, data=sent(999, a3__rate="0.25")).status_code == 422
    assert owner.get(f"{PATH}/999").status_code == 404


def test_others_may_not(app: Flask, batch: int) -> None:
    asked = desk(app, "owner").post(PATH, data=sent(batch, a3__rate="0.25")).headers["Location"]
    for username in ("chief", "auditor"):
        assert desk(app, username).post(PATH, data=sent(batch, a3__rate="0.25")).status_code == 403
        assert desk(app, username).get(f"{PATH}/new?batch={batch}").status_code == 403
        assert "新建测算" not in desk(app, username).get(PATH).get_data(as_text=True)
    for username in ("e01", "officer", "finance", "expert1"):
        reader = desk(app, username)
        for path in (PATH, asked, f"{asked}/workbook", f"{asked}/state"):
            assert reader.get(path).status_code == 403


def test_the_workbook_holds_numbers_and_no_formula(app: Flask, batch: int) -> None:
    owner = desk(app, "owner")
    path = owner.post(PATH, data=sent(batch, title="=1+1", a3__rate="0.25", a7__ratio="0.70")).headers["Location"]
    work_off(app)
    answer = owner.get(f"{path}/workbook")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        names = re.findall(r'<sheet name="([^"]+)"', parts.read("xl/workbook.xml").decode())
        pages = [parts.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2, 3)]
        strings = parts.read("xl/sharedStrings.xml").decode()
    assert names == ["按支持事项", "按企业", "逐件明细"]
    assert not any("<f>" in page for page in pages)
    assert "=1+1" in strings and "=cmd|" in strings
    assert "<v>13847846</v>" in pages[0] and "<v>13847846</v>" in pages[1], "the sums are numbers"
    assert "<v>1666666</v>" in pages[2] and "<v>-333334</v>" in pages[2]
    assert "13847846" not in strings
