"""What a diagram may refer to: handed in, because the engine knows neither operations nor roles."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

_Record = TypeVar("_Record")


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
class Asked:
    """A field of a form: whether it has to be filled in, its kind, and the codes of a choice."""

    required: bool
    kind: str
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Read:
    """A key of the facts that an operation reads, with what officials call it.

    With `always` it is asked on every way before, else by any form of the bundle. A `confirmed` one is a figure that
    the confirming form asks for and demands. `kind` and `choices` are what its reader takes, where that is known;
    `scheme` is the only type in which it is read, empty for all.
    """

    key: str
    label: str
    scheme: str = ""
    always: bool = True
    confirmed: bool = False
    kind: str = ""
    choices: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Act:
    """A step of the procedure, done by any of these operations, of the tasks with these forms, or of these messages."""

    title: str
    operations: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    messages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Need:
    """An act that lies on every way before any of these operations, and before a case ends with any of these statuses.

    With `anywhere` it is enough that the bundle has it: what is called may end in several ways, which are not told
    apart. `law` is the sentence that says so. `core` are the types in which nobody may waive it, "*" for all.
    """

    act: str
    law: str
    operations: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    anywhere: bool = False

    def is_core(self, scheme: str) -> bool:
        """Whether no owner may waive it in a process of this type."""
        return bool(self.core & {"*", scheme})


@dataclass(frozen=True)
class Relied:
    """What the program does at a task that it knows by its id, and the form that it reads there.

    An `exclusive` form belongs to such tasks alone: at another one the same would not happen.
    """

    form: str
    what: str
    exclusive: bool = True


@dataclass(frozen=True)
class Known:
    """What a diagram may refer to. What is None or not mentioned is not checked.

    `forms` are form keys; `decisions` maps a form key to the decisions it offers, `fields` to what it asks for by key,
    `demanded` to the keys that have to be filled in for each of its decisions. `operations` maps a name to the
    parameters that it needs, `periods` to those of them that are working days, `results` to the words that it answers,
    `gives` to what it answers ("nothing", "word", "instant" or "people"). `messages` maps a message that somebody sends
    to the words that come with it. `roles`, `statuses`, `final_statuses` (those a case may end with), `stages` and
    `reasons` are codes, `due_parameters` the parameters that are counted in working days. `owners` maps the process
    keys of other definitions to the files they live in; a bundle may hold such a process only as that very file.
    `heard` are the roles that have a say and may keep silent, `proofs` the operations that answer whether they were
    reached before their silence counts. `summaries` are the operations that sum up what tasks answered. `reads` are the
    facts that operations read, `confirming` is the form that confirms figures. `acts` are the steps of the procedure by
    their codes, `needs` what has to come before what; `grounds` maps an adverse decision to the keys of which one has
    to say why. `relied` are the tasks that the program knows by their ids. `entries` are the operations that say where
    an instance begins: a further one begins where an earlier one has been.
    """

    forms: frozenset[str]
    operations: Mapping[str, frozenset[str]]
    roles: frozenset[str]
    statuses: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Asked]] = field(default_factory=dict)
    demanded: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
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
    reads: Mapping[str, Sequence[Read]] = field(default_factory=dict)
    confirming: str = ""
    acts: Mapping[str, Act] = field(default_factory=dict)
    needs: Sequence[Need] = ()
    grounds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    relied: Mapping[str, Relied] = field(default_factory=dict)
    entries: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """As values that JSON can hold."""
        return {each.name: _plain(getattr(self, each.name)) for each in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Known:
        """What `to_json` wrote."""
        sets = {"forms", "roles", "statuses", "final_statuses", "stages", "reasons", "due_parameters"}
        sets |= {"heard", "proofs", "entries"}
        read: dict[str, Any] = {
            name: frozenset(value) if name in sets and value is not None else value for name, value in stored.items()
        }
        for each in ("operations", "periods", "grounds"):
            read[each] = {name: frozenset(parameters) for name, parameters in stored[each].items()}
        read["summaries"] = {name: _record(Summary, each) for name, each in stored["summaries"].items()}
        read["fields"] = {
            form: {key: _record(Asked, each) for key, each in asked.items()} for form, asked in stored["fields"].items()
        }
        read["demanded"] = {
            form: {word: frozenset(keys) for word, keys in words.items()} for form, words in stored["demanded"].items()
        }
        read["reads"] = {name: [_record(Read, each) for each in keys] for name, keys in stored["reads"].items()}
        read["acts"] = {code: _record(Act, each) for code, each in stored["acts"].items()}
        read["relied"] = {identity: _record(Relied, each) for identity, each in stored["relied"].items()}
        read["needs"] = [_record(Need, each) for each in stored["needs"]]
        return cls(**read)


def _record(kind: Callable[..., _Record], stored: Mapping[str, Any]) -> _Record:
    """A dataclass of plain values and sets, from what JSON kept of it."""
    return kind(**{name: frozenset(value) if isinstance(value, list) else value for name, value in stored.items()})


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
