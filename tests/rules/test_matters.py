"""What counts as the same matter, and the marks by which overlaps are found."""

import pytest

from workflows.rules import matters
from workflows.rules.listing.connected import connected

USCC = "91110112YYYY000121"


@pytest.mark.parametrize(
    ("scheme", "facts", "key"),
    [
        ("retrofit", {"filing_no": "京通 备〔2026〕1号"}, "PRJ:京通备(2026)1号"),
        ("future_energy", {"filing_no": "京通备（2026）1号 "}, "PRJ:京通备(2026)1号"),
        ("renewable_energy", {"project_site": "潞城", "project_name": "屋顶光伏"}, f"PRJ:{USCC}:潞城:屋顶光伏"),
        ("future_energy", {"city_project_no": "京能-3"}, "PRJ:京能-3"),
        ("green_honour", {"honour_type": "绿色工厂", "level": "national"}, f"HON:{USCC}:绿色工厂:"),
        ("green_honour", {"honour_type": "绿色工厂", "site": "二厂"}, f"HON:{USCC}:绿色工厂:二厂"),
        ("carbon_neutral", {"accounting_year": "2024"}, f"CERT:{USCC}:2024"),
        ("carbon_neutral", {}, f"CERT:{USCC}:2025"),
        ("carbon_intensity", {}, f"RED:{USCC}:2025"),
        ("carbon_footprint", {}, f"CFP:{USCC}"),
        ("carbon_trading", {"period": "2024"}, f"TRD:{USCC}:2024"),
        ("carbon_trading", {}, f"TRD:{USCC}:2025"),
        ("industry_cluster", {"cluster_name": "CCUS 集群"}, "CLU:CCUS集群"),
        ("industry_cluster", {}, f"CLU:{USCC}"),
        ("green_event", {"event_name": "峰会", "start_date": "2026-03-20"}, "EVT:峰会:2026-03-20"),
        ("green_event", {"event_name": "峰会"}, "EVT:峰会:"),
    ],
)
def test_matter_keys(scheme, facts, key):
    assert matters.matter_key(scheme, USCC, facts, 2025) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A-1-23", "A-12-3"),
        ("A-1-23", "A-123"),
        ("1/23", "12/3"),
        ("1.23", "12.3"),
        ("2025(1)2", "2025(12)"),
        ("京通备〔2026〕1-1号", "京通备〔2026〕11号"),
        ("AB-1", "A-B1"),
        ("1²", "12"),
    ],
)
def test_numbers_that_differ_only_in_where_a_sign_stands_are_two(one, other):
    """Awards of other firms were deducted as 同一项目此前已获支持, and the officer may not lower that."""
    assert matters.number_key(one) != matters.number_key(other)
    for scheme, key in (("retrofit", "filing_no"), ("future_energy", "city_project_no")):
        keys = {matters.matter_key(scheme, USCC, {key: number}, 2025) for number in (one, other)}
        assert len(keys) == 2
    for facts in ("certificate_no", "filing_no"):
        assert set(matters.identifiers({facts: one})) != set(matters.identifiers({facts: other}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("京通备〔2026〕1号", "京通备（2026）1号"),
        ("京通备〔2026〕1号", " 京通备[2026] 1号　"),
        ("京通备【2026】1号", "京通备［2026］1号"),
        ("cn-1", "ＣＮ－１"),
        ("CN—1", "CN-1"),
        ("CN——1", "CN–1"),
        ("1234 5678", "12345678"),
        ("CN​-1﻿", "CN-1"),
    ],
)
def test_width_case_blanks_and_shapes_do_not_matter(one, other):
    assert matters.number_key(one) == matters.number_key(other)


def test_an_invoice_is_its_code_and_its_number():
    lines = [{"invoice_code": "011", "invoice_no": "56"}, {"invoice_code": "01", "invoice_no": "156"}]
    assert len(set(matters.identifiers({"invoice_lines": lines}))) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("潞城 1-23号", "潞城12-3号", False),
        ("1、2号厂", "12号厂", False),
        ("1_2号厂", "12号厂", False),
        ("1—2号厂", "1-2号厂", True),
        ("一厂（东区）", "一厂东区", True),
        ("二 厂", "二厂", True),
        ("1 2号厂", "12号厂", True),
        ("A座", "ａ座", True),
    ],
)
def test_names_keep_what_parts_their_digits(one, other, same):
    keys = {
        matters.matter_key("green_honour", USCC, {"honour_type": "绿色工厂", "site": each}, 2025)
        for each in (one, other)
    }
    assert (len(keys) == 1) is same


def test_promotion_meets_the_lower_level():
    keys = {
        matters.matter_key("green_honour", USCC, {"honour_type": "绿色工厂", "level": level}, 2025) for level in "ab"
    }
    assert len(keys) == 1


def test_identifiers():
    facts = {
        "invoice_lines": [{"invoice_no": "1234"}, {"invoice_code": "011", "invoice_no": "56"}, "no row"],
        "filing_no": "京通备1号",
        "project_site": "潞城 1 号",
        "certificate_no": "CN-1",
        "certificates": [{"certificate_no": "cfp-2"}],
        "trades": [{"settlement_no": "S1"}, {}],
    }
    assert set(matters.identifiers(facts)) == {
        ("invoice", "1234"),
        ("invoice", "011/56"),
        ("filing_no", "京通备1号"),
        ("site", "潞城1号"),
        ("certificate", "CN-1"),
        ("certificate", "CFP-2"),
        ("settlement", "S1"),
    }
    assert set(matters.identifiers({"invoice_lines": "nothing"})) == set()
    assert {kind for kind, _ in matters.identifiers(facts)} < set(matters.KINDS)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("空压系统节能改造项目", "空压系统节能改造项目（二期）", True),
        ("空压系统节能改造", "空压 系统 节能改造", True),
        ("空压系统节能改造", "屋顶分布式光伏", False),
        ("厂区空压系统节能一期", "厂区空压系统节能二段", True),  # 8 of 10 signs: four fifths
        ("厂区空压系统节能一期", "厂区空压系统节能二段里", False),  # one sign more
        ("", "", False),
        ("空压系统", "", False),
    ],
)
def test_similar_names(one, other, alike):
    assert matters.similar_names(one, other) is alike


def test_what_hangs_together():
    links = {1: ["a", "m"], 2: ["b", "m"], 3: ["b"], 4: ["c"], 5: ["c", "x"]}
    assert connected(links, [1]) == {1, 2, 3}
    assert connected(links, [4, 1]) == {1, 2, 3, 4, 5}
    assert connected(links, [9]) == connected(links, []) == set()
