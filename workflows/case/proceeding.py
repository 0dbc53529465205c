"""What stands against an act by which public money is given: asked in the act's own transaction, not only at P05.

A guard says why, in a sentence for the official who acts; what it names is settled elsewhere (the case is suspended,
the firm heard, a check concluded), never by trying again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from storage import case_checks
from storage.bars import Bar
from storage.cases import DECIDED
from workflows.case.checks import conclusions
from workflows.case.proceeding_known import Known
from workflows.case.step import Look
from workflows.codes.credit_flags import VETO_FLAGS
from workflows.typed import names

LIST, RESOLUTION, APPROVAL, PAYMENT = "list", "resolution", "district_approval", "payment"
"""锁定汇总表, 集体审议 in favour, 区政府审定, 资金拨付."""


def known_of(look: Look) -> Known:
    """What the tables say of this case; what was read ahead is not read again."""
    known = look.ahead.get("known")
    return known if isinstance(known, Known) else Known.of(look.session, [look.case.id])


def obstacles(look: Look, act: str, known: Known | None = None) -> list[str]:
    """Why the case may not proceed to this act now; empty where nothing stands against it.

    `known` is given where several cases are asked about.
    """
    known = known or known_of(look)
    return [why for guard in _GUARDS[act] if (why := guard(look, known)) is not None]


def unattended(look: Look, act: str) -> list[str]:
    """Those of the obstacles that nobody has on his desk yet: no check, no task of the diagram is about them."""
    known = Known.of(look.session, [look.case.id])
    return [why for guard in _GUARDS[act] if guard not in _ATTENDED and (why := guard(look, known)) is not None]


def said(obstacles: Sequence[str]) -> str:
    """Obstacles as the reason of a hold, which is at most as long as its field."""
    return "".join(obstacles)[:500]


def credit_is_stale(look: Look, known: Known | None = None) -> bool:
    """Whether the credit check is to be asked anew: older than its term, or the last one found something.

    Never where the case's own diagrams have no task that asks it.
    """
    known = known or known_of(look)
    if look.case.id not in known.asked_anew:
        return False
    queried_on, days = known.queried_on.get(look.case.id), int(look.parameter("elig.credit_recheck_valid_days"))
    return queried_on is None or queried_on + timedelta(days=days) < look.today


def payee_has_changed(look: Look, known: Known | None = None) -> bool:
    """Whether the account is another than the one that finance confirmed, or no longer in the firm's name."""
    entered = (known or known_of(look)).payees.get(look.case.id)
    if entered is None:
        return True
    differs = any(entered[field] != look.facts.get(field) for field in entered)
    return differs or not names.same(str(look.facts.get("account_name") or ""), look.enterprise.name)


def _not_suspended(look: Look, _: Known) -> str | None:
    return "本件已中止办理，恢复办理后方可继续。" if look.case.suspended_at is not None else None


def _good_standing(look: Look, known: Known) -> str | None:
    """信用: what P05 checked may have changed since; a listed firm is neither approved nor paid."""
    standing = standing_flags(look, known)
    if not standing:
        return None
    return f"申报单位现{standing}，不得继续办理；请由科室负责人中止办理，核实后再行处理。"


def standing_flags(look: Look, known: Known | None = None) -> str:
    """The flags of the firm that close the door, and its bars in force, in words; empty where it has none."""
    of_firm = (known or known_of(look)).bars.get(look.case.id, ())
    flags = [VETO_FLAGS[flag] for flag in look.enterprise.credit_flags if flag in VETO_FLAGS]
    return "、".join([*flags, *(said_of(bar) for bar in of_firm if bar.holds(look.today))])


def said_of(bar: Bar) -> str:
    """A bar as a sentence says it of a firm."""
    return f"在限制申报期内（依据{bar.basis}，至{bar.to_on.isoformat()}）"


def _credit_fresh(look: Look, known: Known) -> str | None:
    """信用核查结果有效期: a result older than its term is asked again before the decision and before the payment."""
    if not credit_is_stale(look, known):
        return None
    if look.case.status in DECIDED:
        return "信用核查结果已超过有效期，或者最近一次复核发现问题，信用复核办结后再予拨付。"
    return (
        "信用核查结果已超过有效期，或者最近一次复核发现问题；请先办结“信用复核”任务，"
        "会议审议时没有该任务的，请缓议，重新汇总时办理。"
    )


def _no_check_stands(look: Look, known: Known) -> str | None:
    """查重 and 暂缓核实: what is not settled, from whichever side and whenever it was found."""
    states = {state for _, state in known.checks.get(look.case.id, ())}
    if not states:
        return None
    if case_checks.REFERRED in states:
        return "本件的线索已移送，处理完毕前不得继续办理；处理完毕后请在“查重比对”中重新作出结论。"
    return "本件有待核对的线索，请先在“查重比对”中作出结论，并经科室负责人确认。"


def must_be_recounted(look: Look, known: Known | None = None) -> bool:
    """Whether the amount rests on figures of which something was taken since: 查重 concluded, a matter was parted."""
    known = known or known_of(look)
    case_id = look.case.id
    return look.case.recount or case_id in known.parted or (case_id in known.limited and conclusions.exceeds(look))


def _counted(look: Look, known: Known) -> str | None:
    """What a conclusion took from the figures is taken from the amount, too."""
    if not must_be_recounted(look, known):
        return None
    return "测算之后，查重结论或事项认定改变了本件可计入的金额，须退回核定确认，重新核定、测算。"


def _no_objection(look: Look, known: Known) -> str | None:
    """异议: registered and not triaged, or accepted and not decided. Before publicity there is time to come for it."""
    if look.case.id not in known.objections:
        return None
    return "本件有尚未处理完毕的公示异议，处理完毕前不得审定和拨付；已受理的，请退回审议、重新公示，公示时即转入核查。"


def _no_fraud_in_question(look: Look, known: Known) -> str | None:
    """追回: money that is claimed back for fraud stops whatever else the firm asks for until it is decided."""
    if "fraud" not in known.recoveries.get(look.case.id, ()):
        return None
    return "申报单位有弄虚作假追回事项尚未确认，处理完毕前不得继续办理。"


def _nothing_to_return(look: Look, known: Known) -> str | None:
    """退回: what was paid by mistake is back and counted before more is paid."""
    if "clerical_error" not in known.recoveries.get(look.case.id, ()):
        return None
    return "申报单位有差错多拨退回事项尚未确认，请财务复核岗先行确认。"


def _nothing_claimed_back(look: Look, known: Known) -> str | None:
    """追回: while money of the firm is claimed back, no more is paid to it."""
    if not set(known.recoveries.get(look.case.id, ())) & _HOLDS_PAYMENT:
        return None
    return "申报单位有正在办理的资金追回（撤销支持决定）事项，办结前暂停拨付。"


def _on_the_list(look: Look, known: Known) -> str | None:
    if look.case.id in known.listed:
        return None
    return "本件已不在拟支持汇总表中，请重新锁定汇总表。"


def _supported(look: Look, known: Known) -> str | None:
    """What the meeting decided last on the case is what the district approves and finance pays."""
    if known.results.get(look.case.id) in ("support", "adjust"):
        return None
    return "集体审议的最近一次结果不是同意支持，不得审定和拨付。"


def _payee_as_confirmed(look: Look, known: Known) -> str | None:
    if not payee_has_changed(look, known):
        return None
    return "收款信息在确认之后有变化，须由财务审核岗重新确认。"


def _no_change_open(look: Look, known: Known) -> str | None:
    """变更登记: whom the money goes to, and in which name, is settled before it goes."""
    if look.case.id not in known.changes:
        return None
    return "申报单位申请的变更登记尚未办结，办结前不得拨付。"


_HOLDS_PAYMENT = frozenset({"duplicate", "cut", "breach", "audit", "other", "decided"})
_ALWAYS = (_not_suspended, _good_standing, _no_check_stands, _counted, _no_fraud_in_question)
_DECIDED = (*_ALWAYS, _no_objection, _on_the_list, _supported)
_GUARDS: Mapping[str, tuple[Callable[[Look, Known], str | None], ...]] = {
    LIST: _ALWAYS,
    RESOLUTION: (*_ALWAYS, _credit_fresh, _on_the_list),
    APPROVAL: _DECIDED,
    PAYMENT: (
        *_DECIDED,
        _credit_fresh,
        _nothing_to_return,
        _nothing_claimed_back,
        _no_change_open,
        _payee_as_confirmed,
    ),
}
_ATTENDED = frozenset({_not_suspended, _no_check_stands, _credit_fresh, _no_change_open, _payee_as_confirmed})
"""What somebody is at work on: the chief, whoever checks and confirms a change, whoever concludes on a check, who has
the re-check's or the payee's task."""
