"""What diagrams say of their tasks: every word has a meaning, and bundles from before mean what they meant."""

import pytest

from tests.engine.shipped import LIBRARY
from workflows.case import drawn, effects, relied
from workflows.casework import requests
from workflows.engine.document import read_document
from workflows.engine.model import Element, read_processes

FACTS = {
    "correction_items": [{"document_code": "OTHER", "problem": "缺少发票"}],
    "explanation_request": "请说明",
    "audit_opinion": "请补充",
    "credit_finding": "欠税",
    "cut_lines": [{"item": "设备", "amount": "100", "reason": "无发票"}],
    "objection_substance": "金额不实",
    "payee_opinion": "户名不符",
    "return_reason": "账号有误",
    "final_amount": "1000",
    "amount_to_pay": "1000",
    "reason_code": "NOT_ELIGIBLE_TYPE",
    "refusal": {"code": "FRAUD", "found": [{"text": "发票不实", "source": "业务初审"}], "evidence": None},
}


def element(identity: str, **said: str) -> Element:
    return Element(identity, identity, "userTask", "p", "p", 1, **said)


SHIPPED = {
    each.id: each
    for path, content in LIBRARY.items()
    if path.endswith(".bpmn")
    for process in read_processes(path, read_document(content))
    for each in process.elements.values()
    if each.kind == "userTask"
}


@pytest.mark.parametrize("code", drawn.ASKS)
def test_whatever_a_task_may_ask_is_shown(code):
    assert requests.request_for(code, "retrofit", FACTS) is not None


def test_whatever_a_completion_may_do_is_done():
    assert effects.EFFECTS.keys() == drawn.DOES.keys()
    assert requests.request_for(None, "retrofit", FACTS) is None


# No bundle from before has these.
NEWER = {"non_acceptance_review", "refusal_statement", "refusal_ruling"}


@pytest.mark.parametrize("identity", [each for each in relied.TASKS if each not in NEWER])
def test_a_bundle_from_before_means_what_the_shipped_one_says(identity):
    silent, shipped = element(identity), SHIPPED[identity]
    assert (drawn.asked_at(silent), drawn.done_at(silent)) == (shipped.asks, shipped.does)
    assert drawn.seals(silent) is drawn.seals(shipped) is (shipped.seals == "true")


def test_a_task_of_another_id_says_so_itself():
    said = element("second_opinion", asks=drawn.EXPLANATION, does=drawn.ACCOUNT, seals="true")
    assert (drawn.asked_at(said), drawn.done_at(said), drawn.seals(said)) == (drawn.EXPLANATION, drawn.ACCOUNT, True)
    plain = element("second_opinion")
    assert (drawn.asked_at(plain), drawn.done_at(plain), drawn.seals(plain)) == (None, None, False)
