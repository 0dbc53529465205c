"""Recognised clusters (article 8): their instalments, and the yearly case of each."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from storage import cluster_awards as store
from storage.cases import CaseFacts
from storage.cluster_awards import ClusterAward, Instalment
from storage.database import Session
from workflows.case.listed_cases import is_recognition
from workflows.case.step import Step
from workflows.errors import Conflict
from workflows.rules.schemes import industry_cluster


def recognise(
    session: Session,
    *,
    matter_id: int,
    own_matter_id: int | None,
    enterprise_id: int,
    total: Decimal,
    decided_on: date,
    years: Sequence[int],
    parameters: Mapping[str, Any],
    case_id: int | None = None,
    historic_award_id: int | None = None,
) -> ClusterAward:
    """An award of `total` yuan, its yearly ceilings by `a8.plan`; Conflict when the cluster has one (A8-3)."""
    if store.find_award(session, matter_id) is not None:
        raise Conflict("该产业集群已经认定，不得重复认定。")
    award = ClusterAward(
        matter_id=matter_id,
        own_matter_id=own_matter_id,
        enterprise_id=enterprise_id,
        case_id=case_id,
        historic_award_id=historic_award_id,
        total=total,
        decided_on=decided_on,
        state="active",
    )
    session.add(award)
    session.flush()
    ceilings = industry_cluster.instalments(total, parameters)
    session.add_all(
        Instalment(award_id=award.id, year_index=number, year=year, ceiling=ceiling)
        for number, (year, ceiling) in enumerate(zip(years, ceilings, strict=True), start=1)
    )
    session.flush()
    return award


def yearly_facts(session: Session, instalment: Instalment) -> dict[str, Any]:
    """The facts with which the report of a year starts: the cluster as it was recognised, the year and its ceiling."""
    award = session.get_one(ClusterAward, instalment.award_id)
    recognised = session.get(CaseFacts, award.case_id) if award.case_id is not None else None
    entry = recognised.facts if recognised else {}
    return {
        **{name: entry[name] for name in ("cluster_name", "field") if name in entry},
        "round": "yearly",
        "year_index": str(instalment.year_index),
        "instalment_ceiling": str(instalment.ceiling),
    }


def award_of_year(step: Step) -> ClusterAward | None:
    """The award whose year this case reports, on whose matter it is; None for an entry."""
    found = store.of_case(step.session, step.case.id)
    return found[1] if found else None


def refuse_second_recognition(step: Step) -> None:
    """A8-3: whoever applies for the recognition of a cluster that has an award is told when applying."""
    matter_id = step.case.matter_id
    if is_recognition(step) and matter_id is not None and store.find_award(step.session, matter_id) is not None:
        raise Conflict("该产业集群已经认定，不能重复申报认定；已填写的内容仍为你保留。")


def settle_year(step: Step) -> None:
    """Keep the year's score; too many years below the pass line end the award (`a8.stop_after_failed_years`)."""
    found = store.lock_of_case(step.session, step.case.id) if step.facts.get("score") else None
    if found is None:
        return
    instalment, award = found
    instalment.score = Decimal(str(step.facts["score"]))
    step.session.flush()
    failed = [
        each
        for each in store.instalments(step.session, award.id)
        if each.score is not None and not industry_cluster.coefficient(each.score, step.parameters)
    ]
    if len(failed) > int(step.parameter("a8.stop_after_failed_years")):
        award.state = "ended"
        step.record("cluster_award_ended", step.case.reference, [{"field": "state", "old": "active", "new": "ended"}])
