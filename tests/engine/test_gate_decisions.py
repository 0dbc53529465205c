"""The gate: a "no" never leads where only a "yes" may, and what an owner may do to a shipped diagram, and not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.redrawing import Drawing
from tests.engine.shipped import LIBRARY, SCHEMES
from workflows.engine import Finding
from workflows.engine.gate.decided import _speaks
from workflows.engine.gate.reading import read_bundle
from workflows.engine.gate.report import Report
from workflows.engine.gate.words import UNSAID, Words
from workflows.workshop import bundling, gatekeeper, inspection

Change = Callable[[Drawing], Drawing]


def judge(path: str, change: Change, scheme: str = "retrofit") -> list[Finding]:
    changed = change(Drawing(LIBRARY[path])).bytes
    return gatekeeper.judge(bundling.assemble({**LIBRARY, path: changed}, scheme), scheme, inspection.known())


def exchanged(flow: str, other: str = "") -> Change:
    return lambda drawing: drawing.exchange(flow, other)


def bypassed(identity: str) -> Change:
    return lambda drawing: drawing.bypass(identity)


def unheard(task: str, *term: str, opened: str) -> Change:
    """Without a task that somebody may speak in, and all that is about its term."""
    return lambda drawing: drawing.drop(*term).bypass(task).bypass(opened)


def straight(drawing: Drawing, gateway: str, source: str, target: str) -> Drawing:
    """Without a gateway: on from what is before it."""
    drawing.drop(gateway)
    return drawing.add(f'<bpmn:sequenceFlow id="straight" sourceRef="{source}" targetRef="{target}" />')


def moved(identity: str, lane: str) -> Change:
    return lambda drawing: drawing.move_to_lane(identity, lane)


def together(identity: str) -> Change:
    return lambda drawing: drawing.without(identity, "separateFrom")


def counting(identity: str, name: str, value: str) -> Change:
    return lambda drawing: drawing.parameter(identity, name, value)


def calling(identity: str, process: str) -> Change:
    return lambda drawing: drawing.set(identity, calledElement=process)


def without_event(identity: str) -> Change:
    return lambda drawing: drawing.drop(identity)


TYPE, CREDIT, INTAKE = "retrofit.bpmn", "shared/credit_and_joint_check.bpmn", "shared/intake.bpmn"
EXPERTS, PUBLICITY, PAYMENT = "shared/expert_review.bpmn", "shared/publicity.bpmn", "shared/disbursement.bpmn"
AUDIT, CLEARANCE, RECHECK = "shared/verification.bpmn", "shared/clearance.bpmn", "shared/recheck.bpmn"
DUPLICATES, REFUSAL = "shared/duplicate_check.bpmn", "shared/refusal.bpmn"
RECOVERY = "shared/recovery.bpmn"

_NO_RECOVERY_STATEMENT = unheard(
    "recovery_statement",
    *("recovery_statement_overdue", "lapse_recovery_statement", "recovery_letter_delivered"),
    opened="open_recovery_statement",
)
_NO_REFUSAL_STATEMENT = unheard(
    "refusal_statement",
    *("refusal_statement_overdue", "lapse_refusal_statement", "refusal_letter_delivered"),
    opened="open_refusal_statement",
)
_NO_CREDIT_STATEMENT = unheard(
    "credit_statement", "statement_overdue", "lapse_statement", "statement_delivered", opened="open_statement"
)
_NO_CUT_COMMENT = unheard(
    "cut_comment", "cut_comment_overdue", "lapse_cut_comment", "cut_letter_delivered", opened="open_cut_comment"
)
_NO_OBJECTION_STATEMENT = unheard(
    "objection_statement",
    *("objection_statement_overdue", "lapse_objection_statement", "objection_letter_delivered"),
    opened="open_objection_statement",
)

# What the owner did; the rule, and the element that it is shown on.
MISTAKES: list[tuple[str, Change, str, str]] = [
    # The answer of a gateway leads where another one led
    (TYPE, exchanged("intake_outcome_to_credit_check"), "not-decided", "substantive_review"),
    (TYPE, exchanged("credit_outcome_to_record_veto"), "not-decided", "record_veto"),
    (TYPE, exchanged("review_outcome_to_site_inspection"), "not-decided", "confirm_verified"),
    (TYPE, exchanged("review_outcome_to_refusal"), "not-decided", "refusal"),
    (TYPE, exchanged("inspection_outcome_to_verification"), "not-decided", "confirm_verified"),
    (TYPE, exchanged("verified_outcome_to_route_expert_review"), "not-decided", "calculate_amount"),
    (TYPE, exchanged("verified_outcome_to_refusal"), "not-decided", "refusal"),
    (TYPE, exchanged("experts_needed_to_expert_review"), "not-decided", "convene_review"),
    (TYPE, exchanged("experts_outcome_to_calculate_amount"), "not-decided", "calculate_amount"),
    (TYPE, exchanged("recheck_outcome_to_deputy_review"), "not-decided", "commit_award"),
    (TYPE, exchanged("deputy_outcome_to_listed"), "not-decided", "commit_award"),
    (TYPE, exchanged("clearance_outcome_to_resolved"), "not-decided", "resolved"),
    (TYPE, exchanged("resolution_outcome_to_publicity"), "not-decided", "commit_award"),
    (TYPE, exchanged("resolution_outcome_to_record_refusal"), "not-decided", "record_refusal"),
    (TYPE, exchanged("resolution_outcome_to_cut_choice"), "not-followed", "resolved"),
    (TYPE, exchanged("reallocation_to_publicity"), "not-followed", "publicity_reallocated"),
    (TYPE, exchanged("publicity_outcome_to_district_approval"), "not-decided", "commit_award"),
    (TYPE, exchanged("district_outcome_to_commitment"), "not-decided", "commit_award"),
    (TYPE, exchanged("district_outcome_to_record_refusal"), "not-decided", "record_refusal"),
    (TYPE, exchanged("commitment_outcome_to_decision_notice"), "not-decided", "settle_payment"),
    (TYPE, exchanged("refusal_outcome_to_record_refusal"), "not-decided", "record_refusal"),
    (INTAKE, exchanged("non_acceptance_outcome_to_record_not_accepted"), "not-decided", "record_not_accepted"),
    (REFUSAL, exchanged("refusal_ruling_outcome_to_route_refusal"), "not-decided", "route_refusal"),
    (REFUSAL, exchanged("refusal_resolved_outcome_to_refusal_upheld"), "not-followed", "refusal_resolved"),
    (
        REFUSAL,
        exchanged("refusal_letter_delivered_to_refusal_ruling"),
        "silence-not-proved",
        "refusal_statement_overdue",
    ),
    (CREDIT, exchanged("credit_outcome_to_open_statement"), "not-decided", "credit_statement"),
    (CREDIT, exchanged("statement_delivered_to_credit_ruling"), "silence-not-proved", "statement_overdue"),
    (INTAKE, exchanged("formality_outcome_to_accept_case"), "not-decided", "accept_case"),
    (INTAKE, exchanged("formality_outcome_to_non_acceptance_review"), "not-followed", "formality_check"),
    (INTAKE, exchanged("delivery_outcome_to_record_not_accepted"), "silence-not-proved", "correction_overdue"),
    (AUDIT, exchanged("audit_outcome_to_check_cuts"), "not-followed", "audit_verification"),
    (AUDIT, exchanged("cuts_outcome_to_open_cut_comment"), "not-decided", "cut_comment"),
    (AUDIT, exchanged("cut_letter_delivered_to_verification_done"), "silence-not-proved", "cut_comment_overdue"),
    (DUPLICATES, exchanged("duplicates_found_to_duplicates_done"), "not-decided", "confirm_verified"),
    ("shared/commitment.bpmn", exchanged("year_outcome_to_award_committed"), "not-followed", "commit_award"),
    ("shared/commitment.bpmn", exchanged("recount_outcome_to_commit_award"), "not-followed", "recounted"),
    ("shared/cut_choice.bpmn", exchanged("choice_offered_to_choice_done"), "not-decided", "choose_matters"),
    (EXPERTS, exchanged("panel_outcome_to_seat_panel"), "not-followed", "settle_declarations"),
    (PUBLICITY, exchanged("objection_outcome_to_open_publicity"), "not-followed", "objection_handling"),
    (PUBLICITY, exchanged("objection_ends_award_to_objection_meeting"), "not-followed", "objection_handling"),
    (PUBLICITY, exchanged("objection_meeting_outcome_to_close_publicity"), "not-followed", "objection_meeting"),
    (CLEARANCE, exchanged("standing_outcome_to_cleared"), "not-followed", "review_standing"),
    (PAYMENT, exchanged("payee_outcome_to_clearance"), "not-decided", "pay"),
    (PAYMENT, exchanged("payee_unchanged_to_pay"), "not-decided", "pay"),
    (PAYMENT, exchanged("payment_outcome_to_settle_payment"), "not-decided", "settle_payment"),
    (PAYMENT, exchanged("payment_outcome_to_record_return"), "not-decided", "record_return"),
    (PAYMENT, exchanged("silence_outcome_to_record_forfeit"), "not-decided", "record_forfeit"),
    (PAYMENT, exchanged("silence_outcome_to_record_forfeit"), "not-followed", "decide_silent_payee"),
    (PAYMENT, exchanged("payee_reminders_to_remind_payee"), "not-decided", "decide_silent_payee"),
    (RECOVERY, exchanged("investigation_outcome_to_tell_recovery"), "not-decided", "tell_recovery"),
    (RECOVERY, exchanged("dismissal_outcome_to_dismiss_recovery"), "not-decided", "dismiss_recovery"),
    (RECOVERY, exchanged("recovery_legal_outcome_to_recovery_meeting"), "not-decided", "recovery_meeting"),
    (
        RECOVERY,
        exchanged("recovery_meeting_outcome_to_decide_recovery", "recovery_meeting_outcome_to_dismiss_recovery"),
        "not-decided",
        "decide_recovery",
    ),
    (RECOVERY, exchanged("recovery_meeting_outcome_to_decide_recovery"), "not-decided", "decide_recovery"),
    (RECOVERY, exchanged("recovery_meeting_outcome_to_dismiss_recovery"), "not-decided", "dismiss_recovery"),
    (RECOVERY, exchanged("decision_kind_to_award_revoked"), "not-followed", "decide_recovery"),
    (RECOVERY, exchanged("collection_outcome_to_money_recovered"), "not-followed", "settle_collection"),
    (RECOVERY, exchanged("lapse_outcome_to_recovery_enforcement"), "not-decided", "recovery_enforcement"),
    (RECOVERY, exchanged("recovery_letter_delivered_to_recovery_legal_review"), "silence-not-proved",
     "recovery_statement_overdue"),
    (TYPE, exchanged("revocation_outcome_to_record_revocation"), "not-decided", "record_revocation"),
    (REFUSAL, exchanged("hearing_needed_to_refusal_ruling"), "not-followed", "propose_refusal"),
    # Who is to be heard is not
    (RECOVERY, _NO_RECOVERY_STATEMENT, "not-followed", "tell_recovery"),
    (
        REFUSAL,
        lambda drawing: straight(
            _NO_REFUSAL_STATEMENT(drawing), "hearing_needed", "propose_refusal", "refusal_ruling"
        ),
        "not-followed",
        "propose_refusal",
    ),
    (CREDIT, _NO_CREDIT_STATEMENT, "not-followed", "settle_credit"),
    (
        AUDIT,
        lambda drawing: straight(_NO_CUT_COMMENT(drawing), "cuts_outcome", "check_cuts", "verification_done"),
        "not-followed",
        "check_cuts",
    ),
    (PUBLICITY, _NO_OBJECTION_STATEMENT, "not-followed", "tell_objection"),
    # A stage is passed by
    (TYPE, bypassed("substantive_review"), "variable-unset", "review_outcome"),
    (TYPE, bypassed("explanation"), "not-followed", "substantive_review"),
    (TYPE, bypassed("verification"), "act-missing", "calculate_amount"),
    (TYPE, bypassed("confirm_verified"), "variable-unset", "verified_outcome"),
    (TYPE, bypassed("recheck"), "variable-unset", "recheck_outcome"),
    (TYPE, lambda drawing: drawing.drop("choice_relisted").bypass("cut_choice"), "act-missing", "commit_award"),
    (TYPE, bypassed("decision_notice"), "act-missing", "settle_payment"),
    (CREDIT, bypassed("credit_cure"), "not-followed", "settle_credit"),
    (CREDIT, bypassed("settle_ruling"), "not-followed", "credit_ruling"),
    (INTAKE, bypassed("accept_case"), "not-followed", "formality_check"),
    (AUDIT, bypassed("audit_supplement"), "not-followed", "audit_verification"),
    (EXPERTS, bypassed("panel_opinion"), "not-followed", "tally_scores"),
    (PUBLICITY, bypassed("objection_investigation"), "not-followed", "objection_statement"),
    (CLEARANCE, bypassed("settle_credit_recheck"), "not-followed", "credit_recheck"),
    (PAYMENT, bypassed("record_return"), "not-followed", "pay"),
    (PAYMENT, bypassed("record_hold"), "not-followed", "pay"),
    # A call leads to another process
    (TYPE, calling("verification", "recheck"), "act-missing", "calculate_amount"),
    (TYPE, calling("cut_choice", "recheck"), "act-missing", "commit_award"),
    (TYPE, calling("duplicate_check", "cut_choice"), "act-missing", "calculate_amount"),
    # Another post, or one person for both
    (TYPE, moved("confirm_verified", "applicant"), "role-duty", "confirm_verified"),
    (TYPE, moved("district_approval", "case_officer"), "role-duty", "district_approval"),
    (TYPE, moved("deputy_review", "case_officer"), "role-duty", "deputy_review"),
    (TYPE, moved("explanation", "case_officer"), "role-duty", "explanation"),
    (RECHECK, moved("legal_recheck", "section_chief"), "summary-role", "settle_recheck"),
    (PAYMENT, moved("confirm_payee", "applicant"), "role-duty", "confirm_payee"),
    (PAYMENT, moved("decide_silent_payee", "finance_officer"), "role-duty", "decide_silent_payee"),
    (INTAKE, moved("non_acceptance_review", "acceptance_clerk"), "role-duty", "non_acceptance_review"),
    (REFUSAL, moved("refusal_ruling", "meeting_secretary"), "role-duty", "refusal_ruling"),
    (REFUSAL, moved("refusal_statement", "section_chief"), "role-duty", "refusal_statement"),
    (RECOVERY, moved("recovery_investigation", "applicant"), "role-duty", "recovery_investigation"),
    (RECOVERY, moved("recovery_dismissal", "case_officer"), "role-duty", "recovery_dismissal"),
    (RECOVERY, moved("recovery_statement", "case_officer"), "role-duty", "recovery_statement"),
    (RECOVERY, moved("recovery_legal_review", "case_officer"), "role-duty", "recovery_legal_review"),
    (RECOVERY, moved("recovery_meeting", "case_officer"), "role-duty", "recovery_meeting"),
    (RECOVERY, moved("recovery_enforcement", "applicant"), "role-duty", "recovery_enforcement"),
    (RECOVERY, together("recovery_investigation"), "separation-missing", "recovery_investigation"),
    (RECOVERY, together("recovery_dismissal"), "separation-missing", "recovery_dismissal"),
    (REFUSAL, together("refusal_ruling"), "separation-missing", "refusal_ruling"),
    (INTAKE, together("non_acceptance_review"), "separation-missing", "non_acceptance_review"),
    (TYPE, together("substantive_review"), "separation-missing", "substantive_review"),
    (RECHECK, together("chief_recheck"), "separation-missing", "chief_recheck"),
    (PAYMENT, together("confirm_payee"), "separation-missing", "confirm_payee"),
    (PAYMENT, together("pay"), "separation-missing", "pay"),
    (PUBLICITY, together("objection_investigation"), "separation-missing", "objection_investigation"),
    # What the program does there is not said, or is nothing
    (EXPERTS, lambda drawing: drawing.without("score_application", "seals"), "said-missing", "score_application"),
    (EXPERTS, lambda drawing: drawing.set("declare_interest", gc__seals="false"), "said-missing", "declare_interest"),
    (INTAKE, lambda drawing: drawing.without("correction", "asks"), "said-missing", "correction"),
    (TYPE, lambda drawing: drawing.without("decision_notice", "does"), "said-missing", "decision_notice"),
    (TYPE, lambda drawing: drawing.set("explanation", gc__asks="weather"), "said-unknown", "explanation"),
    (PAYMENT, lambda drawing: drawing.set("enter_payee", gc__does="send_award"), "said-missing", "enter_payee"),
    # Another parameter, a message unheard
    (CREDIT, counting("open_statement", "days", "1"), "term-days", "open_statement"),
    (CREDIT, counting("lapse_statement", "letter", "award"), "term-letter", "lapse_statement"),
    (INTAKE, counting("lapse_correction", "days", "1"), "term-days", "lapse_correction"),
    (PUBLICITY, counting("tell_objection", "days", "1"), "term-days", "open_objection_statement"),
    (RECHECK, counting("settle_recheck", "tasks", "chief_recheck finance_recheck"), "opinion-unread", "legal_recheck"),
    (TYPE, without_event("publicity_reallocated"), "message-unheard", "publicity"),
    (TYPE, without_event("district_reallocated"), "message-unheard", "district_approval"),
    (TYPE, without_event("clearance_resolved"), "message-unheard", "clearance"),
    (TYPE, without_event("choice_relisted"), "message-unheard", "cut_choice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "change", "rule", "element"),
    MISTAKES,
    ids=[f"{number}-{each[2]}-{each[3]}" for number, each in enumerate(MISTAKES)],
)
def test_an_owner_s_mistake_is_found(path, change, rule, element):
    assert (rule, element) in {(each.rule, each.element) for each in judge(path, change)}


OTHER_TYPES = [
    ("green_honour", bypassed("fill_application"), "act-missing", "register_submission"),
    ("green_honour", exchanged("origin_outcome_to_confirm_candidate"), "not-decided", "confirm_candidate"),
    ("green_honour", exchanged("confirmation_outcome_to_register_candidate"), "not-decided", "register_candidate"),
    ("green_honour", exchanged("site_needed_to_site_inspection"), "not-decided", "site_inspection"),
    ("carbon_neutral", exchanged("third_party_needed_to_verification"), "not-decided", "audit_verification"),
    ("industry_cluster", exchanged("approved_round_to_commitment"), "not-decided", "record_recognition"),
    ("industry_cluster", bypassed("recognition_notice"), "act-missing", "recognised"),
    ("green_event", bypassed("verification"), "act-missing", "calculate_amount"),
]


@pytest.mark.parametrize(
    ("scheme", "change", "rule", "element"), OTHER_TYPES, ids=[f"{each[0]}-{each[3]}" for each in OTHER_TYPES]
)
def test_a_mistake_in_another_type_is_found(scheme, change, rule, element):
    assert (rule, element) in {(each.rule, each.element) for each in judge(f"{scheme}.bpmn", change, scheme)}


def test_a_payment_that_is_registered_twice_is_found():
    def twice(drawing: Drawing) -> Drawing:
        return drawing.bypass("fund_plan").set("decision_notice", gc__form="fund_plan").add(
            '<bpmn:callActivity id="once_more" name="再次拨付" calledElement="disbursement" />',
            '<bpmn:sequenceFlow id="to_end" sourceRef="once_more" targetRef="paid" />',
        ).set("disbursement_outcome_to_paid", targetRef="once_more")  # fmt: skip

    assert ("operation-twice", "disbursement") in {(each.rule, each.element) for each in judge(TYPE, twice)}


def test_another_opinion_that_nobody_asks_for_is_the_owners_business():
    """A task more with a form of the procedure: the decision is the one that a gateway reads."""

    def more(drawing: Drawing) -> Drawing:
        place = "recheck_outcome_to_deputy_review"
        return drawing.insert("energy_opinion", place, lane="case_officer", form="site_inspection", name="节能诊断意见")

    assert judge(TYPE, more) == []
    assert judge(TYPE, bypassed("fund_plan")) == []


def test_a_decision_that_no_gateway_reads_any_more_is_found():
    def unread(drawing: Drawing) -> Drawing:
        drawing.drop("district_outcome")
        return drawing.add('<bpmn:sequenceFlow id="straight" sourceRef="district_approval" targetRef="commitment" />')

    assert ("not-decided", "commit_award") in {(each.rule, each.element) for each in judge(TYPE, unread)}


def test_what_is_said_is_in_words_of_the_law():
    [said] = [each for each in judge(TYPE, exchanged("district_outcome_to_commitment")) if each.rule == "not-decided"]
    assert "区政府审定" in said.message_zh
    assert "第二条" in said.message_zh


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_words_are_followed_to_everything_that_they_are_asked_at(scheme):
    """A proof that nothing gets somewhere would let everything pass."""
    files = bundling.assemble(LIBRARY, scheme)
    known, _ = gatekeeper.with_forms(files, inspection.known())
    diagrams = {path: content for path, content in files.items() if path.endswith(".bpmn")}
    bundle = read_bundle(diagrams, scheme, Report())
    assert bundle is not None
    words = Words(bundle, known)
    spoken = [element for _, element in bundle.elements() for each in known.said if _speaks(each, element, scheme)]
    assert len({element.id for element in spoken}) >= 10
    for element in spoken:
        states = list(words.arriving(element))
        assert states, element.id
        for state in states:
            assert words.said(state, "formality_check") - {UNSAID} <= {"accept", "not_accept", "correct"}
