"""Which marks in common stop two cases until an officer has looked (查重, G11): what is the law's, and what is not.

Soft marks (a site, names alike) are shown to an officer and stop nobody.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from workflows.rules.matters import CERTIFICATE, FILING, INSTALMENT, INVOICE, PAYEE, SETTLEMENT

Mark = tuple[str, str]
"""A kind of mark and its value, as `matters.identifiers` has them."""

HARD = (INVOICE, CERTIFICATE, SETTLEMENT, INSTALMENT, FILING, PAYEE)
"""The kinds that can stop a pair."""


@dataclass(frozen=True)
class Relation:
    """How the other one stands to this case."""

    same_firm: bool
    same_scheme: bool
    same_matter: bool


def stops(kind: str, how: Relation) -> bool:
    """Whether a mark of this kind in common stops the pair.

    What one firm asks for one matter under two articles is article 10's question, which the list answers: nothing is
    held for it. A filing number stops another firm, and the same firm under the same article; an account to be paid
    to stops another firm only, for a firm has one account for all that it asks.
    """
    if how.same_firm and how.same_matter and not how.same_scheme:
        return False
    match kind:
        case "filing_no":
            return not how.same_firm or how.same_scheme
        case "payee_account":
            return not how.same_firm
        case _:
            return kind in HARD


@dataclass(frozen=True)
class Sharing:
    """A confirmed 分摊 of a pair: of these invoices `named` counts `amount` yuan, `other` at most the `rest`."""

    named: int
    other: int
    invoices: frozenset[str]
    amount: Decimal
    rest: Decimal


@dataclass
class _Bounds:
    """What the pairs' conclusions leave each case of one invoice at most, and for which of them one was named."""

    most: dict[int, Fraction] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)
    least: Fraction | None = None

    def limit(self, case: int, yuan: Fraction) -> None:
        self.most[case] = min(yuan, self.most.get(case, yuan))


def shares(
    sharings: Iterable[Sharing],
    stated: Mapping[int, Mapping[str, Decimal]],
    *,
    out: Mapping[int, Set[str]],
    paid: Collection[int] = (),
    gone: Collection[int] = (),
) -> dict[int, dict[str, Fraction]]:
    """Yuan that each case counts of each shared invoice, by case and invoice; together at most the invoice.

    A case counts what was named for it, never more than each of its pairs leaves it. What remains is for those for
    whom nothing was named, in equal parts. `stated` is what each states of its invoices, `out` what was excluded from
    it. Whoever is `paid` keeps what he counts, before all others; who is `gone` without an award takes no part of what
    remains. The result depends on the set of conclusions only, never on their order.
    """
    found: dict[int, dict[str, Fraction]] = {}
    for invoice, bounds in sorted(_bounds(sharings, stated, out).items()):
        for case, yuan in _divided(bounds, paid, gone).items():
            found.setdefault(case, {})[invoice] = yuan
    return found


def _bounds(
    sharings: Iterable[Sharing], stated: Mapping[int, Mapping[str, Decimal]], out: Mapping[int, Set[str]]
) -> dict[str, _Bounds]:
    by_invoice: dict[str, _Bounds] = {}
    for each in sharings:
        pair = (each.named, each.other)
        lines = {v: min(Fraction(stated.get(case, {}).get(v, 0)) for case in pair) for v in each.invoices}
        whole = sum(lines.values()) or Fraction(1)
        for invoice, line in lines.items():
            bounds = by_invoice.setdefault(invoice, _Bounds())
            bounds.least = line if bounds.least is None else min(bounds.least, line)
            for case, yuan in zip(pair, (each.amount, each.rest), strict=True):
                if invoice not in out.get(case, ()):
                    bounds.limit(case, Fraction(yuan) * line / whole)
            if each.named in bounds.most:
                bounds.named.add(each.named)
    return by_invoice


def _divided(bounds: _Bounds, paid: Collection[int], gone: Collection[int]) -> dict[int, Fraction]:
    """One invoice among its cases: first the paid ones, then what was named, then the rest in equal parts."""
    left = bounds.least or Fraction(0)
    kept = {case for case in bounds.most if case in paid}
    named = bounds.named - kept
    unnamed = {case for case in bounds.most if case not in kept | named | set(gone)}
    given: dict[int, Fraction] = dict.fromkeys(bounds.most, Fraction(0))
    for group in (kept, named):
        asked = sum((bounds.most[case] for case in group), Fraction(0))
        part = min(Fraction(1), left / asked) if asked else Fraction(0)
        given |= {case: bounds.most[case] * part for case in group}
        left -= asked * part
    given |= {case: min(bounds.most[case], left / len(unnamed)) for case in unnamed}
    return given
