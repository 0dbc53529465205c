"""The law of a later release, for tests: today's parameters with what that release adds, limits, retires, forgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from workflows.rules import parameters

_TOP = 'article = "第三条"\neffective_on = 2027-01-01\nschemes = ["retrofit"]\n'
NEWER = f"""{_TOP}
[[parameter]]
id = "a3.rate"
label = "核定总投资支持比例"
type = "ratio"
status = "CEIL"
limit = "0.20"
minimum = "0.01"
default = "0.20"
basis = "policy"

[[parameter]]
id = "a3.max_construction_years"
label = "项目建设周期上限"
type = "int"
unit = "年"
status = "OPEN"
default = "3"
basis = "not_in_policy"
retired_on = 2027-01-01

[[parameter]]
id = "a3.reviewed_by"
label = "核定投资的出具单位"
type = "enum"
status = "OPEN"
default = "two_firms"
before = "one_firm"
basis = "not_in_policy"

[parameter.choices]
one_firm = "一家机构"
two_firms = "两家机构"

[[parameter]]
id = "a10.allocation_order"
label = "同一主体多件申报的限额安排顺序"
type = "enum"
status = "OPEN"
default = "pro_rata"
basis = "policy"

[parameter.choices]
pro_rata = "按比例"

[[parameter]]
id = "proc.publicity_days"
label = "公示期"
type = "int"
unit = "个自然日"
status = "OPEN"
minimum = "30"
default = "30"
basis = "policy"
schemes = []
"""
FORGOTTEN = "a3.requires_completion"


@contextmanager
def newer_law() -> Iterator[None]:
    """The catalogue of a program that was updated while batches were open.

    The rate's limit fell to 20 %, one parameter is new, one retired, one gone without a trace, one lost a choice that
    batches use, and one changed its unit and its minimum.
    """
    later = tuple(each for each in parameters._shipped() if each.id != FORGOTTEN)
    with patch.object(parameters, "_shipped", lambda: (*later, *parameters.read_parameters(NEWER))):
        parameters._pinned.cache_clear()  # an update starts new processes
        yield
    parameters._pinned.cache_clear()
