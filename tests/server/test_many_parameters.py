"""Legal values by the dozen: proposed with one document, confirmed by another, each on its own record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api_calls import flask_transport, refused
from tests.contract_client import CHOSEN, Office
from tests.server.signing_in import put_into_cookie, token_of
from workflows.rules import parameters as law

RATE, PRICE, TIERS = "a3.rate", "a5_1b.unit_price", "a5_3.tiers"
DRAFT = {
    "title": "碳交易批次（虚构）",
    "schemes": ["carbon_trading"],
    "window_from": "2026-03-02",
    "window_to": "2026-04-15",
    "cap_year": 2026,
}


@pytest.fixture
def office(untouched: Flask) -> Office:
    return Office(flask_transport(untouched))


@pytest.fixture
def desks(untouched: Flask) -> dict[str, FlaskClient]:
    """The two owners at their browsers; the CSRF tokens of the forms are taken for right."""
    untouched.config.update(WTF_CSRF_ENABLED=False)
    found = {}
    for username in ("owner", "owner2"):
        found[username] = untouched.test_client()
        put_into_cookie(found[username], token_of(untouched, username))
    return found


def shown(office: Office) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in office.as_("owner").get("/parameters")["items"]}


def proposal(**values: str) -> dict[str, object]:
    fields = {f"value-{key}": value for key, value in values.items()}
    return {"chosen": list(values), "basis": "虚构文〔2026〕3号", "effective_on": "", **fields}


def test_a_draft_names_what_it_waits_for(office: Office) -> None:
    batch = office.as_("officer").post("/batches", DRAFT)["id"]
    found = shown(office)
    needed = {key for key, each in found.items() if each["needed_by"] == [batch]}
    assert needed == {each.id for each in law.required_for(["carbon_trading"]) if each.status != "FIXED"}
    assert RATE not in needed and TIERS in needed
    office.confirm_parameters()
    assert not any(each["needed_by"] for each in shown(office).values())
    office.as_("chief").post(f"/batches/{batch}/opening")


def test_several_are_proposed_and_confirmed_at_once(office: Office, desks: dict[str, FlaskClient]) -> None:
    values = {RATE: "0.25", PRICE: "70.76", TIERS: "500:30000; 3000:90000", **CHOSEN}
    assert desks["owner"].post("/parameters/proposals", data=proposal(**values)).status_code == 303
    found = shown(office)
    assert {key for key, each in found.items() if each["proposal"]} == set(values)
    assert not any(found[key]["confirmed"] for key in values)

    page = desks["owner2"].get("/parameters/confirmations").get_data(as_text=True)
    seen = dict(re.findall(r'name="proposal-([\w.]+)" value="(\d+)"', page))
    assert seen == {key: str(found[key]["proposal"]["id"]) for key in values}
    two = {"chosen": [RATE, TIERS], **{f"proposal-{key}": each for key, each in seen.items()}}
    assert desks["owner2"].post("/parameters/confirmations", data=two).status_code == 303
    found = shown(office)
    assert {key for key, each in found.items() if each["confirmed"] and each["status"] != "FIXED"} == {RATE, TIERS}
    assert found[RATE]["confirmed_by"] == "owner2"
    assert len(office.as_("owner").get(f"/parameters/{TIERS}/history")["items"]) == 1


def test_nothing_is_proposed_where_one_is_wrong(office: Office, desks: dict[str, FlaskClient]) -> None:
    answer = desks["owner"].post("/parameters/proposals", data=proposal(**{RATE: "0.31", PRICE: "62.36"}))
    assert answer.status_code == 422
    assert "30%" in answer.get_data(as_text=True)
    for wrong in (proposal(), {**proposal(**{PRICE: "62.36"}), "basis": ""}, proposal(**{"a3.project_cap": "1"})):
        assert desks["owner"].post("/parameters/proposals", data=wrong).status_code == 422
    assert not any(each["proposal"] for each in shown(office).values())


def test_nobody_confirms_his_own(office: Office, desks: dict[str, FlaskClient]) -> None:
    desks["owner"].post("/parameters/proposals", data=proposal(**{PRICE: "62.36"}))
    seen = ticked(office, PRICE)
    assert PRICE not in desks["owner"].get("/parameters/confirmations").get_data(as_text=True)
    assert desks["owner"].post("/parameters/confirmations", data=seen).status_code == 403
    assert desks["owner2"].post("/parameters/confirmations", data={}).status_code == 422
    assert not shown(office)[PRICE]["confirmed"]


def ticked(office: Office, *chosen: str) -> dict[str, object]:
    """The bulk page as it is sent by whoever sees it now and ticks these."""
    found = shown(office)
    return {"chosen": list(chosen), **{f"proposal-{key}": found[key]["proposal"]["id"] for key in chosen}}


# What may be proposed anew behind the back of whoever is looking: (value, basis, day).
ANEW = {
    "value": ("70.76", "虚构文〔2026〕3号", ""),
    "basis": ("62.36", "虚构文〔2026〕99号", ""),
    "day": ("62.36", "虚构文〔2026〕3号", "2019-01-01"),
    "nothing": ("62.36", "虚构文〔2026〕3号", ""),
}


@pytest.mark.parametrize(("value", "basis", "day"), ANEW.values(), ids=ANEW.keys())
def test_what_was_proposed_anew_is_not_confirmed_and_neither_is_anything_beside_it(
    office: Office, desks: dict[str, FlaskClient], value: str, basis: str, day: str
) -> None:
    desks["owner"].post("/parameters/proposals", data=proposal(**{PRICE: "62.36", RATE: "0.25"}))
    both, alone = ticked(office, RATE, PRICE), shown(office)[PRICE]["proposal"]["id"]
    desks["owner"].post(
        "/parameters/proposals", data={**proposal(**{PRICE: value}), "basis": basis, "effective_on": day}
    )

    bulk = desks["owner2"].post("/parameters/confirmations", data=both)
    single = desks["owner2"].post(f"/parameters/{PRICE}/confirmation", data={"proposal": alone})
    for page in (bulk, single):
        assert page.status_code == 409
        text = page.get_data(as_text=True)
        assert "在你查看之后已重新提出" in text and basis in text, "the page shows what stands now"
    assert "勾选的各项均未确认" in bulk.get_data(as_text=True)
    with refused(409) as why:
        office.as_("owner2").post(f"/parameters/{PRICE}/confirmations", {"proposal": alone})
    assert "已重新提出" in why.detail
    assert not any(shown(office)[key]["confirmed"] for key in (PRICE, RATE))

    assert desks["owner2"].post("/parameters/confirmations", data=ticked(office, RATE, PRICE)).status_code == 303
    found = shown(office)[PRICE]
    assert (found["value"], found["basis"]) == (value, basis)


def test_the_single_page_names_the_proposal_that_it_shows(office: Office, desks: dict[str, FlaskClient]) -> None:
    desks["owner"].post("/parameters/proposals", data=proposal(**{PRICE: "62.36"}))
    page = desks["owner2"].get(f"/parameters/{PRICE}").get_data(as_text=True)
    [named] = re.findall(r'name="proposal" value="(\d+)"', page)
    for wrong in ({}, {"proposal": "x"}, {"proposal": "0"}, {"proposal": str(int(named) + 1)}):
        assert desks["owner2"].post(f"/parameters/{PRICE}/confirmation", data=wrong).status_code == 409
    assert desks["owner2"].post(f"/parameters/{PRICE}/confirmation", data={"proposal": named}).status_code == 303
    assert shown(office)[PRICE]["confirmed_by"] == "owner2"


@pytest.mark.parametrize("body", [{}, {"proposal": "1"}, {"proposal": None}, {"proposal": 0}, {"proposal": 1.5}])
def test_a_call_that_names_no_proposal_confirms_none(office: Office, body: dict[str, object]) -> None:
    office.as_("owner").post(f"/parameters/{PRICE}/proposals", {"value": "62.36", "basis": "虚构文〔2026〕3号"})
    with refused(422) as why:
        office.as_("owner2").post(f"/parameters/{PRICE}/confirmations", body)
    assert why.fields == {"proposal"}
    assert not shown(office)[PRICE]["confirmed"]


def test_articles_stand_in_the_order_of_the_policy(app: Flask, desks: dict[str, FlaskClient]) -> None:
    page = desks["owner"].get("/parameters").get_data(as_text=True)
    articles = re.findall(r'<section class="card mb-4" aria-label="(第[^"]+)"', page)
    assert articles == [
        *("第一条", "第二条", "第三条", "第三条至第九条", "第四条", "第五条第一款", "第五条第二款", "第五条第三款"),
        *("第六条", "第七条", "第八条", "第九条", "第十条", "第十一条"),
    ]
