"""P09: the draw, declarations and replacements, sealed scores, the verdict (domain.md 3.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storage import cases as case_store
from storage import people, reviews
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from workflows.casework import dossiers
from workflows.rules import review

# 15 + 20 + 30 + 4.99 + 0 = 69.99 points.
BELOW_THE_LINE = {
    "score_legality": "15",
    "score_technique": "20",
    "score_effect": "30",
    "score_investment": "4.99",
    "score_example": "0",
}


def seats(office: Office, case: str, element: str = "declare_interest") -> list[str]:
    """The experts whose declaration or score is awaited."""
    return [task["assignee"] for task in office.open_tasks(case) if task["element_id"] == element]


def answer(office: Office, case: str, element: str, expert: str, **values: Any) -> Any:
    [task] = [each for each in office.open_tasks(case) if (each["element_id"], each["assignee"]) == (element, expert)]
    return office.complete(task, case, **values)


@pytest.mark.parametrize(("story", "size"), [("small", 3), ("alone", 5), ("large", 7)])
def test_the_size_of_the_panel_follows_the_amount(at: At, story: str, size: int) -> None:
    office, case = at("convene_review", story)
    office.do(case, "convene_review")
    drawn = seats(office, case)
    assert len(set(drawn)) == size
    # expert26 to expert30 are the finance experts; at least half of a panel are technical ones.
    finance = [expert for expert in drawn if int(expert.removeprefix("expert")) >= 26]
    assert 1 <= len(finance) <= size // 2


def test_anybody_can_repeat_a_draw_from_its_record(at: At) -> None:
    office, case = at("declare_interest")
    [first] = seats(office, case)[:1]
    answer(office, case, "declare_interest", first, decision="recuse", recusal_reason="近三年内有合作项目")
    for expert in seats(office, case):
        answer(office, case, "declare_interest", expert)
    office.do(case, "confirm_redraw")

    with at.database.transaction() as session:
        found = case_store.find_visible(session, case, case_store.Scope(case_store.Reach.ALL))
        assert found is not None
        panel = reviews.current(session, found.id)
        assert panel is not None
        draws = reviews.draws(session, panel.id)
        pool = [review.Expert(user.username, expert.finance) for expert, user in people.list_experts(session)]
    assert [draw.number for draw in draws] == [1, 2]
    finance = {expert.username for expert in pool if expert.finance}
    sitting: list[str] = []
    for draw in draws:
        assert set(draw.pool) | set(draw.excluded) == {expert.username for expert in pool}
        needed = 5 - len(sitting)
        finance_due = max(0, 1 - len(finance.intersection(sitting)))
        technical_due = min(max(0, 3 - len(set(sitting) - finance)), needed - finance_due)
        again = review.draw(pool, needed, finance_due, draw.seed, draw.excluded, technical_min=technical_due)
        assert again == draw.drawn
        sitting = [expert for expert in [*sitting, *draw.drawn] if expert != first]
    # The seed was on record, as its digest, before it was used.
    events = office.history(case)
    committed = [each["changes"][0]["new"] for each in events if each["action"] == "draw_seed_committed"]
    assert committed == [review.commitment(draw.seed) for draw in draws]
    assert draws[1].reason


def test_a_recusal_is_replaced_with_the_observers_consent(at: At) -> None:
    office, case = at("declare_interest")
    drawn = seats(office, case)
    for expert in drawn[:2]:
        answer(office, case, "declare_interest", expert, decision="recuse", recusal_reason="申报单位系本单位客户")
    for expert in drawn[2:]:
        answer(office, case, "declare_interest", expert)
    assert office.at(case) == {"confirm_redraw"}
    with refused(403):
        office.do(case, "confirm_redraw", by="organizer", redraw_reason="两名专家申请回避")
    office.do(case, "confirm_redraw", redraw_reason="两名专家申请回避")
    replacements = seats(office, case)
    assert len(replacements) == 2
    assert not set(replacements) & set(drawn)
    for expert in replacements:
        answer(office, case, "declare_interest", expert)
    assert set(seats(office, case, "score_application")) == {*drawn[2:], *replacements}
    # Whoever recused is out of the file for good.
    with refused(403):
        office.as_(drawn[0]).get(f"/cases/{case}")


@pytest.mark.parametrize("when", ["first", "last"])
def test_a_silent_expert_is_replaced_with_the_observers_consent(at: At, when: str) -> None:
    office, case = at("declare_interest")
    silent, *others = seats(office, case)
    task = next(each for each in office.open_tasks(case) if each["assignee"] == silent)
    replacement = f"/tasks/{task['id']}/replacement"
    for person in ("officer", "discipline", "auditor"):
        with refused(403):
            office.as_(person).post(replacement, {"reason": "多次联系未答复"})
    if when == "first":
        office.as_("organizer").post(replacement, {"reason": "多次联系未答复"})
    for expert in others:
        answer(office, case, "declare_interest", expert)
    if when == "last":
        office.as_("organizer").post(replacement, {"reason": "多次联系未答复"})
    with refused(409):
        office.as_("organizer").post(replacement, {"reason": "多次联系未答复"})
    with refused(409):
        office.as_(silent).post(
            f"/tasks/{task['id']}/completion", {"data": {"decision": "accept", "no_conflict": True}}
        )
    assert office.at(case) == {"confirm_redraw"}
    office.do(case, "confirm_redraw", redraw_reason="一名专家未作声明")
    [stand_in] = seats(office, case)
    assert stand_in not in (silent, *others)
    answer(office, case, "declare_interest", stand_in)
    assert set(seats(office, case, "score_application")) == {*others, stand_in}


def take_back(office: Office, case: str, expert: str, element: str = "score_application") -> None:
    [task] = [each for each in office.open_tasks(case) if (each["element_id"], each["assignee"]) == (element, expert)]
    office.as_("organizer").post(f"/tasks/{task['id']}/replacement", {"reason": "突发疾病，不能继续评审"})


@pytest.mark.parametrize("when", ["first", "last", "only"])
def test_an_expert_who_falls_out_after_declaring_is_replaced(at: At, when: str) -> None:
    """The case stood still for good: nobody could take the seat back, and no sheet would ever come."""
    office, case = at("score_application")
    lost, *others = seats(office, case, "score_application")
    if when == "only":
        office.as_("organizer").get(f"/cases/{case}")
        for expert in others:
            take_back(office, case, expert)
    else:
        if when == "first":
            take_back(office, case, lost)
        for expert in others:
            answer(office, case, "score_application", expert, **SECRET)
    if when != "first":
        take_back(office, case, lost)
    assert office.at(case) == {"confirm_redraw"}
    with refused(403):
        office.do(case, "confirm_redraw", by="organizer", redraw_reason="一名专家因病退出")
    office.do(case, "confirm_redraw", redraw_reason="一名专家因病退出")
    stand_ins = seats(office, case)
    assert len(stand_ins) == (5 if when == "only" else 1)
    assert not {lost, *others} & set(stand_ins)
    assert not _leaks(at, office, case, "organizer"), "what others scored stays sealed"
    for expert in stand_ins:
        answer(office, case, "declare_interest", expert)
    # Whose scores are in is not asked again.
    assert set(seats(office, case, "score_application")) == set(stand_ins)
    with refused(403):
        office.as_(lost).get(f"/cases/{case}")
    for expert in stand_ins:
        answer(office, case, "score_application", expert, **SECRET)
    assert office.at(case) == {"panel_opinion"}
    with at.database.transaction() as session:
        panel = reviews.current(session, at.case_id(case))
        assert panel is not None
        states = [seat.state for seat in reviews.seats(session, panel.id)]
        draws = [(draw.number, draw.reason) for draw in reviews.draws(session, panel.id)]
    assert sorted(states) == ["recused"] * len(stand_ins) + ["scored"] * 5
    assert draws == [(1, None), (2, "一名专家因病退出")]
    office.drive(case, until="chief_recheck")


def test_a_seat_whose_scores_are_in_is_not_taken_back(at: At) -> None:
    office, case = at("score_application")
    expert, *_ = seats(office, case, "score_application")
    task = next(each for each in office.open_tasks(case) if each["assignee"] == expert)
    answer(office, case, "score_application", expert)
    with refused(409):
        office.as_("organizer").post(f"/tasks/{task['id']}/replacement", {"reason": "突发疾病"})


def test_an_expert_declares_before_he_sees_the_file(at: At) -> None:
    office, case = at("declare_interest")
    drawn = seats(office, case)
    first, second, *_ = drawn
    mine, theirs = (
        next(task for task in office.open_tasks(case) if task["assignee"] == name) for name in (first, second)
    )
    done = office.as_("auditor").get(f"/tasks?case={case}&status=done")["items"]
    expert = office.as_(first)
    for path in ("", "/documents", "/history", "/calculation", "/diagram"):
        with refused(403):
            expert.get(f"/cases/{case}{path}")
    assert expert.get("/cases")["items"] == []
    form = expert.get(f"/tasks/{mine['id']}")["form"]
    assert set(form["data"]) <= {"decision", "no_conflict", "recusal_reason"}
    with refused(404):
        expert.get(f"/tasks/{theirs['id']}")
    with refused(404):
        expert.post(f"/tasks/{theirs['id']}/completion", {"data": {"decision": "recuse"}})
    for task in done:
        with refused(403):
            expert.get(f"/tasks/{task['id']}")

    for name in drawn:
        answer(office, case, "declare_interest", name)
    assert expert.get(f"/cases/{case}")["reference"] == case
    # The file is the application and the reports; what the office thinks of it stays inside.
    for task in done:
        with refused(403):
            expert.get(f"/tasks/{task['id']}")
    stranger = next(name for name in map("expert{}".format, range(1, 31)) if name not in drawn)
    with refused(404):
        office.as_(stranger).get(f"/cases/{case}")


SECRET = {"score_effect": "29.37", "score_opinion": "密封意见：节能量测算可信"}


def test_scores_are_sealed_from_everybody_until_all_are_in(at: At) -> None:
    office, case = at("score_application")
    experts = seats(office, case, "score_application")
    for expert in experts[:-1]:
        answer(office, case, "score_application", expert, **SECRET)
    curious = ["auditor", "owner", "organizer", "discipline", "chief", "officer", experts[-1], "e01"]
    for name in curious:
        assert not _leaks(at, office, case, name), name
    # Each keeps his own.
    assert SECRET["score_opinion"] in _all_that_is_shown(at, office, case, experts[0])

    answer(office, case, "score_application", experts[-1])
    for name in ("auditor", "organizer", "chief"):
        assert _leaks(at, office, case, name), name
    assert not _leaks(at, office, case, "e01")


def _leaks(at: At, office: Office, case: str, name: str) -> bool:
    shown = _all_that_is_shown(at, office, case, name)
    return "29.37" in shown or "密封意见" in shown


def _all_that_is_shown(at: At, office: Office, case: str, name: str) -> str:
    """Everything that the API and the pages show to a person about a case, as text."""
    api, shown = office.as_(name), []
    for path in ("", "/history", "/calculation"):
        shown.append(api.try_call("GET", f"/cases/{case}{path}")[1])
    tasks = office.as_("auditor").get(f"/tasks?case={case}&status=done&limit=200")["items"]
    for task in [*tasks, *office.open_tasks(case)]:
        shown.append(api.try_call("GET", f"/tasks/{task['id']}")[1])
    with at.database.transaction() as session:
        actor, now = at.actor(name), office.now()
        dossier = dossiers.get_dossier(session, actor, case, at.instant(now))
    shown.append({key: value for key, value in dossier.items() if key != "application_form"})
    return json.dumps(shown, ensure_ascii=False, default=str)


def test_a_panel_fails_a_case_by_its_score(at: At) -> None:
    office, case = at("score_application")
    for expert in seats(office, case, "score_application"):
        answer(office, case, "score_application", expert, **BELOW_THE_LINE)
    office.drive(case)
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "EXPERT_FAIL")


def test_a_panel_fails_a_case_by_its_votes(at: At) -> None:
    office, case = at("score_application")
    experts = seats(office, case, "score_application")
    for number, expert in enumerate(experts):
        # Five experts need four votes.
        answer(office, case, "score_application", expert, vote="oppose" if number < 2 else "support")
    office.drive(case)
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "EXPERT_FAIL")


def test_exactly_the_pass_line_and_two_thirds_are_enough(at: At) -> None:
    office, case = at("score_application")
    experts = seats(office, case, "score_application")
    for number, expert in enumerate(experts):
        score = {**BELOW_THE_LINE, "score_investment": "5"}
        answer(office, case, "score_application", expert, **score, vote="oppose" if number < 1 else "support")
    office.drive(case, until="chief_recheck")


def test_reasons_are_due_below_sixty_and_above_ninety_five(at: At) -> None:
    office, case = at("score_application")
    [expert, *_] = seats(office, case, "score_application")
    full = {
        "score_legality": "15",
        "score_technique": "20",
        "score_effect": "30",
        "score_investment": "25",
        "score_example": "5.01",
    }
    for scores in (full, {**full, "score_effect": "0", "score_example": "-0", "score_investment": "24.99"}):
        with refused(422) as why:
            answer(office, case, "score_application", expert, **scores)
        assert why.fields & {"score_opinion", "score_example"}
    with refused(422) as why:
        answer(office, case, "score_application", expert, score_effect="30.01")
    assert why.fields == {"score_effect"}
    with refused(422) as why:
        answer(office, case, "score_application", expert, score_effect="29.999")
    assert why.fields == {"score_effect"}
    answer(office, case, "score_application", expert, **full, score_opinion="成效突出")


def test_an_exhausted_pool_says_so_and_loses_nothing(at: At) -> None:
    office, case = at("convene_review")
    _set_active(at, range(4, 31), active=False)
    before = office.case(case)
    with refused(409) as why:
        office.do(case, "convene_review")
    assert "专家" in why.detail
    after = office.case(case)
    assert (after["status"], after["open_tasks"]) == (before["status"], before["open_tasks"])
    _set_active(at, range(4, 31), active=True)
    office.drive(case, until="chief_recheck")


def _set_active(at: At, numbers: range, *, active: bool) -> None:
    with at.database.transaction() as session:
        for number in numbers:
            user = people.find_user(session, f"expert{number}")
            assert user is not None
            user.active = active


def test_an_organisation_to_be_avoided_is_one_of_the_pool(at: At) -> None:
    """A name in other brackets barred nobody, and nothing was said."""
    office, case = at("convene_review")
    with at.database.transaction() as session:
        pool = people.list_experts(session)
        for number, (expert, _) in enumerate(pool):
            expert.employer = "虚构研究院（北京）" if number < 5 else "虚构大学"
        barred = {user.username for _, user in pool[:5]}
    for wrong in ("虚构研究院", "虚构研究院（北京）、虚构大学", "没有这家"):
        with refused(422) as why:
            office.do(case, "convene_review", avoided_organization=wrong)
        assert why.fields == {"avoided_organization"}
    office.do(case, "convene_review", avoided_organization=" 虚构研究院(北京) ")
    assert not barred & set(seats(office, case))
    with at.database.transaction() as session:
        found = case_store.find_visible(session, case, case_store.Scope(case_store.Reach.ALL))
        assert found is not None
        panel = reviews.current(session, found.id)
        assert panel is not None
        assert barred <= set(reviews.draws(session, panel.id)[0].excluded)
