"""What a what-if works with: read of the record in a fixed number of statements, handed to the pure functions.

The cases are worked out twice from the facts that were kept with their newest calculations: under the values pinned
with their batches, and with the changed values over them. What other batches hold of a year's ceiling stays as it is;
the chosen batches follow each other by number. A case that ended for a reason which no value changes is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from storage import historic_awards
from storage.batches import Batch, Decision, ListRow, Resolution
from storage.database import Session
from storage.questions import listings, what_if_cases
from storage.questions.what_if_cases import Calculated
from workflows.case import reading
from workflows.case.cap_years import CapYears
from workflows.case.contest import decided_since, granted_by_item, taken_by_others
from workflows.case.instalments import matched_outside
from workflows.case.listed_cases import Around, listed_case
from workflows.case.step import local_date, pinned_values
from workflows.codes.reasons import REASONS
from workflows.foresight.what_if_budget import Holding, Outcome, Round, Subject, Surroundings, work_out
from workflows.foresight.what_if_effect import Budget, OnRecord, compare
from workflows.rules import parameters as law
from workflows.rules.money import ZERO

# Ends that a case comes to whatever its figures are.
_ENDED = {"WITHDRAWN": "申报单位已撤回", "TERMINATED": "已终止办理", "VETOED": "信用核查未通过"}


def effect_of(session: Session, batch_ids: Sequence[int], changes: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The effect of changed values on these batches, for JSON; reads in a fixed number of statements, writes nothing.

    Raises ParameterMissing for a reading that nobody chose, FactInvalid for kept facts that are no longer read.
    """
    chosen = what_if_cases.get_batches(session, batch_ids)
    found = what_if_cases.calculated(session, batch_ids)
    rows = what_if_cases.latest_rows(session, batch_ids)
    decisions = what_if_cases.latest_decisions(session, batch_ids)
    out = {each.case.id: why for each in found if (why := _why_out(each, rows.get(each.case.id)))}
    subjects = _subjects(session, [each for each in found if each.case.id not in out], now)
    around, today = _surroundings(session, chosen, found), local_date(now)

    def outcomes(changed: Mapping[str, str], instead: Mapping[str, Outcome] | None = None) -> dict[str, Outcome]:
        rounds = [_round(batch, found, subjects, changed) for batch in chosen]
        return work_out(rounds, around, today, instead)

    before = outcomes({})
    records = [
        _on_record(each, rows.get(each.case.id), decisions.get(each.case.id), subjects[each.case.id])
        for each in found
        if each.case.id in subjects
    ]
    budgets = [Budget(batch.id, batch.title, batch.budget_total) for batch in chosen]
    return {
        **compare(records, budgets, before, outcomes(changes, before)),
        "left_out": [_left_out(each, out[each.case.id]) for each in found if each.case.id in out],
        "uncalculated": what_if_cases.count_uncalculated(session, batch_ids),
    }


def _round(
    batch: Batch, found: Sequence[Calculated], subjects: Mapping[int, Subject], changes: Mapping[str, str]
) -> Round:
    mine = [subjects[each.case.id] for each in found if each.case.batch_id == batch.id and each.case.id in subjects]
    return Round(batch.cap_year, mine, _values(batch, changes))


def _values(batch: Batch, changes: Mapping[str, str]) -> Mapping[str, Any]:
    """The typed values of a batch with the changes over them, as far as the batch has such values."""
    pinned = pinned_values(batch)
    return {**pinned, **{key: law.read(key, text) for key, text in changes.items() if key in pinned}}


def _why_out(each: Calculated, row: ListRow | None) -> str:
    """Why no value brings this case money or takes it away, in Chinese; empty where values decide.

    A refusal stands on the figures where they, or the list, left nothing.
    """
    case = each.case
    if case.status in _ENDED:
        return _ENDED[case.status]
    by_figures = not each.calculation.precap_amount or (row is not None and not row.final_amount)
    if case.status == "NOT_SUPPORTED" and not by_figures:
        return f"不予支持：{REASONS.get(case.reason or '', '经集体审议')}"
    return ""


def _subjects(session: Session, found: Sequence[Calculated], now: datetime) -> dict[int, Subject]:
    # Case, batch, enterprise and facts are at hand: a look is put together without a statement. Batches are compared in
    # the year that each was announced for, whenever it is or was decided.
    looks = {each.case.id: reading.look_at(session, each.case, now) for each in found}
    matched = matched_outside(session, list(looks.values()))
    elsewhere = historic_awards.paid_elsewhere(session, {each.case.matter_id or 0 for each in found})
    return {
        each.case.id: Subject(
            listed=listed_case(
                looks[each.case.id],
                Around(
                    CapYears(looks[each.case.id].batch.cap_year, None),
                    matched_before=matched.get(each.case.reference, ZERO),
                    paid_elsewhere=elsewhere.get(each.case.matter_id or 0, ZERO),
                ),
            ),
            group_uscc=each.enterprise.group_uscc,
            facts=each.calculation.facts,
            calculated_on=local_date(each.calculation.at),
        )
        for each in found
    }


def _surroundings(session: Session, chosen: Sequence[Batch], found: Sequence[Calculated]) -> Surroundings:
    """What others hold and took: the ledger of the years, cases of other batches on the same matters, the history."""
    ids = [batch.id for batch in chosen]
    held = what_if_cases.held_by_others(session, {batch.cap_year for batch in chosen}, ids)
    matters = {each.case.matter_id or 0 for each in found}
    holders = listings.holders(session, matters, [each.case.id for each in found])
    return Surroundings(
        holdings=[
            Holding(each.year, each.scheme, each.uscc, each.group_uscc, each.entity_type == "enterprise", each.amount)
            for each in held
        ],
        taken=taken_by_others(session, holders, matters),
        granted=granted_by_item(holders),
    )


def _on_record(
    each: Calculated, row: ListRow | None, decided: tuple[Decision, Resolution] | None, listed: Subject
) -> OnRecord:
    case = each.case
    # What an earlier meeting said of an earlier list does not explain this one.
    since = decided is not None and (row is None or decided_since(row, decided[1]))
    refused = case.status == "NOT_SUPPORTED"
    return OnRecord(
        reference=case.reference,
        title=case.title,
        scheme=case.scheme,
        batch=case.batch_id,
        uscc=each.enterprise.uscc,
        enterprise=each.enterprise.name,
        status=case.status,
        recognition=listed.listed.recognition,
        calculated=each.calculation.precap_amount,
        listed=row.precap_amount if row else None,
        actual=ZERO if refused else case.final_amount,
        resolved=decided[0].result if decided and since else "",
        adjusted_from=row.final_amount if row else None,
    )


def _left_out(each: Calculated, why: str) -> dict[str, Any]:
    return {
        "reference": each.case.reference,
        "title": each.case.title,
        "scheme": each.case.scheme,
        "enterprise": each.enterprise.name,
        "status": each.case.status,
        "why": why,
    }
