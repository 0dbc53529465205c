"""Which marks in common stop two cases until an officer has looked (查重, G11): what is the law's, and what is not.

Soft marks (a site, names alike) are shown to an officer and stop nobody.
"""

from dataclasses import dataclass

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
