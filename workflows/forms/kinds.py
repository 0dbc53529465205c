"""What a text field of a form may be besides free text: money, tonnes, a score, a credit code …

form-js has no decimal type that keeps cents (its numbers are binary floats), so a field whose property `kind` is set
travels as a string: a pattern in the schema, bounds checked as Decimal. Amounts are never negative.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`pattern` is ECMA-262 and valid for `re`; `demand` completes 「字段」…; `unit` is printed behind the field."""

    code: str
    pattern: str
    max_length: int
    demand: str
    unit: str = ""
    is_decimal: bool = False


_NUMERALS = "零一两三四五六"


def _decimal(code: str, noun: str, whole: int, decimals: int, unit: str) -> Kind:
    fraction = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""
    limit = f"最多{_NUMERALS[decimals]}位小数" if decimals else "不带小数"
    return Kind(
        code=code,
        pattern=rf"^(0|[1-9][0-9]{{0,{whole - 1}}}){fraction}$",
        max_length=whole + (decimals + 1 if decimals else 0),
        demand=f"须为{noun}，{limit}",
        unit=unit,
        is_decimal=True,
    )


MONEY = _decimal("money", "金额", 12, 2, "元")
TONNES = _decimal("tonnes", "吨数", 14, 2, "吨")
SCORE = _decimal("score", "分数", 3, 2, "分")
USCC = Kind(
    "uscc", "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$", 18, "须为18位统一社会信用代码，请核对有无错漏"
)
YEAR = Kind("year", "^20[0-9]{2}$", 4, "须为四位年份，如2026")
MOBILE = Kind("mobile", "^1[0-9]{10}$", 11, "须为11位手机号码")
EMAIL = Kind(
    "email", r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}$", 100, "须为有效的电子邮箱"
)
NAMES = Kind("names", "^[^、，,]{1,30}([、，,][^、，,]{1,30}){1,19}$", 400, "须填写两人以上姓名，用顿号分隔")

_FIXED = {kind.code: kind for kind in (MONEY, TONNES, SCORE, USCC, YEAR, MOBILE, EMAIL, NAMES)}
CODES = frozenset(_FIXED) | {"decimal", "digits"}


def kind_of(code: str, *, decimals: int = 2, shortest: int = 1, longest: int = 20) -> Kind:
    """The kind named `code`.

    `decimals` (0–6) belongs to `decimal`, a plain non-negative figure; `shortest` and `longest` to `digits`, a number
    that is a name (an account, a bank code) and keeps its leading zeros. Raises KeyError for an unknown code.
    """
    if code == "decimal":
        return _decimal("decimal", "数字", 12, decimals, "")
    if code == "digits":
        size = f"{shortest}" if shortest == longest else f"{shortest}至{longest}"
        return Kind("digits", f"^[0-9]{{{shortest},{longest}}}$", longest, f"须为{size}位数字")
    return _FIXED[code]
