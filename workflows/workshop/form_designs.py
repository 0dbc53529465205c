"""The forms of a draft (表单设计): which there are, who fills them, a new one, and what is wrong with an edited one.

A form under work may be wrong and is kept all the same; the gate refuses it at publication. What is not kept is what no
editor could mend: no JSON, nested without end, markup, of another key.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from storage.database import Session
from workflows import forms, rules
from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.model import read_processes
from workflows.errors import FieldError, Invalid
from workflows.permissions import Actor
from workflows.workshop import drafts
from workflows.workshop.proposal import Proposal

SCHEME = "{scheme}"
MAX_TITLE = 60
STATES: Mapping[str, str] = {"new": "新增", "changed": "已修改", "kept": "沿用"}
# What a form may take from the applicant's register.
ENTERPRISE: Mapping[str, str] = {
    "name": "单位名称",
    "uscc": "统一社会信用代码",
    "entity_type": "主体类型",
    "industry_code": "行业代码",
    "registered_district": "登记地行政区划代码",
    "legal_representative": "法定代表人",
    "contact_phone": "联系电话",
    "bank_name": "开户银行",
    "bank_account": "银行账号",
}

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Use:
    """A task that is filled with a form: in which process."""

    process: str
    process_name: str
    task: str
    task_name: str


@dataclass(frozen=True)
class Judged:
    """What a form's bytes come to: the form, or why it is refused. `element` is the component that is wrong, if one."""

    form: forms.Form | None
    refusal: str = ""
    element: str = ""


def path_of(key: str) -> str:
    return f"forms/{key}.form"


def list_forms(session: Session, actor: Actor, draft_id: int) -> list[dict[str, Any]]:
    """The forms of the draft's process, of every diagram that it changes, and those that it changes or adds itself.

    Those that the draft touches come first, then in the order of their keys.
    """
    proposal = drafts.get_proposal(session, actor, draft_id)
    uses = uses_of(proposal)
    looked_at = {drafts.path_of(proposal.draft.key), *(path for path in proposal.files if path.endswith(".bpmn"))}
    shown = {_key(path) for path in proposal.files if path.endswith(".form")}
    shown |= {key for path in looked_at for key in _forms_reached(proposal, path) if path_of(key) in proposal.after}
    found = [_shown(proposal, key, uses.get(key, ())) for key in shown]
    return sorted(found, key=lambda each: (each["state"] == "kept", each["key"]))


def _shown(proposal: Proposal, key: str, uses: tuple[Use, ...]) -> dict[str, Any]:
    content, state = proposal.after[path_of(key)], proposal.states.get(path_of(key), "kept")
    judged = judge(content)
    title = judged.form.title if judged.form else _title(content, key)
    return {"key": key, "title": title, "state": state, "uses": uses, "refusal": judged.refusal}


def get_form(session: Session, actor: Actor, draft_id: int, key: str) -> dict[str, Any]:
    """One form of the draft with everything that its editor needs. NotFound when there is none of that key."""
    proposal = drafts.get_proposal(session, actor, draft_id)
    view = drafts.file_of(proposal, actor, path_of(key))
    return {
        **_shown(proposal, key, uses_of(proposal).get(key, ())),
        "draft": drafts.shown(proposal),
        "content": view.content,
        "etag": view.etag,
        "editable": view.editable,
        "facts": _facts(proposal, key),
    }


def create_form(session: Session, actor: Actor, draft_id: int, key: str, title: str, *, now: datetime) -> str:
    """Add a form that asks for an opinion and a decision; answers its etag. Invalid names the field."""
    key, title = key.strip(), title.strip()
    problems = []
    if not _KEY.fullmatch(key):
        problems.append(FieldError("key", "标识须以小写字母开头，只能用小写字母、数字和下划线，不超过60个字符。"))
    elif path_of(key) in drafts.get_proposal(session, actor, draft_id).after:
        problems.append(FieldError("key", "已有同一标识的表单，请换一个标识。"))
    if not 1 <= len(title) <= MAX_TITLE or _UNPRINTABLE.search(title):
        problems.append(FieldError("title", f"请填写表单名称，不超过{MAX_TITLE}字。"))
    if problems:
        raise Invalid("新建表单的内容有误。", errors=problems)
    content = written(skeleton(key, title))
    refusal = judge(content).refusal
    if refusal:
        raise Invalid("新建表单的内容有误。", errors=[FieldError("title", refusal)])
    return drafts.save_file(session, actor, draft_id, path_of(key), content, etag=None, now=now)


def save_form(
    session: Session, actor: Actor, draft_id: int, key: str, content: bytes, *, etag: str | None, now: datetime
) -> str:
    """Keep what the editor holds, written the way all forms are; answers the new etag.

    Raises GateRefused for what cannot be kept even as work in progress, Changed when a colleague saved since.
    """
    with suppress(forms.FormRefused):  # then the gate says what is wrong with it, and that goes on record
        content = written(forms.read_harmless(content))
    return drafts.save_file(session, actor, draft_id, path_of(key), content, etag=etag, now=now)


def restore_form(session: Session, actor: Actor, draft_id: int, key: str, *, now: datetime) -> bool:
    """Drop the draft's change of a form; whether there still is one: a form that was new is gone then."""
    drafts.restore_file(session, actor, draft_id, path_of(key), now=now)
    return path_of(key) in drafts.get_proposal(session, actor, draft_id).after


def judge(content: bytes, *, kept: bool = True) -> Judged:
    """The form that the bytes describe, or why no task could use it, in one Chinese sentence that names the field.

    `kept`: the bytes are a file's and will be asked for again, not what somebody is typing.
    """
    try:
        return Judged(forms.load(content) if kept else forms.read(content))
    except forms.FormRefused as refused:
        return Judged(None, refused.message_zh, refused.place.id)


def written(schema: Mapping[str, Any]) -> bytes:
    """A schema the way the shipped forms are written, so that versions differ where something was changed."""
    order = ("type", "id", "schemaVersion", "properties")
    ordered = {name: schema[name] for name in order if name in schema} | dict(schema)
    ordered["components"] = ordered.pop("components", [])
    return f"{json.dumps(ordered, ensure_ascii=False, indent=2)}\n".encode()


def skeleton(key: str, title: str) -> dict[str, Any]:
    """A new form: an opinion, and the decision that the process goes on with."""
    opinion = {
        "type": "textarea",
        "id": "f_opinion",
        "key": "opinion",
        "label": "办理意见",
        "validate": {"required": True, "maxLength": 2000},
        "properties": {"example": "经审核，材料齐全，情况属实，同意通过。"},
        "layout": {"row": "f_row_1", "columns": None},
    }
    decision = {
        "type": "radio",
        "id": "f_decision",
        "key": forms.DECISION,
        "label": "办理结论",
        "values": [{"label": "审核通过", "value": "pass"}, {"label": "退回上一环节", "value": "return"}],
        "validate": {"required": True},
        "layout": {"row": "f_row_2", "columns": None},
    }
    return {
        "type": "default",
        "id": key,
        "schemaVersion": 19,
        "properties": {"title": title},
        "components": [opinion, decision],
    }


def uses_of(proposal: Proposal) -> dict[str, tuple[Use, ...]]:
    """Form key → the tasks that are filled with it; a task of a called process may use one for each type."""
    found: dict[str, list[Use]] = {}
    callers = _callers(proposal)
    for path, content in proposal.after.items():
        for use, name in _tasks(path, content):
            for scheme in callers.get(path, ()) if SCHEME in name else ("",):
                found.setdefault(name.replace(SCHEME, scheme), []).append(use)
    return {key: tuple(dict.fromkeys(uses)) for key, uses in found.items()}


def _callers(proposal: Proposal) -> dict[str, list[str]]:
    """Diagram → the types whose bundle it belongs to."""
    callers: dict[str, list[str]] = {}
    for scheme, bundle in proposal.assembled.items():
        for path in bundle:
            callers.setdefault(path, []).append(scheme)
    return callers


@lru_cache(maxsize=128)
def _tasks(path: str, content: bytes) -> tuple[tuple[Use, str], ...]:
    """The tasks of a diagram with the name of their form; of one that cannot be read there are none."""
    if not path.endswith(".bpmn"):
        return ()
    try:
        root = read_document(content)
    except DocumentRefused:
        return ()
    return tuple(
        (Use(process.key, process.name, element.id, element.name), element.form)
        for process in read_processes(path, root)
        for element in process.elements.values()
        if element.form
    )


def _forms_reached(proposal: Proposal, path: str) -> set[str]:
    """The keys of the forms that a diagram uses: of a type all in its bundle, of a called process those it names."""
    if path.removesuffix(".bpmn") in rules.SCHEMES:
        return {_key(each) for each in proposal.assembled[path.removesuffix(".bpmn")] if each.endswith(".form")}
    callers = _callers(proposal).get(path, [])
    named = [name for _, name in _tasks(path, proposal.after.get(path, b""))]
    return {name.replace(SCHEME, scheme) for name in named for scheme in callers or [""]}


def _facts(proposal: Proposal, key: str) -> list[tuple[str, str]]:
    """What a field may be prefilled from: source and words, first the applicant's register, then the other forms."""
    found = {f"enterprise:{name}": f"单位登记信息：{words}" for name, words in ENTERPRISE.items()}
    # The forms that are filled in one case with this one.
    bundles = [bundle for bundle in proposal.assembled.values() if path_of(key) in bundle]
    together = {path for bundle in bundles for path in bundle if path.endswith(".form")}
    for path in sorted(together - {path_of(key)}):
        form = judge(proposal.after[path]).form
        for field in form.fields if form else ():
            if not field.readonly and field.key != forms.DECISION:
                found.setdefault(f"fact:{field.key}", f"{form.title if form else ''}：{field.name}")
    return list(found.items())


def _title(content: bytes, key: str) -> str:
    """What a form that is refused calls itself, as far as that can be read."""
    try:
        title = forms.read_harmless(content).get("properties", {}).get("title")
    except (forms.FormRefused, AttributeError):
        return key
    return title if isinstance(title, str) and title.strip() else key


def _key(path: str) -> str:
    return path.removeprefix("forms/").removesuffix(".form")
