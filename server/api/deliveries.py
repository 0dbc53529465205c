"""How a case's letters were delivered (送达): looked at, and entered from paper by the office."""

from typing import Any

from flask import g

from server.api.route import call, caller, record, text
from server.api.shape import of
from workflows.casework import serving
from workflows.casework.serving import Deliveries
from workflows.permissions import OFFICE, READERS

DELIVERIES = of(Deliveries)
DOCUMENT = text(9, pattern="^[0-9]{1,9}$")


@call(
    "GET",
    "/cases/<reference>/deliveries",
    *sorted(OFFICE | READERS),
    summary="文书送达情况与送达地址确认书",
    errors=(404,),
    answer=DELIVERIES,
)
def get_deliveries(reference: str) -> Deliveries:
    return serving.get_deliveries(g.session, caller(), reference, g.now)


@call(
    "POST",
    "/cases/<reference>/delivery-addresses",
    *serving.REGISTRARS,
    summary="登记送达地址确认书（electronic：是否同意电子送达）",
    status=201,
    errors=(404, 422),
    body=record(
        ("signed_on", "electronic", "address", "document"),
        signed_on=text(30),
        electronic=text(enum=["yes", "no"]),
        address=text(200),
        document=DOCUMENT,
    ),
    answer=DELIVERIES,
)
def register_address(reference: str, data: dict[str, Any]) -> Deliveries:
    return serving.register_address(g.session, caller(), reference, data, g.now)


@call(
    "POST",
    "/cases/<reference>/letters/<int:message>/services",
    *serving.REGISTRARS,
    summary="登记纸质送达（送达回证；direct 直接、post 邮寄、left 留置、notice 公告）",
    status=201,
    errors=(404, 422),
    body=record(
        ("manner", "done_on", "recipient", "document"),
        manner=text(enum=list(serving.PAPER)),
        done_on=text(30),
        recipient=text(200),
        tracking_no=text(50),
        document=DOCUMENT,
    ),
    answer=DELIVERIES,
)
def register_service(reference: str, message: int, data: dict[str, Any]) -> Deliveries:
    return serving.register_service(g.session, caller(), reference, message, data, g.now)
