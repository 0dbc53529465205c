"""What a rule of the gate is."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """The words of one rule: what is wrong and how to mend it, in Chinese and English.

    `{what}` is the element as the process owner sees it, `{detail}` the name or number that the rule is about. What is
    `hostile` is not even kept as a draft; everything else is a mistake that an owner mends in the editor.
    """

    message_zh: str
    message_en: str
    mend_zh: str
    mend_en: str
    hostile: bool = False
