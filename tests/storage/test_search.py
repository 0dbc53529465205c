"""Search finds any part of two signs or more, whatever width, case, blank or bracket; and nothing that is not there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import search
from storage.cases import Reach, Scope
from storage.database import Session
from storage.questions import case_lists
from storage.search import CaseSearch, Term, normal, parts_of
from tests.storage.rows import Rows

ALL = Scope(Reach.ALL)
# What stands in titles and names, and what is a stumbling block: width, brackets, blanks, digits, composed signs.
SIGNS = st.sampled_from(
    list("空压系统节能改造项目余热回收（）()【】 　ＡａBｂ１2３-—·，。#/“”%_\\'\"") + list("é\u0301㈱Ⅱßﬁ𠮷")
)
TEXTS = st.text(SIGNS, min_size=1, max_size=40)


@given(st.text(), st.text(), st.text())
def test_what_is_left_of_a_part_is_a_part_of_what_is_left_of_the_whole(before: str, part: str, behind: str) -> None:
    assert normal(before + part + behind) == normal(before) + normal(part) + normal(behind)


@given(st.text())
def test_what_is_normal_stays_so(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert normal(text).isalnum() or not normal(text)


@pytest.mark.parametrize(
    "typed",
    ["北京Ａ座（一期）", "北京a座(一期)", "北 京　A座【一期】", "北京A座一期", "北京·Ａ座－一期", "“北京A座”一期"],
)
def test_width_case_blanks_and_brackets_do_not_count(typed: str) -> None:
    assert normal(typed) == "北京a座一期"


@given(st.text())
def test_accents_and_compositions_do_not_count(text: str) -> None:
    assert normal(unicodedata.normalize("NFC", text)) == normal(unicodedata.normalize("NFD", text)) == normal(text)


@given(TEXTS.map(normal), st.data())
def test_every_part_can_be_put_together_of_what_the_index_holds(text: str, data: st.DataObject) -> None:
    held = parts_of(text)
    if len(text) >= 2:
        start = data.draw(st.integers(0, len(text) - 2))
        part = text[start : data.draw(st.integers(start + 2, len(text)))]
        if len(part) == 2:
            assert any(each.startswith(part) for each in held)
        else:
            assert {each for each in parts_of(part) if len(each) == 3} <= held


@pytest.mark.parametrize("text", ["", "a", "A座", "a 座", "（一）"])
def test_a_term_is_normal_and_two_signs_long(text: str) -> None:
    with pytest.raises(ValueError, match="not a term"):
        Term(text)


def found(session: Session, typed: str) -> set[int]:
    filters = case_lists.Filters(term=Term(normal(typed)))
    return {case.id for case in case_lists.list_visible(session, ALL, filters, limit=1_000)}


def indexed(session: Session, typed: str) -> set[int]:
    """What the index alone finds, without the walk along the list."""
    return set(session.scalars(select(CaseSearch.id).where(search.found_by(CaseSearch, Term(normal(typed))))))


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_part_of_any_of_the_four_texts_finds_the_case_and_nothing_else_does(
    session: Session, data: st.DataObject
) -> None:
    with session.begin_nested() as undone:
        rows = Rows(session)
        texts: dict[int, tuple[str, ...]] = {}
        for _ in range(6):
            firm = rows.a_firm(name=data.draw(TEXTS))
            case = rows.a_case(title=data.draw(TEXTS), enterprise_id=firm.id)
            texts[case.id] = tuple(map(normal, (case.reference, case.title, firm.name, firm.uscc)))
        whole = data.draw(st.sampled_from([each for found in texts.values() for each in found] + ["改造项目", "热回"]))
        start = data.draw(st.integers(0, max(0, len(whole) - 2)))
        typed = whole[start : data.draw(st.integers(start + 2, max(start + 2, len(whole))))]
        if len(typed) >= 2:
            assert found(session, typed) == {
                case_id for case_id, each in texts.items() if any(typed in text for text in each)
            }
            assert indexed(session, typed) == {
                case_id for case_id, each in texts.items() if any(typed in text for text in each[:2])
            }
        undone.rollback()


def test_no_part_reaches_from_one_text_into_the_next(session: Session) -> None:
    rows = Rows(session)
    case = rows.a_case(reference="TZL2026009999", title="改造项目")
    assert found(session, "9999") == {case.id}
    assert found(session, "99改造") == set()


def test_parts_that_stand_apart_are_not_the_whole(session: Session) -> None:
    rows = Rows(session)
    rows.a_case(title="能改造以后节能改")
    assert indexed(session, "节能改造") == found(session, "节能改造") == set()


def test_a_title_that_changes_is_found_as_it_is(session: Session) -> None:
    rows = Rows(session)
    case = rows.a_case(title="空压系统节能改造")
    case.title = "余热回收"
    session.flush()
    assert found(session, "余热回收") == {case.id}
    assert found(session, "空压系统") == set()
    case.status = "PAID"
    session.flush()
    assert found(session, "余热") == {case.id}


def test_a_firm_that_is_renamed_is_found_under_its_new_name(session: Session) -> None:
    rows = Rows(session)
    firm = rows.a_firm(name="虚构旧名有限公司", uscc="91110112MA0000001X")
    case = rows.a_case(enterprise_id=firm.id)
    assert found(session, "虚构旧名") == found(session, "ma0000001x") == {case.id}
    firm.name = "虚构新名（北京）有限公司"
    session.flush()
    assert found(session, "新名(北京)有限") == {case.id}
    assert found(session, "虚构旧名") == set()


def test_the_migration_finds_what_came_in_by_other_ways(session: Session) -> None:
    """`fill` writes what every row is found by, page by page, over what stands there already."""
    rows = Rows(session)
    cases = [rows.a_case(title=f"余热回收{number}号") for number in range(5)]
    connection = session.connection()
    connection.execute(CaseSearch.__table__.delete())
    assert found(session, "余热回收") == set()
    for _ in range(2):
        search.fill(connection, CaseSearch, type(cases[0]), "reference", "title", at_once=2)
        assert found(session, "余热回收") == {case.id for case in cases}
