"""The result of a what-if as a workbook: by scheme, by enterprise, and case by case with the reasons."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from workflows.foresight.what_if_effect import EFFECTS
from workflows.rules import SCHEMES
from workflows.rules import parameters as law
from workflows.rules.money import format_yuan

_MONEY = "#,##0"
_COUNTS = ("cases", "up", "down", "in", "out")
_COUNT_NAMES = ("件数", *(EFFECTS[name] for name in _COUNTS[1:]))
_AMOUNTS = ("old", "new", "difference")
_AMOUNT_NAMES = ("调整前（元）", "调整后（元）", "增减（元）")


@dataclass(frozen=True)
class _Formats:
    title: Any
    heading: Any
    money: Any
    sum: Any
    text: Any


def workbook(what_if: Mapping[str, Any]) -> bytes:
    """An .xlsx file of three sheets; `what_if` is one that is done.

    Amounts are numbers, everything else is text: what looks like a formula stays what it is.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        formats = _Formats(
            title=book.add_format({"bold": True, "font_size": 14}),
            heading=book.add_format({"bold": True, "bg_color": "#EAF3EE", "border": 1, "text_wrap": True}),
            money=book.add_format({"num_format": _MONEY}),
            sum=book.add_format({"num_format": _MONEY, "bold": True, "top": 1}),
            text=book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        )
        result = what_if["result"]
        _overview(book.add_worksheet("按支持事项"), formats, what_if)
        enterprises = book.add_worksheet("按企业")
        _table(enterprises, formats, 0, _GROUPED_BY_ENTERPRISE, result["enterprises"], result["totals"])
        cases = book.add_worksheet("逐件明细")
        _table(cases, formats, 0, _CASES, result["cases"])
        for sheet in (enterprises, cases):
            sheet.freeze_panes(1, 0)
    return target.getvalue()


@dataclass(frozen=True)
class _Column:
    """A column: its heading, its width in characters, how it is read of a row; `money` marks numbers."""

    title: str
    width: int
    read: Callable[[Mapping[str, Any]], Any]
    money: bool = False


def _named(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda row: row[name]


def _scheme(row: Mapping[str, Any]) -> str:
    return str(SCHEMES[row["scheme"]].TITLE)


_SUMS = (
    *(_Column(title, 16, _named(name), money=True) for name, title in zip(_AMOUNTS, _AMOUNT_NAMES, strict=True)),
    *(_Column(title, 10, _named(name), money=True) for name, title in zip(_COUNTS, _COUNT_NAMES, strict=True)),
)
_GROUPED_BY_SCHEME = (_Column("支持事项", 28, _scheme), *_SUMS)
_GROUPED_BY_ENTERPRISE = (
    _Column("企业", 36, _named("enterprise")),
    _Column("统一社会信用代码", 22, _named("uscc")),
    *_SUMS,
)
_CASES = (
    _Column("申报件", 18, _named("reference")),
    _Column("项目名称", 32, _named("title")),
    _Column("企业", 32, _named("enterprise")),
    _Column("统一社会信用代码", 22, _named("uscc")),
    _Column("支持事项", 22, _scheme),
    *_SUMS[:3],
    _Column("变化", 10, lambda row: EFFECTS[row["effect"]]),
    _Column("调整后的计算", 60, lambda row: _told(row["after"]) + (f"；{row['missing']}" if row["missing"] else "")),
    _Column("调整前的计算", 60, lambda row: _told(row["before"])),
    _Column("在案金额（元）", 16, _named("actual"), money=True),
    _Column("与实际不同的原因", 40, _named("differs")),
    _Column("备注", 24, lambda row: "认定总额，分年兑付，不计入合计" if row["recognition"] else ""),
)


def _told(steps: Sequence[Mapping[str, str]]) -> str:
    return "；".join(f"{step['article']}：{step['text']}" for step in steps)


def _overview(sheet: Any, formats: _Formats, what_if: Mapping[str, Any]) -> None:
    """The first sheet: what was asked, then the table by scheme."""
    sheet.write_string(0, 0, what_if["title"], formats.title)
    lines = [f"批次：{'、'.join(batch['title'] for batch in what_if['batches'])}"]
    for change in what_if["changes"]:
        lines.append(f"调整：{_changed(change)}")
    for batch in what_if["result"]["batches"]:
        if batch["budget"] is not None:
            said = f"超出{format_yuan(batch['over'])}元" if batch["exceeded"] else "未超出"
            lines.append(f"预算：{batch['title']}预算{format_yuan(batch['budget'])}元，调整后{said}")
    for place, line in enumerate(lines, start=1):
        sheet.write_string(place, 0, line)
    result = what_if["result"]
    _table(sheet, formats, len(lines) + 2, _GROUPED_BY_SCHEME, result["schemes"], result["totals"])


def _changed(change: Mapping[str, Any]) -> str:
    """A changed value in words; as it was written where nobody knows the parameter any more."""
    parameter = law.find(change["id"])
    named = f"{parameter.article} {parameter.label}" if parameter else change["id"]
    *old, new = (law.show_kept(change["id"], text) for text in (*change["old"], change["new"]))
    return f"{named}，由{'、'.join(old)}调整为{new}"


def _table(
    sheet: Any,
    formats: _Formats,
    top: int,
    columns: Sequence[_Column],
    rows: Sequence[Mapping[str, Any]],
    totals: Mapping[str, Any] | None = None,
) -> None:
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(top, place, column.title, formats.heading)
    for down, row in enumerate(rows, start=top + 1):
        for place, column in enumerate(columns):
            _cell(sheet, down, place, column.read(row), formats.money if column.money else None, formats)
    if totals is None:
        return
    last = top + len(rows) + 1
    sheet.write_string(last, 0, "合计", formats.sum)
    for place, column in enumerate(columns):
        if column.money:
            _cell(sheet, last, place, column.read(totals), formats.sum, formats)


def _cell(sheet: Any, down: int, place: int, value: Any, number: Any, formats: _Formats) -> None:
    if value is None:
        return
    if number is not None:
        sheet.write_number(down, place, Decimal(value), number)
    else:
        sheet.write_string(down, place, str(value), formats.text)
