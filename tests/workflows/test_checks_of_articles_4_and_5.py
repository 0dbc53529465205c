"""What the forms of articles 4 and 5 cannot see by themselves: sums, periods, and what was claimed before."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.embedded import Urls
from storage.batches import Batch
from storage.cases import Case, Submission
from storage.database import Database
from storage.definitions import DefinitionVersion
from storage.historic_awards import HistoricAward
from storage.matters import Matter
from storage.people import Enterprise
from storage.tasks import Task
from tests.forms.shipped_forms import ENTERPRISE, SHIPPED, context, example_data
from workflows import forms
from workflows.case.checks import check
from workflows.case.step import Look

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOMORROW = "2026-03-03"
PERIOD = "a5_3.period"
REPORT = "verification_report_no"
DATABASE_FREE = (
    *("green_honour_application", "green_honour_review", "green_honour_confirmation"),
    *("carbon_neutral_application", "carbon_neutral_review", "carbon_neutral_audit", "carbon_neutral_verified"),
    *("carbon_intensity_application", "carbon_intensity_review", "carbon_intensity_audit"),
    *("carbon_intensity_verified", "carbon_footprint_application", "carbon_footprint_review"),
    *("carbon_footprint_verified", "carbon_trading_application", "carbon_trading_review", "carbon_trading_audit"),
    *("carbon_trading_verified", "carbon_neutral_score", "carbon_intensity_score", "carbon_footprint_score"),
)

Data = dict[str, Any]


def look(session: Session | None = None, case: Case | None = None, period: str = "calendar_year") -> Look:
    """A case of the demo's first enterprise on the demo's first day; without a session the database is not there."""
    session = session or Session()
    enterprise = Enterprise(uscc=ENTERPRISE["uscc"], name=ENTERPRISE["name"])
    batch = Batch(parameters={PERIOD: {"value": period}})
    case = case or Case(id=1)
    return Look(session=session, case=case, batch=batch, enterprise=enterprise, facts={}, now=NOW)


def filled(form: str) -> Data:
    """The form as its own examples fill it."""
    return forms.validate(SHIPPED[form], example_data(SHIPPED[form], context()))


def faults(form: str, data: Mapping[str, Any], **options: str) -> list[str]:
    return [error.field for error in check(form, look(**options), data)]


@pytest.mark.parametrize("form", DATABASE_FREE)
def test_what_the_examples_fill_meets_no_objection(form: str) -> None:
    assert check(form, look(), filled(form)) == []


@pytest.mark.parametrize(
    ("form", "change", "field"),
    [
        ("green_honour_application", {"honour_date": TOMORROW}, "honour_date"),
        ("green_honour_application", {"established_on": TOMORROW}, "established_on"),
        ("green_honour_application", {"previous_award_precap": "300000"}, "previous_level"),
        (
            "green_honour_application",
            {"previous_level": "municipal", "previous_award_precap": "300000", "previous_award_paid": "300000.01"},
            "previous_award_paid",
        ),
        ("green_honour_confirmation", {"account_name": "测试甲"}, "account_name"),
        ("carbon_neutral_application", {"period_from": "2025-12-31", "period_to": "2025-12-30"}, "period_to"),
        ("carbon_neutral_application", {"accounting_year": "2024"}, "accounting_year"),
        ("carbon_neutral_application", {"period_from": TOMORROW, "period_to": TOMORROW}, "accounting_year"),
        ("carbon_intensity_application", {"established_on": TOMORROW}, "established_on"),
        ("carbon_intensity_application", {f"{REPORT}_y0": "甲", f"{REPORT}_y1": "甲"}, f"{REPORT}_y1"),
        ("carbon_footprint_application", {"products_revenue_y1": "250000000.01"}, "products_revenue_y1"),
        ("carbon_footprint_application", {"established_on": TOMORROW}, "established_on"),
        ("carbon_trading_application", {"total_volume_t": "5000.01"}, "total_volume_t"),
        ("carbon_trading_application", {"period": "2024"}, "trades-0-date"),
    ],
)
def test_an_application_that_contradicts_itself(form: str, change: Data, field: str) -> None:
    assert faults(form, filled(form) | change)[0] == field


@pytest.mark.parametrize(
    ("form", "rows", "field"),
    [
        ("carbon_footprint_application", "certificates", "certificates-1-certificate_no"),
        ("carbon_footprint_application", "invoice_lines", "invoice_lines-1-invoice_no"),
        ("carbon_trading_application", "trades", "trades-1-settlement_no"),
        ("carbon_intensity_application", "measures", "measures-1-name"),
    ],
)
def test_a_number_is_stated_once(form: str, rows: str, field: str) -> None:
    data = filled(form)
    data[rows] = data[rows] * 2
    assert field in faults(form, data)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"issue_date": TOMORROW}, "certificates-0-issue_date"),
        ({"issue_date": "2025-06-01", "valid_to": "2025-05-31"}, "certificates-0-valid_to"),
    ],
)
def test_a_certificate_is_issued_before_it_ends_and_not_in_future(change: Data, field: str) -> None:
    data = filled("carbon_footprint_application")
    data["certificates"][0] |= change
    assert faults("carbon_footprint_application", data) == [field]


def test_trades_add_up_over_several_settlements() -> None:
    data = filled("carbon_trading_application") | {"total_volume_t": "0.30"}
    [trade] = data["trades"]
    data["trades"] = [trade | {"settlement_no": number, "tonnes": "0.10"} for number in "abc"]
    assert faults("carbon_trading_application", data) == []


def test_a_trade_lies_in_the_year_where_the_period_is_a_year() -> None:
    data = filled("carbon_trading_application") | {"period": "2024"}
    [error] = check("carbon_trading_application", look(), data)
    assert error.message == "交割日期应在当期2024年内。"
    assert faults("carbon_trading_application", data, period="compliance_period") == []
    data["trades"][0]["date"] = TOMORROW
    assert faults("carbon_trading_application", data, period="compliance_period") == ["trades-0-date"]


@pytest.mark.parametrize(
    ("declared", "reading", "traded", "refused"),
    [
        ({"green_power_counted_zero": True, "green_power_mwh_y1": "900"}, "true", "0", True),
        ({"green_power_counted_zero": True, "green_power_mwh_y1": "900"}, "true", "512.6", False),
        ({"green_power_counted_zero": True, "green_power_mwh_y1": "900"}, "false", "0", False),
        ({"green_power_counted_zero": False, "green_power_mwh_y1": "900"}, "true", "0", False),
        (
            {"green_power_counted_zero": True, "green_power_mwh_y0": "900", "green_power_mwh_y1": "900"},
            "true",
            "0",
            False,
        ),
    ],
)
def test_green_power_is_taken_out_of_the_reduction_once(
    declared: Data, reading: str, traded: str, refused: bool
) -> None:
    case = look()
    case.facts = declared
    case.batch.parameters = {"a5_1b.green_power_is_trading": {"value": reading}}
    data = filled("carbon_intensity_verified") | {"traded_t": traded}
    errors = [error.field for error in check("carbon_intensity_verified", case, data)]
    assert errors == (["traded_t"] if refused else [])


def test_last_year_is_the_one_before_the_window_whichever_year_the_ceiling_is_of() -> None:
    case = look()
    case.batch.window_from, case.batch.cap_year = datetime(2026, 12, 31, 16, tzinfo=UTC), 2028
    assert case.last_year == 2026, "2027-01-01 in Beijing"


def test_a_drop_that_is_too_small_may_be_filed() -> None:
    """Whether 5% and 500 tonnes are reached is for the rule: the firm has a right to a decision."""
    data = filled("carbon_intensity_application") | {"e1_t": "59999.99", "boundary_same": False}
    assert faults("carbon_intensity_application", data) == []


@pytest.mark.parametrize(
    "scheme", ["green_honour", "carbon_neutral", "carbon_intensity", "carbon_footprint", "carbon_trading"]
)
def test_a_review_passes_only_when_every_condition_is_met(scheme: str) -> None:
    form = f"{scheme}_review"
    data = filled(form)
    points = [key for key in data if data[key] == "met"]
    assert len(points) >= 4
    for point in points:
        assert faults(form, data | {point: "not_met"}) == [point]
        assert faults(form, data | {point: "not_met", "decision": "refuse"}) == []


@pytest.mark.parametrize("scheme", ["carbon_neutral", "carbon_intensity", "carbon_footprint"])
def test_a_very_low_score_is_explained(scheme: str) -> None:
    form = f"{scheme}_score"
    data = filled(form) | {"score_effect": "0", "score_investment": "0"}
    assert faults(form, data) == ["score_opinion"]
    assert faults(form, data | {"score_opinion": "成效缺乏证明。"}) == []


@pytest.fixture
def database(database_urls: Urls) -> Iterator[Database]:
    made = Database(database_urls.app_url, pool_size=1)
    yield made
    made.dispose()


def test_an_earlier_award_for_the_same_honour_is_not_overlooked(database: Database) -> None:
    form = "green_honour_verified"
    data = filled(form)
    with database.transaction() as session:
        case = _case(session, "green_honour")
        asked = look(session, case)
        asked.facts = {"honour_type": "绿色工厂"}
        assert check(form, asked, data | {"earlier_precap_same_honour": "0"}) == []
        session.add(_earlier_award(case.matter_id))
        session.flush()
        [error] = check(form, asked, data | {"earlier_precap_same_honour": "499999.99"})
        assert (error.field, "500,000" in error.message) == ("earlier_precap_same_honour", True)
        assert check(form, asked, data | {"earlier_precap_same_honour": "500000"}) == []
        session.rollback()


def test_cuts_are_counted_from_what_was_filed_last(database: Database) -> None:
    """After a confirmation the fact is the verified cost; an objection that is upheld may raise it again."""
    form = "carbon_footprint_audit"
    data = filled(form) | {"audited_cert_cost_net": "150000", "cut_lines": [{"amount": "50000"}]}
    with database.transaction() as session:
        case = _case(session, "carbon_footprint")
        for number, cost in enumerate(("180000", "200000")):
            session.add(_done(case, f"filing-{number}"))
            session.flush()
            session.add(_filed(case, f"filing-{number}", {"cert_cost_net": cost}))
        session.flush()
        asked = look(session, case)
        asked.facts = {"cert_cost_net": "100000"}
        assert check(form, asked, data) == []
        assert [error.field for error in check(form, asked, data | {"cut_lines": []})] == ["cut_lines"]
        over = data | {"audited_cert_cost_net": "200000.01"}
        assert [error.field for error in check(form, asked, over)] == ["audited_cert_cost_net"]
        more = data | {"audited_products_revenue": "101", "audited_main_revenue": "100"}
        assert [error.field for error in check(form, asked, more)] == ["audited_products_revenue"]
        session.rollback()


def _done(case: Case, task: str) -> Task:
    return Task(
        id=task,
        case_id=case.id,
        element_id="fill_application",
        process="carbon_footprint",
        name="填写申报书",
        role="applicant",
        form="carbon_footprint_application",
        status="done",
        opened_at=NOW,
        ended_at=NOW,
    )


def _filed(case: Case, task: str, data: Data) -> Submission:
    return Submission(
        case_id=case.id,
        task_id=task,
        element_id="fill_application",
        form="carbon_footprint_application",
        content=data,
        by="e01",
        at=NOW,
    )


def _earlier_award(matter_id: int | None) -> HistoricAward:
    return HistoricAward(
        uscc=ENTERPRISE["uscc"],
        scheme="green_honour",
        matter_id=matter_id,
        policy="this",
        honour_type="绿色工厂",
        level="municipal",
        decided_on=date(2025, 6, 1),
        precap_amount=Decimal(500_000),
        paid_amount=Decimal(200_000),
        imported_by="owner",
        imported_at=NOW,
    )


def _case(session: Session, scheme: str) -> Case:
    """A case of the scheme with a matter of its own."""
    enterprise = Enterprise(uscc=f"{scheme}-test", name="虚构", entity_type="enterprise", profile={})
    matter = Matter(key=f"TEST:{scheme}", title="虚构事项")
    definition = DefinitionVersion(
        key=f"{scheme}-test", version=1, sha256="0", state="retired", published_at=NOW, published_by="owner"
    )
    batch = Batch(
        title="虚构批次",
        schemes=[scheme],
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
        reference=f"TEST-{scheme}",
        scheme=scheme,
        title="虚构申报",
        batch_id=batch.id,
        enterprise_id=enterprise.id,
        definition_id=definition.id,
        matter_id=matter.id,
        status="REVIEW",
        created_by="e01",
        created_at=NOW,
    )
    session.add(case)
    session.flush()
    return case
