"""Articles 1 to 9: who is supported and where, as conditions that refuse only what somebody verified."""

import pytest

from tests.rules.applied import amounts, apply, refusals
from tests.rules.test_scheme_registry import GOOD, SUPPORTED, each_scheme
from workflows.rules import subjects

INDUSTRIAL = {"manufacturing", "industry", "data_centre", "software"}
EVERYBODY = set(subjects.KINDS)
WHO = {
    "retrofit": {"manufacturing", "data_centre"},
    "green_honour": {"manufacturing"},
    "carbon_neutral": {"manufacturing"},
    "carbon_intensity": INDUSTRIAL,
    "carbon_footprint": {"manufacturing"},
    "carbon_trading": {"manufacturing"},
    "renewable_energy": EVERYBODY,
    "future_energy": EVERYBODY,
    "industry_cluster": EVERYBODY,
    "green_event": {*INDUSTRIAL, "other_enterprise", "association"},
}
REGISTERED = {
    scheme: f"elig__registration_in_district__{article}"
    for scheme, article in zip(
        GOOD, ("art3", "art4", "art5", "art5", "art5", "art5", "art6", "art7", "art8", "art9"), strict=True
    )
}


def judge(scheme, chosen=None, **stated):
    return apply(scheme, GOOD[scheme][0] | stated, **(chosen or {}))


@each_scheme
def test_the_article_supports_these_and_nobody_else(scheme):
    for kind in subjects.KINDS:
        result = judge(scheme, subject_kind=kind)
        wanted = [] if kind in WHO[scheme] else [("SUBJECT_KIND", "NOT_ELIGIBLE_TYPE")]
        assert refusals(result) == wanted, kind
        assert amounts(result)[2] == (0 if wanted else GOOD[scheme][1]), kind


def test_a_software_firm_is_told_that_article_3_is_not_for_it():
    result = judge("retrofit", subject_kind="software")
    assert (result.eligible, result.reason) == (False, "NOT_ELIGIBLE_TYPE")
    assert [each.text for each in result.steps] == [
        "不符合支持条件，金额为0元：申报主体为软件信息服务业企业，不属于支持对象（制造业企业、数据中心企业）"
    ]
    assert result.conditions[0].article == "第三条"


@pytest.mark.parametrize(
    ("scheme", "chosen", "kind", "refused"),
    [
        ("carbon_intensity", {"a5_1b__manufacturing_only": "true"}, "software", True),
        ("carbon_intensity", {"a5_1b__manufacturing_only": "false"}, "software", False),
        ("carbon_trading", {"a5_3__manufacturing_only": "false"}, "software", False),
        ("carbon_trading", {"a5_3__manufacturing_only": "false"}, "other_enterprise", True),
        ("renewable_energy", {"a6__investor_must_be_industry_or_software": "true"}, "other_enterprise", True),
        ("renewable_energy", {"a6__investor_must_be_industry_or_software": "true"}, "software", False),
        ("green_event", {"a9__applicant_kinds": "企业; 行业组织; 事业单位"}, "institution", False),
        ("green_event", {"a9__applicant_kinds": "企业"}, "association", True),
    ],
)
def test_where_the_text_is_open_the_owner_reads_it(scheme, chosen, kind, refused):
    assert bool(refusals(judge(scheme, chosen, subject_kind=kind))) is refused


@pytest.mark.parametrize(("kind", "refused"), [("industry", False), ("software", False), ("institution", True)])
def test_article_6_is_for_whoever_uses_the_energy(kind, refused):
    found = refusals(judge("renewable_energy", subject_kind="other", user_kind=kind))
    assert found == ([("USER_KIND", "NOT_ELIGIBLE_TYPE")] if refused else [])


@each_scheme
def test_registration_refuses_nobody_unless_the_notice_demands_it(scheme):
    assert judge(scheme, registered_in_area=False).eligible
    demanded = judge(scheme, {REGISTERED[scheme]: "true"}, registered_in_area=False)
    assert (demanded.reason, amounts(demanded)) == ("NOT_IN_DISTRICT", (0, 0, 0))
    condition = next(each for each in demanded.conditions if each.code == "REGISTERED_IN_AREA")
    assert condition.article == "申报通知"
    assert judge(scheme, {REGISTERED[scheme]: "true"}, registered_in_area=True).eligible


@each_scheme
def test_what_lies_outside_is_not_supported(scheme):
    outside = judge(scheme, site_in_area=False)
    assert (outside.reason, amounts(outside)) == ("NOT_IN_DISTRICT", (0, 0, 0))
    waived = judge(scheme, {"elig__site_in_district": "false"}, site_in_area=False)
    assert waived.eligible is (scheme != "green_event"), "article 9 says so itself"


@each_scheme
def test_what_nobody_verified_changes_nothing(scheme):
    """A client that knows only the contract's facts gets the same figures, whatever a reading would demand."""
    strict = {REGISTERED[scheme]: "true"}
    open_, verified = judge(scheme, strict), judge(scheme, strict, **SUPPORTED)
    assert amounts(open_) == amounts(verified)
    assert open_.eligible and open_.reason is None
    told = {each.code: each.met for each in open_.conditions}
    assert told["SUBJECT_KIND"] is told["REGISTERED_IN_AREA"] is told["SITE_IN_AREA"] is None
    assert all(each["met"] in (True, None) for each in open_.as_dict()["conditions"])


@each_scheme
def test_a_reading_is_on_record_where_a_fact_was_judged_by_it(scheme):
    ids = {REGISTERED[scheme].replace("__", ".")}
    assert not ids & judge(scheme).parameters.keys()
    assert ids <= judge(scheme, **SUPPORTED).parameters.keys()
