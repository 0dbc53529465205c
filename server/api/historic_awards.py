"""The history of awards: import from a file or as JSON, and read."""

from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, answers, call, caller, listing, record, text
from server.uploads import LARGEST_SHEET, read_sheet
from workflows.lists import historic_awards, imports
from workflows.lists.historic_rows import LAYOUT
from workflows.paging import Items
from workflows.permissions import OFFICE, READERS

FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
REFUSED = answers(row={"type": "integer"}, errors={"type": "array", "items": text(1000)})
REPORT: dict[str, Any] = {"accepted": {"type": "integer"}, "refused": {"type": "array", "items": REFUSED}}
AWARD = answers(
    id={"type": "integer"}, uscc=text(), scheme=text(), precap_amount=text(), paid_amount=text(), policy=text()
)
# A row is read by the layout, so that one bad value refuses its row and not the whole list.
ITEM = {"type": "object", "properties": {column.key: {"description": column.title} for column in LAYOUT.columns}}


@call(
    "POST",
    "/historic-awards",
    "process_owner",
    summary="导入历史支持台账（multipart：file；或JSON：items）；逐行报告未导入的原因",
    status=201,
    errors=(413, 415, 422),
    answer=answers(**REPORT),
    body=record(("items",), items={"type": "array", "items": ITEM, "minItems": 1, "maxItems": imports.MOST_ITEMS}),
    form=record(("file",), file=FILE),
    most_bytes=LARGEST_SHEET,
)
def import_awards(data: dict[str, Any] | None) -> dict[str, Any]:
    if data is not None:
        return historic_awards.import_items(g.session, caller(), data["items"], g.now)
    filename, content = read_sheet()
    return historic_awards.import_file(g.session, caller(), filename=filename, content=content, now=g.now)


@call(
    "GET",
    "/historic-awards",
    *sorted(OFFICE | READERS),
    summary="历史支持台账",
    query={**PAGE_QUERY, "uscc": text(18), "q": text(100)},
    answer=listing(AWARD),
)
def list_awards(query: dict[str, Any]) -> Items[dict[str, Any]]:
    return historic_awards.list_awards(g.session, caller(), **query).as_dict()
