"""Cases and tasks as rows, for lists that are asked without any process behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.definitions import DefinitionVersion
from storage.people import Enterprise
from storage.tasks import Task

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Rows:
    """Writes rows of one office; what is not given is alike in all of them."""

    session: Session
    batch: Batch = field(init=False)
    firm: Enterprise = field(init=False)
    definition_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.batch = self.a_batch()
        self.firm = self.a_firm()
        found = select(DefinitionVersion.id).where(DefinitionVersion.key == "retrofit")
        self.definition_id = self.session.scalars(found).one()

    def a_batch(self) -> Batch:
        return self._kept(
            Batch(
                title="虚构批次",
                schemes=["retrofit"],
                window_from=NOW,
                window_to=NOW,
                matter_date_from=NOW.date(),
                matter_date_to=NOW.date(),
                cap_year=2026,
                status="open",
                drafted_by="officer",
                drafted_at=NOW,
            )
        )

    def a_firm(self, name: str = "虚构企业", uscc: str | None = None) -> Enterprise:
        code = uscc or f"9111{next(_numbers):014}"
        return self._kept(Enterprise(uscc=code, name=name, entity_type="enterprise", profile={}))

    def a_case(self, **columns: Any) -> Case:
        """A submitted case of the firm."""
        given: dict[str, Any] = {
            "reference": f"TZX{next(_numbers):010}",
            "scheme": "retrofit",
            "title": "虚构项目",
            "batch_id": self.batch.id,
            "enterprise_id": self.firm.id,
            "definition_id": self.definition_id,
            "status": "REVIEW",
            "created_by": "e01",
            "created_at": NOW,
            "submitted_at": NOW,
        }
        return self._kept(Case(**{**given, **columns}))

    def a_task(self, case: Case, **columns: Any) -> Task:
        """An open task of the officers that nobody has taken."""
        given: dict[str, Any] = {
            "id": f"{next(_numbers):032x}",
            "case_id": case.id,
            "element_id": "substantive_review",
            "process": "retrofit",
            "name": "业务初审",
            "role": "case_officer",
            "form": "retrofit_review",
            "stage": "P06",
            "opened_at": NOW,
            "due_on": date(2026, 3, 10),
        }
        return self._kept(Task(**{**given, **columns}))

    def _kept(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row
