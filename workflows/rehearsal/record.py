"""What is replayed: the acts that moved a case, in order and with their instants, and what services answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

# Stands in a kept record for what nobody but the case's own people may read; no form is asked about it.
OMITTED = "（略）"
# What an act did: a task completed, a message delivered, a timer fired, one of several tasks taken back.
COMPLETE, MESSAGE, TIMER, TAKE_BACK = "complete", "message", "timer", "take_back"


@dataclass(frozen=True)
class Act:
    """One thing that moved the case. `name` is the message of a message; `item` whose task it was among several."""

    do: str
    element_id: str
    at: datetime
    name: str = ""
    decision: str | None = None
    item: str | None = None
    data: Mapping[str, Any] | None = None
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Computed:
    """A calculation that the case had: its facts, its three amounts in yuan and the texts of its steps."""

    facts: Mapping[str, Any]
    eligible: bool
    amounts: tuple[str, str, str]
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stop:
    """Something on the way that people can name: a task done, an event that happened, the end reached."""

    process: str
    element_id: str
    name: str


@dataclass(frozen=True)
class Outcome:
    """What came of a case, or of its replay: the way, where it stands or ended, and its last calculation."""

    stops: tuple[Stop, ...]
    open: tuple[str, ...]
    ended: str | None
    ended_name: str | None
    status: str | None
    computed: Computed | None


@dataclass(frozen=True)
class Record:
    """A case as the replay sees it. `parameters` are the texts of its batch's pinned values, by id.

    `types` are those that were pinned with them, as far as any were; the others are read by the type of the catalogue.
    `results` are what each service task answered, in order, and when each timer was first due whose period the diagram
    states. `ended`: the case reached an end event; `cancelled`: it was withdrawn or terminated. `until` is the instant
    up to which the record reaches. `strict`: no answer is used twice, so that whoever makes a record by hand is asked
    again in each round.
    """

    scheme: str
    started_at: datetime
    until: datetime
    acts: tuple[Act, ...]
    results: Mapping[str, Sequence[Any]]
    calculations: tuple[Computed, ...]
    parameters: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    ended: bool = False
    cancelled: bool = False
    strict: bool = False
    types: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For keeping in a row; money is text in it already."""
        kept = asdict(self)
        kept["started_at"], kept["until"] = self.started_at.isoformat(), self.until.isoformat()
        kept["calculations"] = list(kept["calculations"])
        kept["acts"] = [{**act, "at": act["at"].isoformat()} for act in kept["acts"]]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Record:
        """The record that `as_json` kept. Raises KeyError, TypeError or ValueError for anything else."""
        instant = datetime.fromisoformat
        acts = tuple(Act(**{**act, "at": instant(act["at"])}) for act in kept["acts"])
        calculations = tuple(_computed(each) for each in kept["calculations"])
        times = {name: instant(kept[name]) for name in ("started_at", "until")}
        return cls(**{**kept, **times, "acts": acts, "calculations": calculations})


def _computed(kept: Mapping[str, Any]) -> Computed:
    low, item, precap = kept["amounts"]
    return Computed(kept["facts"], kept["eligible"], (low, item, precap), tuple(kept["steps"]))
