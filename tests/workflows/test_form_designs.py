"""The forms of a draft: which are listed, what a new one holds, what is kept and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from server.access import actor_of
from storage import audit as audit_store
from storage import people
from storage.database import Session
from tests.forms.shipped_forms import FOLDER
from tests.server.signing_in import put_into_cookie, token_of
from workflows import forms
from workflows.errors import Changed, Forbidden, Invalid, NotFound
from workflows.permissions import Actor
from workflows.workshop import drafts, form_designs
from workflows.workshop.bundling import GateRefused

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REVIEW = (FOLDER / "retrofit_review.form").read_bytes()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.extensions["greencase"].database.transaction() as opened:
        yield opened


def person(session: Session, username: str) -> Actor:
    user = people.find_user(session, username)
    assert user is not None
    return actor_of(user, None)


@pytest.fixture
def owner(session: Session) -> Actor:
    return person(session, "owner")


@pytest.fixture
def draft(session: Session, owner: Actor) -> int:
    opened = drafts.open_draft(session, owner, "retrofit", title="调整初审（虚构）", now=NOW)
    return int(opened["id"])


def listed(session: Session, owner: Actor, draft: int) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in form_designs.list_forms(session, owner, draft)}


def test_a_scheme_lists_the_forms_of_its_whole_bundle_with_their_tasks(
    session: Session, owner: Actor, draft: int
) -> None:
    found = listed(session, owner, draft)
    assert {"retrofit_application", "retrofit_score", "formality_check", "payee_entry"} <= found.keys()
    assert "carbon_trading_review" not in found
    assert {each["state"] for each in found.values()} == {"kept"}
    assert [use.task_name for use in found["retrofit_review"]["uses"]] == ["业务初审"]
    assert found["retrofit_review"]["title"] == "业务初审"


def test_a_called_process_lists_what_it_asks_of_every_type(session: Session, owner: Actor) -> None:
    opened = drafts.open_draft(session, owner, "expert_review", title="评审（虚构）", now=NOW)
    found = listed(session, owner, opened["id"])
    assert {"retrofit_score", "industry_cluster_score", "declare_interest"} <= found.keys()
    assert "retrofit_application" not in found


def test_a_new_form_can_be_used_as_it_is(session: Session, owner: Actor, draft: int) -> None:
    form_designs.create_form(session, owner, draft, "extra_check", " 补充核查意见 ", now=NOW)
    found = form_designs.get_form(session, owner, draft, "extra_check")
    form = forms.load(found["content"])
    assert (form.title, form.decisions) == ("补充核查意见", ("pass", "return"))
    assert (found["state"], found["refusal"], found["uses"]) == ("new", "", ())
    assert next(iter(listed(session, owner, draft))) == "extra_check"
    assert not form_designs.restore_form(session, owner, draft, "extra_check", now=NOW)
    with pytest.raises(NotFound):
        form_designs.get_form(session, owner, draft, "extra_check")


@pytest.mark.parametrize(
    ("key", "title", "field"),
    [
        ("Extra", "补充", "key"),
        ("../retrofit", "补充", "key"),
        ("x" * 61, "补充", "key"),
        ("recheck", "补充", "key"),
        ("extra", " ", "title"),
        ("extra", "补" * 61, "title"),
        ("extra", "补\u202e充", "title"),
        ("extra", "<b>补充</b>", "title"),
        ("extra", "=1", "title"),
    ],
)
def test_a_new_form_that_is_not_taken(
    session: Session, owner: Actor, draft: int, key: str, title: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        form_designs.create_form(session, owner, draft, key, title, now=NOW)
    assert [error.field for error in caught.value.errors] == [field]


def test_a_form_under_work_is_kept_although_it_is_wrong(session: Session, owner: Actor, draft: int) -> None:
    etag = form_designs.get_form(session, owner, draft, "retrofit_review")["etag"]
    schema = json.loads(REVIEW)
    next(each for each in schema["components"] if each.get("key") == "review_opinion")["label"] = ""
    form_designs.save_form(session, owner, draft, "retrofit_review", json.dumps(schema).encode(), etag=etag, now=NOW)
    found = form_designs.get_form(session, owner, draft, "retrofit_review")
    assert found["state"] == "changed"
    assert "review_opinion" in found["refusal"]
    assert form_designs.restore_form(session, owner, draft, "retrofit_review", now=NOW)


def test_saving_without_a_change_writes_the_same_bytes(session: Session, owner: Actor, draft: int) -> None:
    found = form_designs.get_form(session, owner, draft, "retrofit_review")
    shuffled = dict(reversed(json.loads(REVIEW).items()))
    etag = form_designs.save_form(
        session, owner, draft, "retrofit_review", json.dumps(shuffled).encode(), etag=found["etag"], now=NOW
    )
    assert etag == found["etag"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 100_000,
        b'{"type": "default", "id": "recheck", "components": []}',
        REVIEW.replace("初审结论".encode(), b"<script>"),
        REVIEW.replace("初审结论".encode(), b"\\ud800"),
    ],
)
def test_what_no_editor_could_mend_is_not_kept(session: Session, owner: Actor, draft: int, content: bytes) -> None:
    etag = form_designs.get_form(session, owner, draft, "retrofit_review")["etag"]
    with pytest.raises(GateRefused) as refused:
        form_designs.save_form(session, owner, draft, "retrofit_review", content, etag=etag, now=NOW)
    assert not refused.value.kept
    assert form_designs.get_form(session, owner, draft, "retrofit_review")["etag"] == etag


def test_the_second_of_two_who_save_is_told(session: Session, owner: Actor, draft: int) -> None:
    etag = form_designs.get_form(session, owner, draft, "retrofit_review")["etag"]
    changed = REVIEW.replace("初审意见".encode(), "业务初审意见".encode())
    form_designs.save_form(session, owner, draft, "retrofit_review", changed, etag=etag, now=NOW)
    with pytest.raises(Changed):
        form_designs.save_form(session, person(session, "owner2"), draft, "retrofit_review", REVIEW, etag=etag, now=NOW)


def test_only_owners_save(session: Session, owner: Actor, draft: int) -> None:
    etag = form_designs.get_form(session, owner, draft, "retrofit_review")["etag"]
    with pytest.raises(Forbidden):
        form_designs.save_form(
            session, person(session, "officer"), draft, "retrofit_review", REVIEW, etag=etag, now=NOW
        )


def test_fields_are_prefilled_from_the_register_or_from_forms_of_the_same_case(
    session: Session, owner: Actor, draft: int
) -> None:
    facts = dict(form_designs.get_form(session, owner, draft, "retrofit_verified")["facts"])
    assert facts["enterprise:uscc"] == "单位登记信息：统一社会信用代码"
    assert facts["fact:declared_investment"].startswith("绿色低碳改造升级项目申报表：")
    assert not any("碳排放" in words for words in facts.values() if words.startswith("碳足迹"))


def test_the_pages_save_and_preview(app: Flask) -> None:
    database = app.extensions["greencase"].database
    with database.transaction() as session:
        opened = drafts.open_draft(session, person(session, "owner"), "retrofit", title="草稿", now=NOW)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    put_into_cookie(client, token_of(app, "owner"))
    address = f"/workshop/drafts/{opened['id']}/forms/retrofit_review"
    kept = client.get(f"{address}/content")
    assert kept.data == REVIEW

    wrong = REVIEW.replace(b'"maxLength": 2000', b'"maxLength": -1')
    shown = client.post(f"{address}/preview", data=wrong, content_type="application/json").get_data(as_text=True)
    assert "「初审意见」（review_opinion）的最多字数须为0至20000的整数" in shown
    assert 'data-select="f_review_opinion"' in shown
    shown = client.post(f"{address}/preview", data=REVIEW, content_type="application/json").get_data(as_text=True)
    assert 'name="decision"' in shown

    saved = client.put(f"{address}/content", data=wrong, headers={"If-Match": kept.headers["ETag"]})
    assert (saved.status_code, saved.get_json()["etag"] != kept.headers["ETag"].strip('"')) == (200, True)
    late = client.put(f"{address}/content", data=REVIEW, headers={"If-Match": kept.headers["ETag"]})
    assert (late.status_code, "他人已保存" in late.get_json()["detail"]) == (412, True)
    refused = client.put(f"{address}/content", data=b"{}", headers={"If-Match": kept.headers["ETag"]})
    assert (refused.status_code, bool(refused.get_json()["detail"])) == (422, True)
    with database.transaction() as session:
        events = audit_store.list_chain(session, "definition:retrofit", after=0, limit=100)
        assert [event.action for event in events if event.action == "draft_refused"] == ["draft_refused"]
    large = client.put(f"{address}/content", data=b" " * 1_100_000, headers={"If-Match": "x"})
    assert large.status_code == 413


def test_whoever_deletes_a_field_sees_first_who_reads_it(session: Session, owner: Actor, draft: int) -> None:
    """S1-1: 核定总投资 was deleted from its confirmation, and nobody said that the amount is computed from it."""
    key = "retrofit_verified"
    found = form_designs.get_form(session, owner, draft, key)
    assert found["judged"].lost == ()
    schema = json.loads(found["content"])
    for field in schema["components"]:
        if field.get("key") == "approved_investment":
            field["key"] = "approved_total_investment"
    typed = json.dumps(schema).encode()
    (gone,) = form_designs.judge_typed(session, owner, draft, key, typed).lost
    assert (gone.key, gone.name) == ("approved_investment", "核定总投资")
    assert any(reader.startswith("金额测算") for reader in gone.readers)
    assert any(reader.startswith("随机抽取专家") or "抽取" in reader for reader in gone.readers)


def test_a_field_that_nobody_reads_may_go_unsaid(session: Session, owner: Actor, draft: int) -> None:
    found = form_designs.get_form(session, owner, draft, "fund_plan")
    schema = json.loads(found["content"])
    schema["components"] = [each for each in schema["components"] if each.get("key") == "decision"] or [
        {"type": "textfield", "id": "f_x", "key": "x", "label": "备注"}
    ]
    assert form_designs.judge_typed(session, owner, draft, "fund_plan", json.dumps(schema).encode()).lost == ()
