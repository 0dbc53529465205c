"""A group that stands for a shared part: what is in the part stands there, one level deep, and nothing twice."""

import json
from typing import Any

import pytest

from tests.forms.made_up import CHOICES, text
from tests.forms.shipped_forms import FOLDER, PARTS, SCHEMES, SHIPPED
from workflows import forms
from workflows.forms.differences import compare_forms
from workflows.forms.form import Group
from workflows.forms.refusals import PART_CLASH, PART_MISSING, PART_NESTED, PART_REFUSED, RULES, UNREADABLE

NAME: dict[str, Any] = {
    "type": "textfield", "id": "name", "key": "name", "label": "名称",
    "validate": {"required": True}, "properties": {"example": "样例"}, "layout": {"row": "r1", "columns": 8},
}  # fmt: skip
KIND: dict[str, Any] = {"type": "radio", "id": "kind", "key": "kind", "label": "类别", "values": CHOICES}
HINT: dict[str, Any] = {"type": "text", "id": "t", "text": "说明", "conditional": {"hide": '=kind = "b"'}}
FIELD: dict[str, Any] = {"type": "textfield", "id": "own", "key": "own", "label": "自有"}


def part(*components: dict[str, Any], **root: Any) -> bytes:
    return text(*components, **{"id": "who", **root})


def group(name: object = "who", **more: Any) -> dict[str, Any]:
    return {"type": "group", "id": "g", "label": "一、单位", "components": [], "properties": {"part": name}} | more


def renamed() -> list[dict[str, Any]]:
    """What the part `who` holds, as a form would that says it all itself."""
    return [each | {"id": f"g_{each['id']}"} for each in (NAME, KIND, HINT)]


WHO = {"who": part(NAME, KIND, HINT)}


MANY = {f"p{number}": part() for number in range(21)}


def refusal(form: bytes, parts: dict[str, bytes]) -> forms.FormRefused:
    with pytest.raises(forms.FormRefused) as caught:
        forms.load(form, parts)
    return caught.value


def test_a_form_with_a_part_is_the_form_that_says_it_all_itself() -> None:
    spelled = forms.load(text({"type": "group", "id": "g", "label": "一、单位", "components": renamed()}, FIELD))
    shared = forms.load(text(group(), FIELD), WHO)
    assert forms.json_schema(shared) == forms.json_schema(spelled)
    assert [repr(field) for field in shared.fields] == [repr(field) for field in spelled.fields]
    assert repr(shared.parts) == repr(spelled.parts)


def test_the_same_bytes_give_the_same_form_and_another_part_another() -> None:
    form = text(group(), FIELD)
    assert forms.load(form, WHO) is forms.load(form, {**WHO, "unused": part()})
    changed = {"who": part(NAME | {"label": "单位名称"})}
    assert forms.load(form, changed).fields[0].label == "单位名称"


def test_a_part_without_a_name_of_its_own_stands_among_what_is_around_it() -> None:
    bare = group(label="", conditional={"hide": '=own = "x"'})
    form = forms.load(text({"type": "group", "id": "o", "label": "外", "components": [bare]}, FIELD), WHO)
    assert isinstance(form.parts[0], Group)
    assert [type(each).__name__ for each in form.parts[0].parts] == ["Field", "Field", "Text"]
    assert form.fields[0].is_hidden({"own": "x"})


def test_a_form_may_ask_for_what_a_part_holds() -> None:
    form = forms.load(text(group(), FIELD | {"conditional": {"hide": '=kind != "a"'}}), WHO)
    assert form.find_field("own").is_hidden({"kind": "b"})


@pytest.mark.parametrize(
    ("form", "parts", "rule", "said"),
    [
        (text(group()), {}, PART_MISSING, "共用部分“who”不存在"),
        (text(group("../who")), WHO, PART_MISSING, "共用部分“../who”不存在"),
        (text(group(5)), WHO, PART_MISSING, "不存在"),
        (text(group(["who"])), WHO, PART_MISSING, "不存在"),
        (text(group(), group(id="h")), WHO, PART_CLASH, "已经用过"),
        (text(group(), NAME), WHO, PART_CLASH, "相同的字段标识“name”"),
        (text(group(), group("other", id="h")), {**WHO, "other": part(KIND, id="other")}, PART_CLASH, "“kind”"),
        (text(group(components=[FIELD])), WHO, UNREADABLE, "不能再有自己的组件"),
        (text(group(properties={"part": "who", "colour": "red"})), WHO, UNREADABLE, "colour"),
        (text(group()), {"who": b"{"}, PART_REFUSED, "共用部分“who”有误：表单文件不是有效的JSON"),
        (text(group()), {"who": part(NAME | {"label": ""})}, PART_REFUSED, "名称未填写"),
        (text(group()), {"who": part(group())}, PART_REFUSED, "共用部分中不能再引用共用部分"),
        (text(group()), {"who": part(NAME, id="decision", properties={"prefill": "facts"})}, PART_REFUSED, "prefill"),
        (text(*(group(each, id=f"g{each[1:]}") for each in MANY)), MANY, UNREADABLE, "至多引用20个"),
        (text(group(), {**FIELD, "id": "g_name"}), WHO, UNREADABLE, "重复"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_in_place_is_refused_at_its_group(
    form: bytes, parts: dict[str, bytes], rule: object, said: str
) -> None:
    refused = refusal(form, parts)
    assert refused.rule is rule
    assert said in refused.message_zh
    assert refused.place.id in ("g", "h", "g20", "g_name")


def test_a_part_is_judged_by_itself_as_far_as_it_can_be() -> None:
    with pytest.raises(forms.FormRefused) as caught:
        forms.load_part(part(group()))
    assert (caught.value.rule, caught.value.place.id) == (PART_NESTED, "g")
    with pytest.raises(forms.FormRefused, match="no fitting example"):
        forms.load_part(part(NAME | {"properties": {}}))
    # What is made from a field of the form is judged where the part is used, and said of its group.
    share = NAME | {"properties": {"kind": "money", "example": "share:total:0.5"}}
    assert forms.load_part(part(share)).fields
    total = FIELD | {"id": "total", "key": "total", "properties": {"kind": "money", "example": "100.00"}}
    assert forms.load(text(group(), total), {"who": part(share)}).fields
    refused = refusal(text(group(), FIELD), {"who": part(share)})
    assert refused.place.id == "g" and "name" in refused.message_zh


def test_every_rule_says_how_it_is_mended_in_both_languages() -> None:
    for rule in RULES:
        assert rule.mend_zh.endswith("。") and rule.mend_en.endswith(".") and rule.mend_en.isascii()


def test_what_clients_render_themselves_has_the_parts_in_it() -> None:
    schema = forms.schema_of(text(group(), FIELD), WHO)
    assert [each["id"] for each in schema["components"][0]["components"]] == ["g_name", "g_kind", "g_t"]
    assert schema["components"][0]["components"][0]["layout"] == {"row": "g_r1", "columns": 8}
    assert forms.schema_of(text(FIELD), WHO) == json.loads(text(FIELD))


def test_every_application_asks_for_the_same_of_the_applicant() -> None:
    for scheme in SCHEMES:
        text = (FOLDER / f"{scheme}_application.form").read_bytes()
        assert set(forms.parts_named(text)) >= {"applicant", "other_funds", "commitment"}
        assert SHIPPED[f"{scheme}_application"].prefills


def test_every_shipped_part_is_used_more_than_once() -> None:
    named = [name for path in FOLDER.glob("*.form") for name in forms.parts_named(path.read_bytes())]
    assert set(named) == set(PARTS)
    assert all(named.count(name) > 1 for name in PARTS)
    for name, content in PARTS.items():
        assert forms.load_part(content).key == name


def test_a_change_of_a_part_is_no_change_of_the_forms_that_hold_it() -> None:
    form, changed = text(group(), FIELD), {"who": part(NAME | {"label": "单位名称"}, KIND, HINT)}
    assert not compare_forms(form, form, WHO, changed)
    assert [each.id for each in compare_forms(WHO["who"], changed["who"]).changed] == ["name"]


def test_what_moved_into_a_part_is_still_there() -> None:
    spelled = text({"type": "group", "id": "g", "label": "一、单位", "components": renamed()}, FIELD)
    found = compare_forms(spelled, text(group(), FIELD), {}, WHO)
    assert not (found.added or found.removed or found.moved)
    [only] = found.changed
    assert [(each.label, each.old, each.new) for each in only.fields] == [("共用部分", None, "who")]
    broken = compare_forms(spelled, text(group(), FIELD), {}, {"who": b"{"})
    assert {each.id for each in broken.removed} == {"name", "kind", "#g_t"}
