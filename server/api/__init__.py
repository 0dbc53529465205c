"""The HTTP API, `/api/v1`, as contract.md promises it; one module a resource."""

from flask import Flask

from server.api import (
    avoidances,
    batches,
    calendars,
    cases,
    checks,
    clues,
    definitions,
    deliveries,
    demo,
    documents,
    historic_awards,
    matters,
    notices,
    objections,
    official_lists,
    openapi,
    parameters,
    quotas,
    recoveries,
    registration_changes,
    reopenings,
    schemes,
    sessions,
    tasks,
)
from server.api.route import blueprint

__all__ = ["MODULES", "blueprint", "register"]

MODULES = (
    *(avoidances, batches, calendars, cases, checks, clues, definitions, deliveries, demo, documents),
    *(historic_awards, matters, notices, objections),
    *(official_lists, openapi, parameters, quotas, recoveries, registration_changes, reopenings),
    *(schemes, sessions, tasks),
)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
