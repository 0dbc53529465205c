"""The forms of a draft (表单设计): which there are, who fills them, a new one, and what is wrong with an edited one.

A form under work may be wrong and is kept all the same; the gate refuses it at publication. What is not kept is what no
editor could mend: no JSON, nested without end, markup, of another key.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from storage.database import Session
from workflows import forms
from workflows.errors import FieldError, Invalid
from workflows.permissions import Actor
from workflows.workshop import drafts, form_readers, form_uses
from workflows.workshop.form_readers import Lost
from workflows.workshop.form_uses import Use
from workflows.workshop.proposal import Proposal

MAX_TITLE = 60
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
STATES: Mapping[str, str] = {"new": "新增", "changed": "已修改", "kept": "沿用"}

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Judged:
    """What a form's bytes come to: the form, or why it is refused. `element` is the component that is wrong, if one.

    `lost` are the fields in force that it has no more and somebody reads.
    """

    form: forms.Form | None
    refusal: str = ""
    element: str = ""
    lost: tuple[Lost, ...] = ()


def path_of(key: str) -> str:
    """The file of a form, or of the shared part `parts/<key>`."""
    return f"forms/{key}.form"


def key_of(path: str) -> str:
    """The key of a form by its file, that of a shared part with `parts/` before it."""
    return path.removeprefix("forms/").removesuffix(".form")


def list_forms(session: Session, actor: Actor, draft_id: int) -> list[dict[str, Any]]:
    """The forms of the draft's process, of every diagram that it changes, and those that it changes or adds itself;
    behind them the shared parts that they hold.

    Those that the draft touches come first, then in the order of their keys.
    """
    proposal = drafts.get_proposal(session, actor, draft_id)
    uses = form_uses.uses_of(proposal)
    looked_at = {drafts.path_of(proposal.draft.key), *(path for path in proposal.files if path.endswith(".bpmn"))}
    shown = {path for path in proposal.files if path.endswith(".form")}
    shown |= {form for path in looked_at for form in form_uses.forms_reached(proposal, path)}
    found = [_shown(proposal, path, uses) for path in shown]
    return sorted(found, key=lambda each: (each["state"] == "kept", each["is_part"], each["key"]))


def _shown(proposal: Proposal, path: str, uses: Mapping[str, tuple[Use, ...]]) -> dict[str, Any]:
    content, key = proposal.after[path], key_of(path)
    return {
        "key": key,
        "is_part": forms.is_part(path),
        "name": PurePosixPath(path).stem,
        "title": title_of(path, content, proposal.parts),
        "state": proposal.states.get(path, "kept"),
        "uses": uses.get(key, ()),
        "used_in": used_in(proposal.after, path),
        "refusal": judge(path, content, proposal.parts).refusal,
    }


def used_in(library: Mapping[str, bytes], path: str) -> list[str]:
    """The titles of the forms that hold a shared part; none for any other file."""
    if not forms.is_part(path):
        return []
    parts = forms.parts_among(library)
    holding = form_uses.forms_holding(library, PurePosixPath(path).stem)
    return form_uses.told_apart({each: title_of(each, library[each], parts) for each in holding})


def get_form(session: Session, actor: Actor, draft_id: int, key: str) -> dict[str, Any]:
    """One form of the draft, or shared part, with everything that its editor needs. NotFound for neither.

    `parts` are the shared parts that a form may hold, each with its title and its components.
    """
    proposal = drafts.get_proposal(session, actor, draft_id)
    path = path_of(key)
    view = drafts.file_of(proposal, actor, path)
    return {
        **_shown(proposal, path, form_uses.uses_of(proposal)),
        "draft": drafts.shown(proposal),
        "content": view.content,
        "etag": view.etag,
        "editable": view.editable,
        "judged": _with_lost(proposal, path, judge(path, view.content, proposal.parts)),
        "facts": _facts(proposal, path),
        "parts": {} if forms.is_part(path) else {name: _part(proposal, name) for name in sorted(proposal.parts)},
    }


def _part(proposal: Proposal, name: str) -> dict[str, Any]:
    """A shared part as an editor shows it in its place; without components where it cannot be read."""
    path, text = forms.path_of_part(name), proposal.parts[name]
    components = forms.read_harmless(text)["components"] if judge(path, text, {}).form else []
    return {"title": title_of(path, text, {}), "components": components}


def judge_typed(session: Session, actor: Actor, draft_id: int, key: str, content: bytes) -> Judged:
    """What somebody is typing, judged with the shared parts of the draft; nothing of it is kept."""
    proposal = drafts.get_proposal(session, actor, draft_id)
    return _with_lost(proposal, path_of(key), judge(path_of(key), content, proposal.parts, kept=False))


def _with_lost(proposal: Proposal, path: str, judged: Judged) -> Judged:
    return replace(judged, lost=form_readers.lost(proposal, path, judged.form))


def _facts(proposal: Proposal, path: str) -> list[tuple[str, str]]:
    """What a field may be prefilled from: source and words, first the applicant's register, then the other forms."""
    found = {f"enterprise:{name}": f"单位登记信息：{words}" for name, words in ENTERPRISE.items()}
    # The forms that are filled in one case with this one; of a shared part those that hold it are among them.
    bundles = [bundle for bundle in proposal.assembled.values() if path in bundle]
    together = {each for bundle in bundles for each in bundle if forms.is_form(each)}
    part = judge(path, proposal.after[path], {}).form if forms.is_part(path) else None
    own = {field.key for field in part.fields} if part else set()
    for each in sorted(together - {path}):
        form = judge(each, proposal.after[each], proposal.parts).form
        for field in form.fields if form else ():
            if not field.readonly and field.key not in (forms.DECISION, *own):
                found.setdefault(f"fact:{field.key}", f"{form.title if form else ''}：{field.name}")
    return list(found.items())


def create_form(
    session: Session, actor: Actor, draft_id: int, key: str, title: str, *, is_part: bool = False, now: datetime
) -> str:
    """Add a form that asks for an opinion and a decision, or a shared part that asks for a remark; answers its etag.

    Invalid names the field.
    """
    key, title = key.strip(), title.strip()
    path = forms.path_of_part(key) if is_part else path_of(key)
    problems = []
    if not _KEY.fullmatch(key):
        problems.append(FieldError("key", "标识须以小写字母开头，只能用小写字母、数字和下划线，不超过60个字符。"))
    elif path in drafts.get_proposal(session, actor, draft_id).after:
        what = "共用部分" if is_part else "表单"
        problems.append(FieldError("key", f"已有同一标识的{what}，请换一个标识。"))
    if not 1 <= len(title) <= MAX_TITLE or _UNPRINTABLE.search(title):
        problems.append(FieldError("title", f"请填写表单名称，不超过{MAX_TITLE}字。"))
    if problems:
        raise Invalid("新建表单的内容有误。", errors=problems)
    content = written(skeleton_of_part(key, title) if is_part else skeleton(key, title))
    refusal = judge(path, content, {}).refusal
    if refusal:
        raise Invalid("新建表单的内容有误。", errors=[FieldError("title", refusal)])
    return drafts.save_file(session, actor, draft_id, path, content, etag=None, now=now)


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


def judge(path: str, content: bytes, parts: Mapping[str, bytes], *, kept: bool = True) -> Judged:
    """The form, or the shared part, that the bytes describe, or why no task could use it, in one Chinese sentence that
    names the field.

    `kept`: the bytes are a file's and will be asked for again, not what somebody is typing.
    """
    try:
        if forms.is_part(path):
            return Judged(forms.load_part(content) if kept else forms.read_part(content))
        return Judged(forms.load(content, parts) if kept else forms.read(content, parts))
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


def skeleton_of_part(key: str, title: str) -> dict[str, Any]:
    """A new shared part: one field that need not be filled."""
    remark = {
        "type": "textarea",
        "id": "remark",
        "key": f"{key[:50]}_remark",
        "label": "补充说明",
        "validate": {"maxLength": 1000},
        "layout": {"row": "row_1", "columns": None},
    }
    return {"type": "default", "id": key, "schemaVersion": 19, "properties": {"title": title}, "components": [remark]}


def title_of(path: str, content: bytes, parts: Mapping[str, bytes]) -> str:
    """What a form, or a shared part, calls itself; one that is refused as far as that can be read."""
    form = judge(path, content, parts).form
    if form:
        return form.title
    key = PurePosixPath(path).stem
    try:
        title = forms.read_harmless(content).get("properties", {}).get("title")
    except (forms.FormRefused, AttributeError):
        return key
    return title if isinstance(title, str) and title.strip() else key
