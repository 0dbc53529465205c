"""A form with every component, for what the shipped ones do not show."""

import json
from typing import Any

from workflows import forms

CHOICES = [{"label": "甲类", "value": "a"}, {"label": "乙类", "value": "b"}]

COMPONENTS: list[dict[str, Any]] = [
    {"type": "text", "id": "t", "text": "第一段\n\n第二段", "conditional": {"hide": '=kind = "b"'}},
    {
        "type": "textfield",
        "id": "c1",
        "key": "name",
        "label": "名称",
        "validate": {"required": True, "maxLength": 20},
        "properties": {"example": "样例"},
    },
    {"type": "textarea", "id": "c2", "key": "note", "label": "说明", "validate": {"minLength": 2, "maxLength": 200}},
    {"type": "number", "id": "c3", "key": "people", "label": "人数", "validate": {"min": 0, "max": 5000}},
    {"type": "checkbox", "id": "c4", "key": "agreed", "label": "同意"},
    {"type": "radio", "id": "c5", "key": "kind", "label": "类别", "values": CHOICES, "validate": {"required": True}},
    {"type": "select", "id": "c6", "key": "level", "label": "级别", "values": CHOICES},
    {"type": "checklist", "id": "c7", "key": "tags", "label": "标签", "values": CHOICES},
    {"type": "datetime", "id": "c8", "key": "held_on", "subtype": "date", "dateLabel": "日期"},
    {
        "type": "radio",
        "id": "c13",
        "key": "first_time",
        "label": "是否首次",
        "values": [{"label": "是", "value": "true"}, {"label": "否", "value": "false"}],
        "properties": {"kind": "boolean"},
    },
    {
        "type": "textfield",
        "id": "c14",
        "key": "earlier",
        "label": "上一次",
        "conditional": {"hide": "=first_time != false"},
    },
    {"type": "separator", "id": "s"},
    {
        "type": "group",
        "id": "g",
        "label": "金额",
        "conditional": {"hide": '=kind != "a"'},
        "components": [
            {
                "type": "textfield",
                "id": "c9",
                "key": "amount",
                "label": "金额",
                "properties": {"kind": "money", "min": "0.01", "max": "1000000"},
            },
            {"type": "textfield", "id": "c10", "key": "code", "label": "信用代码", "properties": {"kind": "uscc"}},
        ],
    },
    {
        "type": "textfield",
        "id": "c11",
        "key": "plate",
        "label": "编号",
        "validate": {"pattern": "^[A-Z]{2}-[0-9]+$", "patternErrorMessage": "须形如AB-12"},
    },
    {
        "type": "dynamiclist",
        "id": "l",
        "path": "lines",
        "label": "明细",
        "isRepeating": True,
        "allowAddRemove": True,
        "properties": {"max_items": "5"},
        "components": [
            {"type": "textfield", "id": "l1", "key": "item", "label": "项目", "validate": {"required": True}},
            {"type": "textfield", "id": "l2", "key": "sum", "label": "金额", "properties": {"kind": "money"}},
            {"type": "checkbox", "id": "l3", "key": "paid", "label": "已付"},
        ],
    },
    {"type": "textfield", "id": "c12", "key": "shown", "label": "只读", "readonly": True},
]


def load(*components: dict[str, Any], **root: Any) -> forms.Form:
    """A form of these components."""
    return forms.load(text(*components, **root))


def text(*components: dict[str, Any], **root: Any) -> bytes:
    return json.dumps({"type": "default", "id": "made_up", "components": list(components)} | root).encode()


EVERYTHING = load(*COMPONENTS, properties={"title": "样表"})
FILLED = {"name": "甲", "kind": "a"}
