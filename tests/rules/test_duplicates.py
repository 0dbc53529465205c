"""Which marks in common stop a pair (G11), by how the two stand to each other."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.duplicates import HARD, Relation, Sharing, shares, stops
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


# ---- one invoice among several ----

CASES = (1, 2, 3, 4)
LINES = {"a": Decimal(900), "b": Decimal(100)}
STATED = dict.fromkeys(CASES, LINES)


@st.composite
def conclusions(draw: st.DrawFn) -> list[Sharing]:
    """For some pairs, in any order, who counts how much of the invoices that they share."""
    made = []
    for pair in draw(st.permutations(list(combinations(CASES, 2)))):
        named, other = draw(st.permutations(pair))
        invoices = frozenset(draw(st.sets(st.sampled_from("ab"), min_size=1)))
        whole = sum((LINES[each] for each in invoices), Decimal(0))
        amount = Decimal(draw(st.integers(1, int(whole))))
        if draw(st.booleans()):
            made.append(Sharing(named, other, invoices, amount, whole - amount))
    return made


@given(conclusions(), st.randoms(), st.sets(st.sampled_from(CASES)), st.sets(st.sampled_from(CASES)), st.data())
def test_an_invoice_is_counted_once_in_any_order(
    made: list[Sharing], shuffled: Random, paid: set[int], gone: set[int], data: st.DataObject
) -> None:
    out = {case: data.draw(st.sets(st.sampled_from("ab"))) for case in CASES if data.draw(st.booleans())}
    found = shares(made, STATED, out=out, paid=paid, gone=gone - paid)
    again = list(made)
    shuffled.shuffle(again)
    assert shares(again, STATED, out=out, paid=paid, gone=gone - paid) == found
    for invoice, yuan in LINES.items():
        counted = [each.get(invoice, Fraction(0)) for each in found.values()]
        assert all(0 <= each <= yuan for each in counted) and sum(counted) <= yuan
    for each in made:
        for case, most in ((each.named, each.amount), (each.other, each.rest)):
            assert sum(found.get(case, {}).get(invoice, Fraction(0)) for invoice in each.invoices) <= most
    assert all(not found.get(case, {}).get(invoice) for case, values in out.items() for invoice in values)


@given(st.integers(1, 999), st.data())
def test_whoever_nothing_was_named_for_has_the_rest(first: int, data: st.DataObject) -> None:
    second = data.draw(st.integers(0, 1000 - first))
    whole, both = Decimal(1000), frozenset("ab")
    made = [
        Sharing(1, 2, both, Decimal(first), whole - first),
        Sharing(1, 3, both, Decimal(first), whole - first),
        Sharing(2, 3, both, Decimal(second), whole - second),
    ]
    found = shares(made, STATED, out={})
    assert [sum(found[case].values()) for case in (1, 2, 3)] == [first, second, 1000 - first - second]
