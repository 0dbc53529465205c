"""An adverse letter is made of the record: take away a source, and there is no letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.case import grounds
from workflows.case.grounds import Ground, Refusal, Ungrounded

WHOLE = Refusal(
    code="BELOW_THRESHOLD",
    article="第三条",
    rule="单个项目最高支持200万元。",
    found=[Ground("项目尚未投运", "业务初审，2026年3月2日")],
    evidence=Ground("现场照片", ""),
    said=Ground("你单位于2026年3月5日陈述申辩：即将投运", ""),
    answer=Ground("不予采纳", "科室负责人复核，2026年3月6日"),
    decided=Ground("经集体审议决定（会纪1号）", "2026年3月9日"),
)


def test_every_part_names_its_source() -> None:
    assert grounds.decided(WHOLE, heard=True).splitlines() == [
        "一、查明的事实：项目尚未投运（业务初审，2026年3月2日）。",
        "二、证据及来源：现场照片。",
        "三、依据：《实施细则》第三条：“单个项目最高支持200万元”。",
        "四、理由：未达到政策规定标准。",
        "五、陈述申辩情况：你单位于2026年3月5日陈述申辩：即将投运。",
        "六、对陈述申辩的答复：不予采纳（科室负责人复核，2026年3月6日）。",
        "七、决定程序：经集体审议决定（会纪1号）（2026年3月9日）。",
    ]


@pytest.mark.parametrize(
    ("gone", "heading"),
    [
        ({"found": []}, "查明的事实"),
        ({"rule": ""}, "依据"),
        ({"said": None}, "陈述申辩情况"),
        ({"answer": None}, "对陈述申辩的答复"),
        ({"decided": None}, "决定程序"),
    ],
)
def test_without_a_source_there_is_no_letter(gone: dict[str, object], heading: str) -> None:
    with pytest.raises(Ungrounded, match=heading):
        grounds.decided(replace(WHOLE, **gone), heard=True)  # type: ignore[arg-type]


def test_who_need_not_be_heard_is_told_the_rest() -> None:
    """Ceilings and best-only take nothing that was held out: their reasons stand in the letter."""
    told = grounds.decided(replace(WHOLE, said=None, answer=None, decided=None, evidence=None), heard=False)
    assert [line[2:].split("：")[0] for line in told.splitlines()] == ["查明的事实", "依据", "理由"]
