"""The law: pure functions over facts and dated parameters. Standard library only, no clock, no storage.

What reads the outside is the package's own data (parameters, calendars). Amounts are `Decimal` yuan.
"""

from workflows.rules import ceiling, money, parameters, review, uscc, workdays
from workflows.rules.determination import Condition, ConditionText, Determination, Step, StepText
from workflows.rules.facts import Fact, FactError, FactInvalid
from workflows.rules.schemes import SCHEMES, SchemeUnknown, determine, judge_subject

__all__ = [
    "SCHEMES",
    "Condition",
    "ConditionText",
    "Determination",
    "Fact",
    "FactError",
    "FactInvalid",
    "SchemeUnknown",
    "Step",
    "StepText",
    "ceiling",
    "determine",
    "judge_subject",
    "money",
    "parameters",
    "review",
    "uscc",
    "workdays",
]
