"""Shared parts of forms in the workshop: a change of one is a change of every form that holds it, once and through the
gate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from server import seed
from storage import definitions
from storage.database import Session
from tests.engine.shipped import LIBRARY, SCHEMES
from tests.forms.shipped_forms import FOLDER
from tests.publishing import look_and_publish
from tests.server.signing_in import put_into_cookie, token_of
from workflows import forms, rules
from workflows.case.bundles import bundle_of
from workflows.errors import Invalid
from workflows.permissions import SYSTEM, Actor
from workflows.workshop import bundling, deployments, differences, drafts, form_designs, gatekeeper, inspection
from workflows.workshop import publication as publications
from workflows.workshop.gatekeeper import judge_file

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
KEY = "retrofit"
BUNDLE = bundling.assemble(LIBRARY, KEY)
FORM, PART = "forms/retrofit_application.form", "forms/parts/applicant.form"
HINT = "以下信息取自单位注册信息，如有变更请联系受理岗更正。"


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.extensions["greencase"].database.transaction() as opened:
        yield opened


@pytest.fixture
def owner(session: Session) -> Actor:
    return seed.actor(session, "owner")


@pytest.fixture
def draft(session: Session, owner: Actor) -> int:
    return int(drafts.open_draft(session, owner, KEY, title="调整申报单位信息（虚构）", now=NOW)["id"])


def change(session: Session, owner: Actor, draft: int, path: str, old: str, new: str) -> None:
    file = drafts.read_file(session, owner, draft, path)
    assert old.encode() in file.content
    content = file.content.replace(old.encode(), new.encode())
    drafts.save_file(session, owner, draft, path, content, etag=file.etag, now=NOW)


def changed(path: str, change: Any) -> bytes:
    schema = json.loads(LIBRARY[path])
    change(schema)
    return form_designs.written(schema)


def test_a_bundle_holds_the_parts_of_its_forms_and_no_others() -> None:
    held = {path for path in BUNDLE if forms.is_part(path)}
    assert held == {f"forms/parts/{key}.form" for key in ("applicant", "other_funds", "commitment", "payee",
                                                          "invoices", "cut_lines", "subject", "refusal")}  # fmt: skip
    assert "forms/parts/invoices.form" not in bundling.assemble(LIBRARY, "carbon_trading")
    assert all(PART in bundling.assemble(LIBRARY, scheme) for scheme in SCHEMES)


def nested(schema: dict[str, Any]) -> None:
    schema["components"].append({"type": "group", "id": "more", "properties": {"part": "payee"}, "components": []})


def clashing(schema: dict[str, Any]) -> None:
    schema["components"][0]["properties"]["part"] = "other_funds"


def lost(schema: dict[str, Any]) -> None:
    schema["components"][0]["properties"]["part"] = "nowhere"


def own_key(schema: dict[str, Any]) -> None:
    schema["components"].append({"type": "textfield", "id": "again", "key": "uscc", "label": "信用代码"})


@pytest.mark.parametrize(
    ("path", "edit", "rule", "element"),
    [
        (PART, nested, "form-part-nested", "more"),
        (FORM, clashing, "form-part-clash", "f_group_4"),
        (FORM, own_key, "form-part-clash", "f_group_1"),
        (FORM, lost, "form-part-missing", "f_group_1"),
        (PART, lambda schema: schema["components"][1].update(label=""), "form-unreadable", "applicant_name"),
    ],
)
def test_the_gate_names_what_is_wrong_once_where_it_stands(path: str, edit: Any, rule: str, element: str) -> None:
    content = changed(path, edit)
    [finding] = inspection.inspect({KEY: bundling.assemble({**LIBRARY, path: content}, KEY)})[KEY]
    assert (finding.file, finding.rule, finding.element, finding.hostile) == (path, rule, element, False)
    assert f'"id": "{element}"' in content.decode().splitlines()[finding.line - 1]
    assert finding.message_zh.endswith("。") and finding.mend_zh.endswith("。")
    assert finding.message_en.isascii() or rule != "form-part-missing"
    assert finding.mend_en.endswith(".")
    assert judge_file(path, content, path.rpartition("/")[2].removesuffix(".form")) == []


def test_a_changed_part_is_a_new_version_of_every_scheme_that_holds_it(
    session: Session, owner: Actor, draft: int
) -> None:
    change(session, owner, draft, PART, HINT, "信息有误的，请先到受理岗更正。")
    assert drafts.get_draft(session, owner, draft)["affects"] == list(rules.SCHEMES)
    [file] = differences.compare_draft(session, owner, draft)["files"]
    assert (file["path"], file["count"], file["name"]) == (PART, 1, "申报单位基本信息")
    assert len(file["used_in"]) == 10 and "绿色低碳改造升级项目申报表" in file["used_in"]
    assert publications.check(session, owner, draft, NOW) == []

    second = seed.actor(session, "owner2")
    made = look_and_publish(session, second, draft, reason="更正提示", now=NOW)["versions"]
    assert {each["key"] for each in made} == set(SCHEMES)
    for key in (KEY, "carbon_trading"):
        before, after = (definitions.find(session, key, number) for number in (1, 2))
        assert before is not None and after is not None
        texts = [repr(bundle_of(session, each.id).form(f"{key}_application").parts[0]) for each in (before, after)]
        assert [HINT in said for said in texts] == [True, False]
    [file] = differences.compare_versions(session, KEY, 1, 2)["files"]
    assert (file["path"], file["count"]) == (PART, 1)


def test_a_part_that_nobody_uses_would_be_lost_in_silence(session: Session, owner: Actor, draft: int) -> None:
    form_designs.create_form(session, owner, draft, "site", "场所信息", is_part=True, now=NOW)
    [finding] = publications.check(session, owner, draft, NOW)
    assert (finding["rule"], finding["file"]) == ("file-unused", "forms/parts/site.form")
    schema = json.loads(LIBRARY[FORM])
    schema["components"].append({"type": "group", "id": "f_site", "label": "场所", "properties": {"part": "site"}})
    file = drafts.read_file(session, owner, draft, FORM)
    drafts.save_file(session, owner, draft, FORM, form_designs.written(schema), etag=file.etag, now=NOW)
    assert publications.check(session, owner, draft, NOW) == [], "components may be left out"
    found = form_designs.get_form(session, owner, draft, "retrofit_application")
    assert found["judged"].form.find_field("site_remark")


def test_the_list_and_the_page_of_a_part_say_who_uses_it(session: Session, owner: Actor, draft: int) -> None:
    listed = {each["key"]: each for each in form_designs.list_forms(session, owner, draft)}
    assert len(listed["parts/applicant"]["used_in"]) == 10
    assert listed["parts/payee"]["used_in"] == ["资金拨付登记", "收款信息核对"]
    assert "专项审计意见（绿色低碳改造升级）" in listed["parts/cut_lines"]["used_in"]
    assert [each["is_part"] for each in listed.values()] == sorted(each["is_part"] for each in listed.values())
    found = form_designs.get_form(session, owner, draft, "parts/applicant")
    assert (found["title"], found["parts"], found["uses"]) == ("申报单位基本信息", {}, ())
    facts = dict(found["facts"])
    assert "fact:declared_amount" in facts and "fact:handler_name" not in facts
    form = form_designs.get_form(session, owner, draft, "retrofit_application")
    assert form["parts"]["applicant"]["title"] == "申报单位基本信息"
    assert form["parts"]["applicant"]["components"][1]["key"] == "applicant_name"


def test_a_part_under_work_may_be_wrong_and_its_forms_say_why(session: Session, owner: Actor, draft: int) -> None:
    change(session, owner, draft, PART, '"label": "单位名称"', '"label": ""')
    form = form_designs.get_form(session, owner, draft, "retrofit_application")
    assert "共用部分“applicant”有误" in form["refusal"]
    assert form["judged"].element == "f_group_1"
    assert form["parts"]["applicant"]["components"] == []
    assert "applicant_name" in form_designs.get_form(session, owner, draft, "parts/applicant")["refusal"]
    assert {each["file"] for each in publications.check(session, owner, draft, NOW)} == {PART}


@pytest.mark.parametrize("path", ["forms/parts/x/y.form", "forms/parts/.form", "parts/x.form", "forms/parts/x.bpmn"])
def test_parts_lie_in_one_folder(session: Session, owner: Actor, draft: int, path: str) -> None:
    with pytest.raises(Invalid):
        drafts.save_file(session, owner, draft, path, b"{}", etag=None, now=NOW)


def spelled_out(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The components as forms had them before there were parts."""
    found: list[dict[str, Any]] = []
    for each in components:
        if each["type"] != "group":
            found.append(each)
            continue
        inner = spelled_out(each["components"])
        kept = {name: value for name, value in each.items() if name != "properties"}
        found += [kept | {"components": inner}] if "label" in each else inner
    return found


def test_a_version_from_before_there_were_parts_still_runs(session: Session) -> None:
    spelled = {path: content for path, content in BUNDLE.items() if not forms.is_part(path)}
    for path in filter(forms.is_form, BUNDLE):
        schema = forms.schema_of(BUNDLE[path], forms.parts_among(BUNDLE))
        spelled[path] = json.dumps(schema | {"components": spelled_out(schema["components"])}).encode()
    assert not any(b'"part"' in content for content in spelled.values())
    version = deployments.publish(session, KEY, spelled, SYSTEM, NOW)
    shipped = definitions.find(session, KEY, 1)
    assert shipped is not None and version.version == 2
    old, new = bundle_of(session, version.id), bundle_of(session, shipped.id)
    assert old.forms.keys() == new.forms.keys() == old.form_schemas.keys() == new.form_schemas.keys()
    for key, form in new.forms.items():
        assert forms.json_schema(old.form(key)) == forms.json_schema(form)


def test_the_pages_of_a_part_save_and_preview(app: Flask) -> None:
    database = app.extensions["greencase"].database
    with database.transaction() as session:
        opened = drafts.open_draft(session, seed.actor(session, "owner"), KEY, title="草稿", now=NOW)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    put_into_cookie(client, token_of(app, "owner"))
    base = f"/workshop/drafts/{opened['id']}"
    address = f"{base}/parts/applicant"
    kept = client.get(f"{address}/content")
    assert kept.data == (FOLDER / "parts" / "applicant.form").read_bytes()
    page = client.get(address).get_data(as_text=True)
    assert "10张表单使用：" in page and "办理结论" not in page
    overview = client.get(f"{base}/forms").get_data(as_text=True)
    assert f'href="{address}"' in overview and "10张表单" in overview

    new = kept.data.replace(HINT.encode(), "信息有误的，请先更正。".encode())
    shown = client.post(f"{address}/preview", data=new, content_type="application/json").get_data(as_text=True)
    assert "信息有误的，请先更正。" in shown and 'name="handler_name"' in shown
    wrong = new.replace('"单位名称"'.encode(), b'""')
    shown = client.post(f"{address}/preview", data=wrong, content_type="application/json").get_data(as_text=True)
    assert "共用部分有误，暂不能使用" in shown and 'data-select="applicant_name"' in shown
    saved = client.put(f"{address}/content", data=new, headers={"If-Match": kept.headers["ETag"]})
    assert saved.status_code == 200
    form = client.get(f"{base}/forms/retrofit_application/content").data
    shown = client.post(f"{base}/forms/retrofit_application/preview", data=form).get_data(as_text=True)
    assert "信息有误的，请先更正。" in shown
    differing = client.get(f"{base}/differences").get_data(as_text=True)
    assert "10张表单使用" in differing and "不逐张列出" in differing
    assert "共用部分 applicant" in client.get(base).get_data(as_text=True)
    dropped = client.post(f"{address}/restoration")
    assert dropped.headers["Location"].endswith(f"{base}/forms")
    made = client.post(f"{base}/forms", data={"key": "site", "title": "场所信息", "kind": "parts"})
    assert made.headers["Location"].endswith(f"{base}/parts/site")
    again = client.post(f"{base}/forms", data={"key": "site", "title": "场所信息", "kind": "parts"})
    assert "已有同一标识的共用部分" in again.get_data(as_text=True)


def test_a_bundle_without_the_file_of_a_part_is_refused_in_process_too() -> None:
    lacking = {path: text for path, text in BUNDLE.items() if path != PART}
    found = gatekeeper.judge(lacking, KEY, inspection.known())
    assert [(each.rule, each.file) for each in found] == [("form-part-missing", FORM)]
