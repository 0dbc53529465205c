"""Which marks in common stop a pair (G11), by how the two stand to each other."""

from __future__ import annotations

from itertools import product

import pytest

from workflows.rules.duplicates import HARD, Relation, stops
from workflows.rules.matters import KINDS, PAYEE, identifiers

RELATIONS = [Relation(*each) for each in product((True, False), repeat=3)]


@pytest.mark.parametrize("how", RELATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_mark_between_each_two(kind: str, how: Relation) -> None:
    expected = {
        "filing_no": not how.same_firm or how.same_scheme,
        "payee_account": not how.same_firm,
        **dict.fromkeys(("invoice", "certificate", "settlement", "instalment"), True),
    }.get(kind, False)
    for_the_list = how.same_firm and how.same_matter and not how.same_scheme
    assert stops(kind, how) is (expected and not for_the_list)
    assert kind in HARD or not expected


def test_an_account_is_compared_and_not_kept() -> None:
    """Blanks and dashes of one account are the same account; nobody reads it from the mark."""
    marks = [
        dict(identifiers({"account_no": given}))
        for given in ("6222 0000-0001", "622200000001", "６２２２００００００01")
    ]
    assert len({mark[PAYEE] for mark in marks}) == 1
    assert "6222" not in marks[0][PAYEE][:4] or len(marks[0][PAYEE]) == 64
    assert dict(identifiers({"account_no": ""})) == {}
