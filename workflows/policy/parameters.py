"""Legal values: proposed with a basis by one process owner, confirmed by another, pinned when a batch opens."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from storage import batches
from storage import parameters as store
from storage.batches import Batch
from storage.database import Session
from storage.parameters import ParameterValue
from workflows import views
from workflows.audit import Chain, digest_of
from workflows.case.step import local_date
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require
from workflows.policy.shapes import ParameterListed, ParameterShown, PinnedValue
from workflows.rules import parameters as law

CHAIN = "parameters"
# Readings that can be confirmed because the program acts on them. The other choices of the catalog are refused until
# it does: a value that nobody reads would be a promise that nobody keeps.
IMPLEMENTED = {
    "a10.cap_year_basis": {"approval_year", "batch_year", "disbursement_year"},
    "a10.cap_policy_scope": {"this_policy"},
    "a10.overflow": {"forfeit"},
    "a5_1a.repeat_rule": {"per_certificate_year"},
    "a8.unearned_carry_over": {"false"},
    "proc.silence_is_acceptance": {"false"},
    "proc.publicity_before_district_approval": {"true"},
}


def _get(parameter_id: str) -> law.Parameter:
    parameter = law.catalog().get(parameter_id)
    if parameter is None:
        raise NotFound("没有这一政策口径。")
    return parameter


def in_force(session: Session, on: date) -> dict[str, ParameterValue]:
    """The confirmed values on a day by id. One that the law as it is now no longer allows does not count as confirmed:
    it was judged when it was chosen, and whoever chooses today has to choose anew."""
    known = law.catalog()
    return {
        key: value
        for key, value in store.in_force(session, on).items()
        if key in known and law.is_allowed(known[key], value.value)
    }


def list_parameters(session: Session, now: datetime) -> list[ParameterListed]:
    """Every parameter with its meaning, the value in force, the proposal that waits, whether it is confirmed, and the
    drafted batches that cannot open before it is."""
    confirmed, proposals = in_force(session, local_date(now)), store.open_proposals(session)
    blocked = _blocked(session, confirmed)
    return [
        {**_shown(each, confirmed.get(each.id), proposals.get(each.id)), "needed_by": blocked[each.id]}
        for each in law.catalog().values()
    ]


def _blocked(session: Session, confirmed: Container[str]) -> Mapping[str, list[int]]:
    """Ids of the drafted batches that wait for each parameter."""
    found: dict[str, list[int]] = defaultdict(list)
    for batch in batches.list_drafts(session):
        for parameter in still_open(law.required_for(batch.schemes), confirmed):
            found[parameter.id].append(batch.id)
    return found


def list_uses(session: Session, parameter_id: str) -> list[dict[str, Any]]:
    """The newest batches that use a parameter, with the value that an open one keeps; newest first."""
    parameter = _get(parameter_id)
    return [
        {
            "id": batch.id,
            "title": batch.title,
            "status": batch.status,
            "value": text_in(batch, parameter),
        }
        for batch in batches.list_batches(session, opened_only=False)
        if not parameter.schemes or set(batch.schemes) & set(parameter.schemes)
    ]


def text_in(batch: Batch, parameter: law.Parameter) -> str | None:
    """The text that counts in a batch: as it was pinned, or what held before a parameter that came later; None before
    the batch is open, and where its schemes do not use the parameter."""
    if batch.parameters is None or (parameter.schemes and not set(batch.schemes) & set(parameter.schemes)):
        return None
    pinned = batch.parameters.get(parameter.id)
    return str(pinned["value"]) if pinned else parameter.before


def _shown(parameter: law.Parameter, value: ParameterValue | None, proposal: ParameterValue | None) -> ParameterShown:
    current = value.value if value else parameter.default
    return {
        "id": parameter.id,
        "label": parameter.label,
        "type": parameter.type,
        "unit": parameter.unit,
        "article": parameter.article,
        "status": parameter.status,
        "limit": parameter.limit,
        "limit_text": law.show_limit(parameter),
        "choices": dict(parameter.choices),
        "note": parameter.note,
        "basis_kind": parameter.basis,
        "contested": parameter.contested,
        "schemes": list(parameter.schemes),
        "default": parameter.default,
        "value": current,
        "shown": law.show(parameter, law.parse(parameter, current)) if current is not None else None,
        "confirmed": parameter.status == "FIXED" or value is not None,
        "confirmed_by": value.confirmed_by if value else None,
        "confirmed_at": views.instant(value.confirmed_at) if value else None,
        "effective_on": value.effective_on.isoformat() if value else None,
        "basis": value.basis if value else None,
        "proposal": {
            "id": proposal.id,
            "value": proposal.value,
            "shown": law.show_kept(parameter.id, proposal.value),
            "basis": proposal.basis,
            "effective_on": proposal.effective_on.isoformat(),
            "proposed_by": proposal.proposed_by,
            "proposed_at": views.instant(proposal.proposed_at),
        }
        if proposal
        else None,
    }


def get_history(session: Session, parameter_id: str) -> list[dict[str, Any]]:
    """Every proposal of a parameter, newest first, with who and when."""
    _get(parameter_id)
    return [
        {
            "value": each.value,
            "basis": each.basis,
            "effective_on": each.effective_on.isoformat(),
            "proposed_by": each.proposed_by,
            "proposed_at": views.instant(each.proposed_at),
            "confirmed_by": each.confirmed_by,
            "confirmed_at": views.instant(each.confirmed_at),
        }
        for each in store.history(session, parameter_id)
    ]


def propose(
    session: Session,
    actor: Actor,
    parameter_id: str,
    *,
    value: str,
    basis: str,
    effective_on: date | None,
    now: datetime,
) -> ParameterShown:
    """Propose a value with its basis document; an earlier proposal that nobody confirmed is superseded.

    Raises Invalid for a value of the wrong type or beyond the policy's limit, or one that the policy fixes.
    """
    actor = require(actor, "process_owner")
    parameter = _get(parameter_id)
    text, document = _read_value(parameter, value), _read_basis(basis)
    chain = Chain.open_locked(session, CHAIN)
    proposal = _propose(session, chain, actor, parameter, text, document, effective_on, now)
    return _shown(parameter, in_force(session, local_date(now)).get(parameter_id), proposal)


def propose_many(
    session: Session,
    actor: Actor,
    values: Mapping[str, str],
    *,
    basis: str,
    effective_on: date | None,
    now: datetime,
) -> int:
    """Propose several values with one basis document, each its own row and event; all of them or none.

    Raises Invalid, with the errors of a value at the field `value-<id>`.
    """
    actor = require(actor, "process_owner")
    texts, errors = {}, []
    for parameter_id, value in values.items():
        try:
            texts[parameter_id] = _read_value(_get(parameter_id), value)
        except Invalid as wrong:
            errors += [FieldError(f"value-{parameter_id}", error.message) for error in wrong.errors]
    try:
        document = _read_basis(basis)
    except Invalid as wrong:
        errors += wrong.errors
    if not values:
        errors.append(FieldError("chosen", "请至少勾选一项口径。"))
    if errors:
        raise Invalid("口径取值有误，请按提示修改。", errors=errors)
    chain = Chain.open_locked(session, CHAIN)
    for parameter_id, text in texts.items():
        _propose(session, chain, actor, _get(parameter_id), text, document, effective_on, now)
    return len(texts)


def _read_value(parameter: law.Parameter, value: str) -> str:
    """The text that is kept of a value. Raises Invalid where it cannot be chosen."""

    def wrong(said: str) -> Invalid:
        return Invalid("口径取值有误。", errors=[FieldError("value", said)])

    if parameter.status == "FIXED":
        raise wrong("该口径由政策明确规定，不能调整。")
    try:
        typed = law.parse(parameter, value)
        law.check(parameter, typed)
    except (law.ValueInvalid, law.BeyondLimit) as invalid:
        raise wrong(f"{invalid}。") from None
    text = law.as_text(parameter, typed)
    if text not in IMPLEMENTED.get(parameter.id, {text}):
        raise wrong("系统尚未实现这一取值对应的规则，暂不能选用。")
    return text


def _read_basis(basis: str) -> str:
    document = basis.strip()
    if not 2 <= len(document) <= 500:
        raise Invalid("请写明确认依据。", errors=[FieldError("basis", "请写明确认依据的文件名称和文号，不超过500字。")])
    return document


def _propose(
    session: Session,
    chain: Chain,
    actor: Actor,
    parameter: law.Parameter,
    text: str,
    document: str,
    effective_on: date | None,
    now: datetime,
) -> ParameterValue:
    earlier = store.lock_open_proposal(session, parameter.id)
    if earlier is not None:
        earlier.superseded_at = now
    proposal = ParameterValue(
        parameter=parameter.id,
        value=text,
        basis=document,
        effective_on=effective_on or local_date(now),
        proposed_by=actor.username,
        proposed_at=now,
    )
    session.add(proposal)
    change = {"field": "value", "old": earlier.value if earlier else None, "new": proposal.value}
    chain.append(now, actor, "parameter_proposed", parameter.id, [change], binds=_bound(proposal))
    session.flush()
    return proposal


def _bound(value: ParameterValue) -> dict[str, str]:
    """What the event of a value binds: the value with its basis and its day."""
    said = {"value": value.value, "basis": value.basis, "effective_on": value.effective_on.isoformat()}
    return {f"parameter:{value.parameter}": digest_of(said)}


def confirm(session: Session, actor: Actor, parameter_id: str, proposal: int, now: datetime) -> ParameterShown:
    """Confirm the proposal with this id, as its reader saw it: the value, its day and its basis document.

    Raises Conflict where another stands, or none; Forbidden for whoever proposed it (four eyes on money values).
    """
    actor = require(actor, "process_owner")
    parameter = _get(parameter_id)
    chain, today = Chain.open_locked(session, CHAIN), local_date(now)
    old = in_force(session, today).get(parameter_id)
    _put_in_force(session, chain, actor, _seen(session, actor, parameter, proposal), old, now)
    return _shown(parameter, in_force(session, today).get(parameter_id), None)


def confirm_many(session: Session, actor: Actor, seen: Mapping[str, int], now: datetime) -> int:
    """Confirm several proposals, each its own row and event; all of them or none. `seen` holds the id of each
    parameter's proposal as it was shown. Conflict names every one that is another by now; nothing is confirmed then."""
    actor = require(actor, "process_owner")
    if not seen:
        raise Invalid("请至少勾选一项口径。", errors=[FieldError("chosen", "请至少勾选一项口径。")])
    found = [_get(parameter_id) for parameter_id in seen]
    chain = Chain.open_locked(session, CHAIN)
    proposals, stale = [], []
    for parameter in found:
        try:
            proposals.append(_seen(session, actor, parameter, seen[parameter.id]))
        except Conflict as changed:
            stale.append(changed.detail)
    if stale:
        raise Conflict(f"{''.join(stale)}勾选的各项均未确认。")
    old = in_force(session, local_date(now))
    for proposal in proposals:
        _put_in_force(session, chain, actor, proposal, old.get(proposal.parameter), now)
    return len(proposals)


def _seen(session: Session, actor: Actor, parameter: law.Parameter, seen: int) -> ParameterValue:
    """The proposal that stands, locked, if it is the one that the actor looked at and may confirm."""
    proposal = store.lock_open_proposal(session, parameter.id)
    if proposal is None:
        raise Conflict(f"“{parameter.label}”没有待确认的取值，请先由一名流程与口径负责人提出。")
    if proposal.id != seen:
        raise Conflict(f"“{parameter.label}”在你查看之后已重新提出，没有确认；请核对新的取值、生效日和依据。")
    if proposal.proposed_by == actor.username:
        raise Forbidden(f"“{parameter.label}”的取值由你提出，须由另一名流程与口径负责人确认。")
    if not law.is_allowed(parameter, proposal.value):
        raise Conflict(f"“{parameter.label}”拟定的取值不符合现行规定，请由一名流程与口径负责人重新提出。")
    return proposal


def _put_in_force(
    session: Session,
    chain: Chain,
    actor: Actor,
    proposal: ParameterValue,
    old: ParameterValue | None,
    now: datetime,
) -> None:
    proposal.confirmed_by, proposal.confirmed_at = actor.username, now
    change = {"field": "value", "old": old.value if old else None, "new": proposal.value}
    chain.append(now, actor, "parameter_confirmed", proposal.parameter, [change], binds=_bound(proposal))
    session.flush()


def unconfirmed(session: Session, schemes: Iterable[str], on: date) -> list[law.Parameter]:
    """The OPEN and CEIL parameters of these schemes that nobody has confirmed; a batch cannot open with one."""
    return still_open(law.required_for(schemes), in_force(session, on))


def still_open(parameters: Iterable[law.Parameter], confirmed: Container[str]) -> list[law.Parameter]:
    """Those of them that the policy does not fix and that nobody has confirmed."""
    return [each for each in parameters if each.status != "FIXED" and each.id not in confirmed]


def pin(session: Session, schemes: Iterable[str], on: date) -> dict[str, PinnedValue]:
    """The values in force with who confirmed them, as a batch keeps them from its opening on."""
    return pinned_of(in_force(session, on), schemes)


def pinned_of(confirmed: Mapping[str, ParameterValue], schemes: Iterable[str]) -> dict[str, PinnedValue]:
    """What a batch of these schemes keeps: each value with its type and unit, so that no later law reads it anew."""
    pinned: dict[str, PinnedValue] = {}
    for each in law.required_for(schemes):
        value = confirmed.get(each.id)
        pinned[each.id] = {
            "value": value.value if value else each.default,
            "type": each.type,
            "unit": each.unit,
            "confirmed_by": value.confirmed_by if value else None,
            "confirmed_at": views.instant(value.confirmed_at) if value else None,
            "basis": value.basis if value else "政策明确",
        }
    return pinned


def values_on(session: Session, day: date, overrides: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Typed values for a reference calculation on a day, and the ids that nobody has confirmed by then.

    Raises Invalid naming each override that is unknown, of the wrong type or beyond its limit.
    """
    confirmed = {key: value.value for key, value in in_force(session, day).items()}
    errors = []
    for key, given in overrides.items():
        try:
            parameter = law.catalog()[key]
            law.check(parameter, law.parse(parameter, given))
        except KeyError:
            errors.append(FieldError(f"parameters.{key[:60]}", "没有这一政策口径。"))
        except (law.ValueInvalid, law.BeyondLimit) as wrong:
            errors.append(FieldError(f"parameters.{key}", f"{wrong}。"))
    if errors:
        raise Invalid("口径取值有误。", errors=errors)
    open_ids = [each.id for each in still_open(law.catalog().values(), confirmed)]
    return dict(law.values({**confirmed, **overrides})), open_ids
