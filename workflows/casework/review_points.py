"""What an officer compares a case with: the batch's confirmed values that no rule reads, named above his form.

He may answer each point; the answers stand with what he sent for the task, and on its event.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from workflows.case.submitting import POINTS
from workflows.errors import FieldError
from workflows.rules import parameters

ANSWERS: Mapping[str, str] = {"met": "符合", "not_met": "不符合", "not_applicable": "不适用"}
LONGEST_REMARK = 500


class ReviewPoint(TypedDict):
    """One point: the parameter's id and Chinese name, the batch's value in words, the question and the article.

    `basis` is the document that the value was confirmed on, where the matter does not stand in the policy: such a point
    refuses nobody without it.
    """

    parameter: str
    label: str
    value: str
    question: str
    article: str
    basis: str | None


class PointAnswer(TypedDict):
    """What an officer found at a point; a remark says why, unless it is met."""

    parameter: str
    answer: str
    remark: str


def read_answers(
    given: Mapping[str, Mapping[str, Any]], points: Sequence[ReviewPoint], *, passes: bool
) -> tuple[list[PointAnswer], list[FieldError]]:
    """The answers by parameter as they are kept, in the order of the points, and what is wrong with them.

    A point may be left open. What is answered 不符合 or 不适用 says why, and a task that moves the case forward
    (`passes`) leaves no point 不符合.
    """
    asked = {point["parameter"]: point["label"] for point in points}
    errors = [FieldError(f"{POINTS}.{id[:60]}", "本环节没有这一对照要点。") for id in given if id not in asked]
    kept: list[PointAnswer] = []
    for id in (id for id in asked if id in given):
        answer, remark = str(given[id].get("answer")), str(given[id].get("remark") or "").strip()
        if (wrong := _wrong(answer, remark, passes=passes)) is not None:
            errors.append(FieldError(f"{POINTS}.{id}", f"“{asked[id]}”{wrong}"))
        kept.append({"parameter": id, "answer": answer, "remark": remark})
    return kept, errors


def _wrong(answer: str, remark: str, *, passes: bool) -> str | None:
    if answer not in ANSWERS:
        return "的答复应为符合、不符合或不适用。"
    if len(remark) > LONGEST_REMARK:
        return f"的理由不得超过{LONGEST_REMARK}字。"
    if answer != "met" and not remark:
        return "的答复为不符合或不适用，请写明理由。"
    return "不符合的，不能审核通过。" if answer == "not_met" and passes else None


def points_at(element_id: str, scheme: str, pinned: Mapping[str, Mapping[str, Any]]) -> list[ReviewPoint]:
    """The points of a task of this scheme, in the order of the parameters' files.

    `pinned` is what the batch was opened with: what it does not have was never confirmed for it and is no point.
    """
    return [
        {
            "parameter": each.id,
            "label": each.label,
            "value": _in_words(each.id, pinned[each.id]),
            "question": each.point,
            "article": each.article,
            "basis": pinned[each.id].get("basis") if each.demands_unless is not None else None,
        }
        for each in parameters.required_for([scheme])
        if each.point and each.point_at == element_id and each.id in pinned
    ]


def kept(answers: object) -> list[PointAnswer]:
    """The answers that were kept with a draft or a submission; what is no answer, in a draft of anybody's making, is
    left out."""
    found = answers if isinstance(answers, list) else []
    return [
        {"parameter": each["parameter"], "answer": each["answer"], "remark": each["remark"]}
        for each in found
        if isinstance(each, dict) and all(isinstance(each.get(name), str) for name in PointAnswer.__annotations__)
    ]


def _in_words(id: str, kept: Mapping[str, Any]) -> str:
    return parameters.show_kept(id, str(kept["value"]), kept.get("type"), kept.get("unit"))
