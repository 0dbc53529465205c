"""The documents of each scheme: what is asked for can be named when it is missing, and is asked for once."""

import json
from pathlib import Path

import pytest

from workflows.codes.checklists import CHECKLISTS

FORMALITY = Path(__file__).parents[2] / "bpmn" / "forms" / "formality_check.form"
SCHEMES = sorted(CHECKLISTS)


def offered() -> set[str]:
    """The documents that a formality check can name as missing or wrong."""
    components = json.loads(FORMALITY.read_text())["components"]
    items = next(part for part in components if part.get("path") == "correction_items")
    return {choice["value"] for choice in items["components"][0]["values"]}


def test_all_ten_schemes_in_the_order_of_their_articles() -> None:
    assert list(CHECKLISTS) == [
        "retrofit",
        "green_honour",
        "carbon_neutral",
        "carbon_intensity",
        "carbon_footprint",
        "carbon_trading",
        "renewable_energy",
        "future_energy",
        "industry_cluster",
        "green_event",
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_document_can_be_asked_for_in_a_correction(scheme: str) -> None:
    assert {item.code for item in CHECKLISTS[scheme]} <= offered()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_document_is_listed_twice(scheme: str) -> None:
    codes = [item.code for item in CHECKLISTS[scheme]]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_other_offices_share_is_never_demanded(scheme: str) -> None:
    required = {item.code: item.required for item in CHECKLISTS[scheme]}
    assert not required["DOC_LICENSE"]
    assert not required["DOC_CREDIT"]
    assert required["DOC_COMMITMENT"]
    assert required["DOC_BANK"]


def test_a_code_has_one_name() -> None:
    names: dict[str, set[str]] = {}
    for items in CHECKLISTS.values():
        for item in items:
            names.setdefault(item.code, set()).add(item.name)
    assert {code: found for code, found in names.items() if len(found) > 1} == {}
