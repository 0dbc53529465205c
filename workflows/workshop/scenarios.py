"""Scenario tests (校验用例) of a scheme: made from a case or by hand, kept with it, run before every publication.

A test that a draft means to change is adopted for that draft: until the draft is published the old one holds for
everybody else, and with the publication the new one takes its place.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage import scenario_tests as store
from storage.database import Session
from storage.scenario_tests import ScenarioTest
from workflows import engine, rehearsal, rules, views
from workflows.case import calendars, operations
from workflows.case.running import find_case
from workflows.errors import Conflict, Invalid, NotFound
from workflows.errors import FieldError as Problem
from workflows.permissions import READERS, Actor, require
from workflows.rehearsal import Computed, Model, Outcome, Record, Stop, kept_model, model_of, replay, scenario
from workflows.workshop import drafts
from workflows.workshop.bundling import assemble
from workflows.workshop.case_records import read_records
from workflows.workshop.editor_terms import MESSAGES
from workflows.workshop.library import in_force
from workflows.workshop.proposal import read_proposal

MOST = 100
WORDS = scenario.Words(
    {name: each.results for name, each in operations.REGISTRY.items()},
    {name: words for name, (_, words) in MESSAGES.items()},
)


def _in_force(session: Session, key: str, draft_id: int | None) -> list[ScenarioTest]:
    """What holds for everybody, or with a draft: what it adopted instead of what it replaces."""
    tests = store.list_of(session, key)
    mine = [test for test in tests if test.record.get("draft") == draft_id]
    if draft_id is None:
        return mine
    replaced = {test.record.get("replaces") for test in mine}
    return [test for test in tests if test in mine or (not test.record.get("draft") and test.id not in replaced)]


def _shown(test: ScenarioTest) -> dict[str, Any]:
    expected = test.expected
    amounts = expected["amounts"]
    return {
        "id": test.id,
        "key": test.key,
        "name": test.name,
        "origin": test.origin,
        "created_by": test.created_by,
        "created_at": views.instant(test.created_at),
        "draft_id": test.record.get("draft"),
        "steps": len(expected["stops"]),
        "expected": {
            "status": expected["status"],
            "end": expected["ended_name"],
            "amount": amounts[2] if amounts else None,
        },
    }


def get_scenario(session: Session, actor: Actor, scenario_id: int) -> dict[str, Any]:
    """A test with its way in words."""
    require(actor, *READERS)
    test = _find(session, scenario_id)
    record = Record.from_json(test.record["record"])
    names = {element_id: name for _, element_id, name in test.expected["stops"]}
    return {**_shown(test), "acts": acts_in_words(model_in_force(session, test.key, None), record, names)}


def acts_in_words(model: Model, record: Record, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was done, in words; a code where the definition in force has no word for it any more."""
    acts = []
    for act in record.acts:
        said = act.decision or next(iter(act.payload.values()), None)
        acts.append(
            {
                "text": names.get(act.element_id, act.element_id),
                "decision": WORDS.of(model, act.element_id).get(said, said) if said is not None else "",
                "at": act.at.isoformat(),
            }
        )
    return acts


def _find(session: Session, scenario_id: int) -> ScenarioTest:
    test = store.find(session, scenario_id)
    if test is None:
        raise NotFound("没有这一校验用例。")
    return test


def from_case(session: Session, actor: Actor, reference: str, *, name: str, now: datetime) -> int:
    """Make a test of what happened to a case up to now; personal data is left out. Answers its id."""
    actor = require(actor, "process_owner")
    case = find_case(session, reference, actor)
    found = read_records(session, [case.id])
    if not found:
        raise Conflict("该件的流程状态无法读取，不能生成校验用例，请联系系统管理员。")
    record = scenario.without_personal(found[0].record, views.PERSONAL)
    replayed = replay(model_in_force(session, case.scheme, None), record)
    if replayed.stuck or replayed.missing or replayed.outcome is None:
        raise Conflict("现行流程下该件无法重现，不能生成校验用例。")
    return keep_test(session, actor, case.scheme, name, record, replayed.outcome, now, origin=reference)


def keep_test(
    session: Session,
    actor: Actor,
    key: str,
    name: str,
    record: Record,
    outcome: Outcome,
    now: datetime,
    *,
    origin: str | None = None,
    draft: int | None = None,
    replaces: int | None = None,
) -> int:
    text = name.strip()
    if not 1 <= len(text) <= 100:
        raise Invalid("用例名称有误。", errors=[Problem("name", "请填写用例名称，不超过100字。")])
    if len(store.list_of(session, key)) >= MOST:
        raise Conflict(f"每个支持事项至多{MOST}个校验用例，请先停用不再需要的。")
    test = ScenarioTest(
        key=key,
        name=text,
        record={"record": record.as_json(), "draft": draft, "replaces": replaces},
        expected=scenario.expectation(outcome),
        origin=origin,
        created_by=actor.username,
        created_at=now,
    )
    session.add(test)
    session.flush()
    _record(session, key, actor, "scenario_added", test, now)
    return test.id


def _record(session: Session, key: str, actor: Actor, action: str, test: ScenarioTest, now: datetime) -> None:
    drafts.chain_of(session, key).append(now, actor, action, f"{key}#{test.id} {test.name}")


def retire(session: Session, actor: Actor, scenario_id: int, now: datetime) -> None:
    """No longer run a test; it stays on record."""
    actor = require(actor, "process_owner")
    test = _find(session, scenario_id)
    test.retired_at, test.retired_by = now, actor.username
    _record(session, test.key, actor, "scenario_retired", test, now)


def model_in_force(session: Session, key: str, draft_id: int | None) -> Model:
    """The scheme as it is in force, or as a draft has it. Raises Conflict when that cannot run."""
    if key not in rules.SCHEMES:
        raise NotFound("没有这一支持事项。")
    files = in_force(session) if draft_id is None else read_proposal(session, drafts.find(session, draft_id)).after
    try:
        model = kept_model(key, tuple(assemble(files, key).items()))
    except (engine.DiagramRefused, rehearsal.FormRefused):
        raise Conflict("流程尚未通过发布校验，不能运行校验用例。") from None
    return replace(model, calendar=calendars.load(session).calendar)


def failures(session: Session, scheme: str, bundle: Mapping[str, bytes], draft_id: int | None) -> list[engine.Finding]:
    """The tests that a bundle fails, as findings; the bundle has passed the gate."""
    tests = _in_force(session, scheme, draft_id)
    if not tests:
        return []
    model = replace(model_of(bundle, scheme, {}), calendar=calendars.load(session).calendar)
    checked = [(test, *_check(model, test)) for test in tests]
    return [_finding(model, test, element, reasons) for test, element, reasons in checked if reasons]


def _check(model: Model, test: ScenarioTest) -> tuple[str | None, tuple[str, ...]]:
    return scenario.check(model, Record.from_json(test.record["record"]), _outcome(test.expected))


def _outcome(expected: Mapping[str, Any]) -> Outcome:
    amounts = expected["amounts"]
    computed = Computed({}, True, (amounts[0], amounts[1], amounts[2]), tuple(expected["steps"])) if amounts else None
    return Outcome(
        stops=tuple(Stop(process, element_id, name) for process, element_id, name in expected["stops"]),
        open=tuple(expected["open"]),
        ended=expected["ended"],
        ended_name=expected["ended_name"],
        status=expected["status"],
        computed=computed,
    )


def _finding(model: Model, test: ScenarioTest, element: str | None, reasons: tuple[str, ...]) -> engine.Finding:
    why = "；".join(reasons[:3])
    processes = model.diagrams.processes.values()
    place = next((each.elements[element] for each in processes if element in each.elements), None) if element else None
    return engine.Finding(
        file=drafts.path_of(place.process if place else test.key),
        line=place.line if place else 1,
        element=element,
        rule="scenario-failed",
        message_zh=f"校验用例“{test.name}”未通过：{why}。",
        message_en=f"Scenario test “{test.name}” fails: {why}",
        mend_zh="请更正流程；确需改变这一结果的，在草稿的校验用例中采用新结果。",
        mend_en="Mend the diagram, or adopt the new outcome among the draft's scenario tests.",
    )


def results(session: Session, actor: Actor, key: str, draft_id: int | None = None) -> list[dict[str, Any]]:
    """Run the tests of a scheme now; each with whether it passes, and why not."""
    actor = require(actor, *READERS)
    model = model_in_force(session, key, draft_id)
    shown = []
    for test in _in_force(session, key, draft_id):
        element, reasons = _check(model, test)
        shown.append({**_shown(test), "passed": not reasons, "element": element, "differences": list(reasons)})
    return shown


def adopt(session: Session, actor: Actor, scenario_id: int, draft_id: int, now: datetime) -> int:
    """Take what a draft makes of a test as what must come of it, from the draft's publication on.

    Tasks that are new get their form's first decision. Whoever adopts has worked on the draft and cannot publish it.
    Raises NotFound for a test of another draft, Conflict when the replay does not come to rest.
    """
    actor = require(actor, "process_owner")
    draft = drafts.lock_open(session, draft_id)
    test = _find(session, scenario_id)
    if test.record.get("draft") not in (None, draft_id):
        raise NotFound("没有这一校验用例。")
    model = model_in_force(session, test.key, draft_id)
    record = Record.from_json(test.record["record"])
    adopted = scenario.adopt(record, replay(model, record))
    replayed = replay(model, adopted)
    if replayed.stuck or replayed.asks or replayed.outcome is None:
        raise Conflict(replayed.stuck or "草稿中有服务环节的结果无从得知，请改用手工编制的用例。")
    replaces = test.id if test.record.get("draft") is None else test.record.get("replaces")
    for earlier in store.list_of(session, test.key):
        if (earlier.record.get("draft"), earlier.record.get("replaces")) == (draft_id, replaces):
            earlier.retired_at, earlier.retired_by = now, actor.username
    drafts.hold_chains(session, {draft.key, test.key})
    drafts.join(session, draft, actor, now)
    return keep_test(
        session,
        actor,
        test.key,
        test.name,
        adopted,
        replayed.outcome,
        now,
        origin=test.origin,
        draft=draft_id,
        replaces=replaces,
    )


def settle(session: Session, key: str, draft_id: int, by: str, now: datetime) -> None:
    """With a draft's publication what it adopted holds for everybody."""
    tests = {test.id: test for test in store.list_of(session, key)}
    for test in tests.values():
        if test.record.get("draft") != draft_id:
            continue
        replaced = tests.get(test.record.get("replaces") or 0)
        if replaced is not None:
            replaced.retired_at, replaced.retired_by = now, by
        test.record = {**test.record, "draft": None, "replaces": None}
