"""What the gate says: where, what is wrong, and how to mend it, in words that a process owner understands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One reason why a bundle may not be published.

    What is `hostile` may not even be kept as a draft: no editor would have drawn it, and none could mend it.
    """

    file: str
    line: int
    element: str | None
    rule: str
    message_zh: str
    message_en: str
    mend_zh: str
    mend_en: str
    hostile: bool = False
