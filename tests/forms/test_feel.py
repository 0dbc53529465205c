"""The subset of FEEL: what it means, what it refuses, and that JSON Schema and style rules mean the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from workflows.forms import feel
from workflows.forms.json_schema import _holds


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ('=decision = "refuse"', {"decision": "refuse"}, True),
        ('decision != "refuse"', {"decision": "pass"}, True),
        ('decision != "refuse"', {}, True),
        ('decision = "refuse"', {}, False),
        ("agreed = true", {"agreed": True}, True),
        ("agreed = true", {"agreed": 1}, False),
        ("count = 1", {"count": True}, False),
        ("count = -1", {"count": -1}, True),
        ("other = null", {}, True),
        ("other != null", {"other": ""}, True),
        ('a = "1" and b = "2" or c = "3"', {"c": "3"}, True),
        ('a = "1" and (b = "2" or c = "3")', {"c": "3"}, False),
        ('a="1"or b="2"', {"b": "2"}, True),
        ('  a = "or \\" and"  ', {"a": 'or " and'}, True),
        ('orange = "1"', {"orange": "1"}, True),
    ],
)
def test_meaning(text: str, values: dict[str, Any], expected: bool) -> None:
    condition = feel.parse(text)
    assert feel.evaluate(condition, values) is expected
    assert feel.evaluate(feel.negate(condition), values) is not expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "a",
        "a =",
        "a = b",
        '"x" = a',
        'a == "x"',
        "a > 1",
        "a = 1.5",
        "a = 1x",
        'not(a = "x")',
        'a = "x" b = "y"',
        '(a = "x"',
        'a = "x")',
        'a in ["x"]',
        "list contains(a, 1)",
        'a.b = "x"',
        "a = 'x'",
        'true = "x"',
        'and = "x"',
        'a = "x\n"',
        '__import__("os")',
        "(" * 11 + 'a = "x"' + ")" * 11,
        'a = "' + "x" * 600 + '"',
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(feel.FeelRefused):
        feel.parse(text)


NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["x", "y", True, False, 1, 0, None])
CONDITIONS = st.recursive(
    st.builds(feel.Comparison, NAMES, VALUES, st.booleans()),
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from([feel.AllOf, feel.AnyOf]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)


@given(CONDITIONS, st.dictionaries(NAMES, VALUES.filter(lambda value: value is not None)))
def test_json_schema_says_the_same(condition: feel.Condition, values: dict[str, Any]) -> None:
    assert Draft202012Validator(_holds(condition)).is_valid(values) is feel.evaluate(condition, values)
