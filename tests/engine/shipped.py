"""The shipped diagrams for tests: each scheme's bundle, what may be answered in it, and a case that moves by itself."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.engine.driving import Driver
from workflows.engine import Diagrams
from workflows.workshop import bundling

LIBRARY = bundling.read_library(Path(__file__).parents[2] / "bpmn")
SCHEMES = sorted(path.removesuffix(".bpmn") for path in LIBRARY if "/" not in path and path.endswith(".bpmn"))

# What each task may be answered with; the first value moves the case forward.
DECISIONS = {
    "confirm_candidate": ("accept", "decline"),
    "formality_check": ("accept", "correct", "not_accept"),
    "non_acceptance_review": ("agree", "return"),
    "refusal_ruling": ("agree", "return"),
    "credit_check": ("clear", "curable", "veto"),
    "joint_check": ("clear", "curable", "veto"),
    "credit_ruling": ("clear", "curable", "veto"),
    "substantive_review": ("pass", "return", "refuse"),
    "site_inspection": ("pass", "return", "refuse"),
    "audit_verification": ("pass", "return", "refuse"),
    "confirm_verified": ("pass", "return", "refuse"),
    "declare_interest": ("accept", "recuse"),
    "chief_recheck": ("agree", "return"),
    "finance_recheck": ("agree", "return"),
    "legal_recheck": ("agree", "return"),
    "deputy_review": ("agree", "return"),
    "objection_handling": ("dismiss", "uphold", "refuse"),
    "objection_legal_review": ("agree", "return"),
    "objection_meeting": ("agree", "return"),
    "district_approval": ("approve", "return", "refuse"),
    "confirm_payee": ("agree", "return"),
    "choose_matters": ("keep", "choose"),
    "decide_silent_payee": ("remind", "forfeit"),
    "pay": ("paid", "returned", "held"),
    "credit_recheck": ("clear", "curable", "veto"),
    "recovery_investigation": ("propose", "dismiss"),
    "recovery_dismissal": ("agree", "return"),
    "recovery_legal_review": ("agree", "return"),
    "recovery_meeting": ("recover", "dismiss", "return"),
    "recovery_enforcement": ("enforce", "refer", "dun"),
}
# What the operations may answer, by the operation's name; the first value takes the longest way to the payment.
ANSWERS: dict[str, tuple[Any, ...]] = {
    "enter_case": ("application", "intake", "review", "verified", "calculation", "recovery"),
    "route_payment": ("due", "paid_before"),
    "confirm_paid_before": ("overpaid", "even"),
    "decide_recovery": ("collect", "revoked"),
    "dismiss_recovery": ("dismissed",),
    "lapse_collection": ("lapsed", "dunned", "running"),
    "settle_collection": ("recovered", "partial"),
    "route_origin": ("candidate", "application"),
    "route_round": ("yearly", "entry"),
    "settle_credit": ("clear", "curable", "veto"),
    "settle_ruling": ("clear", "curable", "veto"),
    "prove_delivery": ("lapsed", "running", "not_delivered"),
    # Bundles of older releases end the period of a correction so.
    "lapse_correction": ("lapsed", "not_delivered"),
    "record_not_accepted": ("not_accept",),
    "route_site_inspection": ("required", "not_required"),
    "route_third_party": ("required", "not_required"),
    "check_cuts": ("no", "yes"),
    "search_duplicates": ("clear", "open"),
    "settle_payment": ("paid",),
    "review_payee_silence": ("remind", "decide"),
    "record_forfeit": ("forfeited",),
    "review_standing": ("clear", "credit", "held", "payee", "recount"),
    "route_expert_review": ("required", "not_required"),
    "draw_experts": (["expert1", "expert2", "expert3"], ["expert4"], []),
    "settle_declarations": ("complete", "short"),
    "seat_panel": (["expert1", "expert2", "expert3"],),
    "check_panel": ("complete", "short"),
    "tally_scores": ("pass", "fail"),
    "calculate_amount": ("eligible", "not_eligible"),
    "settle_recheck": ("agree", "return"),
    "propose_refusal": ("hearing", "heard"),
    "route_refusal": ("meeting", "chief"),
    "uphold_refusal": ("refused",),
    "withdraw_refusal": ("withdrawn",),
    "offer_choice": ("offered", "none"),
    "commit_award_in_year": ("committed", "other_year"),
    "close_publicity": ("clear", "upheld", "refused"),
}
PAYLOADS = {
    "resolved": ("support", "defer", "refuse", "cut"),
    "reallocated": ("amount", "notice"),
    "recounted": ("same", "amount"),
    "refusal_resolved": ("refuse", "defer"),
}
DEADLINES = {"working_deadline", "open_collection", "open_correction", "open_publicity", "term_from_delivery"}


def bundle(scheme: str) -> dict[str, bytes]:
    """The diagrams of a scheme's bundle by their paths: its own and those that it calls."""
    assembled = bundling.assemble(LIBRARY, scheme)
    return {path: assembled[path] for path in sorted(assembled) if path.endswith(".bpmn")}


class Case(Driver):
    """A case whose tasks, operations and messages answer by the given choice."""

    def __init__(self, diagrams: Diagrams, choose: Callable[[Sequence[Any]], Any]) -> None:
        self.choose = choose
        super().__init__(diagrams)

    def pick(self, name: str, values: Sequence[Any]) -> Any:
        """The answer of the task, operation or message of that name."""
        return self.choose(values)

    def call(self, request):
        self.calls.append(request)
        if request.operation in DEADLINES:
            return (self.now + timedelta(days=7)).isoformat()
        values = ANSWERS.get(request.operation)
        return self.pick(request.operation, values) if values else None

    def move(self) -> str:
        """One step: a task if one is open, else a message, else time."""
        instance = self.instance
        opened = instance.open_tasks()
        messages = sorted({wait.message for wait in instance.waits() if wait.kind == "message" and not wait.boundary})
        if opened:
            task = self.choose(opened)
            decisions = DECISIONS.get(task.element_id)
            decision = self.pick(task.element_id, decisions) if decisions else None
            self.step(lambda instance: instance.complete(task.id, decision))
            return task.element_id
        if messages and not (instance.next_due() and self.choose((True, False))):
            message = self.choose(messages)
            self.deliver(message, **({message: self.pick(message, PAYLOADS[message])} if message in PAYLOADS else {}))
            return message
        self.advance(timedelta(days=7))
        return "time"
