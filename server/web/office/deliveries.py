"""How a case's letters were delivered (送达), a page of its file: what to serve on paper, and what was entered."""

from collections.abc import Sequence

from flask import Blueprint, flash, g, redirect, request, url_for

from server.access import allow, current_actor
from server.web.office.cases import tab
from server.web.showing.answers import Page
from workflows.casework import documents, serving
from workflows.errors import FieldError, Invalid
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("deliveries", __name__)


@blueprint.get("/cases/<reference>/deliveries")
@allow(*sorted(OFFICE | READERS))
def deliveries(reference: str) -> str:
    return _page(reference)


def _page(reference: str, errors: Sequence[FieldError] = (), of: int | None = None) -> str:
    actor = current_actor()
    return tab(
        "deliveries.deliveries",
        reference,
        known=serving.get_deliveries(g.session, actor, reference, g.now),
        files=documents.list_documents(g.session, actor, reference)["items"],
        manners=serving.PAPER,
        may_register=actor.has(*serving.REGISTRARS),
        errors=errors,
        of=of,
    )


@blueprint.post("/cases/<reference>/delivery-addresses")
@allow(*serving.REGISTRARS)
def register_address(reference: str) -> Page:
    try:
        serving.register_address(g.session, current_actor(), reference, request.form, g.now)
    except Invalid as error:
        return _page(reference, errors=error.errors), error.status
    flash("送达地址确认书已登记，此后发出的文书按此送达。", "success")
    return redirect(url_for(".deliveries", reference=reference), 303)


@blueprint.post("/cases/<reference>/letters/<int:message>/services")
@allow(*serving.REGISTRARS)
def register_service(reference: str, message: int) -> Page:
    try:
        serving.register_service(g.session, current_actor(), reference, message, request.form, g.now)
    except Invalid as error:
        return _page(reference, errors=error.errors, of=message), error.status
    flash("送达回证已登记，期限自送达之日起计算。", "success")
    return redirect(url_for(".deliveries", reference=reference), 303)
