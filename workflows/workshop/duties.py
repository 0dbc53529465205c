"""Who may do what of the procedure and is kept from what (岗位分离), and what letters and batches count on."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine import Duty
from workflows.permissions import ROLES

_REVIEW, _VERIFIED = "{scheme}_review", "{scheme}_verified"


def _by(roles: str, *forms: str, apart: str = "", apart_role: str = "") -> tuple[Duty, ...]:
    posts = frozenset(roles.split())
    titles = frozenset(ROLES[role] for role in posts)
    return tuple(Duty(form, posts, titles, frozenset(apart.split()), apart_role) for form in forms)


DUTIES: tuple[Duty, ...] = (
    *_by("applicant", "{scheme}_application", "{scheme}_confirmation", "credit_cure", "credit_statement"),
    *_by("applicant", "cut_comment", "choose_matters", "objection_statement", "payee_entry"),
    *_by("applicant", "refusal_statement", "recovery_statement"),
    *_by("acceptance_clerk case_officer", "formality_check"),
    *_by("section_chief", "non_acceptance_review", apart="formality_check"),
    *_by("case_officer section_chief", "credit_check", "decision_notice"),
    *_by("co_department", "joint_check"),
    *_by("section_chief deputy_leader", "credit_ruling"),
    *_by("case_officer section_chief deputy_leader", _REVIEW, apart="formality_check"),
    *_by("case_officer section_chief", "site_inspection", _VERIFIED),
    *_by("section_chief", "refusal_ruling", apart=f"{_REVIEW} {_VERIFIED}"),
    *_by("verifier", "{scheme}_audit"),
    *_by("review_organizer", "convene_review", "panel_opinion"),
    *_by("expert", "declare_interest", "{scheme}_score"),
    *_by("discipline", "confirm_redraw"),
    *_by("section_chief finance_officer finance_reviewer legal_officer", "recheck",
         apart=f"formality_check {_REVIEW}", apart_role="section_chief"),
    *_by("deputy_leader", "deputy_review"),
    *_by("district_approver", "district_approval"),
    *_by("case_officer section_chief", "objection_notice", "objection_investigation", apart=f"{_REVIEW} {_VERIFIED}"),
    *_by("section_chief deputy_leader", "objection_handling"),
    *_by("legal_officer", "objection_legal_review"),
    *_by("meeting_secretary", "objection_meeting"),
    *_by("finance_officer finance_reviewer", "fund_plan"),
    *_by("finance_officer finance_reviewer", "payee_confirmation", apart="payee_entry"),
    *_by("finance_officer finance_reviewer", "disbursement", apart="payee_confirmation"),
    *_by("section_chief", "silent_payee"),
    *_by("case_officer section_chief", "recovery_investigation", apart=f"{_REVIEW} {_VERIFIED}"),
    *_by("section_chief", "recovery_dismissal", apart="recovery_investigation"),
    *_by("legal_officer", "recovery_legal_review"),
    *_by("meeting_secretary", "recovery_meeting"),
    *_by("case_officer section_chief", "recovery_enforcement"),
)  # fmt: skip

TERMS: Mapping[str, str] = {
    "correction": "proc.supplement_days",
    "credit_hearing": "5",
    "cut_comment": "5",
    "cut_choice": "a10.cut_choice_days",
    **dict.fromkeys(("objection_notice", "recovery_notice", "revocation_notice"), ""),
    "refusal_hearing": "proc.hearing_days",
    **dict.fromkeys(("payee_request", "payee_reminder", "payment_returned"), "proc.payee_reminder_days"),
}
"""The working days that each letter states; empty where the letter states what the diagram says."""

ANNOUNCES: Mapping[str, str] = {
    "tell_objection": "objection_notice",
    "tell_recovery": "recovery_notice revocation_notice",
}
"""The operations that send such letters with the days that the diagram gives them."""

LISTENS: Mapping[str, frozenset[str]] = {
    "cut_choice": frozenset({"relisted"}),
    "clearance": frozenset({"resolved"}),
    "publicity": frozenset({"reallocated"}),
    "district_approval": frozenset({"reallocated"}),
}
"""What a batch tells a case while it is there."""

ONCE = frozenset({"commit_award", "commit_award_in_year", "record_recognition", "settle_payment"}) | frozenset(
    {"record_refusal", "record_veto", "record_not_accepted", "accept_case"}
)
"""What is registered once in a case."""
