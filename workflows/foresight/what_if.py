"""政策调整测算: a process owner changes legal values and sees what they would have made of the cases of some batches.

Asked for here, worked out by a worker (`work_out`), read by whoever decides. Nothing is written to cases, and
nothing of them is locked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from storage import job_queue
from storage import what_ifs as store
from storage.batches import Batch
from storage.database import Session
from storage.questions import what_if_cases
from storage.what_ifs import WhatIf
from workflows import paging, rules, views
from workflows.attempts import Broken, Workplace, attempt, sentence
from workflows.audit import Chain
from workflows.errors import FieldError, Invalid, NotFound
from workflows.foresight.what_if_reading import effect_of
from workflows.permissions import Actor, require
from workflows.policy.parameters import IMPLEMENTED, text_in
from workflows.rules import parameters as law

JOB = "what_if"
CHAIN = "what_if"
READING = ("process_owner", "section_chief", "auditor")
MOST_BATCHES = 50
# What steps 4–8 read besides the parameters that the schemes name themselves.
OF_THE_LIST = (
    "a3.project_cap",
    "a5.same_tonnes_rule",
    "a6.entity_year_cap",
    "a8.exempt_from_annual_cap",
    "a9.event_cap",
    "a10.annual_cap",
    "a10.annual_cap_applies_to",
    "a10.allocation_order",
    "a10.cap_scope",
    "a10.other_policy_treatment",
    "policy.transition_rule",
)


def list_what_ifs(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> paging.Page[dict[str, Any]]:
    """Newest first, with the totals of those that are done; two statements."""
    require(actor, *READING)
    found = store.list_what_ifs(session, before=paging.read_id_cursor(cursor), limit=limit + 1)
    titles = what_if_cases.titles(session, {batch_id for each, _ in found for batch_id in each.batch_ids})
    following = paging.id_cursor(found[limit - 1][0].id) if len(found) > limit else None
    return paging.Page([{**_shown(each, titles), "totals": totals} for each, totals in found[:limit]], following)


def _shown(found: WhatIf, titles: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "batches": [{"id": batch_id, "title": titles.get(batch_id, "")} for batch_id in found.batch_ids],
        "state": found.state,
        "asked_by": found.asked_by,
        "asked_at": views.instant(found.asked_at),
        "finished_at": views.instant(found.finished_at),
    }


def get_what_if(session: Session, actor: Actor, what_if_id: int) -> dict[str, Any]:
    """A what-if with the values that it changes and its result (None until it is done)."""
    require(actor, *READING)
    found = store.find(session, what_if_id)
    if found is None:
        raise NotFound("没有这一政策调整测算。")
    chosen = what_if_cases.get_batches(session, found.batch_ids)
    failed = found.state == "failed"
    return {
        **_shown(found, {batch.id: batch.title for batch in chosen}),
        "changes": [_change(chosen, key, text) for key, text in found.parameters.items()],
        "failure": (found.result or {}).get("failure") if failed else None,
        "result": None if failed else found.result,
    }


def _change(chosen: Iterable[Batch], parameter_id: str, text: str) -> dict[str, Any]:
    parameter = law.find(parameter_id)
    article = parameter.article if parameter else ""
    return {"id": parameter_id, "article": article, "old": _pinned(chosen, parameter_id), "new": text}


def choices(session: Session, actor: Actor, batch_ids: Sequence[int]) -> dict[str, Any]:
    """What an owner can change for these batches: the values that amounts depend on and the policy leaves open.

    `value` is the one pinned with the batches, None where they differ; `values` names all that are pinned.
    Raises Invalid where a batch is not there or not open yet.
    """
    require(actor, "process_owner")
    chosen = _get_batches(session, batch_ids)
    return {
        "batches": [{"id": batch.id, "title": batch.title} for batch in chosen],
        "parameters": [_choice(parameter, _pinned(chosen, parameter.id)) for parameter in _changeable(chosen)],
    }


def _get_batches(session: Session, batch_ids: Sequence[int]) -> Sequence[Batch]:
    found = what_if_cases.get_batches(session, batch_ids) if batch_ids else ()
    said = ""
    if not found or len(found) < len(set(batch_ids)) or any(batch.parameters is None for batch in found):
        said = "请至少选择一个已发布的批次。"
    elif len(found) > MOST_BATCHES:
        said = f"一次最多测算{MOST_BATCHES}个批次。"
    if said:
        raise Invalid("批次选择有误。", errors=[FieldError("batch", said)])
    return found


def _changeable(chosen: Iterable[Batch]) -> list[law.Parameter]:
    schemes = {scheme for batch in chosen for scheme in batch.schemes}
    read = {key for scheme in schemes for key in rules.SCHEMES[scheme].PARAMETERS} | set(OF_THE_LIST)
    return [each for each in law.required_for(schemes) if each.id in read and each.status != "FIXED"]


def _pinned(chosen: Iterable[Batch], parameter_id: str) -> list[str]:
    """The texts of a value in these batches, each once, in the order of the batches."""
    parameter = law.find(parameter_id)
    texts = [text_in(batch, parameter) for batch in chosen] if parameter else []
    return list(dict.fromkeys(text for text in texts if text is not None))


def _choice(parameter: law.Parameter, pinned: list[str]) -> dict[str, Any]:
    return {
        "id": parameter.id,
        "label": parameter.label,
        "type": parameter.type,
        "unit": parameter.unit,
        "article": parameter.article,
        "choices": {
            code: words
            for code, words in parameter.choices.items()
            if code in IMPLEMENTED.get(parameter.id, parameter.choices)
        },
        "limit_text": law.show_limit(parameter),
        "note": parameter.note,
        "value": pinned[0] if len(pinned) == 1 else None,
        "values": pinned,
    }


def ask(
    session: Session,
    actor: Actor,
    *,
    title: str,
    batch_ids: Sequence[int],
    values: Mapping[str, str],
    now: datetime,
) -> int:
    """Ask for a what-if, to be worked out by a job; answers its id.

    Of `values`, what is pinned with all the batches already, or left empty, is no change. Raises Invalid for a value
    of the wrong type, beyond the policy's limit, fixed by the policy, or not built; with the errors of a value at the
    field `value-<id>`.
    """
    actor = require(actor, "process_owner")
    chosen = _get_batches(session, batch_ids)
    changes, errors = _read_changes(chosen, values)
    if not 2 <= len(title.strip()) <= 100:
        errors.insert(0, FieldError("title", "请填写测算名称，2至100字。"))
    if not errors and not changes:
        errors.append(FieldError("changes", "请至少调整一项口径的取值。"))
    if errors:
        raise Invalid("测算条件有误，请按提示修改。", errors=errors)
    asked = WhatIf(
        title=title.strip(),
        batch_ids=[batch.id for batch in chosen],
        parameters=changes,
        state="waiting",
        asked_by=actor.username,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    job_queue.defer(session, JOB, what_if_id=asked.id)
    Chain.open_locked(session, CHAIN).append(
        now,
        actor,
        "what_if_asked",
        f"{asked.id} {asked.title}",
        [{"field": key, "old": "；".join(_pinned(chosen, key)), "new": text} for key, text in changes.items()],
    )
    return asked.id


def _read_changes(chosen: Sequence[Batch], values: Mapping[str, str]) -> tuple[dict[str, str], list[FieldError]]:
    """What differs from the pinned values, by id, and what is wrong with the others."""
    changeable = {parameter.id for parameter in _changeable(chosen)}
    changes: dict[str, str] = {}
    errors: list[FieldError] = []
    for key, given in values.items():
        if not given.strip():
            continue
        try:
            text = _read_value(key, given, changeable)
        except (law.ValueInvalid, law.BeyondLimit, LookupError) as wrong:
            errors.append(FieldError(f"value-{key[:60]}", f"{wrong.args[0]}。"))
            continue
        if key in changeable and _changes(key, text, _pinned(chosen, key)):
            changes[key] = text
    return changes, errors


def _changes(parameter_id: str, text: str, pinned: Iterable[str]) -> bool:
    """Whether a text states another value than one of the pinned ones: 0.3 is 0.30."""
    parameter = law.catalog()[parameter_id]
    value = law.parse(parameter, text)
    return any(law.read(parameter_id, each) != value for each in pinned)


def _read_value(key: str, given: str, changeable: Collection[str]) -> str:
    """The text that is kept of a value. Raises ValueInvalid, BeyondLimit or LookupError, each with its sentence."""
    parameter = law.catalog().get(key)
    if parameter is None:
        raise LookupError("没有这一政策口径")
    typed = law.parse(parameter, given.strip())
    law.check(parameter, typed)
    text = law.as_text(parameter, typed)
    if parameter.status == "FIXED":
        return text
    if key not in changeable:
        raise LookupError(f"“{parameter.label}”不影响所选批次的金额")
    if text not in IMPLEMENTED.get(key, {text}):
        raise law.ValueInvalid("系统尚未实现这一取值对应的规则，暂不能选用")
    return text


def work_out(at: Workplace, what_if_id: int) -> None:
    """Work out one what-if, in a transaction of its own; nothing where that is done. Raises Away or Broken."""

    def work(session: Session) -> None:
        found = store.lock(session, what_if_id)
        if found.state == "waiting":
            store.finish(found, effect_of(session, found.batch_ids, found.parameters, at.now), at.now)

    attempt(at.database, work)


def give_up(session: Session, broken: Broken, now: datetime, what_if_id: int) -> None:
    """One that cannot be worked out ends as failed and says why."""
    store.fail(store.lock(session, what_if_id), _sentence(broken), now)


def _sentence(broken: Broken) -> str:
    if isinstance(broken.__cause__, law.ParameterMissing | rules.FactInvalid):
        return f"{broken.__cause__}。"
    return sentence(broken) or "测算未能完成，请联系系统管理员查看运行日志。"
