"""From storage to what is replayed: the records of many cases, read in a fixed number of statements."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import calculations, cases, instances, reopenings
from storage.calculations import Calculation
from storage.database import Session
from workflows import engine, rehearsal
from workflows.case.bundles import bundle_of
from workflows.case.step import kept_values
from workflows.rehearsal import Computed, Outcome, Record, Sent

log = logging.getLogger("greencase")


@dataclass(frozen=True)
class CaseRecord:
    """One case as it can be replayed, and what really came of it."""

    case_id: int
    definition_id: int
    record: Record
    actual: Outcome


def read_records(session: Session, case_ids: Iterable[int]) -> list[CaseRecord]:
    """The records of these cases by id; no lock is taken, each is as it was committed last.

    A case whose state cannot be read has none: it is left out, and the log says why.
    """
    wanted = sorted(set(case_ids))
    loaded = instances.load(session, wanted)
    submissions: dict[int, dict[str, Sent]] = defaultdict(dict)
    for submission in cases.submissions_of(session, wanted):
        submissions[submission.case_id][submission.task_id] = Sent(submission.data, submission.at)
    computed: dict[int, list[tuple[datetime, Computed]]] = defaultdict(list)
    for calculation in calculations.list_of_cases(session, wanted):
        computed[calculation.case_id].append((calculation.at, _computed(calculation)))
    found = {case.id: case for case in cases.by_ids(session, wanted)}
    past = reopenings.newest_past(session, wanted)
    records = []
    for case_id in wanted:
        case, state, batch = found[case_id], loaded[case_id].state, loaded[case_id].batch
        texts, types = kept_values(batch)
        # One that began anew is the instance of now: what was before is kept apart, with its own diagram.
        began = past[case_id].reopened_at if case_id in past else case.created_at
        known = past[case_id].facts if case_id in past else {"title": case.title}
        own = [each for at, each in computed[case_id] if at >= began]
        diagrams = bundle_of(session, case.definition_id).diagrams
        try:
            live = engine.ProcessInstance.load(diagrams, state, rehearsal.no_service, began)
        except engine.StateUnreadable:
            log.exception("the state of %s cannot be read", case.reference)
            continue
        record = rehearsal.read_record(
            live,
            sent=submissions[case_id],
            calculations=own,
            parameters=texts,
            types=types,
            facts=known,
            started_at=began,
        )
        actual = rehearsal.read_outcome(live, own[-1] if own else None)
        records.append(CaseRecord(case_id, case.definition_id, record, actual))
    return records


def _computed(calculation: Calculation) -> Computed:
    amounts = (str(calculation.computed_amount), str(calculation.item_amount), str(calculation.precap_amount))
    return Computed(calculation.facts, calculation.eligible, amounts, tuple(_step_texts(calculation.steps)))


def _step_texts(steps: Sequence[Any]) -> list[str]:
    return [f"{step['article']} {step['text']}：{step['amount']}元" for step in steps]
