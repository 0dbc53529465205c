"""政策调整测算: the effect of changed values on batch 2026-01, held against what the specification pays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from server.embedded import Urls
from storage.batches import Batch, Decision, ListRow, Resolution
from storage.cases import Case
from storage.database import Database, Session
from storage.ledger import LedgerAccount, LedgerEntry
from storage.objects import ObjectStore
from storage.people import Enterprise
from storage.what_ifs import WhatIf
from tests.contract_client import Office
from tests.workflows.twenty_cases import CASES, LISTED_AT, write_batch, write_case
from workflows.attempts import Broken, Workplace
from workflows.errors import Forbidden, Invalid
from workflows.foresight import what_if
from workflows.foresight.what_if_budget import Outcome
from workflows.foresight.what_if_effect import Budget, OnRecord, compare
from workflows.foresight.what_if_reading import effect_of
from workflows.jobs import asked
from workflows.permissions import Actor
from workflows.rules import SCHEMES

NOW = datetime(2026, 6, 30, 1, tzinfo=UTC)
OWNER = Actor(1, "owner", "测试口径一", frozenset({"process_owner"}))
RATE, CAP, MATCH = "a3.rate", "a10.annual_cap", "a7.ratio"


@pytest.fixture(scope="module")
def database(clone_database: Callable[[], Urls]) -> Iterator[Database]:
    found = Database(clone_database().app_url, pool_size=2)
    yield found
    found.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction that is rolled back in the end."""
    with database.session() as found:
        yield found
        found.rollback()


@pytest.fixture
def batch(session: Session) -> Batch:
    return write_batch(session)


def effect(session: Session, *batches: Batch, **changes: str) -> Any:
    return effect_of(
        session, [each.id for each in batches], {key.replace("__", "."): text for key, text in changes.items()}, NOW
    )


def by_number(found: Any) -> dict[str, Any]:
    """The cases of a result by their numbers of the specification."""
    return {f"C{case['reference'][-2:]}": case for case in found["cases"]}


def touched(found: Any) -> dict[str, tuple[str, str]]:
    """Old and new amount of each case that changes."""
    return {number: (case["old"], case["new"]) for number, case in by_number(found).items() if case["effect"] != "same"}


def case_of(session: Session, batch: Batch, number: str) -> Case:
    return session.scalars(select(Case).where(Case.reference == f"TZL2026{batch.id:03}{number[1:]}")).one()


# What is on record, and the model with unchanged values.


def test_unchanged_values_give_what_the_specification_pays(session: Session, batch: Batch) -> None:
    found = effect(session, batch)
    assert {number: case["old"] for number, case in by_number(found).items()} == {
        number: told["final_amount"] for number, told in CASES.items()
    }
    assert (found["totals"]["old"], found["totals"]["difference"]) == ("13847846", "0")
    assert [case["reference"] for case in found["cases"] if case["differs"]] == []
    assert touched(found) == {} and found["left_out"] == []


def test_what_the_meeting_lowered_is_said(session: Session, batch: Batch) -> None:
    case = case_of(session, batch, "C02")
    case.final_amount = Decimal(1_500_000)
    resolution = Resolution(batch_id=batch.id, minutes_no="虚构会纪〔2026〕8号", recorded_by="meeting", recorded_at=NOW)
    session.add(resolution)
    session.flush()
    session.add(
        Decision(resolution_id=resolution.id, case_id=case.id, result="adjust", amount=case.final_amount, reason="调")
    )
    found = by_number(effect(session, batch))["C02"]
    assert (found["old"], found["actual"], found["differs"]) == ("2000000", "1500000", "集体审议调减500,000元")


def test_who_withdrew_is_left_out_and_makes_room(session: Session, batch: Batch) -> None:
    case_of(session, batch, "C01").status = "WITHDRAWN"
    found = effect(session, batch)
    assert [(each["reference"][-2:], each["why"]) for each in found["left_out"]] == [("01", "申报单位已撤回")]
    sibling = by_number(found)["C04"]
    assert (sibling["old"], sibling["actual"]) == ("500000", "200000")
    assert "分次汇总" in sibling["differs"]


def test_whom_people_refused_is_left_out_and_whom_figures_refused_is_not(session: Session, batch: Batch) -> None:
    refused = case_of(session, batch, "C11")
    refused.status, refused.reason = "NOT_SUPPORTED", "MEETING_REFUSED"
    found = effect(session, batch, a5_1b__intensity_drop_min="0.01")
    assert [each["why"] for each in found["left_out"]] == ["不予支持：经集体审议不予支持"]
    assert {"C08", "C10", "C16"} <= by_number(found).keys(), "the figures, or the list, left them nothing"


def test_a_case_that_no_list_has_fixed_counts_with_its_calculation(session: Session, batch: Batch) -> None:
    case = case_of(session, batch, "C11")
    case.status, case.final_amount, case.paid_amount, case.ended_at = "RECHECK", None, None, None
    session.delete(session.scalars(select(ListRow).where(ListRow.case_id == case.id)).one())
    found = by_number(effect(session, batch))["C11"]
    assert (found["old"], found["actual"], found["differs"]) == ("100000", None, "尚未列入汇总表，为测算金额")


def test_what_was_never_computed_is_counted_and_left_aside(session: Session, batch: Batch) -> None:
    early = case_of(session, batch, "C11")
    copied = {column.key: getattr(early, column.key) for column in Case.__table__.columns if column.key != "id"}
    session.add(Case(**{**copied, "reference": "TZL2026000099", "status": "REVIEW", "ended_at": None}))
    session.flush()
    found = effect(session, batch)
    assert found["uncalculated"] == 1
    assert found["totals"]["cases"] == len(CASES)


# What values change.


def test_a_lower_rate_cuts_its_type_and_makes_room_for_siblings(session: Session, batch: Batch) -> None:
    found = effect(session, batch, a3__rate="0.25")
    assert touched(found) == {
        "C01": ("1800000", "1500000"),
        "C02": ("2000000", "1666666"),
        "C04": ("200000", "500000"),  # C01 leaves 500,000 of E01's ceiling
    }
    assert found["totals"] | {"up": 1, "down": 2, "in": 0, "out": 0} == found["totals"]
    assert any("25%" in step["text"] for step in by_number(found)["C01"]["after"])
    assert any("年度限额调减" in step["text"] for step in by_number(found)["C04"]["before"])


def test_a_higher_annual_ceiling_changes_exactly_what_it_cut(session: Session, batch: Batch) -> None:
    assert touched(effect(session, batch, a10__annual_cap="4000000")) == {"C04": ("200000", "500000")}


def test_the_ceiling_of_article_6_is_another(session: Session, batch: Batch) -> None:
    assert touched(effect(session, batch, a6__entity_year_cap="3000000")) == {}, "article 10 cuts the same 250,000"
    both = effect(session, batch, a6__entity_year_cap="3000000", a10__annual_cap="4000000")
    assert touched(both) == {"C04": ("200000", "500000"), "C13": ("800000", "1050000")}


def test_the_better_case_of_a_matter_loses_its_place(session: Session, batch: Batch) -> None:
    found = effect(session, batch, a7__ratio="0.70")
    assert touched(found) == {"C15": ("1500000", "0"), "C16": ("0", "1200000")}
    assert (by_number(found)["C15"]["effect"], by_number(found)["C16"]["effect"]) == ("out", "in")
    assert "从优不重复" in by_number(found)["C15"]["after"][-1]["text"]


def test_the_order_of_allocation_moves_a_cut_and_no_total(session: Session, batch: Batch) -> None:
    found = effect(session, batch, a10__allocation_order="acceptance_order")
    assert touched(found) == {"C01": ("1800000", "1500000"), "C04": ("200000", "500000")}
    assert found["totals"]["difference"] == "0"


def test_firms_of_one_group_share_a_ceiling(session: Session, batch: Batch) -> None:
    parent = CASES["C02"]["uscc"]
    session.scalars(select(Enterprise).where(Enterprise.uscc == CASES["C09"]["uscc"])).one().group_uscc = parent
    found = effect(session, batch, a10__cap_scope="group")
    assert touched(found) == {"C06": ("31180", "0"), "C09": ("180000", "0")}, "E03 has taken all of it"


def test_a_reading_that_needs_what_nobody_verified_leaves_the_case_as_it_is(session: Session, batch: Batch) -> None:
    found = by_number(effect(session, batch, a7__match_basis="approved"))["C15"]
    assert (found["old"], found["new"]) == ("1500000", "1500000")
    assert found["missing"] != ""


# Several batches.


def test_what_other_batches_hold_stays(session: Session, batch: Batch) -> None:
    other = write_batch(session, "C11", title="另一批（虚构）")
    e01 = session.scalars(select(Enterprise).where(Enterprise.uscc == CASES["C01"]["uscc"])).one()
    holder = case_of(session, other, "C11")
    holder.enterprise_id, holder.scheme = e01.id, "carbon_neutral"
    account = LedgerAccount(uscc=e01.uscc, year=2026)
    session.add(account)
    session.flush()
    entry = {"account_id": account.id, "case_id": holder.id, "by": "system", "at": LISTED_AT, "why": "测试"}
    session.add(LedgerEntry(**entry, state="RESERVED", from_state=None, amount=Decimal(500_000)))
    session.add(LedgerEntry(**entry, state="PAID", from_state="RESERVED", amount=Decimal(500_000)))
    session.flush()
    found = by_number(effect(session, batch, a3__rate="0.20"))
    assert (found["C01"]["old"], found["C04"]["old"]) == ("1500000", "0")
    assert (found["C01"]["new"], found["C04"]["new"]) == ("1200000", "300000")


def test_the_later_batch_gets_what_the_earlier_one_leaves(session: Session) -> None:
    first, second = write_batch(session, "C01"), write_batch(session, "C04", title="第二批（虚构）")
    found = effect(session, first, second, a3__rate="0.25")
    assert touched(found) == {"C01": ("1800000", "1500000"), "C04": ("200000", "500000")}
    assert [(each["title"], each["new"]) for each in found["batches"]] == [
        (first.title, "1500000"),
        (second.title, "500000"),
    ]
    next_year = write_batch(session, "C04", title="次年第一批（虚构）", cap_year=2027)
    assert by_number(effect(session, first, next_year))["C04"]["old"] == "500000", "another year, another ceiling"


def test_a_firm_with_cases_in_two_batches_has_one_line(session: Session, batch: Batch) -> None:
    second = write_batch(session, "C09", title="第二批（虚构）")
    write_case(session, second, "C14")
    found = effect(session, batch, second)
    firms = [row["uscc"] for row in found["enterprises"]]
    assert len(firms) == len(set(firms))
    assert sum(row["cases"] for row in found["enterprises"]) == found["totals"]["cases"] == len(CASES) + 2


def test_the_budget_of_a_batch_is_held_against_it(session: Session, batch: Batch) -> None:
    batch.budget_total = Decimal("13000000.00")
    session.flush()
    [now] = effect(session, batch)["batches"]
    assert (now["exceeded"], now["over"]) == (True, "847846.00")
    [then] = effect(session, batch, a3__rate="0.10")["batches"]
    assert (then["exceeded"], then["over"]) == (False, "0")


def test_a_case_more_is_no_statement_more(database: Database, session: Session) -> None:
    few, many = write_batch(session, "C15", title="一件（虚构）"), write_batch(session)
    counts = []
    for each in (few, many):
        session.expunge_all()
        with counted(database) as statements:
            effect(session, each, a3__rate="0.25")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 11


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


AMOUNT = st.integers(0, 3_000_000).map(Decimal)
ONE = st.tuples(st.sampled_from(list(SCHEMES)), st.integers(1, 3), st.integers(1, 2), AMOUNT, AMOUNT, st.booleans())


@given(st.lists(ONE, max_size=12))
def test_every_grouping_sums_to_the_same(told: list[tuple[str, int, int, Decimal, Decimal, bool]]) -> None:
    records, before, after = [], {}, {}
    for number, (scheme, firm, batch, old, new, recognition) in enumerate(told):
        name = f"件{number}"
        records.append(OnRecord(name, name, scheme, batch, f"USCC{firm}", "企业", "PAID", recognition, old))
        before[name], after[name] = Outcome(old, old, (), ()), Outcome(new, new, (), ())
    found = compare(records, [Budget(1, "甲", None), Budget(2, "乙", Decimal(1))], before, after)
    counted_in = [case for case in found["cases"] if not case["recognition"]]
    for name in ("old", "new", "difference"):
        total = sum(Decimal(case[name]) for case in counted_in)
        for grouping in (found["schemes"], found["enterprises"], found["batches"], [found["totals"]]):
            assert sum(Decimal(row[name]) for row in grouping) == total
    for effect_name in ("up", "down", "in", "out", "same"):
        count = sum(case["effect"] == effect_name for case in counted_in)
        assert sum(row[effect_name] for row in found["enterprises"]) == found["totals"][effect_name] == count


# Asking, and the worker.


def ask(session: Session, *batches: Batch, actor: Actor = OWNER, title: str = "测算", **values: str) -> int:
    sent = {key.replace("__", "."): text for key, text in values.items()}
    return what_if.ask(session, actor, title=title, batch_ids=[each.id for each in batches], values=sent, now=NOW)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"a3__rate": "0.31"}, "不得超过政策上限30%"),
        ({"a3__rate": "三成"}, "填写有误"),
        ({"a10__annual_cap": "3000000"}, "由政策明确为2,000,000元，不得调整"),
        ({"a10__overflow": "carry_over_once"}, "不影响所选批次的金额"),
        ({"a99__nothing": "1"}, "没有这一政策口径"),
        ({"a3__rate": "0.30"}, "请至少调整一项口径的取值"),
        ({"a3__rate": "0.3"}, "请至少调整一项口径的取值"),
        ({"a3__rate": " ", "a10__annual_cap": "2000000"}, "请至少调整一项口径的取值"),
        ({}, "请至少调整一项口径的取值"),
    ],
)
def test_what_cannot_be_chosen_is_refused(session: Session, batch: Batch, values: Mapping[str, str], said: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(session, batch, **values)
    assert said in caught.value.errors[0].message


def test_only_an_owner_asks_and_only_of_open_batches(session: Session, batch: Batch) -> None:
    chief = Actor(2, "chief", "测试科长", frozenset({"section_chief"}))
    with pytest.raises(Forbidden):
        ask(session, batch, actor=chief, a3__rate="0.25")
    with pytest.raises(Invalid, match="测算条件"):
        ask(session, batch, title=" ", a3__rate="0.25")
    batch.parameters = None
    session.flush()
    for chosen in ((batch,), ()):
        with pytest.raises(Invalid) as caught:
            ask(session, *chosen, a3__rate="0.25")
        assert caught.value.errors[0].field == "batch"


def test_only_what_differs_is_a_change(session: Session, batch: Batch) -> None:
    second = write_batch(session, "C02", title="第二批（虚构）")
    second.parameters = {**(second.parameters or {}), RATE: {"value": "0.25"}}
    session.flush()
    offered = {each["id"]: each for each in what_if.choices(session, OWNER, [batch.id, second.id])["parameters"]}
    assert offered[RATE]["value"] is None and offered[RATE]["values"] == ["0.30", "0.25"]
    assert offered[MATCH]["value"] == "1.00"
    assert CAP not in offered, "fixed by the policy"
    asked = session.get_one(WhatIf, ask(session, batch, second, a3__rate="0.25", a7__ratio="1.00"))
    assert asked.parameters == {RATE: "0.25"}


def test_what_is_shown_and_sent_back_is_no_change(session: Session, batch: Batch) -> None:
    shown = {each["id"]: each["value"] for each in what_if.choices(session, OWNER, [batch.id])["parameters"]}
    assert len(shown) > 30
    asked = what_if.ask(session, OWNER, title="测算", batch_ids=[batch.id], values={**shown, RATE: "0.2"}, now=NOW)
    assert session.get_one(WhatIf, asked).parameters == {RATE: "0.2"}


def workplace(database: Database) -> Workplace:
    return Workplace(database, ObjectStore("127.0.0.1:9", "x", "x", "x", False), NOW)


def test_one_that_cannot_be_worked_out_says_why(database: Database) -> None:
    with database.session() as session:
        batch = write_batch(session, "C01", "C04")
        broken = WhatIf(title="坏", batch_ids=[batch.id], parameters={RATE: "坏"}, asked_by="owner", asked_at=NOW)
        session.add(broken)
        session.flush()
        sound = ask(session, batch, a3__rate="0.25")
        session.commit()
    for each in (broken.id, sound):
        with suppress(Broken):
            asked.perform(what_if.JOB, workplace(database), {"what_if_id": each})
    asked.perform(what_if.JOB, workplace(database), {"what_if_id": sound})  # done twice, it stays as it is
    with database.session() as session:
        failed = what_if.get_what_if(session, OWNER, broken.id)
        assert (failed["state"], failed["result"]) == ("failed", None) and "系统管理员" in failed["failure"]
        done = what_if.get_what_if(session, OWNER, sound)
        assert (done["state"], done["result"]["totals"]["new"]) == ("done", "2000000")
        assert done["changes"] == [{"id": RATE, "article": "第三条", "old": ["0.30"], "new": "0.25"}]
        listed = what_if.list_what_ifs(session, OWNER).items
        assert [(each["id"], (each["totals"] or {}).get("new")) for each in listed] == [
            (sound, "2000000"),
            (broken.id, None),
        ]


def test_two_siblings_on_a_real_list(app: Flask, office: Office) -> None:
    """Through the diagrams: what the chief's list gave is what the model gives, and nothing of the cases moves."""
    batch = office.make_batch(schemes=("future_energy",))
    references = []
    for award in ("1500000", "1200000"):
        reference = office.apply("e01", batch=batch, scheme="future_energy")
        office.submit(
            reference,
            filing_no=f"虚构备{award}",
            declared_amount=award,
            city_award_approved=award,
            city_award_received=award,
        )
        office.drive(reference, until="listed", values={"confirm_verified": {"city_award_received": award}})
        references.append(reference)
    office.as_("chief").post(f"/batches/{batch}/list")
    before = [office.case(reference) for reference in references]
    assert [case["final_amount"] for case in before] == ["1500000", "500000"]
    database = app.extensions["greencase"].database
    with database.session() as session:
        found = effect_of(session, [batch], {MATCH: "0.80"}, NOW)
    assert [(case["old"], case["new"], case["differs"]) for case in found["cases"]] == [
        ("1500000", "1200000", ""),
        ("500000", "800000", ""),
    ]
    assert [office.case(reference) for reference in references] == before
