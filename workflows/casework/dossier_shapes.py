"""The shapes of a case's file (件档). Instants are texts in UTC, days are texts, amounts are texts in whole yuan."""

from typing import Any, NotRequired, TypedDict

from storage.batches import Proposal, Result
from workflows import forms
from workflows.casework.objection_triage import ObjectionShown
from workflows.casework.panels import PanelShown
from workflows.rules import ConditionText, StepText
from workflows.rules.listing import ListStepText


class PathShown(TypedDict):
    """A diagram with the elements and flows that the case came by, has open, and failed at."""

    key: str
    xml: str
    done: list[str]
    open: list[str]
    failed: list[str]
    flows: list[str]


class DiagramsShown(TypedDict):
    """The path of a case, the called diagrams included."""

    diagrams: list[PathShown]


class ValueUsed(TypedDict):
    """A value that a calculation used; who confirmed it, when and on which basis is for the office."""

    id: str
    value: str
    type: NotRequired[str | None]
    unit: NotRequired[str | None]
    confirmed_by: NotRequired[str | None]
    confirmed_at: NotRequired[str | None]
    basis: NotRequired[str | None]


class CalculationShown(TypedDict):
    """One calculation of a case: steps 1 to 3 of domain.md 2.1 with everything they were made from."""

    number: int
    at: str
    by: str | None
    program: str | None
    eligible: bool
    computed_amount: str
    item_amount: str
    precap_amount: str
    facts: dict[str, str]
    parameters: list[ValueUsed]
    conditions: list[ConditionText]
    steps: list[StepText]


class SubmissionShown(TypedDict):
    """What somebody sent in a task, with the form that it was filled in."""

    task: str
    element_id: str
    form: str
    form_object: forms.Form
    data: dict[str, Any]
    by: str | None
    at: str


class ListedShown(TypedDict):
    """The case on one list (汇总表)."""

    round: int
    precap_amount: str
    final_amount: str
    proposal: Proposal
    steps: list[ListStepText]
    at: str


class DecisionShown(TypedDict):
    """What a meeting resolved on the case."""

    minutes_no: str
    result: Result
    amount: str | None
    reason: str | None
    at: str


class AnnouncementShown(TypedDict):
    """The case on a public notice, with the end of its own period."""

    id: int
    title: str
    amount: str
    published_at: str
    ends_at: str


class EntryShown(TypedDict):
    """What the case moved in its enterprise's account."""

    state: str
    from_state: str | None
    amount: str
    at: str
    why: str


class PaymentShown(TypedDict):
    """One payment; the account is masked for whom it does not concern."""

    number: int
    state: str
    amount: str
    account_name: str
    account_no: str
    voucher_no: str | None
    paid_on: str | None
    return_reason: str | None


class LetterShown(TypedDict):
    """A letter or message to the enterprise; `served_on` is the day of its proved delivery, by what `manner_name` says.

    `to_serve`: a term ran out without proof, so that it is to be served on paper.
    """

    kind: str
    number: str | None
    title: str
    body: str
    sent_at: str
    read_at: str | None
    served_on: str | None
    manner_name: str | None
    to_serve: bool


class Dossier(TypedDict):
    """What stands beside a task. Forms are for pages: a dossier never leaves as JSON."""

    application_form: forms.Form
    application: dict[str, Any]
    submissions: list[SubmissionShown]
    reviews: list[PanelShown]
    list_rows: list[ListedShown]
    decisions: list[DecisionShown]
    notices: list[AnnouncementShown]
    objections: list[ObjectionShown]
    ledger: list[EntryShown]
    payments: list[PaymentShown]
    messages: list[LetterShown]
    correction_items: list[dict[str, Any]] | None
