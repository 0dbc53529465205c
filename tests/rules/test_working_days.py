"""工作日: the loaded year, the day after the event, 24:00 of the last day, and the refusal to guess."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.engine.timers import in_range
from workflows.rules.workdays import (
    Calendar,
    OpenEnd,
    Year,
    YearNotLoaded,
    end_of,
    load,
    open_end,
    opened,
    parse_year,
)

CALENDAR = load()
REPEATABLE = settings(derandomize=True, deadline=None)


def test_2026_is_loaded():
    first = date(2026, 1, 1)
    free = [first + timedelta(days=n) for n in range(365) if not CALENDAR.is_workday(first + timedelta(days=n))]
    # 104 days of weekends and 33 of holidays, 14 of them both; 6 days of weekends are worked.
    assert len(free) == 104 + 33 - 14 - 6


@pytest.mark.parametrize("worked", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_make_up_days_are_worked(worked):
    assert CALENDAR.is_workday(date.fromisoformat(worked))


@pytest.mark.parametrize("free", ["2026-01-01", "2026-02-23", "2026-04-06", "2026-10-07", "2026-03-07", "2026-03-08"])
def test_holidays_and_weekends_are_free(free):
    assert not CALENDAR.is_workday(date.fromisoformat(free))


@pytest.mark.parametrize(
    ("event", "workdays", "last"),
    [
        ("2026-03-30", 10, "2026-04-14"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-03-08", 1, "2026-03-09"),
        ("2026-03-02", 0, "2026-03-02"),
        ("2025-12-31", 1, "2026-01-04"),
    ],
)
def test_counting_starts_on_the_day_after_the_event(event, workdays, last):
    assert CALENDAR.add(date.fromisoformat(event), workdays) == date.fromisoformat(last)


@pytest.mark.parametrize(("event", "year"), [("2026-12-30", 2027), ("2024-06-03", 2024)])
def test_a_year_that_is_not_loaded_is_named_and_not_guessed(event, year):
    with pytest.raises(YearNotLoaded, match=f"{year}年工作日历尚未加载") as refused:
        CALENDAR.add(date.fromisoformat(event), 5)
    assert refused.value.year == year


def test_a_period_is_not_negative():
    with pytest.raises(ValueError, match="-1 working days"):
        CALENDAR.add(date(2026, 3, 2), -1)


def test_the_last_day_ends_at_midnight_in_beijing():
    end = end_of(date(2026, 3, 9))
    assert end.isoformat() == "2026-03-10T00:00:00+08:00"
    assert end == datetime(2026, 3, 9, 16, tzinfo=UTC) == Calendar.end_of(date(2026, 3, 9))


def test_a_loaded_year_is_reckoned_with():
    stated = 'year = 2027\nsource = "测试"\ndays_off = [{ from = 2027-01-01, to = 2027-01-03 }]\ndays_on = [2027-01-09]'
    calendar = Calendar([parse_year(stated)])
    assert calendar.add(date(2026, 12, 31), 6) == date(2027, 1, 9)


def test_a_calendar_with_days_of_another_year_is_refused():
    stated = 'year = 2027\nsource = "测试"\ndays_off = [{ from = 2026-12-31, to = 2027-01-01 }]\ndays_on = []'
    with pytest.raises(ValueError, match="days of another year: 2026-12-31"):
        parse_year(stated)


@REPEATABLE
@given(st.dates(date(2025, 12, 31), date(2026, 6, 30)), st.integers(1, 60))
def test_one_more_working_day_is_the_next_working_day(event, workdays):
    last = CALENDAR.add(event, workdays)
    assert CALENDAR.is_workday(last)
    assert last == CALENDAR.add(CALENDAR.add(event, workdays - 1), 1)


WEEKENDS = Year(2027, "暂定", frozenset(), frozenset(), provisional=True)
NOTICE = Year(2027, "测试", frozenset({date(2027, 1, 1)}), frozenset())


def test_what_is_shown_may_rest_on_a_provisional_year_and_what_lapses_may_not():
    calendar = Calendar([*CALENDAR.years.values(), WEEKENDS])
    assert calendar.add(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert calendar.is_provisional(date(2027, 1, 1)) and not calendar.is_provisional(date(2026, 12, 31))
    assert not calendar.is_provisional(date(2028, 1, 3))
    assert opened(calendar.end(date(2026, 12, 30), 2)) == OpenEnd(date(2026, 12, 30), 2)
    assert calendar.end(date(2026, 12, 30), 1) == end_of(date(2026, 12, 31))


def test_the_later_calendar_of_a_year_counts():
    calendar = Calendar([*CALENDAR.years.values(), WEEKENDS, NOTICE])
    assert calendar.end(date(2026, 12, 30), 2) == end_of(date(2027, 1, 4))


def test_an_end_that_is_stated_is_not_open():
    assert opened(end_of(date(2026, 3, 9))) is None
    assert opened(datetime(2099, 12, 31, 15, 59, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("start", "workdays"), [(date(2019, 12, 31), 5), (date(2026, 1, 1), 1000), (date(2026, 1, 1), -1)]
)
def test_no_open_end_is_made_of_what_it_could_not_give_back(start, workdays):
    with pytest.raises(ValueError, match="no open period"):
        open_end(start, workdays)


@REPEATABLE
@given(st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
def test_an_open_end_gives_back_what_it_was_made_of(start, workdays):
    end = open_end(start, workdays)
    assert opened(end) == OpenEnd(start, workdays)
    assert opened(end.astimezone(UTC)) == OpenEnd(start, workdays)
    assert in_range(end), "a timer can be set to it"
