"""Imports every module that has tables, so that the metadata is whole."""

from storage import (
    audit,
    batches,
    calculations,
    case_checks,
    case_migrations,
    case_runs,
    cases,
    cluster_awards,
    definition_drafts,
    definitions,
    deliveries,
    documents,
    historic_awards,
    instances,
    ledger,
    list_entries,
    matter_changes,
    matter_choices,
    matters,
    messages,
    official_lists,
    overlap_notes,
    parameters,
    payments,
    people,
    publicity,
    quotas,
    recoveries,
    reviews,
    scenario_tests,
    search,
    sheet_imports,
    system,
    tasks,
    what_ifs,
    workers,
)
from storage.base import Base

MODULES = (
    audit, batches, calculations, case_checks, case_migrations, case_runs, cases, cluster_awards, definition_drafts,
    definitions, deliveries, documents, historic_awards, instances, ledger, list_entries, matter_changes,
    matter_choices, matters, messages, official_lists, overlap_notes, parameters, payments, people, publicity, quotas,
    recoveries, reviews, scenario_tests, search, sheet_imports, system, tasks, what_ifs, workers,
)  # fmt: skip
TABLES = Base.metadata.sorted_tables
