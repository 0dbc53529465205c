"""Two versions of a form: fields added, removed, changed and moved, and that nothing changes unseen."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from server.settings import CHECKOUT
from tests.forms.shipped_forms import PARTS
from workflows import forms
from workflows.forms.differences import FORM, FormDifference, NotComparable, compare_forms

REVIEW = json.loads((CHECKOUT / "bpmn/forms/retrofit_review.form").read_bytes())
APPLICATION = forms.schema_of((CHECKOUT / "bpmn/forms/retrofit_application.form").read_bytes(), PARTS)
Schema = dict[str, Any]


def stored(schema: object) -> bytes:
    return json.dumps(schema).encode()


def edited(change: Callable[[Schema], object], schema: Schema = REVIEW) -> FormDifference:
    new = copy.deepcopy(schema)
    change(new)
    return compare_forms(stored(schema), stored(new))


def field(schema: Schema, key: str) -> Schema:
    return next(each for each in _components(schema) if each.get("key") == key or each.get("path") == key)


def _components(schema: Schema) -> Iterator[Schema]:
    for each in schema.get("components", ()):
        yield each
        yield from _components(each)


def said(difference: FormDifference) -> dict[str, dict[str, tuple[str | None, str | None]]]:
    return {each.id: {item.label: (item.old, item.new) for item in each.fields} for each in difference.changed}


def test_the_same_form_differs_in_nothing() -> None:
    assert not compare_forms(stored(REVIEW), json.dumps(REVIEW, indent=7, sort_keys=True).encode())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda f: f.update(label="要点三"), {"名称": ("三、建设周期在申报通知规定的年限内", "要点三")}),
        (lambda f: f["validate"].update(required=False), {"必填": ("是", "否")}),
        (lambda f: f.update(conditional={"hide": '=decision = "pass"'}), {"隐藏条件": (None, '=decision = "pass"')}),
        (lambda f: f["properties"].update(name="三"), {"简称": ("审核要点三", "三")}),
        (lambda f: f["values"][0].update(label="达到"), {"选项“met”": ("符合", "达到")}),
        (lambda f: f["values"].append({"value": "n_a", "label": "不适用"}), {"选项“n_a”": (None, "不适用")}),
        (lambda f: f["values"].reverse(), {"选项顺序": ("met、not_met", "not_met、met")}),
        (lambda f: f.update(type="select"), {"类型": ("单选", "下拉选择")}),
        (lambda f: f.update(odd={"deep": [1]}), {"其他属性“odd.deep”": (None, "[1]")}),
    ],
)
def test_a_change_says_its_attribute_and_both_values(
    change: Callable[[Schema], object], expected: dict[str, tuple[str | None, str | None]]
) -> None:
    difference = edited(lambda schema: change(field(schema, "a3_3")))
    assert said(difference) == {"a3_3": expected}
    assert not (difference.added or difference.removed or difference.moved)


def test_the_forms_own_title_is_a_change_of_the_form() -> None:
    difference = edited(lambda schema: schema["properties"].update(title="初审"))
    assert set(said(difference)) == {FORM}
    assert set(said(difference)[FORM]) == {"标题"}


def test_a_field_with_another_key_is_another_field() -> None:
    difference = edited(lambda schema: field(schema, "a3_3").update(key="a3_9"))
    assert [each.id for each in difference.added] == ["a3_9"]
    assert [each.id for each in difference.removed] == ["a3_3"]
    assert {item.label for item in difference.added[0].fields} >= {"必填", "选项“met”"}


def test_columns_of_a_list_go_by_their_list() -> None:
    lists = [each for each in _components(APPLICATION) if each["type"] == "dynamiclist"]
    column = lists[0]["components"][0]
    path = f"{lists[0]['path']}.{column['key']}"
    difference = edited(lambda schema: field(schema, lists[0]["path"])["components"].pop(0), APPLICATION)
    assert [each.id for each in difference.removed] == [path]
    assert difference.removed[0].place.endswith(lists[0]["label"])


def test_what_changes_places_has_moved() -> None:
    group = next(each for each in REVIEW["components"] if each["type"] == "group" and len(each["components"]) > 3)

    def to_the_end(schema: Schema) -> None:
        components = next(each for each in schema["components"] if each.get("id") == group["id"])["components"]
        components.append(components.pop(0))

    difference = edited(to_the_end)
    assert len(difference.moved) == 1
    assert not (difference.changed or difference.added or difference.removed)


def test_what_stands_in_another_group_or_row_has_moved() -> None:
    def out_of_its_group(schema: Schema) -> None:
        group = next(each for each in schema["components"] if each["type"] == "group")
        schema["components"].append(group["components"].pop())

    assert len(edited(out_of_its_group).moved) == 1
    narrow = edited(lambda schema: field(schema, "a3_3")["layout"].update(columns=8))
    assert [each.id for each in narrow.moved] == ["a3_3"]


def test_ids_of_rows_are_the_editors_own() -> None:
    def renamed(schema: Schema) -> None:
        for each in _components(schema):
            each["layout"]["row"] = f"Row_{each['layout']['row']}"

    assert not edited(renamed)


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every single value stands."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in items:
        if isinstance(value, dict | list):
            yield from _places(value, (*path, name))
        elif path[-1:] != ("layout",) or name != "row":
            yield (*path, name)


def test_no_value_changes_unseen() -> None:
    for schema in (REVIEW, APPLICATION):
        for *path, name in list(_places(schema)):
            new = copy.deepcopy(schema)
            node = new
            for step in path:
                node = node[step]
            was, node[name] = node[name], f"{node[name]}x"
            assert compare_forms(stored(schema), stored(new)), (*path, name)
            del node[name]
            assert was is None or compare_forms(stored(schema), stored(new)), (*path, name)


def test_a_form_that_did_not_exist_is_added_whole() -> None:
    assert FORM in {each.id for each in compare_forms(None, stored(REVIEW)).added}
    assert not compare_forms(stored(REVIEW), None).added


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"[" * 100_000])
def test_what_is_no_form_is_refused_by_name(text: bytes) -> None:
    with pytest.raises(NotComparable):
        compare_forms(stored(REVIEW), text)
