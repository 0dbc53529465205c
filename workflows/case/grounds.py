"""What a letter that turns somebody down says, and where each of its parts stands on record (不利决定的理由).

A letter is made of the record: facts found and their evidence, the rule's sentence, the reason, what the firm said,
the answer to it, who decided. What has no record is not written; without it the letter, and with it the act, does
not come about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.case import letters
from workflows.codes.reasons import REASONS
from workflows.errors import Conflict


class Ungrounded(Conflict):
    """A part that an adverse letter may not go without stands nowhere on record."""

    def __init__(self, heading: str) -> None:
        super().__init__(f"不利决定须写明“{heading}”，本件办理记录中没有相应内容，请退回补充后再办理。")


@dataclass(frozen=True)
class Ground:
    """A sentence of the letter, without its full stop; `source` is where it stands on record:
    业务初审，2026年3月9日."""

    text: str
    source: str

    @property
    def said(self) -> str:
        """As it stands in a letter."""
        return f"{letters.told(self.text)}（{self.source}）" if self.source else letters.told(self.text)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What stands on record of one refusal. `said`, `answer` and `decided` are None where nothing does; with `silent`
    `said` tells that nobody said anything."""

    code: str
    article: str
    rule: str
    found: Sequence[Ground]
    evidence: Ground | None = None
    said: Ground | None = None
    silent: bool = False
    answer: Ground | None = None
    decided: Ground | None = None


FOUND, EVIDENCE, RULE, REASON = "查明的事实", "证据及来源", "依据", "理由"
SAID, DECIDED = "陈述申辩情况", "决定程序"


def answer_heading(*, spoke: bool) -> str:
    """What the answer is called: nobody is answered who said nothing."""
    return "对陈述申辩的答复" if spoke else "复核意见"


def proposed(refusal: Refusal) -> str:
    """The body of the letter that announces a refusal (拟不予支持告知书). Raises Ungrounded."""
    return _numbered(_established(refusal))


def decided(refusal: Refusal, *, heard: bool) -> str:
    """The body of the letter that refuses (不予支持告知书); whoever had to be heard was. Raises Ungrounded."""
    parts = _established(refusal)
    answer = answer_heading(spoke=not refusal.silent)
    for heading, ground in ((SAID, refusal.said), (answer, refusal.answer), (DECIDED, refusal.decided)):
        if ground is not None:
            parts.append((heading, ground.said))
        elif heard:
            raise Ungrounded(heading)
    return _numbered(parts)


def _established(refusal: Refusal) -> list[tuple[str, str]]:
    """Facts, evidence, rule and reason."""
    if not refusal.found:
        raise Ungrounded(FOUND)
    if not refusal.rule:
        raise Ungrounded(RULE)
    parts = [(FOUND, "；".join(each.said for each in refusal.found))]
    if refusal.evidence is not None:
        parts.append((EVIDENCE, refusal.evidence.said))
    parts.append((RULE, f"《实施细则》{refusal.article}：“{letters.told(refusal.rule)}”"))
    parts.append((REASON, REASONS[refusal.code]))
    return parts


def numbered(parts: Sequence[tuple[str, str]]) -> str:
    """The parts of a letter, each under its heading. Raises Ungrounded for one without text."""
    for heading, text in parts:
        if not text:
            raise Ungrounded(heading)
    return _numbered(parts)


def _numbered(parts: Sequence[tuple[str, str]]) -> str:
    return "\n".join(
        f"{number}、{heading}：{text}。" for number, (heading, text) in zip("一二三四五六七八", parts, strict=False)
    )
