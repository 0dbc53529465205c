"""Legal values by the dozen: proposed with one document, confirmed by another, each on its own record."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.contract_client import CHOSEN, Office, flask_transport
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


def shown(office: Office) -> dict[str, dict[str, object]]:
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
    seen = dict(re.findall(r'name="value-([\w.]+)" value="([^"]*)"', page))
    assert seen == values
    two = {"chosen": [RATE, TIERS], **{f"value-{key}": value for key, value in seen.items()}}
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


def test_nobody_confirms_his_own_nor_what_he_did_not_see(office: Office, desks: dict[str, FlaskClient]) -> None:
    desks["owner"].post("/parameters/proposals", data=proposal(**{PRICE: "62.36"}))
    seen = {"chosen": [PRICE], f"value-{PRICE}": "62.36"}
    assert PRICE not in desks["owner"].get("/parameters/confirmations").get_data(as_text=True)
    assert desks["owner"].post("/parameters/confirmations", data=seen).status_code == 403
    desks["owner"].post("/parameters/proposals", data=proposal(**{PRICE: "70.76"}))
    assert desks["owner2"].post("/parameters/confirmations", data=seen).status_code == 409
    assert desks["owner2"].post("/parameters/confirmations", data={}).status_code == 422
    assert not shown(office)[PRICE]["confirmed"]


def test_articles_stand_in_the_order_of_the_policy(app: Flask, desks: dict[str, FlaskClient]) -> None:
    page = desks["owner"].get("/parameters").get_data(as_text=True)
    articles = re.findall(r'<section class="card mb-4" aria-label="(第[^"]+)"', page)
    assert articles == [
        *("第一条", "第二条", "第三条", "第三条至第九条", "第四条", "第五条第一款", "第五条第二款", "第五条第三款"),
        *("第六条", "第七条", "第八条", "第九条", "第十条", "第十一条"),
    ]
