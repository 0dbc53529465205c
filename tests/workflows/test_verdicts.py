"""What is said of a replay: the gravest first, and only what is different."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.rehearsal import Computed, Outcome, Stop, Verdict, judge
from workflows.rehearsal.replay import Replayed

PAID = ("review", "meeting")


def outcome(
    *elements: str, amounts: Sequence[int] | None = (900_000, 500_000, 500_000), end: str | None = "paid"
) -> Outcome:
    computed = None
    if amounts is not None:
        computed = Computed({}, True, (str(amounts[0]), str(amounts[1]), str(amounts[2])), ("第五条 按吨计算",))
    stops = tuple(Stop("p", each, each) for each in elements)
    return Outcome(stops, () if end else elements[-1:], end, end, "PAID" if end == "paid" else None, computed)


def compare(old: Outcome, new: Outcome) -> Verdict:
    return judge(old, Replayed(new, (), (), None))


def test_what_comes_out_the_same_is_the_same() -> None:
    assert compare(outcome(*PAID), outcome(*PAID)) == Verdict("same", None, (), ())


def test_the_amount_that_differs_is_named() -> None:
    """Under a ceiling a higher price changes what was computed, not what the case would get."""
    found = compare(outcome(*PAID), outcome(*PAID, amounts=(1_400_000, 500_000, 500_000)))
    assert found.verdict == "other_amount"
    assert found.differences == ("测算金额由900,000元变为1,400,000元",)
    found = compare(outcome(*PAID), outcome(*PAID, amounts=(400_000, 400_000, 400_000)))
    assert found.differences[0] == "限额调减前金额由500,000元变为400,000元"
    assert len(found.differences) == 3


def test_a_case_that_ends_otherwise_took_another_way_whatever_its_amount() -> None:
    found = compare(outcome(*PAID), outcome("review", "refused", amounts=None, end="refused"))
    assert (found.verdict, found.where and found.where.element_id) == ("other_path", "refused")
    assert "限额调减前金额由500,000元变为未测算" in found.differences
    assert "结果由“paid”变为“refused”" in found.differences


def test_another_amount_on_a_way_with_one_stage_more_is_another_amount() -> None:
    found = compare(outcome(*PAID), outcome("review", "experts", "meeting", amounts=(300_000, 300_000, 300_000)))
    assert found.verdict == "other_amount"
    assert found.differences[0] == "新经过：experts"
