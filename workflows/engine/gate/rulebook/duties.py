"""The words of the rules: who does what, terms, messages, what is done once."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

DUTIES: Mapping[str, Rule] = {
    "role-duty": Rule(
        "{what}不能由所在泳道的岗位办理，应当由{detail}办理。",
        "{what} lies in the lane of a post that may not do it; these may: {detail}.",
        "请把该环节移到相应岗位的泳道。",
        "Move the task into the lane of one of these posts.",
    ),
    "separation-missing": Rule(
        "{what}没有与「{detail}」岗位分离，同一人可以前后都办。",
        "{what} is not kept apart from {detail}: one person could do both.",
        "请在该环节的“不得与其同一人办理的环节”中选定。",
        "Choose it among the tasks whose doers are kept from this one.",
    ),
    "term-letter": Rule(
        "{what}所指的文书「{detail}」没有载明答复期限，期限无从计算。",
        "{what} counts the term of the letter {detail}, which states none.",
        "请改为告知该期限的文书。",
        "Name the letter that tells of the term.",
    ),
    "term-days": Rule(
        "{what}计算的期限与文书载明的不一致，或者前后不一致，文书载明的是：{detail}。",
        "{what} counts other days than the letter states: {detail}.",
        "请改为与文书一致的期限；同一文书的各处应当相同。",
        "Count the days of the letter, the same everywhere.",
    ),
    "message-unheard": Rule(
        "{what}进行时不接收「{detail}」，批次的变化到达不了本件。",
        "{what} is not interrupted by the message {detail}: what the batch says would not reach the case.",
        "请在该环节边框上恢复接收这一消息的中断事件。",
        "Put the interrupting event for this message back on its boundary.",
    ),
    "operation-twice": Rule(
        "{what}之后还会走到「{detail}」，同一事项会登记两次。",
        "A case that passed {what} comes to {detail}, which does the same once more.",
        "请删去其中一个。",
        "Take one of the two away.",
    ),
}
