"""Imports every module that has tables, so that the metadata is whole."""

from storage import (
    audit,
    batches,
    calculations,
    cases,
    cluster_awards,
    definitions,
    documents,
    historic_awards,
    instances,
    ledger,
    list_entries,
    matters,
    messages,
    official_lists,
    parameters,
    payments,
    people,
    publicity,
    recoveries,
    reviews,
    sheet_imports,
    system,
    tasks,
)
from storage.base import Base

MODULES = (
    audit, batches, calculations, cases, cluster_awards, definitions, documents, historic_awards, instances, ledger,
    list_entries, matters, messages, official_lists, parameters, payments, people, publicity, recoveries, reviews,
    sheet_imports, system, tasks,
)  # fmt: skip
TABLES = Base.metadata.sorted_tables
