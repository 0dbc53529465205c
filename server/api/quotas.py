"""预算指标: the documents that give and change what may be paid."""

from typing import Any

from flask import g

from server.api.route import call, caller, record, text
from server.api.shape import all_of, of
from workflows.casework import quotas
from workflows.casework.quotas import EntryShown
from workflows.permissions import OFFICE, READERS


@call("GET", "/quotas", *sorted(OFFICE | READERS), summary="指标台账", answer=all_of(EntryShown))
def list_quotas() -> dict[str, Any]:
    return {"items": quotas.list_entries(g.session, caller()), "next": None}


@call(
    "POST",
    "/quotas",
    "finance_officer",
    summary="登记指标（added 下达或追加，reduced 调减）；batch为空的，用于没有本批次指标的支付",
    status=201,
    errors=(404, 409, 422),
    body=record(
        ("year", "kind", "document_no", "account", "amount", "basis"),
        year={"type": "integer", "minimum": 2000, "maximum": 2999},
        batch={"type": ["integer", "null"], "minimum": 1, "maximum": 2**31 - 1},
        kind=text(enum=list(quotas.KINDS)),
        document_no=text(),
        account=text(),
        amount=text(30),
        basis=text(),
    ),
    answer=of(EntryShown),
)
def register(data: dict[str, Any]) -> EntryShown:
    return quotas.register(g.session, caller(), **{"batch": None, **data}, now=g.now)
