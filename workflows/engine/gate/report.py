"""Collects what the gate finds and puts it into words."""

from __future__ import annotations

from workflows.engine.findings import Finding
from workflows.engine.gate.rulebook import RULES
from workflows.engine.model import Element

# A hostile file must not be answered with a report larger than itself.
MAX_FINDINGS = 200
MAX_DETAIL = 120


class Report:
    """The findings so far, each once."""

    def __init__(self) -> None:
        self._findings: dict[tuple[str, int, str | None, str, str], Finding] = {}
        self._said = 0

    def add(
        self, rule: str, file: str, line: int, element: str | None = None, *, name: str | None = None, detail: str = ""
    ) -> None:
        """Record that `rule` is broken at this place; `name` is what the process owner sees there."""
        shown = " ".join(detail.split())[:MAX_DETAIL]
        place = (file, line, element, rule, shown)
        words = RULES[rule]
        self._said += 1
        # Any number of mistakes does not hide what is hostile.
        most = 2 * MAX_FINDINGS if words.hostile else MAX_FINDINGS
        if place in self._findings or len(self._findings) >= most:
            return
        label = (name or element or file)[:MAX_DETAIL]
        zh = {"what": f"「{label}」", "detail": shown}
        en = {"what": f"“{label}”", "detail": shown}
        self._findings[place] = Finding(
            file=file,
            line=line,
            element=element,
            rule=rule,
            message_zh=words.message_zh.format_map(zh),
            message_en=words.message_en.format_map(en),
            mend_zh=words.mend_zh.format_map(zh),
            mend_en=words.mend_en.format_map(en),
            hostile=words.hostile,
        )

    def at(self, rule: str, file: str, element: Element, detail: str = "") -> None:
        """Record that `rule` is broken by an element of the model."""
        self.add(rule, file, element.line, element.id, name=element.name, detail=detail)

    def findings(self) -> list[Finding]:
        """All findings, by file and line."""
        return sorted(self._findings.values(), key=lambda f: (f.file, f.line, f.element or "", f.rule))

    def hostile(self) -> list[Finding]:
        """The hostile ones among them."""
        return [finding for finding in self.findings() if finding.hostile]

    def __len__(self) -> int:
        """How often something was found, also beyond what is kept: whether a check has passed is seen by this."""
        return self._said
