"""The pages of versions and of the heat map, apart from what only a browser shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.web.workshop.heat_map import length
from server.web.workshop.versions import value_in_words
from tests.server.signing_in import put_into_cookie, token_of
from workflows.permissions import Actor
from workflows.workshop import drafts

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
HEAT = "/workshop/definitions/retrofit/heat"


@pytest.fixture
def owner(shared_app: Flask) -> FlaskClient:
    client = shared_app.test_client()
    put_into_cookie(client, token_of(shared_app, "owner"))
    return client


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (0, "不足1分钟"),
        (59, "不足1分钟"),
        (60, "1分钟"),
        (3_599, "59分钟"),
        (3_600, "1小时"),
        (19_800, "5.5小时"),
        (86_399, "24小时"),
        (86_400, "1天"),
        (276_480, "3.2天"),
        (864_000, "10天"),
        (280_800, "3.3天"),
    ],
)
def test_lengths_as_people_say_them(seconds: int | None, words: str) -> None:
    assert length(seconds) == words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("gc:status", "REVIEW", "初审中（REVIEW）"),
        ("gc:stage", "P06", "业务初审（P06）"),
        ("gc:reason", "CREDIT_VETO", "信用核查不符合要求（CREDIT_VETO）"),
        ("calledElement", "recheck", "科室复审与会签（recheck）"),
        ("implementation", "nothing", "nothing"),
        ("gc:due", "10", "10"),
        ("name", "REVIEW", "REVIEW"),
        ("name", "", "（空）"),
        ("name", None, "（无）"),
    ],
)
def test_values_in_words(field: str, value: str | None, words: str) -> None:
    assert value_in_words(field, value) == words


def test_operations_and_terms_go_by_their_titles() -> None:
    assert value_in_words("implementation", "calculate_amount").endswith("（calculate_amount）")
    assert value_in_words("gc:due", "proc.substantive_days").endswith("（proc.substantive_days）")


@pytest.mark.parametrize("query", ["from=2026-02-30", "to=gestern", "from=2026-05-01&to=2026-04-01"])
def test_a_wrong_period_is_said_beside_its_field(owner: FlaskClient, query: str) -> None:
    answer = owner.get(f"{HEAT}?{query}")
    assert answer.status_code == 422
    assert "form-errors" in answer.text


def test_the_period_is_the_year_to_date(owner: FlaskClient) -> None:
    answer = owner.get(HEAT)
    assert answer.status_code == 200
    assert "年1月1日至" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/workshop/definitions/unknown",
        "/workshop/definitions/unknown/heat",
        "/workshop/definitions/retrofit/heat?version=99",
        "/workshop/definitions/retrofit/versions/99",
        "/workshop/definitions/retrofit/differences?from=1&to=99",
        "/workshop/definitions/recheck/differences",
        "/workshop/drafts/99999/differences",
    ],
)
def test_what_does_not_exist_is_not_found(owner: FlaskClient, path: str) -> None:
    assert owner.get(path).status_code == 404


def test_one_version_alone_differs_in_nothing(owner: FlaskClient) -> None:
    answer = owner.get("/workshop/definitions/green_event/differences")
    assert answer.status_code == 200
    assert "没有差异" in answer.text


def test_a_version_with_nothing_before_it_cannot_be_withdrawn(owner: FlaskClient) -> None:
    answer = owner.get("/workshop/definitions/green_event")
    assert answer.status_code == 200
    assert "停用" not in answer.text
    assert "新建草稿" in answer.text


def test_a_draft_is_shown_beside_what_is_in_force(owner: FlaskClient, shared_app: Flask) -> None:
    with shared_app.extensions["greencase"].database.transaction() as session:
        actor = Actor(0, "owner", "测试口径一", frozenset({"process_owner"}))
        draft = drafts.open_draft(session, actor, "retrofit", title="改名", now=NOW)["id"]
    address = f"/workshop/drafts/{draft}/differences"
    assert "还没有修改" in owner.get(address).text
    with shared_app.extensions["greencase"].database.transaction() as session:
        file = drafts.read_file(session, actor, draft, "retrofit.bpmn")
        content = file.content.replace("现场核查".encode(), "实地核查".encode())
        drafts.save_file(session, actor, draft, "retrofit.bpmn", content, etag=file.etag, now=NOW)
    answer = owner.get(address)
    assert answer.status_code == 200
    assert "实地核查" in answer.text and "现行版本 → 草稿" in answer.text
