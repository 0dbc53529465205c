"""The catalogue of legal values is that of the domain specification: every id, with its status."""

from workflows.rules.parameters import catalog

# The parameters of the specification but for those of a batch (batch.*), which are arguments of the batch.
SPECIFIED = {
    "FIXED": """
        policy.validity_years a3.project_cap a5_1b.intensity_drop_min a5_1b.reduction_min_t a5_1b.output_basis
        a5_1b.cap a5_2.cap a6.entity_year_cap a8.total_cap a9.event_cap a10.annual_cap
    """,
    "CEIL": """
        a3.rate a4.amount.municipal a4.amount.national a5_1a.amount a6.rate a7.ratio
    """,
    "OPEN": """
        policy.effective_from policy.applicability_basis policy.transition_rule policy.post_expiry_instalments
        money.rounding_unit elig.registration_in_district.art3 elig.registration_in_district.art4
        elig.registration_in_district.art5 elig.registration_in_district.art6 elig.registration_in_district.art7
        elig.registration_in_district.art8 elig.registration_in_district.art9 elig.site_in_district
        elig.no_veto_years elig.credit_recheck_valid_days elig.min_operating_months a3.min_approved_investment
        a3.max_construction_years a3.requires_completion a3.dc_industry_codes a3.dc_requires_idc_licence
        a3.dc_max_pue a3.requires_measured_effect a4.honour_types a4.promotion_basis a4.pay_on_recheck
        a5_1a.amount_mode a5_1a.repeat_rule a5_1a.accepted_scope a5_1a.accepted_issuers a5_1b.unit_price
        a5_1b.price_source a5_1b.green_power_is_trading a5_2.amount_mode a5_2.cost_ratio a5_2.coverage_min
        a5_3.tier_mode a5_3.tiers a5_3.manufacturing_only a5_3.instruments a5_3.period a5_3.exclude_related_party
        a5.same_tonnes_rule a6.technologies a6.investor_must_be_industry_or_software a7.match_basis
        a7.funding_modes a8.plan a8.grade_coefficients a8.unearned_carry_over a8.stop_after_failed_years
        a8.exempt_from_annual_cap a9.rate_by_score a9.deduct_gov_funds a9.deduct_other_income
        a9.prior_filing_required a9.prior_filing_days a9.claim_within_days a10.cap_year_basis a10.cap_scope
        a10.cap_policy_scope a10.annual_cap_applies_to a10.overflow a10.allocation_order a10.other_policy_treatment
        a10.cut_choice_days a10.combined_public_ceiling_ratio a10.recovered_restores_cap proc.formality_days
        proc.silence_is_acceptance proc.supplement_days proc.max_supplements proc.joint_check_days
        proc.substantive_days proc.site_visit_min_people proc.audit_days proc.expert_count
        proc.expert_large_case_count proc.expert_large_case_threshold proc.expert_finance_min proc.expert_trim
        proc.expert_pass_score proc.expert_majority proc.expert_avoidance_years proc.publicity_days
        proc.republish_on proc.objection_days proc.publicity_before_district_approval
        proc.district_approval_threshold proc.payee_confirm_days proc.payment_days proc.review_request_days
        proc.expert_route.art3 proc.expert_route.art4 proc.expert_route.art5_1a proc.expert_route.art5_1b
        proc.expert_route.art5_2 proc.expert_route.art5_3 proc.expert_route.art6 proc.expert_route.art7
        proc.expert_route.art8 proc.expert_route.art9 proc.expert_small_case_threshold arch.retention
        elig.area_scope a5_1b.manufacturing_only a5_1b.tonnes_paid a9.applicant_kinds
    """,
}


def test_the_catalogue_is_the_specification():
    expected = {id: status for status, ids in SPECIFIED.items() for id in ids.split()}
    assert len(expected) == 125
    # Readings that the specification's list of parameters does not name, though its text leaves them open.
    expected |= dict.fromkeys(("a6.cap_year_basis", "a10.choice_before_cut"), "OPEN")
    # What letters name, and how a refusal is decided: the office's own, not the policy's.
    named = ("office_name", "office_phone", "supervision_phone", "letter_mark", "review_authority", "court")
    expected |= dict.fromkeys([f"proc.{name}" for name in (*named, "hearing_days", "refusal_decided_by")], "OPEN")
    expected |= dict.fromkeys(("proc.payee_reminder_days", "proc.payee_reminders"), "OPEN")
    assert {each.id: each.status for each in catalog().values()} == expected
