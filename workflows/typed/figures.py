"""Figures: 1,200,000.00, ￥1200000 and １２０００００ 元 are one amount; 120万 is refused and not reckoned."""

import re

from workflows.typed.signs import Unreadable, narrow

_LONGEST = 100
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([, ])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_BEFORE = {"元": re.compile(r"(?:人民币|rmb|cny|¥)\s*(?:¥\s*)?", re.IGNORECASE)}
_AFTER = {
    "元": re.compile(r"\s*(?:元整?|圆整?|人民币|rmb|cny)$", re.IGNORECASE),
    "吨": re.compile(r"\s*(?:吨|t)$", re.IGNORECASE),
    "分": re.compile(r"\s*分$"),
}
_MANY = re.compile(r"[0-9.]\s*([十百千万亿萬億仟佰拾]+|[wk](?![a-z]))", re.IGNORECASE)
_NUMERALS = re.compile("[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億元圆整角分点]+")
_FOREIGN = re.compile("美元|港元|港币|欧元|日元|英镑|usd|hkd|eur|[$€£]", re.IGNORECASE)


def plain(text: str, unit: str = "") -> str:
    """The figure in plain digits, as long as it is clear; any other text as it is, for the strict check of the asker.

    Its own `unit` (元, 吨, 分) may stand beside it. Raises Unreadable for what a person would have to be asked about.
    """
    given = " ".join(narrow(text).split()) if len(text) <= _LONGEST else text
    if len(given) > _LONGEST:
        return given
    _refuse_other_units(given, unit)
    if unit in _BEFORE and (match := _BEFORE[unit].match(given)):
        given = given[match.end() :]
    if unit in _AFTER:
        given = _AFTER[unit].sub("", given)
    if _GROUPED.fullmatch(given):
        return re.sub("[, ]", "", given)
    if re.search(r"[0-9]\s*,|,\s*[0-9]", given):
        raise Unreadable("中逗号的位置不合千分位，无法确定是多少，请去掉逗号后填写")
    if re.search(r"[0-9.]\s+[0-9.]", given):
        raise Unreadable("中间有空格，无法确定是一个还是几个数字，请核对后去掉空格")
    return given


def _refuse_other_units(given: str, unit: str) -> None:
    if match := _MANY.search(given):
        raise Unreadable(f"含有“{match[1]}”，请换算{f'为{unit}' if unit else ''}后只填数字")
    if given and _NUMERALS.fullmatch(given):
        raise Unreadable("请用阿拉伯数字填写")
    if unit == "元" and (match := _FOREIGN.search(given)):
        raise Unreadable(f"含有“{match[0]}”，只接受人民币，单位为元")
    if re.fullmatch(r"[0-9.,\s]+[%‰]", given):
        raise Unreadable("含有百分号，请按填写说明只填数字")
