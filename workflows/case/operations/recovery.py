"""P23 and the revocation of an award: told, heard, decided together, collected."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from storage import clues, messages
from storage.bars import Bar
from storage.clues import Clue
from storage.messages import Message
from workflows.case import awards, collection, delivery, grounds, letters, objections
from workflows.case.operations.registry import operation
from workflows.case.step import Step, local_date
from workflows.engine import Read
from workflows.rules.money import format_yuan, parse_money

STATEMENT = "recovery_statement"
CAUSES = {
    "fraud": "提供虚假材料",
    "duplicate": "重复享受财政资金",
    "cut": "核减后多拨",
    "breach": "违反承诺（迁出、停产、未达目标）",
    "audit": "审计发现",
    "other": "其他情形",
}
_INTENDED = (
    "recovery_proposed_interest",
    *("recovery_proposed_bar", "recovery_proposed_bar_basis"),
    *("recovery_proposed_bar_from", "recovery_proposed_bar_to"),
)
_FACTS = (Read("recovery_facts", "查明的事实"), Read("recovery_basis", "处理依据"))


@operation(
    "告知拟追回（撤销）",
    "向申报单位发出拟追回资金告知书；尚未拨付的，发出拟撤销支持决定告知书。载明事实、来源、金额和依据，拟计利息、拟限制申报的一并载明，陈述期限自送达之日起计算。",
    parameters={"days": "告知书载明的陈述申辩期限（工作日），与计算期限的一致；取自政策口径的，口径变更后随之变化。"},
    periods=("days",),
    reads=_FACTS,
)
def tell_recovery(step: Step, arguments: Mapping[str, str]) -> None:
    """Facts, where they come from, the amount, interest and bar with their basis; the term to speak runs from delivery.

    What was told is kept: the decision goes not beyond it.
    """
    clue, days = collection.under_way(step), arguments["days"]
    term = int(days) if days.isdigit() else int(step.parameter(days))
    step.facts = {**step.facts, **{field: str(step.submitted.get(field) or "") for field in _INTENDED}}
    if clue.kind == clues.RECOVERY:
        given = str(step.submitted.get("recovery_proposed_amount") or "")
        amount = parse_money(given) if given else collection.amount_in_question(step)
        step.facts = {**step.facts, "recovery_proposed_amount": str(amount)}
        act = f"{_paid(step)}，拟追回其中{format_yuan(amount)}元。"
    else:
        act = f"{_granted(step)}，拟撤销该支持决定；处理期间暂停拨付。"
    told = letters.told(str(step.facts["recovery_facts"]))
    parts = [
        ("线索来源", _source(step, clue)),
        ("查明的事实", f"{told}。上述情形属于{CAUSES[clue.cause]}"),
        ("处理依据", letters.told(str(step.facts["recovery_basis"]))),
        *_intended(step),
        (
            "你单位的权利",
            f"可自本告知书送达之日起{term}个工作日内提出书面陈述申辩并提交证据；逾期未提出的，依据已查明的事实处理",
        ),
    ]
    kind = "recovery_notice" if clue.kind == clues.RECOVERY else "revocation_notice"
    letters.send(step, kind, f"{act}现将有关事项告知如下：\n{grounds.numbered(parts)}")


def _intended(step: Step) -> Iterator[tuple[str, str]]:
    """Interest and a bar are told before they are decided, with what they rest on."""
    if interest := collection.intended(step, "recovery_interest"):
        yield "拟计收的利息", letters.told(interest)
    if collection.intended(step, "recovery_bar") == "yes":
        basis = letters.told(collection.intended(step, "recovery_bar_basis"))
        first, last = (date.fromisoformat(collection.intended(step, f"recovery_bar_{end}")) for end in ("from", "to"))
        days = f"自{letters.day(first)}至{letters.day(last)}"
        yield "拟限制申报", f"依据{basis}，拟{days}限制你单位申报本专项资金"


def _source(step: Step, clue: Clue) -> str:
    """Where the clue comes from; who brought something after it was registered is not named by it either."""
    return "有关反映（来源依法保密）" if objections.names_somebody(step, clue.source) else letters.told(clue.source)


def _paid(step: Step) -> str:
    return f"已拨付支持资金{format_yuan(step.case.paid_amount or 0)}元"


def _granted(step: Step) -> str:
    return f"已审定支持资金{format_yuan(step.case.final_amount or 0)}元，尚未拨付"


@operation(
    "作出追回（撤销）决定",
    "按集体审议的结果发出资金追回决定书，尚未拨付的发出撤销支持决定书；决定限制申报的，一并登记依据和起止日期。",
    results={"collect": "收缴已拨付资金", "revoked": "撤销尚未拨付的支持决定"},
    reads=(*_FACTS, Read("recovery_minutes_no", "会议纪要文号"), Read("recovery_reply", "对陈述申辩的答复")),
)
def decide_recovery(step: Step, _: Mapping[str, str]) -> str:
    """What the meeting decided, with what the firm said, the answer to it, the term and the remedies."""
    clue = collection.under_way(step)
    clue.decided_at = step.now
    if clue.kind == clues.REVOCATION:
        return _revoke(step, clue)
    decided = step.submitted
    given = str(decided.get("recovery_amount") or "")
    clue.state = clues.DECIDED
    clue.decided_amount = parse_money(given) if given else collection.amount_in_question(step)
    clue.interest = str(decided.get("recovery_interest") or "").strip() or None
    clue.term_days = int(decided.get("recovery_term_days") or collection.TERM_DAYS)
    clue.instalments = [
        {"due_on": each["due_on"], "amount": str(parse_money(str(each["amount"])))}
        for each in decided.get("recovery_instalments") or ()
    ] or None
    amount = format_yuan(clue.decided_amount)
    letters.send(
        step,
        "recovery_decision",
        f"{_paid(step)}。{_grounds(step)}决定追回支持资金{amount}元。{_how_to_pay(clue)}{_bar(step)}",
    )
    changes = [{"field": "amount", "old": None, "new": str(clue.decided_amount)}]
    step.record("recovery_decided", str(clue.id), changes)
    return "collect"


def _revoke(step: Step, clue: Clue) -> str:
    clue.state, clue.settled_at = clues.SETTLED, step.now
    amount = step.case.final_amount or awards.ZERO
    ruling = f"决定撤销对本件的支持决定，{format_yuan(amount)}元支持资金不再拨付。"
    letters.send(step, "revocation_decision", f"{_granted(step)}。{_grounds(step)}{ruling}{_bar(step)}")
    step.record("award_revoked", str(clue.id), [{"field": "final_amount", "old": str(amount), "new": "0"}])
    return "revoked"


def _notice(step: Step) -> Message | None:
    found = [
        letter
        for kind in ("recovery_notice", "revocation_notice")
        if (letter := messages.latest_of_kind(step.session, step.case.id, kind)) is not None
    ]
    return max(found, key=lambda letter: letter.sent_at, default=None)


def _grounds(step: Step) -> str:
    """What the decision rests on: facts, what the firm said with the answer to it, and the basis."""
    facts, minutes = step.facts, letters.told(str(step.facts["recovery_minutes_no"]))
    return (
        f"经依法告知，现决定如下：\n一、查明的事实：{letters.told(str(facts['recovery_facts']))}。\n"
        f"二、陈述申辩及答复：{_heard(step)}\n"
        f"三、决定：依据{letters.told(str(facts['recovery_basis']))}，经法制审核和集体审议（{minutes}），"
    )


def _heard(step: Step) -> str:
    notice = _notice(step)
    said, reply = delivery.said_after(step, notice, STATEMENT), letters.told(str(step.facts["recovery_reply"]))
    if said is None:
        return f"{delivery.silence(step, notice, '陈述申辩')}。{reply}。"
    quoted = letters.excerpt(str(said.data.get(STATEMENT) or ""))
    return f"你单位于{letters.day(local_date(said.at))}陈述申辩：“{quoted}”。{reply}。"


def _how_to_pay(clue: Clue) -> str:
    interest = f"利息按下列依据计收：{letters.told(clue.interest)}。" if clue.interest else ""
    if clue.instalments:
        parts = "；".join(
            f"{letters.day(date.fromisoformat(each['due_on']))}前退回{format_yuan(Decimal(each['amount']))}元"
            for each in clue.instalments
        )
        term = f"准予分期退回：{parts}。"
    else:
        term = f"请自本决定书送达之日起{clue.term_days}个工作日内退回。"
    where = "款项退至区财政指定账户，账户信息由承办单位另行提供。"
    return f"{interest}{term}{where}逾期未退回的，经催缴后依法申请人民法院强制执行或者移送有关机关处理。"


def _bar(step: Step) -> str:
    """The bar that the meeting decided, as a row with its document and its days; nothing without a document."""
    facts = step.submitted
    if facts.get("recovery_bar") != "yes":
        return ""
    basis = letters.told(str(facts["recovery_bar_basis"]))
    first, last = (date.fromisoformat(str(facts[f"recovery_bar_{end}"])) for end in ("from", "to"))
    step.session.add(
        Bar(
            enterprise_id=step.case.enterprise_id,
            case_id=step.case.id,
            basis=basis,
            from_on=first,
            to_on=last,
            imposed_at=step.now,
        )
    )
    step.record(
        "enterprise_barred",
        step.enterprise.uscc,
        [
            {"field": "basis", "old": None, "new": basis},
            {"field": "from_on", "old": None, "new": first.isoformat()},
            {"field": "to_on", "old": None, "new": last.isoformat()},
        ],
    )
    return f"\n四、限制申报：依据{basis}，自{letters.day(first)}至{letters.day(last)}限制你单位申报本专项资金。"


@operation(
    "了结追回线索",
    "线索不成立或者集体审议决定不予追回（撤销）的，了结线索；已经告知过申报单位的，书面告知结果。原支持决定不变。",
    results={"dismissed": "不予追回（撤销）"},
)
def dismiss_recovery(step: Step, _: Mapping[str, str]) -> str:
    """The award stays as it was; whoever was told of the intention is told that nothing comes of it."""
    clue = collection.under_way(step)
    clue.state, clue.settled_at = clues.DISMISSED, step.now
    notice = _notice(step)
    if notice is not None and notice.sent_at >= clue.registered_at:
        number = notice.number or notice.title
        found = "经核查和集体审议" if step.submitted.get("recovery_minutes_no") else "经核查"
        letters.send(
            step,
            "recovery_closed" if clue.kind == clues.RECOVERY else "revocation_closed",
            f"《{notice.title}》（{number}）所告知的事项，{found}，决定不予处理，原支持决定不变。",
        )
    step.record("recovery_dismissed", str(clue.id))
    return "dismissed"


@operation(
    "计算退回期限",
    "取下一笔应退款项的到期时间：分期的按期次，不分期的自决定书送达之日起计算；已催缴的自催缴通知书送达之日起计算。",
    gives="instant",
)
def open_collection(step: Step, _: Mapping[str, str]) -> str:
    """The end of the term of what is due next, as an ISO instant; provisional until the letter is delivered."""
    return collection.due_end(step, collection.under_way(step)).isoformat()


@operation(
    "核验退回期限并催缴",
    "期满时核验决定书是否送达；已送达而未足额退回的，发出催缴通知书，催缴期满仍未退回的转强制执行或者移送。",
    results={
        "running": "期限未满、尚未送达或者已足额退回",
        "dunned": "已发出催缴通知书",
        "lapsed": "催缴期满仍未退回",
    },
)
def lapse_collection(step: Step, _: Mapping[str, str]) -> str:
    """Nobody is late before he was reached, nor who has paid; who is late is dunned once before others are asked."""
    clue = collection.under_way(step)
    if not collection.still_due(step, clue):
        return "running"
    if clue.referred_at is not None:
        return "lapsed"
    if not collection.is_lapsed(step, clue):
        return "running"
    if clue.dunned_at is not None:
        return "lapsed"
    _dun(step, clue)
    return "dunned"


def _dun(step: Step, clue: Clue) -> None:
    due = letters.day(collection.overdue_since(step, clue))
    clue.dunned_at, clue.referred_at = step.now, None
    letters.send(
        step,
        "dunning",
        f"资金追回决定书决定追回的支持资金{format_yuan(clue.decided_amount or 0)}元，"
        f"应于{due}前退回的款项尚未足额退回，现仍有{format_yuan(collection.still_due(step, clue))}元未退回。"
        f"请自本通知书送达之日起{collection.DUNNING_DAYS}个工作日内退回；逾期仍未退回的，依法申请人民法院强制执行或者移送有关机关处理。",
    )


@operation(
    "登记催缴后的处理",
    "登记申请强制执行、移送的机关和文号；继续催缴的，再次发出催缴通知书。",
    reads=(Read("enforcement_organ", "受理机关"), Read("enforcement_document_no", "文书文号")),
)
def record_enforcement(step: Step, _: Mapping[str, str]) -> None:
    """What was asked of a court or another organ; what comes in is registered all the same, and ends it."""
    clue, way = collection.under_way(step), str(step.submitted.get("decision") or "")
    if not collection.still_due(step, clue):
        return
    if way == "dun":
        _dun(step, clue)
        return
    clue.referred_at, clue.referred_to = step.now, str(step.facts["enforcement_organ"])
    clue.referral_no = str(step.facts["enforcement_document_no"])
    step.record(
        "recovery_referred",
        str(clue.id),
        [
            {"field": "result", "old": None, "new": way},
            {"field": "organ", "old": None, "new": clue.referred_to},
            {"field": "number", "old": None, "new": clue.referral_no},
        ],
    )


@operation(
    "核对退回金额",
    "核对经复核确认的退回金额；足额退回的办结追回。",
    results={"recovered": "已足额退回", "partial": "尚未足额退回"},
)
def settle_collection(step: Step, _: Mapping[str, str]) -> str:
    """`recovered` once all that was decided has come back, as a second person confirmed."""
    clue = collection.under_way(step)
    left = collection.still_due(step, clue)
    step.record("collection_settled", str(clue.id), [{"field": "amount_left", "old": None, "new": str(left)}])
    if left:
        clue.dunned_at = None if collection.overdue_since(step, clue) > step.today else clue.dunned_at
        return "partial"
    clue.state, clue.settled_at = clues.SETTLED, step.now
    return "recovered"


@operation("登记撤销支持决定", "释放审定占用的额度，本件以撤销支持决定办结；撤销支持决定书已经发出。")
def record_revocation(step: Step, _: Mapping[str, str]) -> None:
    """What the case held is given back to the ceiling; its rivals live again."""
    step.case.reason = "REVOKED"
    awards.release(step, "撤销支持决定", reallocate=True)
    awards.fall_away(step)
