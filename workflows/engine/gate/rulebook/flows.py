"""The words of the rules: sequence flows, gateways, loops and calls."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

FLOWS: Mapping[str, Rule] = {
    # Flows
    "flow-ends": Rule(
        "连线「{detail}」的起点或终点不存在，或跨越了子流程边界。",
        "The sequence flow {detail} starts or ends nowhere, or crosses the border of a sub-process.",
        "请重新连接。",
        "Connect it again.",
    ),
    "flow-twice": Rule(
        "{what}到「{detail}」有两条连线，无法区分走了哪一条。",
        "Two flows lead from {what} to {detail}; nobody could tell which was taken.",
        "请删除其中一条，或在中间增加一个环节。",
        "Remove one of them.",
    ),
    "flow-into-start": Rule(
        "{what}不应有流入的连线。",
        "{what} must have no incoming flow.",
        "请把返回的连线接到后面的环节。",
        "Lead the flow back to a later element.",
    ),
    "flow-out-of-end": Rule(
        "{what}之后还有连线。",
        "{what} has an outgoing flow.",
        "请删除该连线。",
        "Remove the flow.",
    ),
    "flow-into-boundary": Rule(
        "{what}是边界事件，不应有流入的连线。",
        "{what} is a boundary event and must have no incoming flow.",
        "请把连线接到环节本身。",
        "Lead the flow to the activity.",
    ),
    "dead-end": Rule(
        "{what}没有流出的连线，申报件会停在这里。",
        "{what} has no way out; the case would end here in silence.",
        "请连接到下一环节或结束事件。",
        "Connect it to the next element or to an end event.",
    ),
    "no-way-to-end": Rule(
        "从{what}出发到不了任何结束事件。",
        "No end event can be reached from {what}.",
        "请补上通向结束事件的连线。",
        "Add a way to an end event.",
    ),
    "unreachable": Rule(
        "从开始事件到不了{what}。",
        "{what} cannot be reached from the start event.",
        "请连接该环节，或将其删除。",
        "Connect it, or remove it.",
    ),
    "implicit-split": Rule(
        "{what}有 {detail} 条流出的连线。",
        "{what} has {detail} outgoing flows.",
        "请在其后放一个排他网关或并行网关，由网关分支。",
        "Put an exclusive or a parallel gateway behind it and split there.",
    ),
    "condition-on-task": Rule(
        "离开{what}的连线带有条件，条件会被忽略。",
        "A flow that leaves {what} carries a condition, which would be ignored.",
        "请在其后放一个排他网关，把条件写在网关的连线上。",
        "Put an exclusive gateway behind it and move the condition there.",
    ),
    "default-on-task": Rule(
        "{what}设置了默认流向，只有排他网关可以设置。",
        "{what} has a default flow, which only an exclusive gateway may have.",
        "请取消默认流向。",
        "Clear the default flow.",
    ),
    "default-missing": Rule(
        "{what}没有默认流向，条件都不成立时流程会出错。",
        "{what} has no default flow; when no condition holds the case fails.",
        "请把其中一条不带条件的连线设为默认。",
        "Make one flow without a condition the default.",
    ),
    "default-conditional": Rule(
        "{what}的默认流向带有条件。",
        "The default flow of {what} carries a condition.",
        "请删除默认流向上的条件。",
        "Remove the condition from the default flow.",
    ),
    "condition-missing": Rule(
        "{what}的连线「{detail}」既没有条件也不是默认。",
        "The flow {detail} out of {what} has no condition and is not the default.",
        "请填写条件，或设为默认。",
        "Give it a condition, or make it the default.",
    ),
    "condition-form": Rule(
        "{what}的条件「{detail}」不是“一个变量与一个常量比较”。",
        "{what}: the condition {detail} is more than one variable compared with one constant.",
        '请写成 formality_check == "accept" 的形式；复杂判断由服务任务算出一个结果。',
        'Write it like formality_check == "accept"; let a service task work out anything more.',
    ),
    "condition-overlap": Rule(
        "{what}有两个条件可能同时成立：{detail}。",
        "{what} has two conditions that may hold at once: {detail}.",
        "请让各条件针对同一变量且互不重叠。",
        "Let the conditions be about one variable and exclude each other.",
    ),
    "loop-without-wait": Rule(
        "{what}在一个没有人工任务、定时或消息的循环里，会无休止地运行。",
        "{what} lies on a loop without a user task, timer or message, which would run for ever.",
        "请在循环中加入人工任务或等待事件。",
        "Put a user task or a waiting event into the loop.",
    ),
    "tokens-doubled": Rule(
        "并行的分支在{what}处没有用并行网关汇合，其后的环节会办理两遍。",
        "Parallel branches meet at {what} without a parallel gateway; what follows would run twice.",
        "请用并行网关汇合。",
        "Join them by a parallel gateway.",
    ),
    "join-starved": Rule(
        "{what}要等所有分支，但有的分支可能永远不来，申报件会停在这里。",
        "{what} waits for all branches, but some may never come; the case would stop here.",
        "排他网关分出的分支请用排他网关汇合；并行网关分出的分支都应当到达这里。",
        "Join by an exclusive gateway what an exclusive gateway has split; let every parallel branch arrive here.",
    ),
    "too-parallel": Rule(
        "流程「{detail}」的并行组合过多，无法校验。",
        "Process {detail} has too many parallel combinations to be checked.",
        "请减少并行分支，或把其移入引用的流程。",
        "Use fewer parallel branches, or move them into called processes.",
    ),
    # Calls
    "called-missing": Rule(
        "{what}引用的流程「{detail}」不在流程包中。",
        "{what} calls the process {detail}, which is not in the bundle.",
        "请填写流程包中已有流程的编号。",
        "Name a process of the bundle.",
    ),
    "call-cycle": Rule(
        "流程互相引用成环：{detail}。",
        "Processes call each other in a circle: {detail}.",
        "请去掉其中一次引用。",
        "Remove one of the calls.",
        hostile=True,
    ),
    "calls-multiply": Rule(
        "{what}及其引用的流程按每次引用逐一展开后超过 {detail} 个节点，申报件一步走不完，会停在这里。",
        "{what} and what it calls have more than {detail} nodes with every call counted; a case could not get through.",
        "请减少引用的次数；要反复办理的，用返回的连线表示。",
        "Call fewer processes; what is done again and again is drawn as a flow that leads back.",
    ),
}
