"""The official lists that can be imported (公布名单), by scheme: their columns, and the facts that a line states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows import sheets
from workflows.lists import imports
from workflows.lists.historic_rows import LEVELS
from workflows.rules.money import format_yuan, parse_money

_LEVEL_NAMES = {code: name for name, code in LEVELS.items()}
_FIELDS = {"氢能": "hydrogen", "新型储能": "new_storage", "CCUS": "CCUS", "其他": "other"}
_NAME = sheets.Column(
    "name",
    "企业名称",
    required=True,
    other_titles=("单位名称", "企业", "申报单位", "项目主体", "项目主体单位"),
)
_USCC = sheets.Column("uscc", "统一社会信用代码", imports.uscc, hint="18位；不填的按名称比对，由经办人确认")


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list: how it is laid out, what one line says in the field codes of the scheme's forms, what a case of
    it is called, and by which facts a line is recognised when it comes again."""

    layout: sheets.Layout
    facts_of: Callable[[Mapping[str, Any], str], dict[str, str]]
    title_of: Callable[[Mapping[str, str]], str]
    identity: tuple[str, ...]
    problems_of: Callable[[Mapping[str, Any]], list[str]]


def _honour_facts(values: Mapping[str, Any], document_no: str) -> dict[str, str]:
    return _stated(
        honour_type=values["honour_type"],
        level=values["level"],
        honour_date=values["honour_date"],
        list_document_no=values["document_no"] or document_no,
        site=values["site"],
    )


def _project_facts(values: Mapping[str, Any], document_no: str) -> dict[str, str]:
    return _stated(
        project_name=values["project_name"],
        city_project_no=values["city_project_no"],
        city_document_no=values["document_no"] or document_no,
        city_award_approved=values["city_award_approved"],
        city_award_received=values["city_award_received"],
        city_award_cumulative=values["city_award_cumulative"],
        received_date=values["received_date"],
        field=values["field"],
    )


def _stated(**values: Any) -> dict[str, str]:
    """What is stated, as forms hold it: dates in ISO, money as text."""
    return {
        key: value.isoformat() if isinstance(value, date) else str(value)
        for key, value in values.items()
        if value is not None
    }


def _project_problems(values: Mapping[str, Any]) -> list[str]:
    approved, received = values["city_award_approved"], values["city_award_received"]
    cumulative = values["city_award_cumulative"]
    if approved is not None and received is not None and received > approved:
        return [f"“本期到账金额”不能大于“市级批准金额”{format_yuan(approved)}元。"]
    if cumulative is not None and received is not None and cumulative < received:
        return ["“累计到账金额”包含本期，不能小于“本期到账金额”。"]
    if cumulative is not None and approved is not None and cumulative > approved:
        return [f"“累计到账金额”不能大于“市级批准金额”{format_yuan(approved)}元。"]
    return []


KINDS: Mapping[str, ListKind] = {
    "green_honour": ListKind(
        sheets.Layout(
            "绿色制造荣誉名单",
            (
                _NAME,
                _USCC,
                sheets.Column("honour_type", "荣誉类型", required=True, other_titles=("荣誉名称", "荣誉类别")),
                sheets.Column(
                    "level",
                    "级别",
                    sheets.choice(LEVELS, also={"北京市级": "municipal"}),
                    required=True,
                    hint="市级、国家级",
                ),
                sheets.Column(
                    "honour_date", "认定日期", sheets.day, holds="day", required=True, other_titles=("公布日期",)
                ),
                sheets.Column("document_no", "文号", sheets.text(100), hint="不填即名单的文号"),
                sheets.Column("site", "厂区", sheets.text(100), hint="多厂区企业填写"),
            ),
        ),
        _honour_facts,
        lambda facts: f"{_LEVEL_NAMES[facts['level']]}{facts['honour_type']}",
        ("honour_type", "level", "site", "honour_date"),
        lambda values: [],
    ),
    "future_energy": ListKind(
        sheets.Layout(
            "未来能源创新项目名单",
            (
                _NAME,
                _USCC,
                sheets.Column("project_name", "项目名称", sheets.text(100), required=True),
                sheets.Column("city_project_no", "项目编号", sheets.text(100), required=True),
                sheets.Column(
                    "document_no", "市级文号", sheets.text(100), other_titles=("文号",), hint="不填即名单的文号"
                ),
                sheets.Column(
                    "city_award_approved",
                    "市级批准金额",
                    parse_money,
                    other_titles=("市级核定奖励金额",),
                    hint="元",
                    holds="money",
                ),
                sheets.Column(
                    "city_award_received",
                    "本期到账金额",
                    parse_money,
                    other_titles=("到账金额", "本次到账金额"),
                    hint="元；本次申请配套的市级到账资金",
                    holds="money",
                ),
                sheets.Column(
                    "city_award_cumulative",
                    "累计到账金额",
                    parse_money,
                    hint="元；含本期，只拨付一次的可不填",
                    holds="money",
                ),
                sheets.Column("received_date", "到账日期", sheets.day, holds="day"),
                sheets.Column(
                    "field", "领域", sheets.choice(_FIELDS), other_titles=("项目领域",), hint="、".join(_FIELDS)
                ),
            ),
        ),
        _project_facts,
        lambda facts: facts["project_name"],
        ("city_project_no", "received_date"),
        _project_problems,
    ),
}
