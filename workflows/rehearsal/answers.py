"""What service tasks answer in a replay: computed anew where the law or the calendar decides, as recorded elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from workflows import rules
from workflows.engine import Result, ServiceCall
from workflows.rehearsal.record import Computed, Record
from workflows.rules import review, workdays

CRITERIA = ("score_legality", "score_technique", "score_effect", "score_investment", "score_example")


class NotRecorded(LookupError):
    """A service task was reached that the record knows no answer of; `element_id` says which."""

    def __init__(self, element_id: str, operation: str, why: str = "") -> None:
        self.element_id, self.operation, self.why = element_id, operation, why
        super().__init__(f"{element_id}: {operation} {why}")


@dataclass
class Answering:
    """The replay as services see it: the record, the values to reckon with, the facts so far, and the clock.

    `changed` are the ids of the values that are not the case's own, `sent` the keys of all that was ever
    sent for a task.
    """

    record: Record
    parameters: Mapping[str, Any]
    changed: Set[str]
    calendar: workdays.Calendar
    now: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    computed: list[Computed] = field(default_factory=list)
    sheets: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    instants: set[str] = field(default_factory=set)
    sent: Set[str] = frozenset()
    _asked: dict[str, int] = field(default_factory=dict)

    def answer(self, call: ServiceCall) -> Result:
        """What the service answers here. Raises NotRecorded."""
        compute = COMPUTED.get(call.operation)
        if compute is not None:
            return compute(self, call)
        return self.recorded(call)

    def recorded(self, call: ServiceCall) -> Result:
        """What the record says, the last answer again for rounds that the case did not have."""
        known: Sequence[Any] | None = self.record.results.get(call.element_id)
        if not known:
            raise NotRecorded(call.element_id, call.operation)
        index = self._asked.get(call.element_id, 0)
        if self.record.strict and index >= len(known):
            raise NotRecorded(call.element_id, call.operation)
        self._asked[call.element_id] = index + 1
        found: Result = known[min(index, len(known) - 1)]
        if isinstance(found, str):
            self.instants.add(found)
        return found


def _calculate(asked: Answering, call: ServiceCall) -> Result:
    """Steps 1–3 again, on the facts of the case's own calculation of this round, or on what is known by now."""
    index = len(asked.computed)
    own = asked.record.calculations
    facts = _still_asked(asked, own[min(index, len(own) - 1)].facts) if own else _own_facts(asked)
    today = asked.now.astimezone(workdays.BEIJING).date()
    try:
        result = rules.determine(asked.record.scheme, facts, asked.parameters, today)
    except (rules.FactInvalid, rules.parameters.ParameterMissing) as missing:
        raise NotRecorded(call.element_id, call.operation, str(missing)) from missing
    asked.computed.append(
        Computed(
            dict(result.facts),
            result.eligible,
            (str(result.computed_amount), str(result.item_amount), str(result.precap_amount)),
            tuple(f"{step.article} {step.text}：{step.amount}元" for step in result.steps),
        )
    )
    return "eligible" if result.eligible else "not_eligible"


def _still_asked(asked: Answering, own: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of the case's own calculation, without those that came from a form and that no form asked for here."""
    return {name: value for name, value in own.items() if name in asked.facts or name not in asked.sent}


def _own_facts(asked: Answering) -> dict[str, Any]:
    names = [fact.name for fact in rules.SCHEMES[asked.record.scheme].FACTS]
    return {name: asked.facts[name] for name in names if name in asked.facts}


def _deadline(asked: Answering, call: ServiceCall) -> Result:
    """24:00 of the last of so many working days; as recorded unless the value that counts them was changed.

    A recorded instant is known as such: the case may have been suspended since, which moved its timer.
    """
    days = call.parameters.get("days", "proc.supplement_days")
    known = asked.record.results.get(call.element_id)
    if known and days not in asked.changed:
        return asked.recorded(call)
    calendar, today = asked.calendar, asked.now.astimezone(workdays.BEIJING).date()
    try:
        count = int(days) if days.isdigit() else rules.parameters.get_value(asked.parameters, days, int)
        deadline = calendar.end_of(calendar.add(today, count)).isoformat()
    except (workdays.YearNotLoaded, rules.parameters.ParameterMissing) as missing:
        raise NotRecorded(call.element_id, call.operation, str(missing)) from missing
    if deadline in (known or ()):
        asked.instants.add(deadline)
    return deadline


def _tally(asked: Answering, call: ServiceCall) -> Result:
    """The verdict on the recorded sheets; under the case's own values as recorded."""
    if not asked.changed or not asked.sheets:
        return asked.recorded(call)
    scores = [sum((Decimal(str(sheet[name])) for name in CRITERIA), Decimal(0)) for sheet in asked.sheets.values()]
    votes = [str(sheet["vote"]) for sheet in asked.sheets.values()]
    verdict = review.verdict(
        scores,
        votes,
        pass_score=asked.parameters["proc.expert_pass_score"],
        majority=asked.parameters["proc.expert_majority"],
        trim=asked.parameters["proc.expert_trim"],
    )
    asked.sheets.clear()
    return "pass" if verdict.passed else "fail"


def _route_experts(asked: Answering, call: ServiceCall) -> Result:
    """As recorded, unless the changed value rules them out; where it newly asks for them the record has no scores."""
    route = asked.parameters.get(f"proc.expert_route.{rules.SCHEMES[asked.record.scheme].CLAUSE}")
    return "not_required" if asked.changed and route == "none" else asked.recorded(call)


def _went_on_with(answer: str) -> Callable[[Answering, ServiceCall], Result]:
    """As recorded; a case from before there was this stage went on as it does with this answer."""

    def found(asked: Answering, call: ServiceCall) -> Result:
        return asked.recorded(call) if any(asked.record.results.get(call.element_id) or ()) else answer

    return found


def _proof(asked: Answering, call: ServiceCall) -> Result:
    """As recorded. Where there was no such term nobody was silent: what the firm sent later is waited for.

    Whether a letter arrived within a term of another length is not told by the record.
    """
    if asked.record.results.get(call.element_id) or call.parameters.get("days") in asked.changed:
        return asked.recorded(call)
    return "not_delivered"


def _site(asked: Answering, call: ServiceCall) -> Result:
    return _asked_for(asked, call, "site_visit")


def _third_party(asked: Answering, call: ServiceCall) -> Result:
    return _asked_for(asked, call, "third_party")


def _asked_for(asked: Answering, call: ServiceCall, field_name: str) -> Result:
    """A stage that the reviewer asks for: recorded where the case had the question, else by what the form said."""
    if asked.record.results.get(call.element_id):
        return asked.recorded(call)
    return "required" if asked.facts.get(field_name) == "yes" else "not_required"


COMPUTED: Mapping[str, Callable[[Answering, ServiceCall], Result]] = {
    "calculate_amount": _calculate,
    "working_deadline": _deadline,
    "open_correction": _deadline,
    "term_from_delivery": _deadline,
    "confirm_paid_before": _went_on_with("even"),
    "tally_scores": _tally,
    "route_expert_review": _route_experts,
    "search_duplicates": _went_on_with("clear"),
    "check_panel": _went_on_with("complete"),
    "enter_case": _went_on_with("application"),
    "route_payment": _went_on_with("due"),
    "offer_choice": _went_on_with("none"),
    "commit_award_in_year": _went_on_with("committed"),
    "review_standing": _went_on_with("clear"),
    "propose_refusal": _went_on_with("heard"),
    "route_refusal": _went_on_with("chief"),
    "uphold_refusal": _went_on_with("refused"),
    "withdraw_refusal": _went_on_with("withdrawn"),
    "settle_payment": _went_on_with("paid"),
    "prove_delivery": _proof,
    "review_payee_silence": _went_on_with("remind"),
    "route_site_inspection": _site,
    "route_third_party": _third_party,
}
