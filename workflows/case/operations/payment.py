"""P19: disbursement and its return."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from storage import payments
from storage.payments import Payment
from workflows.case import awards, letters
from workflows.case.operations.registry import operation
from workflows.case.step import Step
from workflows.engine import Read
from workflows.rules.matters import number_key
from workflows.rules.money import format_yuan


def _attempt(step: Step, state: str, amount: Decimal) -> Payment:
    facts = step.facts
    paid_on, voucher = step.submitted.get("paid_on"), step.submitted.get("voucher_no")
    payment = Payment(
        case_id=step.case.id,
        number=payments.last_number(step.session, step.case.id) + 1,
        state=state,
        amount=amount,
        bank_name=facts["bank_name"],
        account_name=facts["account_name"],
        account_no=facts["account_no"],
        voucher_no=voucher,
        voucher_key=number_key(voucher) or None,
        voucher_line=int(step.submitted.get("voucher_line") or 1),
        paid_on=date.fromisoformat(paid_on) if paid_on else None,
        return_reason=step.submitted.get("return_reason"),
        recorded_by=step.actor.username,
        recorded_at=step.now,
    )
    step.session.add(payment)
    return payment


@operation(
    "登记拨付完成",
    "审定占用转为已拨付，发出资金拨付通知书。",
    results={"paid": "已拨付"},
    reads=(
        Read("bank_name", "开户银行"),
        Read("account_name", "账户名称"),
        Read("account_no", "银行账号"),
        Read("paid_on", "拨付日期"),
        Read("voucher_no", "支付凭证号"),
    ),
)
def settle_payment(step: Step, _: Mapping[str, str]) -> str:
    """COMMITTED becomes PAID; the paid amount is the amount that was committed."""
    held = awards.lock_committed(step)
    payment = _attempt(step, "paid", held.amount)
    awards.pay(step, held)
    letters.send(
        step,
        "disbursement",
        f"依据支持项目认定通知书，支持资金{format_yuan(payment.amount)}元已拨付至你单位确认的收款账户。",
    )
    step.record(
        "payment_made",
        "pay",
        [
            {"field": "paid_amount", "old": None, "new": str(payment.amount)},
            {"field": "voucher_no", "old": None, "new": payment.voucher_no},
            {"field": "voucher_line", "old": None, "new": payment.voucher_line},
        ],
    )
    return "paid"


@operation(
    "登记支付退回",
    "登记退回原因，通知申报单位更正收款信息。",
    reads=(
        Read("bank_name", "开户银行"),
        Read("account_name", "账户名称"),
        Read("account_no", "银行账号"),
        Read("return_reason", "退回原因"),
    ),
)
def record_return(step: Step, _: Mapping[str, str]) -> None:
    payment = _attempt(step, "returned", awards.lock_committed(step).amount)
    letters.send(
        step,
        "payment_returned",
        f"支付被退回（{letters.told(payment.return_reason or '账户信息有误')}），请更正收款信息。",
    )
    step.record(
        "payment_returned", "pay", [{"field": "return_reason", "old": None, "new": payment.return_reason or ""}]
    )
