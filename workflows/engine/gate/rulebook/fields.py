"""The words of the rules: the fields of forms that the program reads."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

FIELDS: Mapping[str, Rule] = {
    "field-lost": Rule(
        "表单{what}中没有了{detail}。",
        "The form {what} has lost a field that is read: {detail}.",
        "请在该表单中恢复这一字段，字段标识不得改动；换成别的字段，程序读不到。",
        "Put the field back into the form under this key.",
    ),
    "field-weaker": Rule(
        "表单{what}的字段有改动，读取它的环节得不到应有的内容：{detail}。",
        "A field of the form {what} no longer gives its readers what they count on: {detail}.",
        "请恢复该字段原来的必填、类型、范围、选项、预填和显示条件；只改名称、说明、样例和位置不受影响。",
        "Give the field its demand, kind, bounds, choices, first value and condition back.",
    ),
}
