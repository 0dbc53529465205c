"""Publicity as the office sees it: the notices, and what waits to be published."""

from flask import Blueprint, g, render_template

from server.access import allow, current_actor
from server.web.showing.answers import chosen
from workflows.batches import publicity, rounds
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("publicity", __name__)


@blueprint.get("/publicity")
@allow(*sorted(OFFICE | READERS))
def overview() -> str:
    """Notices so far, and batches with cases that wait to be published."""
    actor = current_actor()
    recent = [batch for batch in rounds.list_batches(g.session, actor, limit=10).items if batch["status"] == "open"]
    counts = rounds.count_to_publish(g.session, actor, [batch["id"] for batch in recent])
    return render_template(
        "publicity/overview.html",
        page=publicity.list_notices(g.session, g.now, cursor=chosen("cursor")),
        waiting=[(batch, counts[batch["id"]]) for batch in recent if batch["id"] in counts],
    )
