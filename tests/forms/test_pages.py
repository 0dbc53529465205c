"""The HTML form: what it shows, and that what a browser sends back is what was shown."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

from server.web.showing.formdata import read_edit, read_form
from tests.forms.made_up import COMPONENTS, EVERYTHING, load
from tests.forms.shipped_forms import SHIPPED, context, example_data
from workflows import forms

TEMPLATES = Path(__file__).parents[2] / "server" / "templates"
JINJA = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
RENDER = JINJA.get_template("forms/form.html").module.render_form

APPLICATION = SHIPPED["retrofit_application"]
FORMALITY = SHIPPED["formality_check"]


class Browser(HTMLParser):
    """Collects what pressing a button would send, and the ids and references of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: MultiDict[str, str] = MultiDict()
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.buttons: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.textarea: str | None = None
        self.select: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in found}
        if tag not in ("input", "br", "hr"):
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.references.update(attributes.get("aria-describedby", "").split())
        self.references.update(attributes[key] for key in ("for", "aria-labelledby") if key in attributes)
        if attributes.get("href", "").startswith("#"):
            self.references.add(attributes["href"][1:])
        if tag == "button":
            self.buttons.append((attributes["name"], attributes["value"]))
        if tag == "input" and (attributes["type"] not in ("radio", "checkbox") or "checked" in attributes):
            self.sent.add(attributes["name"], attributes["value"])
        if tag == "textarea":
            self.textarea, self.text = attributes["name"], ""
        if tag == "select":
            self.select = attributes["name"]
            self.sent[self.select] = ""
        if tag == "option" and "selected" in attributes and self.select:
            self.sent[self.select] = attributes["value"]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "textarea" and self.textarea:
            # HTML drops the line break after the start tag; browsers send CR LF.
            self.sent.add(self.textarea, self.text.removeprefix("\n").replace("\n", "\r\n"))


def browse(form: forms.Form, data: dict[str, Any], errors: Any = (), **options: Any) -> Browser:
    browser = Browser()
    browser.feed(str(RENDER(form, data, errors, **options)))
    browser.close()
    assert browser.open == []
    assert len(set(browser.ids)) == len(browser.ids)
    assert browser.references <= set(browser.ids)
    return browser


def test_what_is_shown_is_what_is_sent_back(shipped: forms.Form) -> None:
    data = forms.validate(shipped, example_data(shipped, context()))
    assert forms.validate(shipped, read_form(shipped, browse(shipped, data).sent)) == data


def test_an_empty_form_sends_nothing_but_unticked_boxes(shipped: forms.Form) -> None:
    sent = read_form(shipped, browse(shipped, {}).sent)
    assert {key: value for key, value in sent.items() if value is not False} == {}


def test_markup_in_values_stays_text() -> None:
    data = {"explanation": '</textarea><script>alert(1)</script>\n\n  第二段 & "引号"'}
    browser = browse(SHIPPED["explanation"], data)
    assert read_form(SHIPPED["explanation"], browser.sent) == data
    assert "<script>" not in str(RENDER(SHIPPED["explanation"], data, [], readonly=True))


def test_errors_are_summed_up_and_tied_to_their_fields() -> None:
    data = {"decision": "correct", "correction_items": [{"document_code": "DOC_BANK"}, {"problem": "缺页"}]}
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(FORMALITY, data)
    page = str(RENDER(FORMALITY, data, caught.value.errors))
    browse(FORMALITY, data, caught.value.errors)
    assert '<a class="alert-link" href="#f-correction_items-0-problem">' in page
    assert "「需要补正的材料」第1行「存在的问题及补正要求」为必填项" in page
    assert 'aria-describedby="f-correction_items-1-document_code-error"' in page
    assert page.count('aria-invalid="true"') == 2
    assert "填报内容有2处需要修改" in page


def test_errors_of_use_cases_may_be_mappings_or_name_no_field() -> None:
    errors = [{"field": "", "message": "本批次已截止"}, {"field": "declared_amount", "message": "「申请金额」过大"}]
    page = str(RENDER(APPLICATION, {}, errors))
    assert "<li>本批次已截止</li>" in page
    assert 'href="#f-declared_amount"' in page


def test_data_of_another_shape_shows_as_empty() -> None:
    data = {"project_name": ["x"], "invoice_lines": "x", "other_public_funds": [1, None], "retrofit_category": 3}
    assert "project_name" not in read_form(APPLICATION, browse(APPLICATION, data).sent)


def test_money_is_right_aligned_with_its_unit() -> None:
    page = str(RENDER(APPLICATION, {"declared_investment": "3000000.00"}, []))
    field = page[page.index('id="f-declared_investment"') - 80 :][:600]
    assert "text-end" in field
    assert 'inputmode="decimal"' in field
    assert '<span class="input-group-text">元</span>' in field


def test_read_only_fields_are_text_not_inputs() -> None:
    shown = forms.prefill(APPLICATION, {}, context().enterprise)
    browser = browse(APPLICATION, shown)
    assert "applicant_name" not in browser.sent
    page = str(RENDER(APPLICATION, shown, []))
    assert "北京潞测绿能装备制造有限公司（虚构）" in page
    assert ">企业</div>" in page


def test_rows_are_added_and_removed_without_javascript() -> None:
    data = {"decision": "correct"}
    for _ in range(2):
        data = read_edit(FORMALITY, pressed(FORMALITY, data, "_add", "correction_items"))
    assert data == {"decision": "correct", "correction_items": [{}, {}, {}]}
    data["correction_items"][2] = {"document_code": "DOC_BANK", "problem": "缺页"}
    data = read_edit(FORMALITY, pressed(FORMALITY, data, "_remove", "correction_items:0"))
    assert data["correction_items"] == [{}, {"document_code": "DOC_BANK", "problem": "缺页"}]
    assert read_form(FORMALITY, browse(FORMALITY, data).sent) == {
        "decision": "correct",
        "correction_items": [{"document_code": "DOC_BANK", "problem": "缺页"}],
    }


def pressed(form: forms.Form, data: dict[str, Any], name: str, value: str) -> MultiDict[str, str]:
    browser = browse(form, data)
    assert (name, value) in browser.buttons
    browser.sent[name] = value
    return browser.sent


def test_enter_neither_adds_a_row_nor_completes() -> None:
    browser = browse(APPLICATION, {"project_name": "项目"})
    assert browser.buttons[0] == ("_keep", "1")
    browser.sent["_keep"] = "1"
    assert read_edit(APPLICATION, browser.sent) == {"project_name": "项目", "commitment": False}
    assert read_edit(APPLICATION, MultiDict({"project_name": "项目"})) is None


@pytest.mark.parametrize(
    "value", ["correction_items:9", "correction_items:x", "correction_items", "decision:0", "::", "²"]
)
def test_a_button_value_made_up_changes_nothing(value: str) -> None:
    sent = MultiDict({"_remove": value, "_add": value + "x", "correction_items-0-problem": "缺页"})
    assert read_edit(FORMALITY, sent) == {"correction_items": [{"problem": "缺页"}]}


def test_lists_are_bounded() -> None:
    sent = MultiDict({f"other_public_funds-{row}-policy_name": "政策" for row in range(5000)})
    assert len(read_form(APPLICATION, sent)["other_public_funds"]) == 31
    full = MultiDict(
        {f"other_public_funds-{row}-policy_name": "政策" for row in range(30)} | {"_add": "other_public_funds"}
    )
    assert len(read_edit(APPLICATION, full)["other_public_funds"]) == 30
    assert ("_add", "other_public_funds") not in browse(APPLICATION, read_form(APPLICATION, full)).buttons


def test_a_field_that_does_not_apply_is_dropped_on_the_page() -> None:
    sent = MultiDict({"decision": "accept", "reason": "曾经写过", "correction_items-0-problem": "曾经写过"})
    assert read_form(FORMALITY, sent) == {"decision": "accept"}


def test_conditional_fields_say_when_they_count_and_hide_by_style() -> None:
    page = str(RENDER(FORMALITY, {}, []))
    assert "仅当「审查结论」选择「一次性告知补正」时填写。" in page
    assert (
        '#form-formality_check:not(:has([name="decision"][value="correct"]:checked, '
        '[name="decision"] [value="correct"]:checked)) [data-part="correction_items"] { display: none; }'
    ) in page


def test_choices_are_narrowed_for_the_case() -> None:
    page = str(RENDER(SHIPPED["credit_check"], {}, [], allowed={"decision": ["veto"]}))
    assert 'value="veto"' in page
    assert not re.search(r'<input[^>]*value="clear"', page)


def test_a_finished_submission_is_a_definition_list() -> None:
    data = forms.validate(APPLICATION, example_data(APPLICATION, context()))
    page = str(RENDER(APPLICATION, data, [], readonly=True))
    assert "<input" not in page
    assert "<dt" in page
    assert "3,000,000.00 元" in page
    assert "节能改造" in page
    browse(APPLICATION, data, readonly=True)


LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=15)
MONEY = st.decimals("0.01", "1000000", places=2).map(str)
ROW = st.fixed_dictionaries({"item": LINE, "paid": st.booleans()}, optional={"sum": MONEY})
SUBMISSIONS = st.fixed_dictionaries(
    {"name": LINE, "kind": st.sampled_from("ab"), "agreed": st.booleans()},
    optional={
        "lines": st.lists(ROW, min_size=1, max_size=5),
        "note": st.lists(LINE, min_size=2, max_size=4).map("\n".join),
        "people": st.integers(0, 5000),
        "level": st.sampled_from("ab"),
        "tags": st.sampled_from([["a"], ["b"], ["a", "b"]]),
        "held_on": st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(str),
        "amount": MONEY,
    },
)


@settings(deadline=None)
@given(SUBMISSIONS)
def test_any_submission_survives_the_page(data: dict[str, Any]) -> None:
    if data["kind"] != "a":
        data.pop("amount", None)
    assert forms.validate(EVERYTHING, data) == data
    assert read_form(EVERYTHING, browse(EVERYTHING, data).sent) == data
    browse(EVERYTHING, data, readonly=True)


def test_groups_and_texts_hide_too() -> None:
    page = str(RENDER(EVERYTHING, {}, []))
    assert '[data-part="part-t"] { display: none; }' in page
    assert '[data-part="part-g"] { display: none; }' in page
    assert '<p class="text-secondary mb-1">第二段</p>' in page


def test_conditions_are_put_in_words() -> None:
    def words(condition: str) -> str:
        field = {"type": "textfield", "id": "x", "key": "x", "label": "附加", "conditional": {"hide": condition}}
        form = load(*COMPONENTS, field)
        return form.applies_when(form.find_field("x"))

    assert words('kind != "a"') == "「类别」选择「甲类」"
    assert words('kind = "a"') == "「类别」未选择「甲类」"
    assert words("agreed != true") == "勾选「同意」"
    assert words("agreed = true") == "未勾选「同意」"
    assert words("held_on = null") == "「日期」已填写"
    assert words("held_on != null") == "「日期」未填写"
    assert words('kind != "a" or agreed != true') == "「类别」选择「甲类」且勾选「同意」"
    assert words('kind != "a" and level != "b"') == "「类别」选择「甲类」或「级别」选择「乙类」"


def test_style_rules_for_joined_conditions() -> None:
    field = {"type": "textfield", "id": "x", "key": "x", "label": "附加"}
    hide = {"hide": 'agreed = true and (kind = "a" or kind = "b")'}
    page = str(RENDER(load(*COMPONENTS, field | {"conditional": hide}), {}, []))
    seen = ':has([name="kind"][value="{0}"]:checked, [name="kind"] [value="{0}"]:checked)'
    assert (
        f'#form-made_up:has([name="agreed"][value="true"]:checked):is({seen.format("a")}, {seen.format("b")})'
        ' [data-part="x"] { display: none; }'
    ) in page
    unseen = str(RENDER(load(*COMPONENTS, field | {"conditional": {"hide": "held_on = null"}}), {}, []))
    assert '[data-part="x"] {' not in unseen
