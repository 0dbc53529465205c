"""The words of the rules: what people said, and who reads it."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

OPINIONS: Mapping[str, Rule] = {
    "opinion-unread": Rule(
        "{what}与其他环节同时办理，其意见没有任何汇总操作或网关读取，签了也不起作用。",
        "{what} is done beside others, and no summary and no gateway reads what is said there; it would be ignored.",
        "请在汇合之后的汇总操作中选定该环节（参数 tasks），或者用网关按其意见分流。",
        "Name the task in the summary behind the join (parameter tasks), or ask for its answer at a gateway.",
    ),
    "summary-task-unknown": Rule(
        "{what}汇总的「{detail}」不是本流程的任务。",
        "{what} sums up {detail}, which is no task of this process.",
        "请重新选择所汇总的环节；环节编号改动后，汇总操作也要随之修改。",
        "Choose the tasks anew; a task that was renamed is renamed here, too.",
    ),
    "summary-task-later": Rule(
        "{what}汇总的「{detail}」并非在每条路径上都先于它办理，会漏掉意见或者取到上一轮的意见。",
        "{what} sums up {detail}, which is not done before it on every way; an opinion would be missing or stale.",
        "请把该环节画在汇总之前的每条路径上，或者不再汇总该环节。",
        "Draw the task on every way before the summary, or do not sum it up.",
    ),
    "summary-role": Rule(
        "{what}所汇总的环节中没有这些岗位的意见：{detail}。",
        "None of the tasks that {what} sums up is done by {detail}.",
        "请把该岗位的环节画回，并在参数中选定。",
        "Draw the task of that post again, and name it in the parameter.",
    ),
    "summary-words": Rule(
        "{what}不认识所汇总环节的答复（{detail}），汇总结果会与其意见不符。",
        "{what} does not know the answers of a task that it sums up ({detail}).",
        "请让该环节的表单只提供该操作认识的办理结果。",
        "Let the task's form offer the decisions that the operation knows, and no others.",
    ),
    "summary-field": Rule(
        "{what}要读取所汇总环节的字段（{detail}），该环节的表单没有这一字段。",
        "{what} reads a field of a task that it sums up ({detail}), and its form does not ask for it.",
        "请在表单中恢复该字段，字段编号不得改动。",
        "Put the field back into the form, under this key.",
    ),
    "summary-one": Rule(
        "{what}只能汇总一个由多人办理的环节，现选定了 {detail}。",
        "{what} sums up a single task that several people do; it names {detail}.",
        "请只保留一个环节，另一个环节另设汇总操作。",
        "Keep one of them; the other needs a summary of its own.",
    ),
}
