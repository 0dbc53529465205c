"""Every rule of the gate by its id."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.duties import DUTIES
from workflows.engine.gate.rulebook.events import EVENTS
from workflows.engine.gate.rulebook.fields import FIELDS
from workflows.engine.gate.rulebook.files import FILES
from workflows.engine.gate.rulebook.flows import FLOWS
from workflows.engine.gate.rulebook.opinions import OPINIONS
from workflows.engine.gate.rulebook.procedure import PROCEDURE
from workflows.engine.gate.rulebook.references import REFERENCES
from workflows.engine.gate.rulebook.rule import Rule
from workflows.engine.gate.rulebook.shapes import SHAPES

__all__ = ["RULES", "Rule"]

RULES: Mapping[str, Rule] = {
    **FILES,
    **SHAPES,
    **EVENTS,
    **FLOWS,
    **REFERENCES,
    **OPINIONS,
    **PROCEDURE,
    **FIELDS,
    **DUTIES,
}
