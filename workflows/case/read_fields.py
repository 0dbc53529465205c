"""What the program reads of the forms beyond what rules and operations declare, and who reads it.

The gate holds each of these fields to what the release ships: there, of its kind, as required, shown and begun with as
the reader expects it (`workshop/field_contract`). The form editor shows the readers before a field goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple


class Reader(NamedTuple):
    """Who reads, in the words of process owners; which fields of which forms, as patterns with `*`.

    A column of a list is `list.column`.
    """

    what: str
    forms: str
    fields: str

    def reads(self, form: str, path: str) -> bool:
        """Whether it reads this field of this form."""
        return _fits(form, self.forms) and _fits(path, self.fields)


def _fits(name: str, patterns: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns.split())


_APPLICATIONS = "*_application *_confirmation"
_SUBJECT = "subject_kind registered_in_area site_in_area user_kind"

READERS: tuple[Reader, ...] = (
    # What becomes of a case, and why
    Reader("流程走向和填报核对", "*", "decision"),
    Reader("不利决定的告知书", "*", "reason_code"),
    Reader("对象和区域的认定", "*_review *_verified", _SUBJECT),
    Reader("认定所依据的材料", "*_review *_verified", "subject_basis verified_basis"),
    Reader("申报承诺", "*_application", "commitment"),
    Reader("不予支持告知书", "*_review *_verified site_inspection", "refusal_facts refusal_evidence heard_by"),
    Reader("不予支持告知书", "*_review *_verified", "review_opinion verified_basis"),
    Reader("不予支持告知书", "site_inspection", "site_record"),
    Reader("不予支持告知书", "refusal_ruling refusal_statement", "ruling_answer refusal_statement"),
    Reader("陈述申辩告知书", "credit_check joint_check", "credit_finding credit_source joint_opinion joint_source"),
    Reader("拟追回（撤销）告知书", "recovery_investigation", "recovery_facts recovery_basis recovery_proposed_*"),
    Reader("追回（撤销）决定书", "recovery_statement recovery_meeting", "recovery_statement recovery_reply"),
    Reader("追回（撤销）决定书", "recovery_meeting", "recovery_minutes_no recovery_amount recovery_interest"),
    Reader("追回（撤销）决定书", "recovery_meeting", "recovery_term_days recovery_instalments recovery_instalments.*"),
    Reader("限制申报", "recovery_meeting", "recovery_bar recovery_bar_basis recovery_bar_from recovery_bar_to"),
    Reader(
        "线索了结和移送的登记", "recovery_dismissal recovery_enforcement", "recovery_dismissal_reason enforcement_*"
    ),
    # The checks between fields
    Reader("业务初审各项条件的核对", "*_review", "a[3-9]*_[1-9]"),
    Reader("日期核对", "*_application", "established_on start_date end_date completion_date grid_connection_date"),
    Reader("申请金额的核对和专家人数", "*_application", "declared_amount declared_investment requested_total"),
    Reader("投资构成的核对", "retrofit_application", "investment_equipment investment_construction"),
    Reader("投资构成的核对", "retrofit_application", "investment_software investment_other"),
    Reader(
        "容量单位的核对", "renewable_energy_application", "technology capacity_unit expected_annual_output output_unit"
    ),
    Reader("用能单位的核对", "renewable_energy_application", "investor_relation site_uscc"),
    Reader("核减明细的核对和征求意见", "*_audit", "cut_lines cut_lines.*"),
    Reader("核减的核对和核定确认的预填", "*_audit", "audited_*"),
    Reader("补充材料的要求", "*_audit", "audit_opinion"),
    Reader("补充说明的要求", "*_review", "explanation_request"),
    Reader("荣誉的核对", "green_honour_application", "previous_* honour_date list_document_title"),
    Reader("官方名单的核对", "green_honour_*", "honour_type level list_document_no on_official_list award_document_no"),
    Reader("证书覆盖期的核对", "carbon_neutral_application", "period_from period_to accounting_year"),
    Reader("核查报告的核对", "carbon_intensity_application", "verification_report_no_y[01] measures measures.name"),
    Reader("绿电是否属于交易行为的核对", "carbon_intensity_application", "green_power_*"),
    Reader("排放和产值的核定", "carbon_intensity_application", "e[01]_t v[01]_yuan traded_t"),
    Reader("认证费用和覆盖面的核对", "carbon_footprint_application", "cert_cost_net first_time"),
    Reader("认证费用和覆盖面的核对", "carbon_footprint_application", "products_revenue_y1 main_revenue_y1"),
    Reader("证书的核对和查重", "carbon_footprint_application", "certificates certificates.certificate_no"),
    Reader("证书的核对和查重", "carbon_footprint_application", "certificates.issue_date certificates.valid_to"),
    Reader("交易的核对和查重", "carbon_trading_application", "total_volume_t trades trades.settlement_no"),
    Reader("交易的核对和查重", "carbon_trading_application", "trades.tonnes trades.date"),
    Reader("到账金额的核对", "future_energy_*", "city_award_* stage stage_count"),
    Reader("会展费用的核对", "green_event_application", "total_cost own_paid cost_lines cost_lines.amount"),
    Reader("会展费用的核对", "green_event_application", "co_payers co_payers.uscc co_payers.amount"),
    Reader("会展费用的核对", "green_event_application", "gov_funds sponsorship_income ticket_income"),
    Reader("会展费用的核对", "green_event_verified", "event_cost audited_cost gov_funds other_income"),
    Reader("集群指标的核对", "industry_cluster_*", "round three_year_targets three_year_targets.indicator"),
    Reader("集群指标的核对", "industry_cluster_*", "achieved achieved.indicator audited_achieved"),
    Reader(
        "集群指标的核对", "industry_cluster_*", "audited_achieved.indicator tenants_now leading_firms growing_firms"
    ),
    Reader("认定支持总额的核对", "industry_cluster_verified", "approved_total instalment_ceiling"),
    Reader("此前支持的核对", "*_verified", "granted_same_project earlier_precap_same_honour first_time"),
    Reader("此前支持的核对", "*_verified", "certificate_used_before"),
    # The same matter, and what it had already
    Reader("同一事项的识别和查重", _APPLICATIONS, "project_name project_site filing_no first_phase_filing_no"),
    Reader("同一事项的识别和查重", _APPLICATIONS, "acceptance_no city_project_no city_document_no received_date"),
    Reader("同一事项的识别和查重", _APPLICATIONS, "honour_type site certificate_no accounting_year period"),
    Reader("同一事项的识别和查重", _APPLICATIONS, "cluster_name event_name start_date"),
    Reader("发票查重", "*_application", "invoice_lines invoice_lines.invoice_code invoice_lines.invoice_no"),
    Reader("发票查重", "*_application", "invoice_lines.net"),
    Reader("从优不重复", "*_application", "other_public_funds other_public_funds.level other_public_funds.amount"),
    Reader("从优不重复", "*_verified", "other_district_paid"),
    # Intake, credit, inspection, experts
    Reader("一次性补正告知书", "formality_check", "correction_items correction_items.*"),
    Reader("不予受理告知书", "formality_check", "reason"),
    Reader("信用核查的有效期和告知书", "credit_check", "credit_queried_on credit_finding"),
    Reader("信用核查的告知书", "joint_check", "joint_opinion"),
    Reader("信用核查的告知书", "credit_statement credit_ruling", "statement ruling_opinion"),
    Reader("信用修复的核对", "credit_cure", "cure_statement"),
    Reader("现场核查的核对", "site_inspection", "inspected_on inspectors site_record"),
    Reader("申报单位的说明", "explanation", "explanation"),
    Reader("核减的反馈意见", "cut_comment", "cut_opinion cut_comment"),
    Reader("专家回避", "convene_review declare_interest", "avoided_organization recusal_reason no_conflict"),
    Reader("补抽专家", "confirm_redraw", "redraw_reason"),
    Reader("评分汇总", "*_score", "score_* vote"),
    # Decisions, objections, payment
    Reader("会签和审核意见", "recheck deputy_review", "opinion"),
    Reader("区政府审定的登记", "district_approval", "district_document_no district_approved_on district_opinion"),
    Reader("异议的告知和答复", "objection_*", "objection_substance objection_statement objection_reply"),
    Reader("异议的告知和答复", "objection_*", "objection_findings statement_reply objection_m*"),
    Reader("限额调减的选择", "choose_matters", "kept_matters"),
    Reader("认定通知书", "decision_notice", "signed_by issued_on"),
    Reader("收款账户的核对和查重", "payee_entry *_confirmation", "account_* bank_name bank_branch_code"),
    Reader("收款信息的核对", "payee_confirmation", "payment_amount payee_opinion"),
    Reader("拨付登记", "disbursement", "payment_amount paid_on voucher_no voucher_line return_reason hold_reason"),
)


def readers_of(form: str, path: str) -> Iterator[str]:
    """Who reads a field of a form, each once, as declared here."""
    yield from dict.fromkeys(reader.what for reader in READERS if reader.reads(form, path))
