"""The words of the rules: constructs that go wrong in silence, or that nothing here executes."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

SHAPES: Mapping[str, Rule] = {
    "link-event": Rule(
        "{what}是链接事件，引擎不会跳转，流程会停在这里。",
        "{what} is a link event; the engine does not jump, the case would stop here.",
        "请改用连线直接连接。",
        "Connect the two ends by a sequence flow.",
    ),
    "signal-event": Rule(
        "{what}使用信号事件，信号会丢失或误触发其他申报件。",
        "{what} uses a signal, which gets lost or reaches other cases.",
        "请改用消息事件。",
        "Use a message event.",
    ),
    "compensation": Rule(
        "{what}使用补偿，引擎不执行补偿。",
        "{what} uses compensation, which the engine does not perform.",
        "请把需要撤销的动作画成流程中的服务任务。",
        "Draw what has to be undone as a service task in the flow.",
    ),
    "event-subprocess": Rule(
        "{what}是事件子流程，会改动所有申报件共用的流程定义。",
        "{what} is an event sub-process, which alters the definition that all cases share.",
        "请改用附着在环节上的边界事件。",
        "Use a boundary event on the activity.",
    ),
    "error-event": Rule(
        "{what}使用错误事件，错误可能无人处理或同时触发多处。",
        "{what} uses an error event, which may find no handler or several.",
        "请用任务的办理结果和排他网关表示异常分支。",
        "Show the exceptional path by a decision and an exclusive gateway.",
    ),
    "escalation-event": Rule(
        "{what}使用升级事件，引擎不支持。",
        "{what} uses an escalation event, which is not supported.",
        "请用任务的办理结果和排他网关表示。",
        "Use a decision and an exclusive gateway.",
    ),
    "terminate-event": Rule(
        "{what}是终止结束事件，会直接丢弃并行分支上未办完的任务。",
        "{what} is a terminate end event, which drops open tasks of parallel branches.",
        "请用并行网关汇合后以普通结束事件结束。",
        "Join the branches and end with a plain end event.",
    ),
    "conditional-event": Rule(
        "{what}使用条件事件，引擎不会持续检查条件。",
        "{what} uses a conditional event; nothing keeps checking its condition.",
        "请改用消息事件或排他网关。",
        "Use a message event or an exclusive gateway.",
    ),
    "transaction": Rule(
        "{what}使用事务子流程或取消事件，引擎不支持。",
        "{what} uses a transaction or a cancel event, which is not supported.",
        "请改用普通的引用的流程。",
        "Use a plain called process.",
    ),
    "script": Rule(
        "{what}含有脚本。流程图中的脚本不予执行。",
        "{what} holds a script. Scripts in diagrams are not executed.",
        "请改用服务任务，选择已登记的操作。",
        "Use a service task with a registered operation.",
        hostile=True,
    ),
    "ad-hoc": Rule(
        "{what}是自由子流程，引擎无法判断何时完成。",
        "{what} is an ad-hoc sub-process; the engine cannot tell when it is done.",
        "请画成有明确先后或并行关系的流程。",
        "Draw the order, or parallel branches.",
    ),
    "complex-gateway": Rule(
        "{what}是复杂网关，引擎不支持。",
        "{what} is a complex gateway, which is not supported.",
        "请改用排他网关或并行网关。",
        "Use exclusive and parallel gateways.",
    ),
    "inclusive-gateway": Rule(
        "{what}是包容网关，多个分支的汇合不可靠。",
        "{what} is an inclusive gateway, whose joining is not reliable.",
        "请改用排他网关或并行网关。",
        "Use exclusive and parallel gateways.",
    ),
    "send-task": Rule(
        "{what}是发送任务，不会真正向外发出任何内容。",
        "{what} is a send task, which would send nothing anywhere.",
        "请改用服务任务，选择已登记的操作。",
        "Use a service task with a registered operation.",
    ),
    "throw-event": Rule(
        "{what}是中间抛出事件，不会真正向外发出任何内容。",
        "{what} is an intermediate throw event, which would send nothing anywhere.",
        "请改用服务任务，或删除该事件。",
        "Use a service task, or remove the event.",
    ),
    "message-flow": Rule(
        "{what}是泳池之间的消息流，引擎不会沿它发送任何内容。",
        "{what} is a message flow between pools; the engine sends nothing along it.",
        "请删除消息流；需要等待的，画消息事件。",
        "Remove it; where the case has to wait, draw a message event.",
    ),
    "untyped-task": Rule(
        "{what}没有说明由人办理还是由系统办理。",
        "{what} does not say whether a person or the system does it.",
        "请改为人工任务或服务任务。",
        "Make it a user task or a service task.",
    ),
    "standard-loop": Rule(
        "{what}使用循环标记，轮次无法留痕。",
        "{what} carries a loop marker, whose rounds leave no trace.",
        "请用排他网关画出返回的连线。",
        "Draw the loop with an exclusive gateway and a flow back.",
    ),
    "data-object": Rule(
        "{what}是数据对象、数据存储或数据关联，引擎会用它改写变量。",
        "{what} is a data object, store or association, by which the engine would rewrite variables.",
        "请改用批注说明，数据由表单和数据库保存。",
        "Use a text annotation; data lives in forms and tables.",
    ),
    "unknown-element": Rule(
        "不支持的图形元素：{detail}。",
        "Element {detail} is not supported.",
        "请删除，或改用说明文档中列出的图形。",
        "Remove it, or use one of the shapes that the modelling guide lists.",
    ),
    "unknown-extension": Rule(
        "{what}带有不认识的属性或扩展：{detail}，会被悄悄忽略。",
        "{what} carries an unknown attribute or extension {detail}, which would be ignored in silence.",
        "请检查拼写，或删除该属性。",
        "Check the spelling or remove it.",
    ),
    "unsupported-attribute": Rule(
        "{what}的设置 {detail} 不被支持，会被悄悄忽略。",
        "{what} sets {detail}, which is not supported and would be ignored in silence.",
        "请在属性面板中取消该设置。",
        "Clear the setting in the properties panel.",
    ),
}
