"""A refusal on the merits on its way: what was found and by whom, what the firm said, who decided (不予支持).

The officer's 不予支持 is a proposal. What it rests on is kept with the case, under `PROPOSED`, until it is decided.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from storage import batches, messages, reviews
from storage.cases import Submission, latest_submission, list_submissions
from workflows import forms, rules
from workflows.case import awards, delivery
from workflows.case.bundles import bundle_of
from workflows.case.delivery import Heard
from workflows.case.grounds import Ground, Refusal
from workflows.case.letters import day, told
from workflows.case.step import Look, local_date
from workflows.case.submitting import POINTS
from workflows.rules import SCHEMES, listing, parameters

PROPOSED = "refusal"
"""The fact under which the proposal is kept; no form has a field of this name."""

RESOLVED = "refusal_resolved"
"""The message for which a case waits that the meeting is proposed to refuse."""

HEARING, STATEMENT, RULING, EXPLANATION = "refusal_hearing", "refusal_statement", "refusal_ruling", "explanation"
EXPLAINED = "explained"
"""The firm explained itself on the same facts before: it is not asked a second time."""

# Where a form from before the facts of a refusal were asked for says what was found.
_OPINIONS = ("review_opinion", "verified_basis", "site_record", "audit_opinion")


class Sentence(TypedDict):
    """A ground as it is kept."""

    text: str
    source: str


class Proposed(TypedDict):
    """A proposed refusal as it is kept with the case, `by` whom; `at` is an instant in ISO form."""

    code: str
    by: str
    heard_by: str
    at: str
    found: list[Sentence]
    evidence: Sentence | None


def propose(look: Look) -> Proposed:
    """The refusal that was just proposed, by a form or by the experts' scores."""
    sent = list_submissions(look.session, look.case.id)[-1]
    data = sent.data
    if data.get("decision") != "refuse":
        found, code, evidence = [_of_experts(look)], "EXPERT_FAIL", None
    else:
        code = str(data.get("reason_code") or "BELOW_THRESHOLD")
        found = list(_of_form(look, sent))
        written = told(str(data.get("refusal_evidence") or ""))
        evidence = Ground(written, "") if written else None
    return {
        "code": code,
        "by": sent.by,
        "heard_by": str(data.get("heard_by") or "hearing"),
        "at": look.now.isoformat(),
        "found": [_kept(each) for each in found],
        "evidence": _kept(evidence) if evidence is not None else None,
    }


def proposed_by(facts: Mapping[str, Any]) -> str | None:
    """Who proposed the refusal that is on its way; None where none is, or its proposal did not keep that."""
    kept = find_proposed(facts)
    return kept.get("by") if kept is not None else None


def without_earlier(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without a proposal, and without what was said and answered to it."""
    gone = {PROPOSED, "refusal_statement", "ruling_answer"}
    return {name: value for name, value in facts.items() if name not in gone}


def is_proposed(look: Look) -> bool:
    """Whether a refusal is on its way."""
    return PROPOSED in look.facts


def find_proposed(facts: Mapping[str, Any]) -> Proposed | None:
    """The refusal that is on its way, or that the case ended with."""
    found: Proposed | None = facts.get(PROPOSED)
    return found


def refusal_of(look: Look, code: str) -> Refusal:
    """What stands on record of the refusal of a case, whoever refused it."""
    kept = find_proposed(look.facts)
    if kept is not None:
        found, evidence = [_read(each) for each in kept["found"]], kept["evidence"]
        said, answer = _said(look, kept), _answer(look, kept)
    else:
        found, evidence = list(_of_end(look)), None
        said, answer = _heard_on_objection(look) if look.case.stage == "P14" else (None, None)
    scheme = SCHEMES[look.case.scheme]
    return Refusal(
        code=code,
        article=scheme.ARTICLE,
        rule=scheme.TEXT,
        found=found,
        evidence=_read(evidence) if evidence is not None else None,
        said=Ground(said.text, "") if said is not None else None,
        silent=said is not None and not said.spoke,
        answer=answer,
        decided=_decided(look, kept),
    )


def _kept(ground: Ground) -> Sentence:
    return {"text": ground.text, "source": ground.source}


def _read(sentence: Sentence) -> Ground:
    return Ground(sentence["text"], sentence["source"])


def _of_form(look: Look, sent: Submission) -> Iterator[Ground]:
    """What a refusing form found: the points that are not met, who and where, the facts in words."""
    form = bundle_of(look.session, look.case.definition_id).form(sent.form)
    source = _source(form, sent)
    for field in form.fields:
        if sent.data.get(field.key) == "not_met":
            yield Ground(f"“{field.label}”经审核不符合", source)
    for point in sent.data.get(POINTS) or ():
        if point["answer"] == "not_met":
            label = parameters.catalog()[point["parameter"]].label
            yield Ground(f"对照“{label}”不符合：{told(point['remark'])}", source)
    for each in rules.judge_subject(look.case.scheme, {**look.facts, **sent.data}, look.parameters):
        if each.met is False:
            yield Ground(each.text, f"{source}，{each.article}")
    written = str(sent.data.get("refusal_facts") or "")
    if not written:
        written = next((str(sent.data[name]) for name in _OPINIONS if sent.data.get(name)), "")
    if told(written):
        yield Ground(told(written), source)


def _source(form: forms.Form, sent: Submission) -> str:
    return f"{form.title}，{day(local_date(sent.at))}"


def _of_experts(look: Look) -> Ground:
    panel = reviews.current(look.session, look.case.id)
    if panel is None or panel.unsealed_at is None:
        return Ground("专家评审未通过", "")
    line = look.parameter("proc.expert_pass_score")
    text = f"专家评审平均{panel.mean_score}分（合格线{line}分），{panel.size}名专家中{panel.supporting}名同意支持"
    return Ground(text, f"专家评审，{day(local_date(panel.unsealed_at))}")


def _said(look: Look, kept: Proposed) -> Heard | None:
    """What the firm said to what was held against it, or that it kept silent after which delivery."""
    if kept["heard_by"] == EXPLAINED:
        explained = latest_submission(look.session, look.case.id, EXPLANATION)
        return delivery.repeated(explained, EXPLANATION, "就上述事实说明") if explained is not None else None
    letter = messages.latest_of_kind(look.session, look.case.id, HEARING)
    if letter is None or letter.sent_at < datetime.fromisoformat(kept["at"]):
        return None
    return delivery.heard(look, letter, STATEMENT, STATEMENT, "陈述申辩")


def _answer(look: Look, kept: Proposed) -> Ground | None:
    ruling = latest_submission(look.session, look.case.id, RULING)
    if ruling is None or ruling.at < datetime.fromisoformat(kept["at"]):
        return None
    text = told(str(ruling.data.get("ruling_answer") or ""))
    return Ground(text, f"科室负责人复核，{day(local_date(ruling.at))}") if text else None


def _decided(look: Look, kept: Proposed | None) -> Ground | None:
    """Who decided: the meeting since the proposal, the district, else the chief on a proposal."""
    if look.case.stage == "P15":
        number, on = look.facts.get("district_document_no"), look.facts.get("district_approved_on")
        when = day(date.fromisoformat(str(on))) if on else ""
        return Ground(f"经区政府审定不予支持（{number}）", when) if number else None
    if look.case.stage == "P14" and (met := latest_submission(look.session, look.case.id, "objection_meeting")):
        minutes = told(str(met.data.get("objection_minutes_no") or ""))
        return Ground(f"异议经集体审议，决定不予支持{f'（{minutes}）' if minutes else ''}", day(local_date(met.at)))
    decisions = batches.decisions_of_case(look.session, look.case.id)
    since = datetime.fromisoformat(kept["at"]) if kept is not None else None
    if decisions and decisions[-1][0].result == "refuse":
        decision, resolution = decisions[-1]
        if since is None or resolution.recorded_at >= since:
            why = f"，理由：{told(decision.reason)}" if decision.reason else ""
            return Ground(f"经集体审议决定（{resolution.minutes_no}）{why}", day(local_date(resolution.recorded_at)))
    if kept is None:
        return None
    ruling = latest_submission(look.session, look.case.id, RULING)
    return Ground("经科室负责人复核决定", day(local_date(ruling.at))) if ruling is not None else None


def _of_end(look: Look) -> Iterator[Ground]:
    """What was found where nobody proposed a refusal beforehand: at the meeting, after publicity, by the district."""
    if look.case.stage == "P15":
        written = told(str(look.facts.get("district_opinion") or ""))
        if written:
            yield Ground(written, "区政府审定意见")
    elif look.case.stage == "P14":
        yield from _of_objection(look)
    elif look.case.stage == "P12":
        yield from _of_list(look)
    else:
        sent = list_submissions(look.session, look.case.id)[-1]
        yield from _of_form(look, sent) if sent.data.get("decision") == "refuse" else [_of_experts(look)]


def _of_objection(look: Look) -> Iterator[Ground]:
    for element, field, source in (
        ("objection_investigation", "objection_findings", "异议核查"),
        ("objection_handling", "objection_reply", "异议处理"),
    ):
        sent = latest_submission(look.session, look.case.id, element)
        written = told(str(sent.data.get(field) or "")) if sent is not None else ""
        if sent is not None and written:
            yield Ground(written, f"{source}，{day(local_date(sent.at))}")


def _heard_on_objection(look: Look) -> tuple[Heard | None, Ground | None]:
    """What the firm said to the objection, or that it kept silent, and what was answered."""
    letter = messages.latest_of_kind(look.session, look.case.id, "objection_notice")
    if letter is None:  # bundles from before the firm was heard
        return None, None
    said = delivery.heard(look, letter, "objection_statement", "objection_statement", "陈述")
    looked = latest_submission(look.session, look.case.id, "objection_investigation")
    reply = told(str(looked.data.get("statement_reply") or "")) if looked is not None else ""
    return said, Ground(reply, f"异议核查，{day(local_date(looked.at))}") if looked is not None and reply else None


def _of_list(look: Look) -> Iterator[Ground]:
    """What the article's calculation and the list left nothing for; else what the meeting itself found."""
    own = awards.preview(look) if not look.case.precap_amount else None
    for each in own.conditions if own is not None else ():
        if each.met is False:
            yield Ground(each.text, f"金额测算，{each.article}")
    row = batches.find_latest_row(look.session, look.case.id)
    for step in row.steps if row is not None and not look.case.final_amount else ():
        if step["cut"] != "0" or step["code"] == listing.CHOSEN:
            yield Ground(told(step["text"]), "汇总核算")
    decisions = batches.decisions_of_case(look.session, look.case.id)
    reason = told(decisions[-1][0].reason or "") if decisions else ""
    if reason:
        yield Ground(reason, f"集体审议，{decisions[-1][1].minutes_no}")
