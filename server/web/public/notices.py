"""What everybody may read: the policy, open batches, and notices."""

from flask import Blueprint, g, render_template

from server.access import open_to_all
from server.web.public.filed_objections import pop_receipt
from server.web.showing.answers import chosen
from workflows.batches import publicity, rounds
from workflows.permissions import Actor
from workflows.policy import schemes

blueprint = Blueprint("public", __name__)

NOBODY = Actor(0, "public", "社会公众", frozenset())


@blueprint.get("/")
@open_to_all
def home() -> str:
    found = rounds.list_batches(g.session, NOBODY, limit=20).items
    return render_template(
        "public/home.html",
        batches=[batch for batch in found if batch["status"] == "open"],
        schemes={each["key"]: each for each in schemes.list_schemes(g.session, g.now)},
        notices=publicity.list_notices(g.session, g.now, limit=5).items,
    )


@blueprint.get("/notices")
@open_to_all
def notices() -> str:
    page = publicity.list_notices(g.session, g.now, cursor=chosen("cursor"))
    return render_template("public/notices.html", page=page)


@blueprint.get("/notices/<int:notice>")
@open_to_all
def notice(notice: int) -> str:
    shown, filed = publicity.get_notice(g.session, notice, g.now), pop_receipt(notice)
    return render_template("public/notice.html", notice=shown, sent={}, filed=filed)
