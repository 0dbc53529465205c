"""A required choice of which one value is left settles what depends on it."""

from collections.abc import Iterable, Iterator

import pytest

from tests.forms.shipped_forms import SHIPPED
from workflows import forms
from workflows.forms import feel
from workflows.forms.form import Part

FORM = SHIPPED["industry_cluster_application"]
ENTRY, YEARLY = {"round": ["entry"]}, {"round": ["yearly"]}


def test_what_never_applies_is_gone_and_what_always_does_is_required() -> None:
    entry, yearly = forms.settle(FORM, ENTRY), forms.settle(FORM, YEARLY)
    assert entry.find_field("self_score") is None
    assert yearly.find_field("requested_total") is None
    required = forms.json_schema(yearly, allowed=YEARLY)["required"]
    assert {"achieved", "new_firms", "self_score"} <= set(required)
    assert "allOf" not in forms.json_schema(yearly, allowed=YEARLY)


def test_the_arrangement_follows_the_fields() -> None:
    settled = forms.settle(FORM, YEARLY)
    inside = [part for part in _all(settled.parts) if isinstance(part, forms.Field)]
    assert [field.key for field in inside] == [field.key for field in settled.fields]
    assert all(any(field is other for other in settled.fields) for field in inside)
    assert not any(settled.applies_when(field) for field in inside)


def _all(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, forms.Group):
            yield from _all(part.parts)


def test_a_form_with_an_open_choice_is_itself() -> None:
    assert forms.settle(FORM, {}) is FORM


@pytest.mark.parametrize(
    ("text", "known", "left"),
    [
        ('a = "x"', {"a": "x"}, True),
        ('a != "x"', {"a": "x"}, False),
        ('a = "x" and b = "y"', {"a": "x"}, feel.parse('b = "y"')),
        ('a = "x" and b = "y"', {"a": "z"}, False),
        ('a = "x" or b = "y"', {"a": "x"}, True),
        ('a = "x" or b = "y"', {"a": "z", "b": "z"}, False),
        ('a = "x" and b = "y"', {"a": "x", "b": "y"}, True),
        ('a = "x" and b = "y" and c = "z"', {"a": "x"}, feel.parse('b = "y" and c = "z"')),
        ('a = "x"', {}, feel.parse('a = "x"')),
    ],
)
def test_what_is_left_of_a_condition(text: str, known: dict[str, object], left: object) -> None:
    assert feel.settle(feel.parse(text), known) == left
