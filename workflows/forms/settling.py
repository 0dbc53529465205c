"""A form as one case meets it: without the fields that it does not offer here, and a required choice of which one value
is left settles what depends on it.

So neither a client nor a page has to speak of conditions that have only one answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflows.forms import feel
from workflows.forms.form import Field, Form, Group, Part, Separator

Known = Mapping[str, object]


def settle(form: Form, allowed: Mapping[str, Sequence[str]]) -> Form:
    """The form without what can never apply and without conditions that always hold; itself when none is settled.

    A field without options for which nothing at all is allowed is not offered.
    """
    absent = not_offered(form, allowed)
    known = {
        field.key: choices[0].value
        for field in form.editable()
        if field.required and field.hide is None and field.type in ("radio", "select") and field.path not in absent
        if len(choices := field.choices(allowed)) == 1
    }
    if not known and not absent:
        return form
    offered = (field for field in form.fields if field.path not in absent)
    kept = {field: settled for field in offered if (settled := _field(field, known)) is not None}
    return replace(form, fields=tuple(kept.values()), parts=_parts(form.parts, kept, known))


def not_offered(form: Form, allowed: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The paths of the fields that one case does not ask for."""
    return frozenset(field.path for field in form.fields if not field.options and not allowed.get(field.path, (field,)))


def _field(field: Field, known: Known) -> Field | None:
    hide = feel.settle(field.hide, known) if field.hide is not None else False
    needed = feel.settle(field.required_when, known) if field.required_when is not None else False
    if hide is True:
        return None
    return replace(
        field,
        hide=None if isinstance(hide, bool) else hide,
        required=field.required or needed is True,
        required_when=None if isinstance(needed, bool) else needed,
    )


def _parts(parts: Sequence[Part], kept: Mapping[Field, Field], known: Known) -> tuple[Part, ...]:
    settled: list[Part] = []
    for part in parts:
        if isinstance(part, Separator):
            settled.append(part)
            continue
        if isinstance(part, Field):
            settled.extend([kept[part]] if part in kept else [])
            continue
        hide = feel.settle(part.hide, known) if part.hide is not None else False
        if hide is True:
            continue
        shown = replace(part, hide=None if isinstance(hide, bool) else hide)
        if isinstance(shown, Group):
            shown = replace(shown, parts=_parts(shown.parts, kept, known))
        settled.append(shown)
    return tuple(settled)
