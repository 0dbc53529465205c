"""A form that this program would not honour is refused when it is loaded, by name and place."""

from typing import Any

import pytest

from tests.forms.made_up import CHOICES, COMPONENTS, EVERYTHING, load, text
from workflows import forms

FIELD: dict[str, Any] = {"type": "textfield", "id": "f", "key": "name", "label": "名称"}
REQUIRED = FIELD | {"validate": {"required": True, "maxLength": 4}}
RADIO: dict[str, Any] = {"type": "radio", "id": "r", "key": "kind", "label": "类别", "values": CHOICES}
YES_OR_NO: dict[str, Any] = next(part for part in COMPONENTS if part.get("key") == "first_time")
LIST: dict[str, Any] = next(part for part in COMPONENTS if part["type"] == "dynamiclist")


def test_reading_order_and_arrangement() -> None:
    assert [field.key for field in EVERYTHING.fields][:3] == ["name", "note", "people"]
    assert EVERYTHING.title == "样表"
    assert [field.path for field in EVERYTHING.find_field("lines").fields] == ["lines.item", "lines.sum", "lines.paid"]
    assert EVERYTHING.find_field("amount").is_hidden({"kind": "b"})
    assert EVERYTHING.decisions == ()


def test_the_same_bytes_give_the_same_form() -> None:
    assert load(FIELD) is load(FIELD)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        ({"type": "filepicker", "id": "x", "key": "x", "label": "x"}, "type 'filepicker' is not supported"),
        ({"type": "html", "id": "x", "content": "<b>"}, "type 'html' is not supported"),
        ({"type": "expression", "id": "x", "key": "x", "expression": "=1"}, "type 'expression' is not supported"),
        ({"type": ["textfield"]}, "is not supported"),
        ("text", "must be an object"),
        (FIELD | {"defaultValue": "x"}, "not supported: defaultValue"),
        (FIELD | {"valuesExpression": "=x"}, "not supported: valuesExpression"),
        (FIELD | {"disabled": True}, "use readonly"),
        (FIELD | {"readonly": "=a = 1"}, "readonly must be true or false"),
        (FIELD | {"label": "=name"}, "not an expression"),
        (FIELD | {"description": "{{name}}"}, "not an expression"),
        (FIELD | {"label": ""}, "label must be a text"),
        (FIELD | {"key": "Name"}, "lower-case letters"),
        (FIELD | {"key": "_add"}, "lower-case letters"),
        (FIELD | {"key": "a.b"}, "lower-case letters"),
        (FIELD | {"validate": {"min": 1}}, "validate: not supported: min"),
        (FIELD | {"validate": {"required": "yes"}}, "required must be true or false"),
        (FIELD | {"validate": {"maxLength": 10**6}}, "whole number up to 1000"),
        (FIELD | {"validate": {"minLength": 9, "maxLength": 8}}, "minLength is above maxLength"),
        (FIELD | {"validate": {"pattern": "[a-z]+"}}, "starts with ^"),
        (FIELD | {"validate": {"pattern": "^(a+)+$"}}, "can take for ever"),
        (FIELD | {"validate": {"pattern": "^(a|a)*$"}}, "can take for ever"),
        (FIELD | {"validate": {"pattern": "^((a{2,})b)*$"}}, "can take for ever"),
        (FIELD | {"validate": {"pattern": "^(?=a)b$"}}, "no look-around"),
        (FIELD | {"validate": {"pattern": "^(a)\\1$"}}, "back-reference"),
        (FIELD | {"validate": {"pattern": "^($"}}, "pattern"),
        (FIELD | {"properties": {"kind": "poetry"}}, "kind 'poetry' is unknown"),
        (FIELD | {"properties": {"kind": 5}}, "map names to texts"),
        (FIELD | {"properties": {"colour": "red"}}, "not supported: colour"),
        (FIELD | {"properties": {"min": "1"}}, "needs a kind"),
        (FIELD | {"properties": {"kind": "uscc", "min": "1"}}, "need a decimal kind"),
        (FIELD | {"properties": {"kind": "money", "min": "x"}}, "decimal numbers as text"),
        (FIELD | {"properties": {"kind": "money", "min": "NaN"}}, "finite"),
        (FIELD | {"properties": {"kind": "money", "min": "2", "max": "1"}}, "min is above max"),
        (FIELD | {"properties": {"kind": "money", "decimals": "3"}}, "only the kind decimal"),
        (FIELD | {"properties": {"kind": "money"}, "validate": {"pattern": "^x$"}}, "a kind has none of its own"),
        (FIELD | {"conditional": {"hide": '=name = "x"'}}, "not another field"),
        (FIELD | {"conditional": {"hide": '=missing = "x"'}}, "reads 'missing'"),
        (FIELD | {"conditional": {"hide": '=kind = "z"'}}, "kind has no choice 'z'"),
        (FIELD | {"conditional": {"hide": "=count(kind) > 1"}}, "condition"),
        (FIELD | {"conditional": {"show": '=kind = "a"'}}, "one entry, hide"),
        (FIELD | {"properties": {"required_when": "kind = a"}}, "a literal is expected"),
        (FIELD | {"layout": {"columns": 17}}, "between 1 and 16"),
        (RADIO | {"id": "d", "key": "decision"}, "required radio"),
        (RADIO | {"id": "d", "values": []}, "list of choices"),
        (
            RADIO | {"id": "d", "values": [{"label": "甲", "value": 'a"]'}]},
            "letters, Chinese characters, digits and _ only",
        ),
        (RADIO | {"id": "d", "values": [{"label": "甲", "value": "绿色 工厂"}]}, "letters, Chinese characters"),
        (RADIO | {"id": "d", "key": "d", "properties": {"kind": "money"}}, "kind of a radio can only be boolean"),
        (RADIO | {"id": "d", "key": "d", "properties": {"kind": "boolean"}}, "choices of a boolean are true and false"),
        (FIELD | {"properties": {"kind": "boolean"}}, "kind 'boolean' is unknown"),
        (YES_OR_NO | {"type": "select"}, "not supported: kind"),
        (RADIO | {"id": "d", "values": CHOICES + CHOICES[:1]}, "listed twice"),
        (RADIO | {"key": "other", "id": "o", "valuesKey": "x"}, "not supported: valuesKey"),
        (FIELD | {"id": ""}, "id must be a text"),
        (REQUIRED, "no fitting example for the required name"),
        (REQUIRED | {"properties": {"example": "太长的样例"}}, "no fitting example for the required name"),
        (REQUIRED | {"properties": {"example": "digits:many"}}, "source of an example cannot be read"),
        (REQUIRED | {"properties": {"example": "share:name:half"}}, "source of an example cannot be read"),
        (REQUIRED | {"properties": {"example": "fact:name"}}, "source of an example cannot be read"),
        (
            REQUIRED | {"properties": {"example": "ab"}, "validate": {"required": True, "pattern": "^[0-9]+$"}},
            "the example of name does not fit",
        ),
        (LIST | {"properties": {"min_items": "1"}}, "no fitting example for the required lines"),
        (
            {"type": "number", "id": "n", "key": "n", "label": "数", "validate": {"required": True}}
            | {"properties": {"example": "many"}},
            "no fitting example for the required n",
        ),
        ({"type": "number", "id": "n", "key": "n", "label": "数", "decimalDigits": 2}, "numbers are whole"),
        ({"type": "number", "id": "n", "key": "n", "label": "数", "validate": {"min": 0.5}}, "whole numbers"),
        ({"type": "datetime", "id": "d", "key": "d", "subtype": "time", "dateLabel": "时"}, "only dates"),
        ({"type": "text", "id": "r", "text": "x"}, "used once"),
        (LIST | {"allowAddRemove": False}, "isRepeating and allowAddRemove"),
        (LIST | {"properties": {"max_items": "9999"}}, "whole number up to 500"),
        (LIST | {"properties": {"min_items": "3", "max_items": "2"}}, "min_items is above"),
        (LIST | {"components": []}, "has columns"),
        (LIST | {"components": [LIST]}, "inside a list"),
        (LIST | {"components": [FIELD | {"conditional": {"hide": '=kind = "a"'}}]}, "inside a list"),
        (LIST | {"components": [FIELD, FIELD | {"id": "g"}]}, "key used twice: name"),
    ],
)
def test_refused(component: Any, message: str) -> None:
    with pytest.raises(forms.FormRefused) as caught:
        load(RADIO, component)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not readable as JSON"),
        (b"\xff\xfe", "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b"[]", "not a form-js schema"),
        (b" " * 600_000, "larger than"),
        (text(FIELD, id="Made up"), "lower-case letters"),
        (text(FIELD, script="x"), "not supported: script"),
        (text(FIELD, properties={"prefill": "everything"}), 'can only be "facts"'),
        (text(FIELD, FIELD | {"id": "g"}), "key used twice: name"),
        (text(*[FIELD | {"key": f"k{number}", "id": f"k{number}"} for number in range(301)]), "more than 300"),
    ],
)
def test_a_file_that_is_no_form(content: bytes, message: str) -> None:
    with pytest.raises(forms.FormRefused, match=message):
        forms.load(content)


def test_a_harmless_pattern_is_kept() -> None:
    form = load(FIELD | {"validate": {"pattern": "^[A-Z(+*]{2}(京|津)?[0-9]+$"}})
    assert form.fields[0].pattern == "^[A-Z(+*]{2}(京|津)?[0-9]+$"
    assert form.fields[0].max_length == 200


def test_a_condition_on_a_yes_or_no_compares_with_true_or_false() -> None:
    form = load(YES_OR_NO, FIELD | {"conditional": {"hide": "=first_time != true"}})
    assert not form.fields[1].is_hidden({"first_time": True})
    with pytest.raises(forms.FormRefused, match="first_time has no choice 'true'"):
        load(YES_OR_NO, FIELD | {"conditional": {"hide": '=first_time != "true"'}})


def test_a_choice_may_be_a_name_of_the_law() -> None:
    form = load(RADIO | {"values": [{"label": "绿色工厂", "value": "绿色工厂"}]})
    assert form.fields[0].options == (forms.Option("绿色工厂", "绿色工厂"),)
