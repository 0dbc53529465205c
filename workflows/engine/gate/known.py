"""What a diagram may refer to: handed in, because the engine knows neither operations nor roles."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Summary:
    """How an operation sums up what several people answered: the tasks are named by its parameter `tasks`.

    `words` are the decisions that it can tell apart, `fields` what else it reads of each answer; `one` says that it
    sums up a single task, done by several people.
    """

    words: frozenset[str]
    fields: frozenset[str] = frozenset()
    one: bool = False


@dataclass(frozen=True)
class Known:
    """What a diagram may refer to. What is None or not mentioned is not checked.

    `forms` are form keys; `decisions` maps a form key to the decisions it offers, `fields` to the keys
    that it asks for. `operations` maps a name to the
    parameters that it needs, `periods` to those of them that are working days, `results` to the words that it answers,
    `gives` to what it answers ("nothing", "word", "instant" or "people"). `messages` maps a message that somebody sends
    to the words that come with it. `roles`, `statuses`, `final_statuses` (those a case may end with), `stages` and
    `reasons` are codes, `due_parameters` the parameters that are counted in working days. `owners` maps the process
    keys of other definitions to the files they live in; a bundle may hold such a process only as that very file.
    `heard` are the roles that have a say and may keep silent, `proofs` the operations that answer whether they were
    reached before their silence counts. `summaries` are the operations that sum up what tasks answered.
    """

    forms: frozenset[str]
    operations: Mapping[str, frozenset[str]]
    roles: frozenset[str]
    statuses: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    periods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    results: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, Sequence[str]] | None = None
    final_statuses: frozenset[str] | None = None
    stages: frozenset[str] | None = None
    reasons: frozenset[str] | None = None
    due_parameters: frozenset[str] | None = None
    heard: frozenset[str] = frozenset()
    proofs: frozenset[str] = frozenset()
    summaries: Mapping[str, Summary] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As values that JSON can hold."""
        return {each.name: _plain(getattr(self, each.name)) for each in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Known:
        """What `to_json` wrote."""
        sets = {"forms", "roles", "statuses", "final_statuses", "stages", "reasons", "due_parameters"}
        sets |= {"heard", "proofs"}
        read: dict[str, Any] = {
            name: frozenset(value) if name in sets and value is not None else value for name, value in stored.items()
        }
        for each in ("operations", "periods", "fields"):
            read[each] = {name: frozenset(parameters) for name, parameters in stored[each].items()}
        read["summaries"] = {
            name: Summary(frozenset(each["words"]), frozenset(each["fields"]), each["one"])
            for name, each in stored["summaries"].items()
        }
        return cls(**read)


def _plain(value: Any) -> Any:
    if isinstance(value, Summary):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value
