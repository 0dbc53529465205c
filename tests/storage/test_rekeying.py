"""What was kept under the keys of before is found under those of now (migration 0011)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select

from storage.cases import CaseFacts
from storage.database import Session
from storage.matters import CaseIdentifier, Matter
from tests.storage.rows import Rows
from workflows.rules import matters

migration = import_module("storage.migrations.versions.0011_keys_and_imports")


@pytest.mark.parametrize(
    ("scheme", "facts"),
    [
        ("retrofit", {"filing_no": "京通备〔2026〕1号"}),
        ("retrofit", {"filing_no": "AB12"}),
        ("future_energy", {"city_project_no": "京未来〔2025〕8-1号"}),
        ("renewable_energy", {"project_site": "潞城1-23号", "project_name": "屋顶（一期）"}),
        ("green_honour", {"honour_type": "绿色工厂", "site": "1、2号"}),
        ("industry_cluster", {"cluster_name": "CCUS 1.5 集群"}),
        ("green_event", {"event_name": "2026-1 峰会", "start_date": "2026-03-20"}),
        ("carbon_neutral", {"accounting_year": "2024"}),
    ],
)
def test_a_matter_keeps_its_members(session: Session, scheme: str, facts: dict[str, Any]) -> None:
    rows = Rows(session)
    case = rows.a_case(scheme=scheme)
    uscc, year = rows.firm.uscc, rows.batch.cap_year - 1
    before = migration._key(scheme, uscc, facts, year, migration.as_before, migration.as_before)
    matter = Matter(key=before, title=case.title)
    session.add(matter)
    session.flush()
    case.matter_id = matter.id
    session.merge(CaseFacts(case_id=case.id, facts=facts))
    session.add(CaseIdentifier(case_id=case.id, kind="filing_no", value="x"))
    session.flush()
    migration.rekey(session.connection())
    session.expire_all()
    assert matter.key == matters.matter_key(scheme, uscc, facts, year)
    marks = session.execute(select(CaseIdentifier.kind, CaseIdentifier.value).where(CaseIdentifier.case_id == case.id))
    assert {(kind, value) for kind, value in marks} == set(matters.identifiers(facts))


def test_what_the_history_made_is_found_by_its_title(session: Session) -> None:
    project, event = (
        Matter(key="PRJ:京通备20247号", title="京通备〔2024〕7号"),
        Matter(key="EVT:峰会12:", title="峰会1-2"),
    )
    session.add_all([project, event])
    session.flush()
    migration.rekey(session.connection())
    session.expire_all()
    assert (project.key, event.key) == ("PRJ:京通备(2024)7号", "EVT:峰会1-2:")
