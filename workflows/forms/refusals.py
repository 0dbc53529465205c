"""Why a form is refused: what is wrong and where, for the log in English and for process owners in Chinese."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where in a form something stands.

    `path` leads there through keys ("retrofit_review/decision"); `words` name the field as the editor shows it;
    `id` is the component's, by which the editor finds it; both "" where the form as a whole is meant.
    """

    path: str
    words: str = ""
    id: str = ""


@dataclass(frozen=True)
class Rule:
    """What kind of fault it is, by the id under which the gate names it, and how it is mended."""

    id: str
    mend_zh: str
    mend_en: str


UNREADABLE = Rule("form-unreadable", "请在表单设计中更正后重试。", "Mend the form and try again.")
PART_MISSING = Rule(
    "form-part-missing",
    "请改选已有的共用部分，或先建立该共用部分。",
    "Choose a shared part that exists, or make it first.",
)
PART_NESTED = Rule(
    "form-part-nested",
    "请把内容直接写在共用部分里，或由表单分别引用两个共用部分。",
    "Put the fields into the part itself, or let the form name both parts.",
)
PART_CLASH = Rule(
    "form-part-clash",
    "请更改或删去其中一个；同一共用部分在一张表单中只用一次。",
    "Rename or remove one of the two; a form uses a shared part once.",
)
PART_REFUSED = Rule("form-part-refused", "请打开该共用部分更正。", "Mend the shared part itself.")
RULES: tuple[Rule, ...] = (UNREADABLE, PART_MISSING, PART_NESTED, PART_CLASH, PART_REFUSED)


class FormRefused(ValueError):
    """The form uses something that is not supported; the message says what and where.

    `message_zh` is one Chinese sentence that names the field; `place` is where, `rule` what kind of fault it is.
    """

    def __init__(self, place: Place, message: str, message_zh: str, rule: Rule = UNREADABLE) -> None:
        super().__init__(f"{place.path}: {message}")
        self.place = place
        self.message_zh = f"{place.words}{message_zh}"
        self.rule = rule


def shortened(value: object) -> str:
    """What somebody wrote, short enough to stand in a sentence and without what cannot be printed."""
    text = value if isinstance(value, str) else repr(value)
    printable = "".join(sign if sign.isprintable() else "?" for sign in text[:60])
    return printable + ("…" if len(text) > 60 else "")
