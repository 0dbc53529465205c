"""Values that a batch keeps are read as they were meant, whatever a later release says of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.newer_law import FORGOTTEN, newer_law
from tests.readings import CHOSEN
from workflows import rules
from workflows.rules import parameters

ON = date(2026, 3, 2)


@pytest.fixture
def batch() -> dict[str, str]:
    """What a batch of all ten schemes pinned under the law as it is shipped today."""
    return {each.id: CHOSEN.get(each.id, each.default or "") for each in parameters.catalog().values()}


@pytest.fixture
def types() -> dict[str, str]:
    return {each.id: each.type for each in parameters.catalog().values()}


@pytest.fixture
def updated(batch: dict[str, str], types: dict[str, str]) -> Iterator[None]:
    """From here on the program is the next release; the batch was pinned before."""
    with newer_law():
        yield


def test_what_is_pinned_means_what_it_meant(batch, types):
    assert parameters.pinned(batch, types) == parameters.values(batch)
    assert parameters.pinned(batch, {}) == parameters.values(batch), "the first release pinned no types"


def test_a_value_beyond_a_limit_of_today_is_still_the_batch_s(batch, types, updated):
    with pytest.raises(parameters.BeyondLimit):
        parameters.values({"a3.rate": "0.30"})
    assert parameters.pinned(batch, types)["a3.rate"] == Decimal("0.30")
    assert parameters.pinned(batch, {})["a3.rate"] == Decimal("0.30")
    given = rules.determine("retrofit", {"approved_investment": "5000000"}, parameters.pinned(batch, types), ON)
    assert given.precap_amount == 1_500_000
    assert given.parameters["a3.rate"] == "0.30"


def test_a_choice_that_is_no_longer_offered_is_still_the_batch_s(batch, types, updated):
    assert parameters.pinned(batch, types)["a10.allocation_order"] == "largest_first"
    assert parameters.show_kept("a10.allocation_order", "largest_first", "enum") == "largest_first"


def test_a_retired_parameter_is_known_but_not_asked_for(batch, types, updated):
    retired = "a3.max_construction_years"
    assert parameters.pinned(batch, types)[retired] == 3
    assert retired not in parameters.catalog()
    assert retired in parameters.catalog(date(2026, 12, 31)), "it was chosen until its day"
    assert retired not in {each.id for each in parameters.required_for(["retrofit"])}
    known = parameters.find(retired)
    assert known is not None and known.label == "项目建设周期上限"
    assert parameters.show_kept(retired, "3", "int") == "3年"
    assert parameters.texts_of(parameters.pinned(batch, types), [retired]) == {retired: "3"}


def test_an_id_that_nobody_knows_any_more_keeps_its_value(batch, types, updated):
    with pytest.raises(parameters.ParameterUnknown):
        parameters.values({FORGOTTEN: "true"})
    assert parameters.pinned(batch, types)[FORGOTTEN] is True
    assert parameters.pinned(batch, {})[FORGOTTEN] == "true", "without its type it stays text"
    assert parameters.show_kept(FORGOTTEN, "true", "bool", "") == "是"
    assert parameters.find(FORGOTTEN) is None


def test_a_new_parameter_has_in_an_old_batch_what_held_before_it(batch, types, updated):
    assert parameters.values(CHOSEN)["a3.reviewed_by"] == "two_firms"
    assert parameters.pinned(batch, types)["a3.reviewed_by"] == "one_firm"
    assert parameters.pinned(batch | {"a3.reviewed_by": "two_firms"}, types)["a3.reviewed_by"] == "two_firms"


def test_the_exemption_of_clusters_is_pinned_by_every_batch_from_now_on():
    """Article 10's room may hold instalments of article 8 whatever the batch is about; older batches counted them."""
    assert "a8.exempt_from_annual_cap" in {each.id for each in parameters.required_for(["retrofit"])}
    assert parameters.pinned({}, {})["a8.exempt_from_annual_cap"] is False


def test_a_value_is_shown_in_the_unit_that_it_was_pinned_with(updated):
    assert parameters.show_kept("proc.publicity_days", "5", "int", "个工作日") == "5个工作日"
    assert parameters.show_kept("proc.publicity_days", "5") == "5个自然日", "no unit was kept with it"
    assert parameters.show_kept("a3.rate", "0.30") == "30%"


@pytest.mark.parametrize("text", ["五", "", "1e309", "group:x", "\x00"])
@pytest.mark.parametrize("type", [*rules.parameters.KINDS, "a type of later", None])
def test_nothing_that_is_kept_breaks_a_batch(text, type):
    types = {"a3.rate": type} if type else {}
    found = parameters.pinned({"a3.rate": text, "a3.project_cap": "2000000"}, types)
    assert found["a3.project_cap"] == 2_000_000
    if found["a3.rate"] == text:
        with pytest.raises(TypeError):
            parameters.get_decimal(found, "a3.rate")
    assert isinstance(parameters.show_kept("a3.rate", text, type), str)


def test_whether_a_value_could_be_chosen_now(updated):
    rate, days = parameters.catalog()["a3.rate"], parameters.catalog()["proc.publicity_days"]
    assert parameters.is_allowed(rate, "0.20")
    assert not parameters.is_allowed(rate, "0.30")
    assert not parameters.is_allowed(days, "5")
    assert not parameters.is_allowed(days, "five")


@pytest.mark.parametrize("each", parameters.catalog().values(), ids=lambda each: each.id)
def test_what_held_before_a_parameter_is_a_value_of_its_type(each):
    if each.before is not None:
        parameters.parse(each, each.before)
