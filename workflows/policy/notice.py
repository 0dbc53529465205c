"""What a batch's notice of application (申报通知) prints besides the policy."""

from storage.batches import Batch
from workflows.policy.shapes import NoticedCondition
from workflows.rules import parameters as law


def conditions_of(batch: Batch) -> list[NoticedCondition]:
    """Each condition that the policy does not contain, with the document it rests on: nobody is refused by any other.

    None before the batch is open.
    """
    pinned = batch.parameters or {}
    return [
        {
            "parameter": each.id,
            "label": each.label,
            "value": law.show_kept(each.id, str(kept["value"]), kept.get("type"), kept.get("unit")),
            "basis": kept["basis"],
            "schemes": list(each.schemes),
        }
        for each in law.conditions_beyond_policy({id: str(kept["value"]) for id, kept in pinned.items()})
        if (kept := pinned[each.id]).get("basis")
    ]
