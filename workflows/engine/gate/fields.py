"""The fields that the program reads are there, and ask as its release asked: no figure goes, weakens or hides."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.known import Asked, Known, Promised

DECISION = "decision"


def check_fields(bundle: Bundle, known: Known) -> None:
    """Every promised field of the forms that the bundle has and that could be read."""
    for form, promised in known.promised.items():
        asked = known.fields.get(form)
        if asked is None:
            continue
        for path, each in promised.items():
            found, file = asked.get(path), f"forms/{form}.form"
            said = f"{each.name}（{path}），由{each.readers}读取"
            if found is None:
                bundle.report.add("field-lost", file, 1, name=each.form, detail=said)
                continue
            weaker = "、".join(_weaker(path, each, found))
            if weaker:
                bundle.report.add("field-weaker", file, 1, name=each.form, detail=f"{weaker}：{said}")


def _weaker(path: str, promised: Promised, found: Asked) -> Iterator[str]:
    """In what the field gives its readers less than they count on, or something else."""
    kept = promised.asked
    if kept.required and not found.required:
        yield "不再必填"
    if kept.demanded and not found.required and found.demanded != kept.demanded:
        yield "必填的条件改变"
    if found.kind != kept.kind or (kept.pattern and found.pattern != kept.pattern):
        yield "类型或格式改变"
    if _looser(kept.minimum, found.minimum, least=True) or _looser(kept.maximum, found.maximum, least=False):
        yield "最小值、最大值放宽"
    if found.rows < kept.rows:
        yield "最少行数减少"
    # An answer more is the owners' business, as long as a way leads on from it.
    if not found.choices >= kept.choices or (path != DECISION and found.choices != kept.choices):
        yield "选项增减"
    if found.readonly:
        yield "改为只读"
    if found.prefill not in ("", kept.prefill):
        yield "预填的来源改变"
    if found.hidden not in ("", kept.hidden):
        yield "显示的条件改变"


def _looser(kept: str, found: str, *, least: bool) -> bool:
    if not kept:
        return False
    return not found or (Decimal(found) < Decimal(kept) if least else Decimal(found) > Decimal(kept))
