"""A form filled by its own examples, as far as somebody does not say otherwise: for demonstration data."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.forms.examples import ExampleContext, Examples
from workflows.forms.form import Form
from workflows.forms.settling import settle


def fill(
    form: Form, context: ExampleContext, allowed: Mapping[str, Sequence[str]], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The given values, the examples of what they require, and nothing that they hide."""
    form = settle(form, allowed)
    shown = Examples(form, context, allowed)
    data = {field.key: first[0] for field in shown.first_submission if (first := shown.of(field))} | dict(given)
    for field in form.editable():
        if field.is_hidden(data):
            data.pop(field.key, None)
        elif field.is_required(data) and field.key not in data and (first := shown.of(field)):
            data[field.key] = first[0]
    return data
