"""Imports every module that has tables, so that the metadata is whole."""

from storage import (
    audit,
    batches,
    calculations,
    cases,
    definitions,
    documents,
    instances,
    ledger,
    messages,
    parameters,
    payments,
    people,
    publicity,
    reviews,
    system,
    tasks,
)
from storage.base import Base

MODULES = (
    audit, batches, calculations, cases, definitions, documents, instances, ledger,
    messages, parameters, payments, people, publicity, reviews, system, tasks,
)  # fmt: skip
TABLES = Base.metadata.sorted_tables
