"""Overlaps and the decision that two cases concern one matter: by call and on the page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.api_calls import refused
from tests.contract_client import Office
from tests.server.signing_in import put_into_cookie, token_of

REASON = "同一台设备的同一次改造，发票相同"


@pytest.fixture
def twins(office: Office) -> tuple[str, str]:
    """Two submitted cases of one firm, of one name, with projects that are filed apart."""
    first, second = (office.apply("e01", "空压系统节能改造项目", batch=office.open_batch()) for _ in range(2))
    office.submit(first, filing_no="通经信备〔2025〕801号")
    office.submit(second, filing_no="通经信备〔2025〕802号")
    return first, second


def matter(office: Office, case: str) -> int:
    return int(office.case(case)["matter"]["id"])


def overlap(office: Office, case: str) -> Any:
    [found] = office.as_("officer").get(f"/cases/{case}/overlaps")["items"]
    return found


def test_an_officer_merges_what_overlaps(office: Office, twins: tuple[str, str]) -> None:
    first, second = twins
    found = overlap(office, first)
    assert (found["case"], found["same_matter"]) == (second, False)
    assert "name" in {mark["kind"] for mark in found["shared"]}
    mine, other = matter(office, first), matter(office, second)
    seen = office.as_("officer").get(f"/matters/{other}/merge?with={mine}")
    assert {each["case"]: each["matter"] for each in seen["cases"]} == {first: mine, second: other}
    proposed = office.as_("officer").post(f"/matters/{other}/merge", {"with": mine, "reason": REASON})
    assert matter(office, first) != matter(office, second)
    body = {"proposal": proposed["id"]}
    with refused(403):
        office.as_("officer").post(f"/matters/{other}/merge/confirmation", body)
    office.as_("chief").post(f"/matters/{other}/merge/confirmation", body)
    merged = office.as_("officer").get(f"/matters/{min(mine, other)}")
    assert {each["case"] for each in merged["cases"]} == {first, second}
    assert matter(office, first) == matter(office, second)
    assert overlap(office, first)["same_matter"] is True
    assert office.as_("auditor").get(f"/matters/{max(mine, other)}")["merged_into"] == min(mine, other)
    assert "matter_merged" in [event["action"] for event in office.history(second)]
    with refused(409):
        office.as_("officer").post(f"/matters/{mine}/merge", {"with": other, "reason": REASON})


def test_an_officer_notes_what_he_made_of_names_alike(app: Flask, office: Office, twins: tuple[str, str]) -> None:
    first, second = twins
    path, body = f"/cases/{first}/overlaps/{second}/notes", {"result": "unrelated", "reason": "分属两座厂房（虚构）"}
    with refused(403):
        office.as_("chief").post(path, body)
    with refused(422) as caught:
        office.as_("officer").post(path, {**body, "reason": " "})
    assert caught.fields == {"reason"}
    other = office.apply("e02", "毫不相干的设备更新")
    with refused(404):
        office.as_("officer").post(f"/cases/{first}/overlaps/{other}/notes", body)
    assert office.as_("officer").post(path, body)["case"] == second
    [note] = office.as_("auditor").get(f"/cases/{second}/overlaps")["notes"]
    assert (note["case"], note["result"], note["by"]) == (first, "unrelated", "测试经办一")
    for case in twins:
        assert office.history(case)[-1]["action"] == "overlap_reviewed"
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    put_into_cookie(client, token_of(app, "officer2"))
    answer = client.post(path, data={"reason": "同一厂房"})
    assert answer.status_code == 422 and "请选择核对意见" in answer.get_data(as_text=True)
    answer = client.post(path, data={"result": "same", "reason": "同一厂房"}, follow_redirects=True)
    assert "疑为同一项目" in answer.get_data(as_text=True)


def test_what_is_no_merge_is_refused(office: Office, twins: tuple[str, str]) -> None:
    mine, other = (matter(office, case) for case in twins)
    officer = office.as_("officer")
    with refused(403):
        office.as_("chief").post(f"/matters/{mine}/merge", {"with": other, "reason": REASON})
    with refused(404):
        officer.post("/matters/999999/merge", {"with": mine, "reason": REASON})
    with refused(404):
        officer.get("/matters/999999")
    for body, field in (({"with": mine, "reason": REASON}, "with"), ({"with": other, "reason": " "}, "reason")):
        with refused(422) as caught:
            officer.post(f"/matters/{mine}/merge", body)
        assert caught.fields == {field}
    assert matter(office, twins[0]) != matter(office, twins[1])


def test_the_page_takes_a_proposed_case_or_one_by_its_number(
    app: Flask, office: Office, twins: tuple[str, str]
) -> None:
    app.config.update(WTF_CSRF_ENABLED=False)
    first, second = twins
    draft = office.apply("e02", "另一项目")
    client = app.test_client()
    put_into_cookie(client, token_of(app, "officer"))
    assert second in client.get(f"/cases/{first}/overlaps").get_data(as_text=True)
    path = f"/cases/{first}/merge"
    assert second in client.get(f"{path}?other={second}").get_data(as_text=True)
    for sent, said in (
        ({"other": "没有", "reason": REASON}, "没有这一编号的申报件"),
        ({"other": draft, "reason": REASON}, "没有这一编号的申报件"),
        ({"other": second, "reason": ""}, "请写明认定为同一事项的理由"),
        ({"other": first, "reason": REASON}, "不能与本件自身合并"),
    ):
        answer = client.post(path, data=sent)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    answer = client.post(path, data={"other": second, "reason": REASON}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert first in page and second in page and "待科室负责人确认" in page
