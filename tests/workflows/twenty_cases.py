"""Batch 2026-01 of the specification as it stands when all is paid: rows written at once, with its amounts.

`tests/journeys/test_batch_2026_01.py` drives the same cases through their diagrams; whoever only reads amounts starts
from here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage import matters
from storage.batches import Batch, ListRow
from storage.calculations import Calculation
from storage.cases import Case, CaseFacts
from storage.database import Session
from storage.definitions import DefinitionVersion
from storage.people import Enterprise
from tests.contract_client import CHOSEN
from workflows import rules
from workflows.rules import parameters as law

SPECIFIED = json.loads((Path(__file__).parents[1] / "journeys" / "batch_2026_01.json").read_text("utf-8"))
# C19 was refused for its credit before anything was computed.
CASES: Mapping[str, Mapping[str, Any]] = {each["case_no"]: each for each in SPECIFIED if each["case_no"] != "C19"}
LISTED_AT = datetime(2026, 6, 4, 2, tzinfo=UTC)


def write_batch(session: Session, *numbers: str, title: str = "2026年第一批（虚构）", cap_year: int = 2026) -> Batch:
    """A batch with these cases of the specification, or with all of them, each listed with its amount."""
    batch = _batch(title, cap_year)
    session.add(batch)
    session.flush()
    for number in numbers or CASES:
        write_case(session, batch, number)
    session.flush()
    return batch


def _batch(title: str, cap_year: int) -> Batch:
    shipped = {each.id: each.default for each in law.required_for(rules.SCHEMES)}
    return Batch(
        title=title,
        schemes=list(rules.SCHEMES),
        window_from=datetime(2026, 3, 1, 16, tzinfo=UTC),
        window_to=datetime(2026, 4, 15, 16, tzinfo=UTC),
        matter_date_from=date(2025, 1, 1),
        matter_date_to=date(2026, 4, 15),
        cap_year=cap_year,
        budget_total=None,
        status="open",
        drafted_by="officer",
        drafted_at=LISTED_AT,
        parameters={key: {"value": value} for key, value in {**shipped, **CHOSEN}.items()},
    )


def write_case(session: Session, batch: Batch, number: str, **changed: Any) -> Case:
    """One case with its matter, facts, calculation and line of the list; `changed` are columns of the case."""
    told = CASES[number]
    values = law.values({key: pinned["value"] for key, pinned in (batch.parameters or {}).items()})
    names = {fact.name for fact in rules.SCHEMES[told["scheme"]].FACTS}
    facts = {name: value for name, value in told["inputs"].items() if name in names and value is not None}
    found = rules.determine(told["scheme"], facts, values, LISTED_AT.date())
    final = Decimal(told["final_amount"])
    columns: dict[str, Any] = {
        "reference": f"TZL2026{batch.id:03}{number[1:]}",
        "scheme": told["scheme"],
        "title": told["title"],
        "batch_id": batch.id,
        "enterprise_id": session.scalars(select(Enterprise.id).where(Enterprise.uscc == told["uscc"])).one(),
        "matter_id": matters.get_or_create(session, told["matter_key"], told["title"]).id,
        "definition_id": session.scalars(
            select(DefinitionVersion.id).where(DefinitionVersion.key == told["scheme"])
        ).first(),
        "status": "PAID" if final else "NOT_SUPPORTED",
        "stage": "P19",
        "created_by": "officer",
        "created_at": LISTED_AT,
        "submitted_at": LISTED_AT,
        "accepted_at": datetime.combine(date.fromisoformat(told["accepted_on"]), time(2), UTC),
        "ended_at": LISTED_AT,
        "computed_amount": found.computed_amount,
        "item_amount": found.item_amount,
        "precap_amount": found.precap_amount,
        "final_amount": final,
        "paid_amount": final or None,
    }
    case = Case(**{**columns, **changed})
    session.add(case)
    session.flush()
    session.add_all(_file(case, batch, found, dict(told["inputs"])))
    session.flush()
    return case


def _file(case: Case, batch: Batch, found: rules.Determination, facts: dict[str, Any]) -> list[Any]:
    kept = found.as_dict()
    calculation = Calculation(
        case_id=case.id,
        number=1,
        at=LISTED_AT,
        by="officer",
        eligible=found.eligible,
        computed_amount=found.computed_amount,
        item_amount=found.item_amount,
        precap_amount=found.precap_amount,
        facts=kept["facts"],
        parameters=[{"id": key, "value": value} for key, value in found.parameters.items()],
        conditions=kept["conditions"],
        steps=kept["steps"],
    )
    final = case.final_amount or Decimal(0)
    row = ListRow(
        batch_id=batch.id,
        case_id=case.id,
        round=1,
        precap_amount=found.precap_amount,
        final_amount=final,
        proposal="support" if final else "refuse",
        steps=[],
        fixed_by="chief",
        fixed_at=LISTED_AT,
    )
    return [CaseFacts(case_id=case.id, facts=facts), calculation, row]
