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


class FormRefused(ValueError):
    """The form uses something that is not supported; the message says what and where.

    `message_zh` is one Chinese sentence that names the field; `place` is where.
    """

    def __init__(self, place: Place, message: str, message_zh: str) -> None:
        super().__init__(f"{place.path}: {message}")
        self.place = place
        self.message_zh = f"{place.words}{message_zh}"


def shortened(value: object) -> str:
    """What somebody wrote, short enough to stand in a sentence and without what cannot be printed."""
    text = value if isinstance(value, str) else repr(value)
    printable = "".join(sign if sign.isprintable() else "?" for sign in text[:60])
    return printable + ("…" if len(text) > 60 else "")
