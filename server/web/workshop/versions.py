"""版本管理: the versions of a definition, what is in each, and what two of them or a draft differ in."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, render_template, request

from server.access import allow, current_actor
from server.web.showing import words
from server.web.showing.answers import chosen, whole
from workflows.case import operations
from workflows.codes.reasons import REASONS
from workflows.codes.statuses import STATUSES
from workflows.errors import NotFound
from workflows.permissions import READERS
from workflows.rules import parameters as law
from workflows.workshop import differences, drafts, versions

blueprint = Blueprint("versions", __name__)

READING = tuple(sorted(READERS))
# Each way to differ: its word, the sign on the drawing, and its colour. The sign says it without the colour.
WAYS = {
    "added": ("新增", "增", "green"),
    "removed": ("删除", "删", "red"),
    "changed": ("修改", "改", "orange"),
    "moved": ("移动", "移", "blue"),
}


@blueprint.get("/workshop/definitions/<key>")
@allow(*READING)
def show(key: str) -> str:
    found = versions.list_versions(g.session, key)
    return render_template("workshop/versions.html", key=key, definition=found)


@blueprint.get("/workshop/definitions/<key>/versions/<int:number>")
@allow(*READING)
def show_version(key: str, number: int) -> str:
    """One version to read: one of its diagrams, or one of its forms as people fill it in."""
    version = versions.get_version(g.session, key, number)
    wanted = chosen("form")
    form = _chosen(version["forms"], "key", wanted) if wanted else None
    diagram = None if form else _chosen(version["diagrams"], "key", chosen("of"))
    return render_template("workshop/version.html", key=key, version=version, shown=diagram, form=form)


@blueprint.get("/workshop/definitions/<key>/differences")
@allow(*READING)
def compare(key: str) -> str:
    found = versions.list_versions(g.session, key)
    numbers = [each["version"] for each in found["versions"] if found["is_scheme"]]
    if not numbers:
        raise NotFound("被调用的流程随支持事项发布，请在支持事项的版本中比较。")
    new = whole(request.args.get("to")) or numbers[0]
    old = whole(request.args.get("from")) or max((each for each in numbers if each < new), default=new)
    compared = differences.compare_versions(g.session, key, old, new)
    return _page(compared["files"], key=key, numbers=numbers, old=old, new=new, draft=None)


@blueprint.get("/workshop/drafts/<int:draft_id>/differences")
@allow(*READING)
def compare_draft(draft_id: int) -> str:
    draft = drafts.get_draft(g.session, current_actor(), draft_id)
    compared = differences.compare_draft(g.session, current_actor(), draft_id)
    return _page(compared["files"], key=draft["key"], draft=draft)


def _page(files: Sequence[Mapping[str, Any]], **about: Any) -> str:
    return render_template(
        "workshop/differences.html",
        files=files,
        shown=_chosen(files, "path", chosen("file")),
        ways=WAYS,
        value_of=value_in_words,
        kept={name: request.args[name] for name in ("from", "to") if name in request.args},
        **about,
    )


def _chosen(found: Sequence[Mapping[str, Any]], name: str, wanted: str | None) -> Mapping[str, Any] | None:
    """What was asked for, else the first there is."""
    return next((each for each in found if each[name] == wanted), found[0] if found else None)


def value_in_words(field: str, value: str | None) -> str:
    """A value of a diagram's field with the words that its code stands for."""
    if value is None or value == "":
        return "（无）" if value is None else "（空）"
    return f"{said}（{value}）" if (said := _words(field, value)) else value


def _words(field: str, value: str) -> str | None:
    if field == "implementation":
        return operations.REGISTRY[value].title if value in operations.REGISTRY else None
    if field == "gc:due" and value in law.catalog():
        return law.catalog()[value].label
    known: Mapping[str, Mapping[str, str]] = {
        "gc:status": STATUSES,
        "gc:stage": words.STAGES,
        "gc:reason": REASONS,
        "calledElement": words.PROCESSES,
    }
    return known.get(field, {}).get(value)
