"""What service tasks do: the name in a diagram → a function of one locked case.

An operation reads and writes storage through its `Step`, calls the law, and answers one scalar (or a list of names)
that a gateway or a multi-instance reads. It never commits.
"""

from workflows.case.operations import (
    amounts,
    choice,
    cluster,
    credit,
    duplicates,
    entry,
    expert_review,
    hearing,
    intake,
    payee,
    payment,
    publicity,
    recheck,
    recovery,
    refusals,
    routing,
    standing,
    verification,
)
from workflows.case.operations.registry import REGISTRY, Operation, perform, signatures

MODULES = (
    *(amounts, choice, cluster, credit, duplicates, entry, expert_review, hearing, intake),
    *(payee, payment, publicity, recheck, recovery, refusals, routing, standing, verification),
)

__all__ = ["MODULES", "REGISTRY", "Operation", "perform", "signatures"]
