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
    sums up a single task, done by several people; `roles` are the posts of which each has to be among those asked.
    """

    words: frozenset[str]
    fields: frozenset[str] = frozenset()
    one: bool = False
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """A field of a form: whether it has to be filled in, its kind, and the codes of a choice.

    Then its bounds, the least number of rows of a list, the pattern of its text, the fact that it begins with, when it
    is hidden and when it has to be filled in all the same, each as the form writes it and empty for none.
    """

    required: bool
    kind: str
    choices: frozenset[str] = frozenset()
    readonly: bool = False
    minimum: str = ""
    maximum: str = ""
    rows: int = 0
    pattern: str = ""
    prefill: str = ""
    hidden: str = ""
    demanded: str = ""


@dataclass(frozen=True)
class Promised:
    """A field that the program reads, as its release ships it: in which form, what officials call it, who reads it."""

    form: str
    name: str
    readers: str
    asked: Asked


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
    apart. `law` is the sentence that says so. `core` are the types in which nobody may waive it, "*" for all;
    `schemes` those that need it, empty for all.
    """

    act: str
    law: str
    operations: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    anywhere: bool = False
    schemes: frozenset[str] = frozenset()

    def is_core(self, scheme: str) -> bool:
        """Whether no owner may waive it in a process of this type."""
        return bool(self.core & {"*", scheme})


@dataclass(frozen=True)
class Source:
    """Where an answer comes from, a form, an operation or a message, and which of its words count."""

    words: frozenset[str]
    form: str = ""
    operation: str = ""
    message: str = ""


@dataclass(frozen=True)
class Said:
    """What tasks with these forms, these operations, calls of these processes and waits for these messages happen upon.

    With `every`, each answer that the bundle asks for is among the words of its source on every way; else on each way
    at least one is.

    `title` says the answer, `law` why; `schemes` are the types that it holds for, empty for all.
    """

    title: str
    law: str
    answers: tuple[Source, ...]
    operations: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    every: bool = True
    messages: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Follows:
    """What comes once a form, an operation or a message gave one of these answers, or any where no words are named.

    `then` are forms, operations, messages and called processes, one of which comes before the process or sub-process
    ends; with `at_once` before anybody else is asked. `title` and `law` say so.
    """

    title: str
    law: str
    source: Source
    then: frozenset[str]
    at_once: bool = False


@dataclass(frozen=True)
class Duty:
    """Which posts may do the tasks with this form (`titles` says them), and the forms from whose doers they are kept.

    With `apart_role` only that post is kept from them.
    """

    form: str
    roles: frozenset[str]
    titles: frozenset[str]
    apart: frozenset[str] = frozenset()
    apart_role: str = ""


@dataclass(frozen=True)
class Relied:
    """What the program does at a task that it knows by its id, and the form that it reads there.

    An `exclusive` form belongs to such tasks alone: at another one the same would not happen. With `role` only that
    post does it. `asks`, `does` and `seals` are what the diagram says there, empty for nothing.
    """

    form: str
    what: str
    exclusive: bool = True
    role: str = ""
    asks: str = ""
    does: str = ""
    seals: str = ""


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
    to say why. `relied` are the tasks that the program knows by their ids. `undated` are the statuses of the tasks
    whose term is not the diagram's to say: all others state theirs. `promised` are the fields that the program
    reads, by form and path. `said` are the answers upon which things happen, `follows` what
    comes after answers; `undoes` the answers that an operation takes back. `duties` say who does what; `terms` the days
    of a letter's term, empty where every element of a bundle only has to say the same, `announces` the operations that
    send such a letter; `listens` the messages that a call, or a task with a form, of the main process is interrupted
    by; `once` the operations done once in a case; `shown` what a task may ask, `effects` what its completion may do;
    `entries` are the operations that say where an instance begins: a further one begins where an earlier one has been.
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
    undated: frozenset[str] | None = None
    promised: Mapping[str, Mapping[str, Promised]] = field(default_factory=dict)
    said: Sequence[Said] = ()
    follows: Sequence[Follows] = ()
    undoes: Mapping[str, Sequence[Source]] = field(default_factory=dict)
    duties: Sequence[Duty] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    announces: Mapping[str, str] = field(default_factory=dict)
    listens: Mapping[str, frozenset[str]] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    effects: frozenset[str] = frozenset()
    entries: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """As values that JSON can hold."""
        return {each.name: _plain(getattr(self, each.name)) for each in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Known:
        """What `to_json` wrote."""
        sets = {"forms", "roles", "statuses", "final_statuses", "stages", "reasons", "due_parameters"}
        sets |= {"heard", "proofs", "undated", "once", "shown", "effects", "entries"}
        read: dict[str, Any] = {
            name: frozenset(value) if name in sets and value is not None else value for name, value in stored.items()
        }
        for each in ("operations", "periods", "grounds", "listens"):
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
        read["promised"] = {
            form: {path: _promised(each) for path, each in fields.items()}
            for form, fields in stored["promised"].items()
        }
        read["said"] = [_said(each) for each in stored["said"]]
        read["undoes"] = {
            name: [_record(Source, each) for each in sources] for name, sources in stored["undoes"].items()
        }
        read["duties"] = [_record(Duty, each) for each in stored["duties"]]
        read["follows"] = [
            _record(Follows, {**each, "source": _record(Source, each["source"])}) for each in stored["follows"]
        ]
        read["needs"] = [_record(Need, each) for each in stored["needs"]]
        return cls(**read)


def _said(stored: Mapping[str, Any]) -> Said:
    return _record(Said, {**stored, "answers": tuple(_record(Source, each) for each in stored["answers"])})


def _promised(stored: Mapping[str, Any]) -> Promised:
    return Promised(stored["form"], stored["name"], stored["readers"], _record(Asked, stored["asked"]))


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
