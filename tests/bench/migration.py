"""A dry run of a migration: a thousand cases at nine places, each tried on a version with one stage more."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import psycopg
from flask import Flask

from server.settings import Settings
from storage import people
from storage.database import Session
from tests.api_calls import flask_transport
from tests.contract_client import Office
from tests.engine.redrawing import Drawing
from tests.offices import person
from workflows.case.bundles import bundle_of
from workflows.foresight import migration_trial
from workflows.permissions import Actor
from workflows.workshop import bundling, deployments

CASES = 1_000
STAGES = (
    *("formality_check", "credit_check", "substantive_review", "site_inspection", "audit_verification"),
    *("confirm_verified", "score_application", "chief_recheck", "deputy_review"),
)
COPIES = """
WITH copied AS (
    INSERT INTO cases (reference, scheme, title, batch_id, enterprise_id, definition_id, status, stage, created_by,
                       created_at, submitted_at, accepted_at)
    SELECT 'COPY' || %(first)s + n, scheme, title, batch_id, enterprise_id, definition_id, status, stage, created_by,
           created_at, submitted_at, accepted_at
    FROM cases, generate_series(1, %(count)s) n WHERE reference = %(reference)s RETURNING id
)
INSERT INTO instance (case_id, state)
SELECT copied.id, i.state FROM copied, instance i JOIN cases c ON c.id = i.case_id WHERE c.reference = %(reference)s
"""
CLEAR = (
    "DELETE FROM instance USING cases c WHERE c.id = case_id AND c.reference LIKE 'COPY%'",
    "DELETE FROM cases WHERE reference LIKE 'COPY%'",
)


def measure(app: Flask, settings: Settings) -> dict[str, float]:
    """One case driven past nine places and copied at each; then an owner publishes a version and tries it."""
    office = Office(flask_transport(app))
    reference = office.apply("e02", batch=office.open_batch())
    each = -(-CASES // len(STAGES))
    with psycopg.connect(settings.database_url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as link:
        for number, stage in enumerate(STAGES):
            office.drive(reference, until=stage)
            count = min(each, CASES - number * each)
            link.execute(COPIES, {"reference": reference, "first": number * each, "count": count})
        link.execute("ANALYZE")
        with app.extensions["greencase"].database.session() as session:
            # What it publishes is never committed: the other figures run on what is shipped.
            figure = _try(session, settings)
        for statement in CLEAR:
            link.execute(statement)
    return {"migrate_dry_run_1000_ms": figure}


def _try(session: Session, settings: Settings) -> float:
    user = people.find_user(session, "owner")
    assert user is not None
    library = dict(bundling.read_library(settings.bpmn_dir))
    drawing = Drawing(library["retrofit.bpmn"])
    drawing.insert("compliance", "recheck_outcome_to_deputy_review", lane="case_officer", form="explanation")
    library["retrofit.bpmn"] = drawing.bytes
    bundle = bundling.assemble(library, "retrofit")
    version = deployments.publish(session, "retrofit", bundle, person("owner2", "process_owner"), datetime.now(UTC))
    bundle_of(session, version.id)
    actor = Actor(user.id, user.username, user.display_name, frozenset(user.roles))
    started = time.perf_counter()
    run = migration_trial.dry_run(session, actor, "retrofit", version.version)
    figure = 1000 * (time.perf_counter() - started)
    assert len(run.rows) >= CASES
    return figure
