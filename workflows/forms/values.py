"""One value of one field: from what was sent to what is kept, or a sentence that says what is wrong.

Covers what JSON Schema cannot say reliably: texts that can be stored and shown, money without floats, real dates, check
digits. What it can say (required, choices, patterns, lengths below the ceiling) is left to the schema.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.forms.form import Field
from workflows.forms.kinds import Kind
from workflows.typed import codes, days, figures
from workflows.typed.signs import Unreadable, visible

# Control characters (line breaks aside), lone surrogates (not storable as UTF-8), and marks that change the direction
# of text, with which a name or an amount can be made to look like another one.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("[\t\r\n]")
_LARGEST = 10**12
_NO_CHOICE = "的选项无效，请从所列选项中选择"
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Unfit(ValueError):
    """The value cannot be read; the text completes the sentence 「字段」…"""


def read_value(field: Field, raw: Any) -> Any:
    """The value of `raw` for a single field (not a list of rows), None when it is empty. Raises Unfit."""
    match field.type:
        case "radio" if field.is_boolean:
            return _read_boolean(raw)
        case "textfield" | "textarea" | "radio" | "select" | "datetime":
            return _read_text(field, raw)
        case "number":
            return _read_whole(field, raw)
        case "checkbox":
            return _read_boolean(raw)
        case _:
            return _read_choices(field, raw)


def parse_date(text: str) -> date | None:
    """The date that `YYYY-MM-DD` names, between 1900 and 2099; None when it names none."""
    if not re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _read_text(field: Field, raw: Any) -> str | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise Unfit(field.kind.demand + "，并以文本形式提交" if field.kind else "须以文本形式提交")
    # Three spare characters a character: more cannot be blanks around a fitting value, and is not worth looking at.
    if len(raw) > field.max_length * 3 + 100:
        raise Unfit(_NO_CHOICE if field.options else _too_long(field))
    text = raw.strip()
    if not text:
        return None
    if field.type in ("radio", "select"):
        return text
    if field.kind or field.type == "datetime":
        text = visible(text)
    if not text:
        return None
    if _UNPRINTABLE.search(text) or (field.type != "textarea" and _LINE_BREAK.search(text)):
        raise Unfit("含有不可见的控制字符，请删去后重新填写")
    if field.type == "datetime":
        return _read_day(text)
    if field.kind:
        return _read_kind(field, field.kind, text)
    text = text.replace("\r\n", "\n")
    if len(text) > field.max_length:
        raise Unfit(_too_long(field))
    return text


def _read_day(text: str) -> str:
    try:
        day = days.read(text).isoformat()
    except Unreadable as unreadable:
        raise Unfit(str(unreadable)) from None
    if parse_date(day) is None:
        raise Unfit("须为有效日期，格式如2026-03-02")
    return day


def _read_kind(field: Field, kind: Kind, text: str) -> str:
    try:
        text = _meant(kind, text)
    except Unreadable as unreadable:
        raise Unfit(str(unreadable)) from None
    if len(text) > kind.max_length or not matches(kind.pattern, text):
        raise Unfit(kind.demand)
    if kind.is_decimal:
        check_bounds(field, Decimal(text))
    if kind.code == "uscc" and not _check_character_fits(text):
        raise Unfit(kind.demand)
    return text


def _meant(kind: Kind, text: str) -> str:
    """What was typed in plain signs: 1,200,000.00 元, an account in groups of four, a credit code in lower case."""
    if kind.is_decimal:
        return figures.plain(text, kind.unit)
    if kind.code == "uscc":
        return codes.credit_code(text)
    return codes.plain(text) if kind.code in ("digits", "mobile", "email", "year") else text


def _read_boolean(raw: Any) -> bool | None:
    if raw is None or isinstance(raw, bool):
        return raw
    raise Unfit("须为是或否")


def _read_whole(field: Field, raw: Any) -> int | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, float) and raw.is_integer() and abs(raw) <= _LARGEST:
        raw = int(raw)  # JSON knows one kind of number: 5.0 is 5
    if type(raw) is not int:
        raise Unfit("须为整数")
    if abs(raw) > _LARGEST:
        raise Unfit("超出可填写的范围")
    check_bounds(field, Decimal(raw))
    return raw


def _read_choices(field: Field, raw: Any) -> list[str] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise Unfit("须以选项列表形式提交")
    if len(raw) > len(field.options):
        raise Unfit("的选项不得重复")
    if any(len(item) > field.max_length for item in raw):
        raise Unfit(_NO_CHOICE)
    return list(raw) or None


def check_bounds(field: Field, value: Decimal) -> None:
    """Raises Unfit when the value is below the field's minimum or above its maximum."""
    if field.minimum is not None and value < field.minimum:
        raise Unfit(f"不得小于{field.minimum:f}{field.unit}")
    if field.maximum is not None and value > field.maximum:
        raise Unfit(f"不得大于{field.maximum:f}{field.unit}")


def matches(pattern: str, text: str) -> bool:
    """ECMA-262's reading of an anchored pattern: in `re`, a closing `$` would let a line break pass."""
    return (
        re.search(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern, text, re.ASCII) is not None
    )


def _too_long(field: Field) -> str:
    return field.kind.demand if field.kind else f"最多{field.max_length}个字"


def _check_character_fits(code: str) -> bool:
    """GB 32100-2015, 4.2. Stated here again because forms and law do not know each other."""
    total = sum(_USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return _USCC_SIGNS[-total % 31] == code[17]
