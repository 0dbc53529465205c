"""Whether a case may go on in another version of its diagrams from where it stands; if not, why, in words for people.

Four things must hold: what is open is drawn in the new version as the same thing; its tokens could have come to stand
like this in the new version; whatever is read ahead of them is set by then; and what they hold is still understood.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from workflows.engine.ahead import Ahead, How
from workflows.engine.carried import Carried, Use
from workflows.engine.gate.bundle import Scope
from workflows.engine.markings import Marking, reachable_markings
from workflows.engine.model import Element
from workflows.engine.positions import Drawn, Held, Place, Position, Token, words_of
from workflows.engine.timers import parse_instant

_WORDS = {
    "ended": ("本件已办结，不再迁移", "The case has ended; there is nothing to migrate"),
    "element-gone": ("当前环节{what}在新版本中已删除", "{what} is open and is not drawn in the new version"),
    "element-moved": ("当前环节{what}在新版本中改画在另一子流程内", "{what} is drawn inside another sub-process"),
    "kind-changed": (
        "当前环节{what}在新版本中改成了另一种元素",
        "{what} is another kind of element in the new version",
    ),
    "event-changed": ("正在等待的{what}在新版本中等待的事项不同", "{what} waits for something else in the new version"),
    "call-changed": ("办理中的{what}在新版本中调用另一流程", "{what} is under way and calls another process"),
    "multi-changed": (
        "{what}正由多人分别办理，新版本改变了分办方式",
        "{what} is given to several people in another way",
    ),
    "boundary-changed": (
        "当前环节{what}上的边界事件在新版本中有增减或改变",
        "The events on the boundary of {what} are not the same",
    ),
    "join-changed": (
        "已有分支在{what}等待会合，新版本改变了会合前的走向",
        "A branch waits at {what}, and the way into this join has changed",
    ),
    "join-complete": (
        "{what}等待的分支在新版本中已经到齐，会被提前通过",
        "{what} would be passed early: every branch that it waits for is there",
    ),
    "marking": (
        "本件同时处于{what}，按新版本的流程走不到这种情形（并行分支有改变）",
        "No way through the new version leads to {what} at the same time",
    ),
    "variable-missing": (
        "{what}要用到{detail}，本件没有，此后也不一定产生",
        "{what} reads {detail}, which this case does not have and may not get",
    ),
    "word-gone": (
        "{what}按{detail}决定走向，本件的取值“{value}”在新版本的条件中已不再使用",
        "{what} decides by {detail}; this case has “{value}”, which the conditions of the new version do not know",
    ),
    "not-comparable": (
        "{what}按{detail}决定走向，本件的取值“{value}”与新版本条件中的取值不属同一类型",
        "{what} decides by {detail}; this case has “{value}”, which the new version compares with other kinds",
    ),
    "not-a-list": (
        "{what}按{detail}分给多人办理，本件的取值“{value}”不是人员名单",
        "{what} is given to the people in {detail}; this case has “{value}”, which is no list of people",
    ),
    "not-a-count": (
        "{what}按{detail}确定办理份数，本件的取值“{value}”不是数目",
        "{what} is opened as often as {detail} says; this case has “{value}”, which is no number",
    ),
    "not-an-instant": (
        "{what}按{detail}计算期限，本件的取值“{value}”不是时间",
        "{what} is due at {detail}; this case has “{value}”, which is no instant",
    ),
    "not-a-person": (
        "{what}由{detail}指定的人员办理，本件的取值“{value}”不是人员",
        "{what} is for the person in {detail}; this case has “{value}”, which is no person",
    ),
    # From here on: what changes for a case that can be migrated.
    "stage-behind": (
        "新增环节{what}位于当前环节之前，本件不再办理",
        "{what} is new and lies behind: the case will not do it",
    ),
    "stage-ahead": ("新增环节{what}位于当前环节之后", "{what} is new and lies ahead"),
    "stage-again": (
        "环节{what}本件已办过，新版本把它画在当前环节之后，将再次办理",
        "{what} was done and is drawn ahead: it may be done again",
    ),
    "role-changed": (
        "当前环节{what}改由另一岗位办理，已领取的退回待领",
        "{what} is for another role: whoever has taken it gives it back",
    ),
    "form-changed": (
        "当前环节{what}改用另一表单，已暂存的内容保留",
        "{what} has another form; what was saved so far is kept",
    ),
    "due-changed": (
        "当前环节{what}的办理期限不同，自任务产生之日重新计算",
        "{what} has another period, counted from the day on which it was opened",
    ),
    "due-kept": ("{what}的期限已经起算，仍按原截止时间", "{what} is armed already and keeps its instant"),
}

# What a value must be to be read like this, and what is said if it is not.
_FITS: Mapping[How, tuple[Callable[[object], bool], str]] = {
    "list": (lambda value: type(value) is list, "not-a-list"),
    "count": (lambda value: type(value) is int, "not-a-count"),
    "instant": (lambda value: parse_instant(value) is not None, "not-an-instant"),
    # With nobody named a task is for whoever has its role.
    "person": (lambda value: value is None or type(value) is str, "not-a-person"),
}


@dataclass(frozen=True)
class Remark:
    """Why a case cannot be migrated, or what changes for it: the element, and a sentence in Chinese and in English."""

    element_id: str
    name: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Judgement:
    """What was found about a position, and what is asked of each case that stands there.

    `again`: user tasks that come to lie ahead; a note for those who did them. `uses`: readings of what the case holds.
    """

    obstacles: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    again: tuple[Place, ...]
    uses: tuple[Use, ...]


class Judge:
    """Holds positions on one version of a bundle against another version."""

    def __init__(self, old: Drawn, new: Drawn) -> None:
        self._old, self._new = old, new
        self._reachable = cache(lambda scope: reachable_markings(new.scopes[scope]))

    def judge(self, position: Position) -> Judgement:
        """Every reason against it; the later questions are only asked when the earlier ones find nothing."""
        if position.ended:
            return Judgement((Remark("", "", "ended", *_WORDS["ended"]),), (), (), ())
        obstacles = list(self._unlike(position))
        if not obstacles:
            # A process whose last tokens wait at its end holds none any more.
            for tokens in filter(None, position.passes):
                obstacles += self._unreachable(self._new.scopes[tokens[0].scope], tokens)
        if obstacles:
            return Judgement(tuple(obstacles), (), (), ())
        ahead = Ahead(self._new, position.tokens)
        obstacles += self._missing(ahead)
        notes = [*self._open_otherwise(position), *self._new_stages(ahead), *self._kept_dues(position)]
        before = Ahead(self._old, position.tokens).entered
        again = [place for place in sorted(ahead.entered.keys() - before.keys()) if self._is_stage(self._new, place)]
        uses = [use for use in Carried(self._new, position.tokens).uses() if not self._asked_alike(use)]
        return Judgement(tuple(obstacles), tuple(notes), tuple(again), tuple(uses))

    def done_again(self, judgement: Judgement, done: set[Place]) -> Iterator[Remark]:
        """A note for each task that the case has done and that comes to lie ahead of it."""
        for place in judgement.again:
            if place in done:
                yield _remark("stage-again", self._new.elements[place])

    def unfit(self, judgement: Judgement, held: Held) -> Iterator[Remark]:
        """An obstacle for each value that the case holds and that the new version does not expect where it reads it."""
        for use in judgement.uses:
            for variables in held[use.token]:
                value = variables[use.variable]
                code = self._misfit(use, value)
                if code is not None:
                    element = self._new.elements[use.place]
                    yield _remark(code, element, detail=self._produced(use.variable), value=_shown(value))

    def _misfit(self, use: Use, value: object) -> str | None:
        if use.how != "condition":
            fits, code = _FITS[use.how]
            return None if fits(value) else code
        asked = (use.place, use.variable)
        if any(type(each.constant) is not type(value) for each in self._new.conditions[asked]):
            return None if value is None else "not-comparable"
        # A word that no condition ever named takes the default, in the old version as in the new.
        known = words_of(self._old.conditions.get(asked, ())) or self._old.words.get(use.variable, set())
        return "word-gone" if value in known - self._new.words[use.variable] else None

    def _asked_alike(self, use: Use) -> bool:
        """Whether a use is one by conditions that both versions draw there."""
        asked = (use.place, use.variable)
        old, new = ({str(each) for each in drawn.conditions.get(asked, ())} for drawn in (self._old, self._new))
        return use.how == "condition" and old == new

    def _unlike(self, position: Position) -> Iterator[Remark]:
        for scope, identity in dict.fromkeys((token.scope, token.element_id) for token in position.tokens):
            old = self._old.elements[scope, identity]
            new = self._new.elements.get((scope, identity))
            if new is None:
                elsewhere = any(key[1] == identity and each.process == old.process for key, each in self._all_new())
                yield _remark("element-moved" if elsewhere else "element-gone", old)
                continue
            code = _difference(old, new)
            if code is None and self._events(self._old, scope, old) != self._events(self._new, scope, new):
                code = "event-changed" if old.kind == "eventBasedGateway" else "boundary-changed"
            if code is not None:
                yield _remark(code, old)

    def _all_new(self) -> Iterable[tuple[Place, Element]]:
        return self._new.elements.items()

    @staticmethod
    def _events(drawn: Drawn, scope: str, element: Element) -> set[tuple[str, str | None, bool]]:
        """What else may happen while the element is open: on its boundary, or behind an event gateway."""
        within = drawn.scopes[scope]
        events = list(within.boundaries[element.id])
        if element.kind == "eventBasedGateway":
            events += [within.elements[flow.target] for flow in within.outgoing[element.id]]
        return {(event.id, event.message, event.timer is not None) for event in events}

    def _unreachable(self, scope: Scope, tokens: tuple[Token, ...]) -> Iterator[Remark]:
        places: set[str] = set()
        for token in tokens:
            element = scope.elements[token.element_id]
            if token.came_from is None:
                places.add(element.id)
                continue
            flow = next((flow for flow in scope.incoming[element.id] if flow.source == token.came_from), None)
            if flow is None:
                yield _remark("join-changed", element)
                return
            places.add(flow.id)
        complete = _complete_join(scope, frozenset(places))
        if complete is not None:
            yield _remark("join-complete", complete)
        elif frozenset(places) not in self._reachable(scope.key):
            here = [scope.elements[identity] for identity in dict.fromkeys(token.element_id for token in tokens)]
            yield _remark("marking", here[0], what="".join(f"「{each.name}」" for each in here))

    def _missing(self, ahead: Ahead) -> Iterator[Remark]:
        for element, variable in ahead.missing():
            yield _remark("variable-missing", element, detail=self._produced(variable))

    def _produced(self, variable: str) -> str:
        """A variable for people: its name, and the element that sets it."""
        setter = self._new.setters.get(variable)
        return f"{variable}（由「{setter.name}」产生）" if setter is not None else variable

    def _open_otherwise(self, position: Position) -> Iterator[Remark]:
        """What changes for a task while it is open."""
        for place in dict.fromkeys((token.scope, token.element_id) for token in position.tokens):
            old, new = self._old.elements[place], self._new.elements[place]
            if new.kind == "userTask":
                for name in ("role", "form", "due"):
                    if getattr(old, name) != getattr(new, name):
                        yield _remark(f"{name}-changed", new)

    def _new_stages(self, ahead: Ahead) -> Iterator[Remark]:
        for place, element in self._new.elements.items():
            if self._is_stage(self._new, place) and place not in self._old.elements:
                code = "stage-ahead" if place in ahead.entered else "stage-behind"
                yield _remark(code, element)

    def _kept_dues(self, position: Position) -> Iterator[Remark]:
        for token in position.tokens:
            old, new = self._armed(self._old, token), self._armed(self._new, token)
            for identity, element in old.items():
                if identity in new and new[identity].timer != element.timer:
                    yield _remark("due-kept", new[identity])

    @staticmethod
    def _armed(drawn: Drawn, token: Token) -> dict[str, Element]:
        """The timers that run while a token stands at its element."""
        scope = drawn.scopes[token.scope]
        element = scope.elements[token.element_id]
        events = [element, *scope.boundaries[element.id]]
        if element.kind == "eventBasedGateway":
            events += [scope.elements[flow.target] for flow in scope.outgoing[element.id]]
        return {event.id: event for event in events if event.timer is not None}

    @staticmethod
    def _is_stage(drawn: Drawn, place: Place) -> bool:
        return drawn.elements[place].kind == "userTask"


def _difference(old: Element, new: Element) -> str | None:
    """How an element that is open differs in a way that its running form cannot follow."""
    if old.kind != new.kind:
        return "kind-changed"
    if old.message != new.message or (old.timer is None) != (new.timer is None):
        return "event-changed"
    if old.called != new.called:
        return "call-changed"
    return "multi-changed" if old.multi_instance != new.multi_instance else None


def _complete_join(scope: Scope, places: Marking) -> Element | None:
    """A join for which all tokens are there: nothing would come any more that lets it fire."""
    for gateway in scope.of_kind("parallelGateway"):
        incoming = {flow.id for flow in scope.incoming[gateway.id]}
        if incoming and incoming <= places:
            return gateway
    return None


def _shown(value: object) -> str:
    """A value for people; of a list only that it is one."""
    if isinstance(value, str):
        return value[:40]
    return "[…]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)[:40]


def _remark(code: str, element: Element, *, what: str | None = None, detail: str = "", value: str = "") -> Remark:
    zh, en = _WORDS[code]
    return Remark(
        element.id,
        element.name,
        code,
        zh.format(what=what or f"「{element.name}」", detail=detail, value=value),
        en.format(what=what or f"“{element.name}”", detail=detail, value=value),
    )
