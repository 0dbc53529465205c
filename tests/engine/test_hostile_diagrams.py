"""Hostile files: each ends in findings, in words that tell what is wrong, and nothing is raised."""

import pytest

from tests.engine.hostile import ATTACKS, KEY, SHIPPED, Attack
from tests.engine.shipped import LIBRARY
from workflows.engine import check_file, compile_bundle, read_links, scope_of_variables
from workflows.engine.errors import DiagramRefused
from workflows.workshop import bundling, gatekeeper, inspection

PATH = f"{KEY}.bpmn"
BUNDLE = bundling.assemble(LIBRARY, KEY)


@pytest.fixture(params=ATTACKS)
def attack(request: pytest.FixtureRequest) -> Attack:
    return ATTACKS[request.param]


def test_what_is_hostile_is_not_kept(attack):
    found = {finding.rule for finding in check_file(PATH, attack.content, KEY)}
    assert bool(found) == bool(attack.hostile), found
    assert not found or found & attack.hostile, found
    assert "unreadable" not in found


def test_nothing_of_it_is_published(attack):
    findings = gatekeeper.judge({**BUNDLE, PATH: attack.content}, KEY, inspection.known())
    rules = {finding.rule for finding in findings}
    expected = attack.hostile | attack.mistakes
    assert findings
    assert not expected or rules & expected, rules
    assert "unreadable" not in rules
    assert len(findings) <= 400
    for finding in findings:
        assert finding.line >= 1
        for words in (finding.message_zh, finding.message_en, finding.mend_zh, finding.mend_en):
            assert words
            assert len(words) < 600
            assert words.isprintable()


def test_everything_else_that_reads_it_stands(attack):
    read_links(attack.content)
    assert isinstance(scope_of_variables({PATH: attack.content}, KEY), dict)
    try:
        compile_bundle({**BUNDLE, PATH: attack.content}, KEY)
    except DiagramRefused as refused:
        assert refused.findings


def test_the_shipped_diagram_is_no_attack():
    assert check_file(PATH, SHIPPED, KEY) == []
