"""The shapes of legal values (政策口径) that API and pages show. Values are texts as the catalog reads them."""

from typing import NotRequired, TypedDict

from workflows.rules.parameters import Status


class ProposalShown(TypedDict):
    """A value that waits for a second owner; `shown` is the value as an official writes it. The id stands for exactly
    what is shown here: whoever proposes anew gets another."""

    id: int
    value: str
    shown: str
    basis: str
    effective_on: str
    proposed_by: str
    proposed_at: str


class ParameterShown(TypedDict):
    """A legal value with its meaning, what is in force, and the proposal that waits. Confirmed ones say by whom."""

    id: str
    label: str
    type: str
    unit: str
    article: str
    status: Status
    limit: str | None
    limit_text: str
    choices: dict[str, str]
    note: str
    basis_kind: str
    contested: bool
    schemes: list[str]
    default: str | None
    value: str | None
    shown: str | None
    confirmed: bool
    confirmed_by: str | None
    confirmed_at: str | None
    effective_on: str | None
    basis: str | None
    proposal: ProposalShown | None


class ParameterListed(ParameterShown):
    """A legal value in the list of all, with the drafted batches that cannot open before it is confirmed."""

    needed_by: list[int]


class NoticedCondition(TypedDict):
    """A condition of a batch that the policy does not contain, as its notice of application prints it."""

    parameter: str
    label: str
    value: str
    basis: str
    schemes: list[str]


class PinnedValue(TypedDict):
    """A value as a batch keeps it from its opening on. The first batches kept no type and no unit."""

    value: str | None
    type: NotRequired[str]
    unit: NotRequired[str]
    confirmed_by: str | None
    confirmed_at: str | None
    basis: str
