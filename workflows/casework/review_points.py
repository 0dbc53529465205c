"""What an officer compares a case with: the batch's confirmed values that no rule reads, named above his form."""

from collections.abc import Mapping
from typing import Any, TypedDict

from workflows.rules import parameters


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


def _in_words(id: str, kept: Mapping[str, Any]) -> str:
    return parameters.show_kept(id, str(kept["value"]), kept.get("type"), kept.get("unit"))
