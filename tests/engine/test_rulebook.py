"""The rules themselves: words in two languages, a test for each, and a guide that names only rules that exist."""

import re
from pathlib import Path

import pytest

from workflows.engine.gate.rulebook import RULES
from workflows.forms.refusals import RULES as FORM_RULES

HERE = Path(__file__).parent
GUIDE = (HERE.parents[1] / "bpmn" / "README.md").read_text("utf-8")
TESTS = "".join(path.read_text("utf-8") for path in sorted(HERE.glob("*.py")))
# What only the clock or the memory brings about, and what stands for an error of the gate itself.
NOT_BY_A_DRAWING = {"gate-gave-up", "unreadable", "xsd-invalid"}
# What a file may not even be kept for (docs/decisions/0011-the-gate-runs-in-a-child.md).
HOSTILE = {
    *("file-too-large", "value-too-long", "encoding", "xml-malformed", "xml-too-deep", "xml-too-many-elements"),
    *("doctype", "processing-instruction", "inclusion", "script", "not-bpmn", "unreadable", "gate-gave-up"),
    *("process-file-name", "process-id-twice", "process-owned", "root-missing"),
    *("id-missing", "id-twice", "call-cycle"),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_is_wrong_and_how_to_mend_it(rule):
    words = RULES[rule]
    for chinese in (words.message_zh, words.mend_zh):
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert chinese.rstrip("）").endswith(("。", "：{detail}"))
    for english in (words.message_en, words.mend_en):
        assert not re.search("[\u4e00-\u9fff]", english)
        assert english.endswith((".", ": {detail}"))
    assert rule in NOT_BY_A_DRAWING or f'"{rule}"' in TESTS


def test_what_is_hostile_is_decided():
    assert {rule for rule, words in RULES.items() if words.hostile} == HOSTILE


def test_the_guide_names_rules_that_exist():
    named = set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", GUIDE))
    assert named <= {*RULES, *(rule.id for rule in FORM_RULES)}
    assert len(named) > 60
