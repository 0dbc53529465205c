"""What is the same project or matter (同一项目、同一事项, 2.2): keys, and marks by which overlaps are found."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

Facts = Mapping[str, object]

INVOICE, FILING, SITE, CERTIFICATE, SETTLEMENT, NAME = (
    *("invoice", "filing_no", "site", "certificate", "settlement", "name"),
)
CITY_PROJECT, INSTALMENT, PAYEE = "city_project", "instalment", "payee_account"
KINDS: Mapping[str, str] = {
    INVOICE: "发票",
    FILING: "项目备案（核准）文号",
    SITE: "建设地点",
    CERTIFICATE: "证书编号",
    SETTLEMENT: "交易结算单号",
    CITY_PROJECT: "市级项目编号",
    INSTALMENT: "市级资金同一期到账",
    PAYEE: "收款账号",
    NAME: "项目名称相近",
}
"""The marks by code, as pages name them."""

_NOISE = re.compile(r"[\s\W_]+")
_PARTING = re.compile(r"(?<=[0-9])\s*[^\w\s][\s\W_]*(?=[0-9])|(?<=[0-9])\s*_[\s\W_]*(?=[0-9])")
_BLANK = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# One sign in its several shapes: 〔2026〕 is typed as [2026] or (2026), a dash in a dozen lengths.
_SHAPES = (
    _WIDTH | dict.fromkeys(map(ord, "〔[［【「｛{"), "(") | dict.fromkeys(map(ord, "〕]］】」｝}"), ")")
    | dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-")
)  # fmt: skip
_SIMILAR = 0.8


def matter_key(scheme: str, uscc: str, facts: Facts, last_year: int) -> str:
    """The key of the matter that a case concerns; cases with one key meet in best-only.

    `last_year` is the year before that of the batch's window: the period of 5.1b and 5.3 where the form names none.
    Articles 3, 6 and 7 share one name space, so that a project meets itself across clauses. The matter of article 8 is
    the cluster, that of article 9 the event, not whoever runs or pays it.
    """
    match scheme:
        case "green_honour":
            return f"HON:{uscc}:{normal(facts.get('honour_type'))}:{normal(facts.get('site'))}"
        case "carbon_neutral":
            return f"CERT:{uscc}:{normal(facts.get('accounting_year')) or last_year}"
        case "carbon_intensity":
            return f"RED:{uscc}:{last_year}"
        case "carbon_footprint":
            return f"CFP:{uscc}"
        case "carbon_trading":
            return f"TRD:{uscc}:{normal(facts.get('period')) or last_year}"
        case "industry_cluster":
            return f"CLU:{normal(facts.get('cluster_name')) or uscc}"
        case "green_event":
            return f"EVT:{normal(facts.get('event_name'))}:{facts.get('start_date') or ''}"
        case _:
            return _project(uscc, facts)


def _project(uscc: str, facts: Facts) -> str:
    # A phase may have a filing number of its own: the project is the one of its first phase.
    filing_no = number_key(facts.get("first_phase_filing_no")) or number_key(facts.get("filing_no"))
    if filing_no:
        return f"PRJ:{filing_no}"
    site, name = normal(facts.get("project_site")), normal(facts.get("project_name"))
    if not site and not name and facts.get("city_project_no"):
        return f"PRJ:{number_key(facts['city_project_no'])}"
    return f"PRJ:{uscc}:{site}:{name}"


def normal(text: object) -> str:
    """A name without blanks, punctuation, width and case: what a person would call the same.

    What parts two digits stays as a dash: 1-23号楼 is not 12-3号楼.
    """
    plain = unicodedata.normalize("NFKC", str(text or ""))
    kept = (_NOISE.sub("", part) for part in _PARTING.split(_BLANK.sub("", plain)))
    return "-".join(kept).upper()


def number_key(text: object) -> str:
    """A number that identifies (filing number, invoice, certificate, settlement), to be compared by.

    Only width, case, blanks and the shapes of one sign are made alike. Separators stay: A-1-23 is not A-12-3.
    """
    return _BLANK.sub("", str(text or "").replace("——", "-")).translate(_SHAPES).upper()


def identifiers(facts: Facts) -> Iterator[tuple[str, str]]:
    """What the case can be recognised by, as (kind, value): the uniqueness of G11 and the proposals to merge."""
    for line in _rows(facts, "invoice_lines"):
        # A digital invoice has a number of 20 digits and no code, so the code is optional here too.
        yield from _mark(INVOICE, _invoice(line))
    yield from _mark(FILING, number_key(facts.get("filing_no")))
    yield from _mark(SITE, normal(facts.get("project_site")))
    yield from _mark(CERTIFICATE, number_key(facts.get("certificate_no")))
    for certificate in _rows(facts, "certificates"):
        yield from _mark(CERTIFICATE, number_key(certificate.get("certificate_no")))
    for trade in _rows(facts, "trades"):
        yield from _mark(SETTLEMENT, number_key(trade.get("settlement_no")))
    yield from _mark(CITY_PROJECT, city_project(facts))
    yield from _mark(INSTALMENT, instalment(facts))
    yield from _mark(PAYEE, payee(facts))


def payee(facts: Facts) -> str:
    """What names an account to be paid to: a digest, for accounts are compared and never listed. Empty without one."""
    account = number_key(facts.get("account_no")).replace("-", "")
    return hashlib.sha256(account.encode()).hexdigest() if account else ""


def city_project(facts: Facts) -> str:
    """What names a city project of article 7, whatever else a case says of it; empty where none is named."""
    return number_key(facts.get("city_project_no"))


def instalment(facts: Facts) -> str:
    """What names one payment of the city: its project, the document that transfers it, the day it came in."""
    parts = (city_project(facts), number_key(facts.get("city_document_no")), str(facts.get("received_date") or ""))
    return ":".join(parts) if all(parts) else ""


def _invoice(line: Facts) -> str:
    code, number = number_key(line.get("invoice_code")), number_key(line.get("invoice_no"))
    return f"{code}/{number}" if code else number


def _mark(kind: str, value: str) -> Iterator[tuple[str, str]]:
    if value:
        yield kind, value


def _rows(facts: Facts, key: str) -> list[Facts]:
    rows = facts.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def similar_names(one: str, other: str) -> bool:
    """Whether two project names are so alike that an officer should look: the same, or four fifths of the signs."""
    first, second = normal(one), normal(other)
    return bool(first and second) and SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SIMILAR
