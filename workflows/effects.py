"""What completing a task changes beside the facts, before the process runs on."""

from collections.abc import Callable

from storage import publicity
from workflows.step import Step


def _answer_objections(step: Step) -> None:
    """Every accepted objection of the case gets the result and the reply; who objected stays hidden."""
    state = "dismissed" if step.submitted["decision"] == "dismiss" else "upheld"
    for objection in publicity.list_objections(step.session, state="accepted", case_id=step.case.id):
        objection.state, objection.reply = state, str(step.submitted.get("objection_reply") or "")
        objection.handled_by, objection.handled_at = step.actor.username, step.now
        step.record(f"objection_{state}", str(objection.id))


EFFECTS: dict[str, Callable[[Step], None]] = {"objection_handling": _answer_objections}


def apply(element_id: str, step: Step) -> None:
    effect = EFFECTS.get(element_id)
    if effect is not None:
        effect(step)
