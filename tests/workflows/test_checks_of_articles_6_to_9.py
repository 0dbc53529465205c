"""What the forms of articles 6 to 9 cannot see by themselves: sums, dates, and what was stated before."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.embedded import Urls
from storage.batches import Batch
from storage.cases import Case
from storage.cluster_awards import ClusterAward, Instalment
from storage.database import Database
from storage.definitions import DefinitionVersion
from storage.matters import Matter
from storage.people import Enterprise
from tests.contract_client import CHOSEN
from tests.forms.shipped_forms import ENTERPRISE, SHIPPED, context
from tests.golden import releases
from workflows import forms
from workflows.case.checks import check
from workflows.case.step import Look
from workflows.rules import parameters
from workflows.rules.schemes import green_event

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOMORROW = "2026-03-03"
OTHER = "91110112YYYY00020U"
FORMS = ("application", "review", "audit", "score", "verified")
SCHEMES = ("renewable_energy", "future_energy", "industry_cluster", "green_event")

Data = dict[str, Any]
# An event of 100 yuan, all of it paid by the applicant.
EVENT: Data = {"total_cost": "100", "own_paid": "100"}


def look(facts: Mapping[str, Any], session: Session | None = None, case: Case | None = None) -> Look:
    """A case of the demo's first enterprise on the demo's first day; without a session the database is not there."""
    session = session or Session()
    enterprise = Enterprise(uscc=ENTERPRISE["uscc"], name=ENTERPRISE["name"])
    return Look(
        session=session, case=case or Case(id=1), batch=Batch(), enterprise=enterprise, facts=dict(facts), now=NOW
    )


def examples(form: str, facts: Mapping[str, Any], **allowed: list[str]) -> Data:
    schema = forms.json_schema(SHIPPED[form], examples=context(**facts), allowed=allowed)
    data = {key: value["examples"][0] for key, value in schema["properties"].items() if "examples" in value}
    return forms.validate(SHIPPED[form], data, allowed=allowed)


def faults(form: str, data: Data, facts: Mapping[str, Any] | None = None) -> list[str]:
    return [error.field for error in check(form, look(facts or {}), data)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_case_filled_by_examples_meets_no_objection(scheme: str, session: Session) -> None:
    facts: Data = {}
    for kind in FORMS:
        form = f"{scheme}_{kind}"
        if form in SHIPPED:
            data = examples(form, facts)
            assert check(form, look(facts, session), data) == []
            facts |= {key: value for key, value in data.items() if kind != "score" and key != "decision"}


@pytest.mark.parametrize(
    ("form", "change", "field"),
    [
        ("renewable_energy_application", {"declared_amount": "3000000.01"}, "declared_amount"),
        ("renewable_energy_application", {"grid_connection_date": TOMORROW}, "grid_connection_date"),
        ("renewable_energy_application", {"established_on": TOMORROW}, "established_on"),
        ("renewable_energy_application", {"capacity_unit": "kWh"}, "capacity_unit"),
        ("renewable_energy_application", {"technology": "storage"}, "capacity_unit"),
        ("renewable_energy_application", {"site_uscc": OTHER}, "site_uscc"),
        ("renewable_energy_application", {"investor_relation": "EMC"}, "investor_relation"),
        ("future_energy_application", {"city_award_received": "1500000.01"}, "city_award_received"),
        ("future_energy_application", {"declared_amount": "1500000.01"}, "declared_amount"),
        ("future_energy_application", {"received_date": TOMORROW}, "received_date"),
        ("future_energy_application", {"stage": 3, "stage_count": 2}, "stage"),
        ("green_event_application", {"start_date": "2026-02-02", "end_date": "2026-02-01"}, "end_date"),
        ("green_event_application", {"end_date": TOMORROW}, "end_date"),
        ("green_event_application", {"declared_amount": "3000000.01"}, "declared_amount"),
        ("green_event_application", {"cost_lines": [{"amount": "2999999.99"}]}, "total_cost"),
        ("green_event_application", {"own_paid": "3000000.01"}, "own_paid"),
        ("green_event_application", {"co_payers": [{"uscc": OTHER, "amount": "0.01"}]}, "own_paid"),
        ("industry_cluster_application", {"declared_amount": "2999999"}, "declared_amount"),
        ("industry_cluster_application", {"leading_firms": 30}, "tenants_now"),
    ],
)
def test_an_application_agrees_with_itself(form: str, change: Data, field: str) -> None:
    assert faults(form, examples(form, {}) | change) == [field]


def test_an_investor_at_anothers_site_is_told_apart() -> None:
    data = examples("renewable_energy_application", {})
    assert faults("renewable_energy_application", data | {"site_uscc": OTHER, "investor_relation": "EMC"}) == []


@pytest.mark.parametrize("scheme", ["renewable_energy", "green_event"])
def test_an_invoice_is_stated_once(scheme: str) -> None:
    data = examples(f"{scheme}_application", {})
    data["invoice_lines"] = data["invoice_lines"] * 2
    assert faults(f"{scheme}_application", data) == ["invoice_lines-1-invoice_no"]


def test_payers_of_an_event_are_others_and_stated_once() -> None:
    data = examples("green_event_application", {}) | {"own_paid": "1000000"}
    own, other = ({"uscc": uscc, "amount": "500000"} for uscc in (ENTERPRISE["uscc"], OTHER))
    assert faults("green_event_application", data | {"co_payers": [other]}) == []
    assert faults("green_event_application", data | {"co_payers": [other, own]}) == ["co_payers-1-uscc"]
    assert faults("green_event_application", data | {"co_payers": [other, other]}) == ["co_payers-1-uscc"]


@pytest.mark.parametrize(("key", "rows"), [("three_year_targets", "entry"), ("achieved", "yearly")])
def test_an_indicator_of_a_cluster_is_stated_once(key: str, rows: str) -> None:
    data = examples("industry_cluster_application", {}, round=[rows])
    data[key] = data[key] * 2
    assert faults("industry_cluster_application", data) == [f"{key}-1-indicator"]


def test_a_yearly_report_asks_for_no_total() -> None:
    data = examples("industry_cluster_application", {"year_index": "1"}, round=["yearly"])
    assert faults("industry_cluster_application", data) == []


@pytest.mark.parametrize("kind", ["application", "review", "verified"])
def test_nobody_turns_a_yearly_report_into_a_recognition(kind: str) -> None:
    form = f"industry_cluster_{kind}"
    facts = {"requested_total": "3000000"}
    data = examples(form, facts, round=["entry"])
    assert faults(form, data, facts | {"round": "entry"}) == []
    assert faults(form, data, facts | {"round": "yearly"}) == ["round"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_review_passes_only_when_every_condition_is_met(scheme: str) -> None:
    form = f"{scheme}_review"
    data = examples(form, {})
    for point in (key for key in data if key.startswith("a") and data[key] == "met"):
        assert faults(form, data | {point: "not_met"}) == [point]
        assert faults(form, data | {point: "not_met", "decision": "refuse"}) == []


@pytest.mark.parametrize(
    ("form", "facts", "change", "field"),
    [
        ("renewable_energy_audit", {"declared_investment": "100"}, {"audited_investment": "101"}, "audited_investment"),
        ("renewable_energy_audit", {"declared_investment": "100"}, {"audited_investment": "99"}, "cut_lines"),
        ("green_event_audit", EVENT, {"audited_total_cost": "101"}, "audited_total_cost"),
        ("green_event_audit", EVENT, {"audited_total_cost": "99"}, "cut_lines"),
        ("green_event_audit", EVENT | {"own_paid": "60"}, {"audited_own_paid": "60.01"}, "audited_own_paid"),
        (
            *("future_energy_audit", {"city_award_approved": "100"}),
            *({"audited_city_award_received": "101"}, "audited_city_award_received"),
        ),
        ("industry_cluster_audit", {}, {"audited_achieved": [{"indicator": "甲"}] * 2}, "audited_achieved-1-indicator"),
        (
            *("renewable_energy_verified", {"declared_investment": "100"}),
            *({"approved_investment": "101"}, "approved_investment"),
        ),
        (
            *("future_energy_verified", {"city_award_approved": "100"}),
            *({"city_award_received": "101"}, "city_award_received"),
        ),
        ("green_event_verified", EVENT, {"event_cost": "101"}, "event_cost"),
        ("green_event_verified", EVENT, {"event_cost": "99.99"}, "audited_cost"),
        ("green_event_verified", EVENT, {"audited_cost": "100.01"}, "audited_cost"),
        ("green_event_verified", EVENT | {"own_paid": "60"}, {"audited_cost": "60.01"}, "audited_cost"),
        ("industry_cluster_verified", {"requested_total": "100"}, {"approved_total": "101"}, "approved_total"),
    ],
)
def test_no_later_figure_exceeds_the_one_it_rests_on(form: str, facts: Data, change: Data, field: str) -> None:
    known = {"city_award_received": "100"} | facts if not form.startswith("industry") else facts
    data = examples(form, known)
    assert faults(form, data, facts) == []
    assert faults(form, data | change, facts) == [field]


def test_what_a_payer_spent_of_the_money_of_others_is_not_its_own() -> None:
    """A4: 500,000 was declared as its own; 3,000,000 are confirmed where sponsors gave the rest, and not otherwise."""
    facts = {"total_cost": "3000000", "own_paid": "500000"}
    data = examples("green_event_verified", facts) | {"audited_cost": "3000000"}
    assert faults("green_event_verified", data | {"other_income": "2500000"}, facts) == []
    [error] = check("green_event_verified", look(facts), data | {"other_income": "2499999.99"})
    assert error.message == (
        "核定本单位活动支出3,000,000元，超过申报的本单位出资500,000元与核定的政府资金、其他收入之和2,999,999.99元；"
        "实际出资以申报数为限。"
    )


@pytest.mark.parametrize("release", releases.list_releases(releases.STATES))
def test_an_event_on_the_forms_of_an_earlier_release_goes_on_by_their_names(release: str) -> None:
    """Their audit called the event's cost what now is the payer's expenditure, and their officer confirmed no cost."""
    files = releases.read_bundles(release)["green_event"]
    kept = {form.key: form for form in forms.load_all(files).values()}
    facts: Data = {}
    filled: dict[str, Data] = {}
    for kind in ("application", "audit", "verified"):
        form = kept[f"green_event_{kind}"]
        schema = forms.json_schema(form, examples=context(**facts))
        data = {key: value["examples"][0] for key, value in schema["properties"].items() if "examples" in value}
        filled[kind] = forms.validate(form, data)
        assert check(form.key, look(facts), filled[kind]) == []
        facts |= {key: value for key, value in filled[kind].items() if key != "decision"}
    declared = {name: facts[name] for name in ("total_cost", "own_paid")}
    assert (
        green_event.own_money(facts, parameters.values(CHOSEN)) == Decimal(facts["own_paid"]) == Decimal("3000000.00")
    )
    audited = "audited_cost" if "audited_cost" in filled["audit"] else "audited_total_cost"
    for kind, change, field in (
        ("audit", {audited: "3000000.01"}, audited),
        ("audit", {"audited_own_paid": "3000000.01"}, "audited_own_paid"),
        ("verified", {"audited_cost": "3000000.01"}, "audited_cost"),
    ):
        assert faults(f"green_event_{kind}", filled[kind] | change, declared) == [field]


def test_a_candidate_of_the_citys_list_may_lack_the_approved_award() -> None:
    data = examples("future_energy_verified", {"city_award_received": "1500000"})
    assert faults("future_energy_verified", data) == []


@pytest.mark.parametrize("scheme", ["renewable_energy", "industry_cluster", "green_event"])
def test_a_very_low_score_is_explained(scheme: str) -> None:
    form = f"{scheme}_score"
    data = examples(form, {}) | {"score_effect": "0", "score_investment": "0"}
    assert faults(form, data) == ["score_opinion"]
    assert faults(form, data | {"score_opinion": "成效缺乏证明。"}) == []


def test_a_candidate_is_paid_to_its_own_account() -> None:
    data = examples("future_energy_confirmation", {})
    assert faults("future_energy_confirmation", data) == []
    assert faults("future_energy_confirmation", data | {"account_name": ENTERPRISE["name"]}) == []
    assert faults("future_energy_confirmation", data | {"account_name": "测试甲"}) == ["account_name"]


@pytest.fixture
def database(database_urls: Urls) -> Iterator[Database]:
    made = Database(database_urls.app_url, pool_size=1)
    yield made
    made.dispose()


def test_a_year_is_paid_at_most_its_instalment(database: Database) -> None:
    with database.transaction() as session:
        case = _yearly_case(session, ceiling=Decimal(1_666_666))
        data = examples("industry_cluster_verified", {"instalment_ceiling": "1666666"}, round=["yearly"])
        assert check("industry_cluster_verified", look({}, session, case), data) == []
        data["instalment_ceiling"] = "1666666.01"
        [error] = check("industry_cluster_verified", look({}, session, case), data)
        assert (error.field, "1,666,666" in error.message) == ("instalment_ceiling", True)


def _yearly_case(session: Session, ceiling: Decimal) -> Case:
    """The report of the first year of a cluster that was recognised before this program."""
    enterprise = Enterprise(uscc=ENTERPRISE["uscc"] + "-T", name="虚构", entity_type="enterprise", profile={})
    matter = Matter(key="CLU:TEST", title="虚构集群")
    definition = DefinitionVersion(
        key="test", version=1, sha256="0", state="retired", published_at=NOW, published_by="owner"
    )
    batch = Batch(
        title="虚构批次",
        schemes=["industry_cluster"],
        window_from=NOW,
        window_to=NOW,
        matter_date_from=date(2025, 1, 1),
        matter_date_to=date(2026, 4, 15),
        cap_year=2026,
        drafted_by="officer",
        drafted_at=NOW,
    )
    session.add_all([enterprise, matter, definition, batch])
    session.flush()
    case = Case(
        reference="TEST-1",
        scheme="industry_cluster",
        title="虚构集群（第1年度）",
        batch_id=batch.id,
        enterprise_id=enterprise.id,
        definition_id=definition.id,
        status="REVIEW",
        created_by="e09",
        created_at=NOW,
    )
    award = ClusterAward(
        matter_id=matter.id, enterprise_id=enterprise.id, total=Decimal(5_000_000), decided_on=date(2025, 6, 1)
    )
    session.add_all([case, award])
    session.flush()
    session.add(Instalment(award_id=award.id, year_index=1, year=2026, ceiling=ceiling, case_id=case.id))
    session.flush()
    return case
