"""The engine's seam: the only home of SpiffWorkflow and of BPMN. It knows no storage and no law.

Diagrams pass the gate, are compiled, and run cases whose state is bytes. What a service task does is
handed in as one function.
"""

import logging

from workflows.engine.compiled import compile_bundle
from workflows.engine.diagrams import Diagrams
from workflows.engine.differences import DiagramDifference, ElementDifference, NotComparable, compare_diagrams
from workflows.engine.errors import (
    DiagramRefused,
    EngineError,
    ExpressionRefused,
    NothingCatches,
    NotReady,
    OperationFailed,
    StateUnreadable,
    StepFailed,
    Stuck,
)
from workflows.engine.expressions import Condition, read_condition
from workflows.engine.findings import Finding
from workflows.engine.gate import (
    Act,
    Asked,
    Duty,
    Follows,
    Known,
    Need,
    Promised,
    Read,
    Relied,
    Said,
    Source,
    Summary,
    check_bundle,
    check_file,
    scope_of_variables,
)
from workflows.engine.history import Passage
from workflows.engine.instance import ProcessInstance
from workflows.engine.links import Links, read_links
from workflows.engine.migration import Examination, Migration, NotMigratable, examine, migrate
from workflows.engine.migration_obstacles import Remark
from workflows.engine.model import Element, Flow, Process
from workflows.engine.path import DiagramPath
from workflows.engine.service import Call, Result, ServiceCall
from workflows.engine.standing import EndState, OpenTask, Wait

# At INFO SpiffWorkflow writes several records for every change of a task, with the variables in them.
for _name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

__all__ = [
    "Act",
    "Asked",
    "Call",
    "Condition",
    "DiagramDifference",
    "DiagramPath",
    "DiagramRefused",
    "Diagrams",
    "Duty",
    "Element",
    "ElementDifference",
    "EndState",
    "EngineError",
    "Examination",
    "ExpressionRefused",
    "Finding",
    "Flow",
    "Follows",
    "Known",
    "Links",
    "Migration",
    "Need",
    "NotComparable",
    "NotMigratable",
    "NotReady",
    "NothingCatches",
    "OpenTask",
    "OperationFailed",
    "Passage",
    "Process",
    "ProcessInstance",
    "Promised",
    "Read",
    "Relied",
    "Remark",
    "Result",
    "Said",
    "ServiceCall",
    "Source",
    "StateUnreadable",
    "StepFailed",
    "Stuck",
    "Summary",
    "Wait",
    "check_bundle",
    "check_file",
    "compare_diagrams",
    "compile_bundle",
    "examine",
    "migrate",
    "read_condition",
    "read_links",
    "scope_of_variables",
]
