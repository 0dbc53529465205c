"""Forms: form-js schemas as the only source of what people fill in, how it is checked and how the API documents it.

Knows no Flask, no storage and no process; checks across fields that need the law belong to the use cases.
"""

from workflows.forms.errors import FieldError, Invalid
from workflows.forms.examples import ExampleContext, prefill
from workflows.forms.filling import fill
from workflows.forms.form import DECISION, Field, Form, Group, Option, Separator, Text
from workflows.forms.json_schema import Allowed, json_schema
from workflows.forms.loading import load, load_all, load_part, read, read_part, schema_of
from workflows.forms.refusals import FormRefused
from workflows.forms.settling import settle
from workflows.forms.shared_parts import is_form, is_part, parts_among, parts_named, path_of_part
from workflows.forms.soundness import read_harmless
from workflows.forms.validation import validate

__all__ = [
    "DECISION",
    "Allowed",
    "ExampleContext",
    "Field",
    "FieldError",
    "Form",
    "FormRefused",
    "Group",
    "Invalid",
    "Option",
    "Separator",
    "Text",
    "fill",
    "is_form",
    "is_part",
    "json_schema",
    "load",
    "load_all",
    "load_part",
    "parts_among",
    "parts_named",
    "path_of_part",
    "prefill",
    "read",
    "read_harmless",
    "read_part",
    "schema_of",
    "settle",
    "validate",
]
