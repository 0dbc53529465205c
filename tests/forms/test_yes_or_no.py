"""A yes or no that a rule reads: a radio on the page, a boolean everywhere else."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from werkzeug.datastructures import MultiDict

from server.web.showing.formdata import read_form
from tests.forms.made_up import EVERYTHING, FILLED, load
from tests.forms.shipped_forms import context
from tests.forms.test_pages import RENDER, browse
from workflows import forms

FIRST_TIME = EVERYTHING.find_field("first_time")
LABELS = {"true": "是", "false": "否"}


def asked(example: str | None = None, prefill: str | None = None) -> forms.Form:
    """A form with one required yes or no."""
    properties = {"kind": "boolean", "example": example, "prefill": prefill}
    radio = {
        "type": "radio",
        "id": "r",
        "key": "first_time",
        "label": "是否首次",
        "values": [{"label": label, "value": value} for value, label in LABELS.items()],
        "validate": {"required": True},
        "properties": {name: value for name, value in properties.items() if value},
    }
    return load(radio)


def example(form: forms.Form, **facts: Any) -> Any:
    return forms.json_schema(form, examples=context(**facts))["properties"]["first_time"]["examples"]


def test_its_schema_is_a_boolean_with_the_labels() -> None:
    assert forms.json_schema(EVERYTHING)["properties"]["first_time"] == {
        "title": "是否首次",
        "type": "boolean",
        "x-labels": LABELS,
    }


@pytest.mark.parametrize("value", [True, False])
def test_it_is_kept_as_it_was_sent(value: bool) -> None:
    data = FILLED | {"first_time": value, "agreed": False}
    assert forms.validate(EVERYTHING, data) == data


def test_it_is_not_answered_by_silence() -> None:
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(asked(), {})
    assert caught.value.errors == [forms.FieldError("first_time", "「是否首次」为必选项，请选择")]


def test_examples_are_booleans() -> None:
    assert example(asked()) == [True]
    assert example(asked("false")) == [False]
    assert example(asked("fact:checked else true")) == [True]
    assert example(asked("fact:checked else true"), checked=False) == [False]
    assert example(asked(prefill="fact:checked"), checked=False) == [False]


def test_it_starts_from_a_fact_only_if_that_is_a_boolean() -> None:
    form = asked(prefill="fact:checked")
    assert forms.prefill(form, {"checked": False}, {}) == {"first_time": False}
    assert forms.prefill(form, {"checked": "false"}, {}) == {}


def test_a_narrowed_one_leaves_one_answer() -> None:
    allowed = {"first_time": ["false"]}
    schema = forms.json_schema(asked(), examples=context(), allowed=allowed)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["first_time"]["enum"] == [False]
    assert schema["properties"]["first_time"]["examples"] == [False]
    with pytest.raises(forms.Invalid) as caught:
        forms.validate(asked(), {"first_time": True}, allowed=allowed)
    assert caught.value.errors == [forms.FieldError("first_time", "「是否首次」的选项无效，请从所列选项中选择")]


def test_a_browser_sends_words_and_a_condition_reads_the_answer() -> None:
    sent = {"name": "甲", "kind": "a", "earlier": "2024年"}
    assert read_form(EVERYTHING, MultiDict(sent | {"first_time": "false"}))["earlier"] == "2024年"
    answered = read_form(EVERYTHING, MultiDict(sent | {"first_time": "true"}))
    assert answered["first_time"] is True
    assert "earlier" not in answered
    assert "first_time" not in read_form(EVERYTHING, MultiDict(sent))
    assert read_form(EVERYTHING, MultiDict(sent | {"first_time": "maybe"}))["first_time"] == "maybe"


@pytest.mark.parametrize("value", [True, False])
def test_the_page_shows_the_answer_and_sends_it_back(value: bool) -> None:
    data = FILLED | {"first_time": value}
    page = browse(EVERYTHING, data)
    assert page.sent["first_time"] == str(value).lower()
    assert read_form(EVERYTHING, page.sent)["first_time"] is value
    assert '[name="first_time"][value="false"]:checked' in str(RENDER(EVERYTHING, data, []))
    assert "仅当「是否首次」选择「否」时填写" in page.text


@pytest.mark.parametrize("value", [True, False])
def test_a_finished_form_shows_a_no_like_a_yes(value: bool) -> None:
    page = browse(EVERYTHING, FILLED | {"first_time": value}, readonly=True)
    assert FIRST_TIME is not None
    assert FIRST_TIME.display(value) in page.text
    assert "是否首次" in page.text
