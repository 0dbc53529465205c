"""The schema of an answer is made from the shape that the type checker holds the use case to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NotRequired, TypedDict

from jsonschema import Draft202012Validator

from server.api.openapi import document
from server.api.shape import all_of, of
from workflows.batches.publicity import NoticeShown
from workflows.batches.rounds import BatchShown, ListRowShown
from workflows.casework.shapes import CaseDetail, CaseRow, TaskDetail, TaskRow
from workflows.policy.shapes import ParameterListed
from workflows.workshop.drafts import DraftShown


class Firm(TypedDict):
    """What stands in another shape."""

    uscc: str


class Named(TypedDict):
    """What another shape extends."""

    id: int
    title: str


class Shape(Named):
    """One of each kind."""

    open: bool
    state: Literal["open", "done"]
    due_on: str | None
    firm: Firm
    matter: Firm | None
    texts: list[str]
    firms: list[Firm]
    counts: dict[str, int]
    data: Mapping[str, Any]
    form: object
    by: NotRequired[str]


FIRM = {"type": "object", "properties": {"uscc": {"type": "string"}}, "required": ["uscc"]}


def test_every_kind_has_its_schema() -> None:
    assert of(Shape)["properties"] == {
        "id": {"type": "integer"},
        "title": {"type": "string"},
        "open": {"type": "boolean"},
        "state": {"enum": ["open", "done"]},
        "due_on": {"type": ["string", "null"]},
        "firm": FIRM,
        "matter": {"anyOf": [FIRM, {"type": "null"}]},
        "texts": {"type": "array", "items": {"type": "string"}},
        "firms": {"type": "array", "items": FIRM},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "data": {"type": "object"},
        "form": {},
        "by": {"type": "string"},
    }


def test_what_may_be_left_out_is_not_required() -> None:
    # Also in a module, as this one is, whose annotations are texts until somebody asks.
    assert of(Shape)["required"] == [name for name in of(Shape)["properties"] if name != "by"]


def test_a_missing_and_a_mistyped_key_are_seen() -> None:
    judge = Draft202012Validator(all_of(Named))
    assert judge.is_valid({"items": [{"id": 1, "title": "甲", "more": None}], "next": None})
    for wrong in ({"id": 1}, {"id": "1", "title": "甲"}, {"id": True, "title": "甲"}, {"id": 1, "title": None}):
        assert not judge.is_valid({"items": [wrong], "next": None}), wrong


def properties(method: str, path: str, *inside: str) -> set[str]:
    """The names that the description of a call promises of its answer, or of what is in it."""
    responses = document()["paths"][path][method]["responses"]
    [success] = [each for status, each in responses.items() if status.startswith("2")]
    schema = success["content"]["application/json"]["schema"]
    for name in inside:
        schema = schema["properties"][name]
        schema = schema.get("items", schema)
    return set(schema["properties"])


def shown() -> Iterator[tuple[set[str], type]]:
    """What calls promise, and the shape that they answer."""
    yield properties("get", "/cases", "items"), CaseRow
    yield properties("get", "/cases/{reference}"), CaseDetail
    yield properties("get", "/tasks", "items"), TaskRow
    yield properties("get", "/tasks/{task}"), TaskDetail
    yield properties("get", "/batches", "items"), BatchShown
    yield properties("get", "/batches/{batch}", "list"), ListRowShown
    yield properties("get", "/public/notices/{notice}"), NoticeShown
    yield properties("get", "/parameters", "items"), ParameterListed
    yield properties("get", "/definitions/{key}/drafts/{draft_id}"), DraftShown


def test_the_description_names_every_key_of_what_crosses_rooms() -> None:
    for promised, shape in shown():
        assert promised == set(shape.__annotations__), shape


# What contract.md promises of these answers by name.
CASE = (
    *("reference", "status", "reason", "scheme", "enterprise", "batch", "matter", "definition", "computed_amount"),
    *("item_amount", "precap_amount", "final_amount", "paid_amount", "open_tasks", "waiting_for"),
)
TASK = ("id", "case", "name", "element_id", "role", "assignee", "due_on", "status", "version", "form")


def test_what_the_contract_names_is_promised() -> None:
    assert properties("get", "/cases", "items") >= set(CASE)
    assert properties("get", "/cases", "items", "open_tasks") >= {
        *("id", "element_id", "name", "role", "assignee", "due_on")
    }
    assert properties("get", "/cases/{reference}", "waiting_for") >= {"element_id", "name", "kind", "due_at"}
    assert properties("get", "/cases/{reference}", "definition") == {"key", "version", "sha256"}
    assert properties("get", "/tasks/{task}") >= set(TASK)
    assert properties("get", "/tasks/{task}", "form") >= {"schema", "ui", "data"}
    assert properties("get", "/cases/{reference}/diagram", "diagrams") == {
        *("key", "xml", "done", "open", "failed", "flows")
    }
    assert properties("get", "/public/notices/{notice}", "items") >= {"case"}
