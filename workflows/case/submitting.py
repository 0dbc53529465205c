"""What a person sends for a task: kept as a row of its own, made the facts of the case, and told by one event.

The event tells all that was sent, beside what the same person sent for the same task last; never beside the words of
somebody else. Identity numbers, accounts and phones stand on it as salted digests, what is sealed as one digest.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from storage.cases import append_submission
from storage.tasks import Task
from workflows import forms, views
from workflows.audit import EventRef, digest_of, salted
from workflows.case.step import Step

POINTS = "review_points"
"""Under this key what was sent holds the answers to the review points: no field, and no fact of the case."""

# Kinds of fields that tell who somebody is, whatever the field is called.
_PERSONAL_KINDS = frozenset({"mobile", "email"})


def submit(
    step: Step, task: Task, form: forms.Form, clean: Mapping[str, Any], earlier: Mapping[str, Any], *, sealed: bool
) -> EventRef:
    """Keep what was sent for a task, and record the completion; answers the event. The facts follow unless sealed.

    `earlier` is what the same person sent for the same element last.
    """
    step.submitted = clean
    who = step.actor.username
    seal = secrets.token_hex(16) if sealed else None
    personal = {} if sealed else {key: clean[key] for key in _personal(form) if clean.get(key) not in (None, "")}
    salt = secrets.token_hex(16)
    append_submission(
        step.session,
        {
            "case_id": step.case.id,
            "task_id": task.id,
            "element_id": task.element_id,
            "form": form.key,
            "data": {key: value for key, value in clean.items() if key not in personal},
            "seal": seal,
            "by": who,
            "at": step.now,
        },
        personal,
        salt,
    )
    if seal:
        digest = digest_of({"data": clean, "seal": seal})
        changes = [{"field": "sealed_sha256", "old": None, "new": digest}]
    else:
        changes = _told(earlier, clean, personal, salt)
        digest = digest_of({each["field"]: each["new"] for each in changes})
        # A list that was left empty now has no rows of before.
        emptied = {field.key for field in form.editable() if field.is_list and field.key not in clean}
        step.facts = {
            **{name: value for name, value in step.facts.items() if name not in emptied},
            **{field: value for field, value in clean.items() if field not in (forms.DECISION, POINTS)},
        }
    return step.record("task_completed", task.element_id, changes, binds={f"submission:{task.id}": digest})


def _personal(form: forms.Form) -> list[str]:
    return [
        field.key
        for field in form.fields
        if field.key in views.PERSONAL or (field.kind is not None and field.kind.code in _PERSONAL_KINDS)
    ]


def _told(
    before: Mapping[str, Any], sent: Mapping[str, Any], personal: Mapping[str, Any], salt: str
) -> list[dict[str, Any]]:
    """All that was sent, the decision first, each beside what stood there last; what was left empty now comes last."""

    def shown(field: str, value: Any) -> Any:
        hidden = field in personal or field in views.PERSONAL
        return salted(value, salt) if hidden and value not in (None, "") else value

    fields = sorted(sent, key=lambda field: (field != forms.DECISION, field))
    gone = sorted(field for field in before if field not in sent)
    return [
        {"field": field, "old": shown(field, before.get(field)), "new": shown(field, sent.get(field))}
        for field in [*fields, *gone]
    ]
