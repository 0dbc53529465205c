"""Days as people paste them, and as the State Council's notices write them."""

from datetime import date

import pytest

from workflows.typed.day_lists import read, said
from workflows.typed.signs import Unreadable

# The wording of such notices; the days are those of 2026.
NOTICE = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
"""


def test_a_notice_is_read_as_it_is_pasted() -> None:
    free, worked = read(NOTICE, 2026)
    assert said(free) == ["2026-01-01至2026-01-03", "2026-02-15至2026-02-23", "2026-04-04至2026-04-06"]
    assert said(worked) == ["2026-01-04", "2026-02-14", "2026-02-28"]


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-06/2027-02-08",
        "2027-02-06至2027-02-08",
        "2027年2月6日—8日".replace("—", "至"),
        "2月6日到2月8日",
        "２０２７／２／６、2027.2.7、20270208",
        "2027-02-06\n2027-02-07\n2027-02-08",
    ],
)
def test_ways_of_writing_three_days(text: str) -> None:
    assert read(text, 2027) == ([date(2027, 2, day) for day in (6, 7, 8)], [])


@pytest.mark.parametrize(
    "text", ["2027-02-30", "2月30日", "2027-02-08至2027-02-06", "2027-01-01至2028-01-01", "6日", "二月6", "2/6/27"]
)
def test_what_would_have_to_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="中“"):
        read(text, 2027)


def test_what_is_shown_is_read_again() -> None:
    days = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 5, 1)]
    assert read("\n".join(said(days)), 2027) == (days, [])
