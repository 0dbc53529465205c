"""The pages, one module a persona."""

from server.web import (
    account,
    applicant,
    batches,
    cases,
    diagram_editor,
    historic_awards,
    matters,
    official_lists,
    presentation,
    process_owner,
    public,
    publicity,
    recoveries,
    tasks,
    trial,
    what_ifs,
)

BLUEPRINTS = (
    account.blueprint,
    public.blueprint,
    trial.blueprint,
    applicant.blueprint,
    tasks.blueprint,
    cases.blueprint,
    matters.blueprint,
    recoveries.blueprint,
    batches.blueprint,
    publicity.blueprint,
    process_owner.blueprint,
    official_lists.blueprint,
    historic_awards.blueprint,
    what_ifs.blueprint,
    diagram_editor.blueprint,
)

__all__ = [
    "BLUEPRINTS",
    "account",
    "applicant",
    "batches",
    "cases",
    "historic_awards",
    "official_lists",
    "presentation",
    "process_owner",
    "public",
    "publicity",
    "tasks",
    "trial",
]
