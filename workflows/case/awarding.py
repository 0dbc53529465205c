"""The letter of an award (支持项目认定通知书): what was verified, how the amount follows, what was cut, who decided."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from storage import batches, calculations
from workflows.case import awards, cuts
from workflows.case.letters import day, told
from workflows.case.step import Look
from workflows.rules import SCHEMES
from workflows.rules.money import ZERO, MoneyInvalid, format_yuan, parse_money

_OBLIGATIONS = "支持资金应当专款专用，你单位应配合监督检查和绩效评价；以虚假材料取得支持的，依法追回"


def body(look: Look) -> str:
    """The letter's text: the amount, then what it rests on, each part from the record; parts without a record are left
    out."""
    amount = format_yuan(look.case.final_amount or ZERO)
    scheme = SCHEMES[look.case.scheme]
    parts = [
        *_calculated(look),
        *_cut(look),
        ("依据", f"《实施细则》{scheme.ARTICLE}：“{told(scheme.TEXT)}”"),
        *_decided(look),
        ("有关要求", _OBLIGATIONS),
    ]
    lines = (f"{number}、{heading}：{text}。" for number, (heading, text) in zip("一二三四五六", parts, strict=False))
    return f"经审定予以支持，审定支持金额{amount}元。{_after_another(look)}\n" + "\n".join(lines)


def _after_another(look: Look) -> str:
    """What a further decision leaves to be paid, where an earlier one was paid."""
    before = awards.paid_so_far(look)
    if not before or look.case.final_amount is None:
        return ""
    differs = awards.to_pay(look)
    what = f"本次另拨付差额{format_yuan(differs)}元" if differs else "不再另行拨付"
    return f"本决定为重新办理后作出，此前已拨付{format_yuan(before)}元，{what}。"


def is_partial(look: Look) -> bool:
    """Whether less was awarded than was asked for: then the letter names the remedies, too."""
    return (look.case.final_amount or ZERO) < max(_asked(look), look.case.precap_amount or ZERO)


def _asked(look: Look) -> Decimal:
    try:
        return parse_money(str(look.facts.get("declared_amount") or "0"))
    except MoneyInvalid:
        return ZERO


def _calculated(look: Look) -> Iterator[tuple[str, str]]:
    made = calculations.list_of_case(look.session, look.case.id)
    if made:
        asked = _asked(look)
        stated = [f"申请金额{format_yuan(asked)}元"] if asked else []
        yield "核定与测算", "；".join([*stated, *(told(str(each["text"])) for each in made[-1].steps)])


def _cut(look: Look) -> Iterator[tuple[str, str]]:
    """What the audit, the ceilings and the meeting left out, and why."""
    lines = [told(each) for each in cuts.lines(look.facts)]
    row = batches.find_latest_row(look.session, look.case.id)
    lines += [told(str(each["text"])) for each in (row.steps if row is not None else ()) if each["cut"] != "0"]
    for decision, resolution in batches.decisions_of_case(look.session, look.case.id)[-1:]:
        if decision.result == "adjust" and decision.reason:
            lines.append(f"集体审议调减（{resolution.minutes_no}）：{told(decision.reason)}")
    if lines:
        yield "核减与调减", "；".join(lines)


def _decided(look: Look) -> Iterator[tuple[str, str]]:
    decisions = batches.decisions_of_case(look.session, look.case.id)
    said = [f"经集体审议（{decisions[-1][1].minutes_no}）"] if decisions else []
    number, on = look.facts.get("district_document_no"), look.facts.get("district_approved_on")
    if number:
        said.append(f"报区政府审定（{number}{f'，{day(date.fromisoformat(str(on)))}' if on else ''}）")
    if said:
        yield "决定程序", "，".join(said)
