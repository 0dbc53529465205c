"""Every rule of the gate by its id: what is wrong and how to mend it, in Chinese and English.

`{what}` is the element as the process owner sees it, `{detail}` the name or number that the rule is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Rule(NamedTuple):
    """The words of one rule."""

    message_zh: str
    message_en: str
    mend_zh: str
    mend_en: str


RULES: Mapping[str, Rule] = {
    # The file
    "file-too-large": Rule(
        "文件过大（{detail} 字节），不予解析。",
        "The file is too large ({detail} bytes) to be read.",
        "请拆分流程，或删除图中嵌入的图片等无关内容。",
        "Split the process, or remove embedded pictures and the like.",
    ),
    "xml-malformed": Rule(
        "文件不是格式正确的 XML：{detail}",
        "The file is not well-formed XML: {detail}",
        "请用流程设计器重新打开并保存该文件。",
        "Open the file in the editor and save it again.",
    ),
    "xml-too-deep": Rule(
        "文件嵌套超过 {detail} 层。",
        "The file nests deeper than {detail} levels.",
        "请用流程设计器重新绘制，删除多余的嵌套。",
        "Draw the process anew without the needless nesting.",
    ),
    "xml-too-many-elements": Rule(
        "文件包含的节点超过 {detail} 个。",
        "The file holds more than {detail} nodes.",
        "请把流程拆分为若干被调用流程。",
        "Split the process into called processes.",
    ),
    "doctype": Rule(
        "文件含有 DOCTYPE 或实体声明，可能被用来读取服务器上的文件。",
        "The file declares a DOCTYPE or entities, which can be used to read files of the server.",
        "请删除 <!DOCTYPE …> 一段后重新保存。",
        "Remove the <!DOCTYPE …> part and save again.",
    ),
    "not-bpmn": Rule(
        "文件不是 BPMN 2.0 流程图。",
        "The file is not a BPMN 2.0 diagram.",
        "请上传由流程设计器保存的 .bpmn 文件。",
        "Upload a .bpmn file saved by the editor.",
    ),
    "unreadable": Rule(
        "流程图无法解析：{detail}",
        "The diagram cannot be read: {detail}",
        "请用流程设计器重新打开并保存；仍不通过的，请联系系统管理员。",
        "Open it in the editor and save it again; if that does not help, ask the system administrator.",
    ),
    # Processes and ids
    "process-count": Rule(
        "一个文件应当恰有一个流程，现有 {detail} 个。",
        "A file holds exactly one process; this one holds {detail}.",
        "请把每个流程保存为单独的文件。",
        "Save each process as a file of its own.",
    ),
    "process-not-executable": Rule(
        "流程「{detail}」未标为可执行。",
        "Process {detail} is not marked as executable.",
        "请在流程属性中勾选“可执行”。",
        "Tick “Executable” in the properties of the process.",
    ),
    "process-file-name": Rule(
        "流程编号「{detail}」与文件名不一致。",
        "The process id {detail} differs from the file's name.",
        "请把流程编号改为与文件名（不含扩展名）相同。",
        "Give the process the id that the file is named after.",
    ),
    "process-id-twice": Rule(
        "流程编号「{detail}」在流程包中重复，后者会悄悄覆盖前者。",
        "The process id {detail} is used twice in the bundle; the last one would win in silence.",
        "请给其中一个流程另取编号。",
        "Give one of the processes another id.",
    ),
    "process-owned": Rule(
        "流程编号「{detail}」已属于另一个流程定义。",
        "The process id {detail} belongs to another definition.",
        "请给本流程另取编号。",
        "Give this process another id.",
    ),
    "root-missing": Rule(
        "流程包中没有流程「{detail}」。",
        "The bundle holds no process {detail}.",
        "请检查主流程的编号和文件名。",
        "Check the id and the file name of the main process.",
    ),
    "id-missing": Rule(
        "有一个 {detail} 没有编号。",
        "A {detail} has no id.",
        "请在属性面板中填写编号。",
        "Give it an id in the properties panel.",
    ),
    "id-twice": Rule(
        "编号「{detail}」在本文件中重复。",
        "The id {detail} is used twice in this file.",
        "请给其中一个另取编号。",
        "Give one of them another id.",
    ),
    "id-reserved": Rule(
        "编号「{detail}」是引擎的保留字，使用后流程会停在原处。",
        "The id {detail} is reserved by the engine; the process would stop there.",
        "请改用其他编号，如 {detail}_1。",
        "Use another id, such as {detail}_1.",
    ),
    "id-form": Rule(
        "{what}的编号「{detail}」不能作为变量名：只能用英文字母、数字和下划线，且不以数字开头。",
        "The id {detail} cannot be a variable: use ASCII letters, digits and underscores, not starting with a digit.",
        "请修改编号，如 formality_check。",
        "Change the id, for example to formality_check.",
    ),
    "message-id-twice": Rule(
        "消息编号「{detail}」在流程包中重复，后者的名称会悄悄覆盖前者。",
        "The message id {detail} is used twice in the bundle; the last name would win in silence.",
        "请给其中一个消息另取编号。",
        "Give one of the messages another id.",
    ),
    "too-many-nodes": Rule(
        "流程的节点超过上限：{detail}。",
        "The process has more nodes than the engine can take: {detail}.",
        "请把一部分环节移入被调用流程。",
        "Move part of it into a called process.",
    ),
    # Constructs that go wrong in silence, or that nothing here executes
    "link-event": Rule(
        "{what}是链接事件，引擎不会跳转，流程会停在这里。",
        "{what} is a link event; the engine does not jump, the case would stop here.",
        "请改用顺序流直接连接。",
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
        "请用任务的结论和排他网关表示异常分支。",
        "Show the exceptional path by a decision and an exclusive gateway.",
    ),
    "escalation-event": Rule(
        "{what}使用升级事件，引擎不支持。",
        "{what} uses an escalation event, which is not supported.",
        "请用任务的结论和排他网关表示。",
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
        "请改用普通的被调用流程。",
        "Use a plain called process.",
    ),
    "script": Rule(
        "{what}含有脚本。流程图中的脚本不予执行。",
        "{what} holds a script. Scripts in diagrams are not executed.",
        "请改用服务任务，选择已登记的操作。",
        "Use a service task with a registered operation.",
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
    "untyped-task": Rule(
        "{what}没有说明由人办理还是由系统办理。",
        "{what} does not say whether a person or the system does it.",
        "请改为用户任务或服务任务。",
        "Make it a user task or a service task.",
    ),
    "standard-loop": Rule(
        "{what}使用循环标记，轮次无法留痕。",
        "{what} carries a loop marker, whose rounds leave no trace.",
        "请用排他网关画出返回的顺序流。",
        "Draw the loop with an exclusive gateway and a flow back.",
    ),
    "data-object": Rule(
        "{what}是数据对象、数据存储或数据关联，引擎会用它改写变量。",
        "{what} is a data object, store or association, by which the engine would rewrite variables.",
        "请改用文本注释说明，数据由表单和数据库保存。",
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
    # Events
    "start-event": Rule(
        "{what}：每个流程应当恰有一个不带类型的开始事件，现有 {detail} 个。",
        "{what}: a process has exactly one plain start event; this one has {detail}.",
        "请保留一个普通开始事件。",
        "Keep one plain start event.",
    ),
    "start-event-kind": Rule(
        "{what}带有触发类型；案件由系统启动，开始事件不能等待。",
        "{what} waits for something; cases are started by the system.",
        "请改为普通开始事件，其后再接等待事件。",
        "Make it a plain start event and put the waiting event behind it.",
    ),
    "end-event": Rule(
        "{what}没有结束事件。",
        "{what} has no end event.",
        "请添加结束事件。",
        "Add an end event.",
    ),
    "end-event-kind": Rule(
        "{what}是带类型的结束事件，其动作不会执行。",
        "{what} is an end event of a kind whose effect is not performed.",
        "请改为普通结束事件。",
        "Make it a plain end event.",
    ),
    "event-kind": Rule(
        "{what}应当恰好等待一个消息或一个定时，现有 {detail} 个。",
        "{what} has to wait for exactly one message or timer; it has {detail}.",
        "请在属性面板中设置一个消息或一个定时。",
        "Set one message or one timer.",
    ),
    "message-missing": Rule(
        "{what}没有指定消息，会永远等待或直接通过。",
        "{what} names no message; it would wait for ever or pass at once.",
        "请在属性面板中选择消息，并给消息命名。",
        "Choose a message in the properties panel, and give the message a name.",
    ),
    "message-name": Rule(
        "消息名称「{detail}」不能作为变量名。",
        "The message name {detail} cannot be a variable.",
        "请用英文字母、数字和下划线命名，如 resolved。",
        "Use ASCII letters, digits and underscores, for example resolved.",
    ),
    "timer-missing": Rule(
        "{what}没有写明定时的时间。",
        "{what} does not say when it is due.",
        "请填写保存时刻的变量名，或 P7D 一类的时长。",
        "Name a variable that holds the instant, or a duration such as P7D.",
    ),
    "timer-cycle": Rule(
        "{what}是循环定时；停机后会把错过的各次一并触发。",
        "{what} is a cycle timer; after downtime all missed periods would fire at once.",
        "请改用一次性定时；催办由系统提醒完成。",
        "Use a single date; reminders are sent by the system.",
    ),
    "timer-form": Rule(
        "{what}的定时「{detail}」无法识别。",
        "{what}: the timer {detail} cannot be read.",
        "请填写变量名、带时区的时刻（如 2026-06-18T09:00:00+08:00）或以周、日、时、分、秒计的时长（如 P7D）。",
        "Give a variable, an instant with its offset (2026-06-18T09:00:00+08:00), or a duration in weeks, days, hours, "
        "minutes, seconds (P7D).",
    ),
    "boundary-attachment": Rule(
        "{what}没有附着在用户任务、接收任务、调用活动或子流程上。",
        "{what} is not attached to a user task, receive task, call activity or sub-process.",
        "请把边界事件移到等待办理的环节上。",
        "Move the boundary event to an activity that takes time.",
    ),
    "boundary-non-interrupting": Rule(
        "{what}是非中断边界事件，会使同一申报件同时处在两处。",
        "{what} is a non-interrupting boundary event; the case would be in two places.",
        "请改为中断型；催办由系统提醒完成。",
        "Make it interrupting; reminders are sent by the system.",
    ),
    "boundary-same-message": Rule(
        "{what}与同一环节上的另一边界事件等待同一消息「{detail}」。",
        "{what} waits for the same message {detail} as another boundary event of the activity.",
        "请删除其中一个。",
        "Remove one of them.",
    ),
    "event-gateway-targets": Rule(
        "{what}后面应当直接是两个以上的消息或定时捕获事件，且这些事件没有其他流入。",
        "{what} must be followed directly by two or more catch events that have no other incoming flow.",
        "请把事件直接接在网关之后，返回的顺序流接到网关上。",
        "Put the events right behind the gateway; lead flows back to the gateway itself.",
    ),
    "event-gateway-timers": Rule(
        "{what}后面有 {detail} 个定时事件，只有一个会生效。",
        "{what} is followed by {detail} timers, of which only one would count.",
        "请只保留最早到期的一个定时。",
        "Keep the one that is due first.",
    ),
    "event-gateway-same-message": Rule(
        "{what}后面有两个事件等待同一消息「{detail}」。",
        "{what} is followed by two events that wait for the message {detail}.",
        "请合并这两个事件。",
        "Merge the two events.",
    ),
    # Multi-instance
    "multi-instance-place": Rule(
        "{what}不是用户任务，不能设为多实例。",
        "{what} is not a user task and cannot be multi-instance.",
        "请只对用户任务使用并行多实例。",
        "Use parallel multi-instance on user tasks only.",
    ),
    "multi-instance-sequential": Rule(
        "{what}是串行多实例，引擎不支持。",
        "{what} is a sequential multi-instance, which is not supported.",
        "请改为并行多实例。",
        "Make it parallel.",
    ),
    "multi-instance-input": Rule(
        "{what}的多实例数量「{detail}」既不是变量也不是不大于 50 的正整数。",
        "{what}: the multi-instance count {detail} is neither a variable nor a number from 1 to 50.",
        "请填写保存名单的变量名（集合），并为每一项命名。",
        "Name the variable that holds the list, and name its item.",
    ),
    "multi-instance-output": Rule(
        "{what}的多实例设置了 {detail}；各子任务的结果不合并，提前完成条件也不会生效。",
        "{what} sets {detail}; children merge nothing back and a completion condition never fires.",
        "请删除该设置，在其后用服务任务汇总结果。",
        "Remove it and let a service task behind it sum up.",
    ),
    # Flows
    "flow-ends": Rule(
        "顺序流「{detail}」的起点或终点不存在，或跨越了子流程边界。",
        "The sequence flow {detail} starts or ends nowhere, or crosses the border of a sub-process.",
        "请重新连接。",
        "Connect it again.",
    ),
    "flow-twice": Rule(
        "{what}到「{detail}」有两条顺序流，无法区分走了哪一条。",
        "Two flows lead from {what} to {detail}; nobody could tell which was taken.",
        "请删除其中一条，或在中间增加一个环节。",
        "Remove one of them.",
    ),
    "flow-into-start": Rule(
        "{what}不应有流入的顺序流。",
        "{what} must have no incoming flow.",
        "请把返回的顺序流接到后面的环节。",
        "Lead the flow back to a later element.",
    ),
    "flow-out-of-end": Rule(
        "{what}之后还有顺序流。",
        "{what} has an outgoing flow.",
        "请删除该顺序流。",
        "Remove the flow.",
    ),
    "flow-into-boundary": Rule(
        "{what}是边界事件，不应有流入的顺序流。",
        "{what} is a boundary event and must have no incoming flow.",
        "请把顺序流接到环节本身。",
        "Lead the flow to the activity.",
    ),
    "dead-end": Rule(
        "{what}没有流出的顺序流，申报件会停在这里。",
        "{what} has no way out; the case would end here in silence.",
        "请连接到下一环节或结束事件。",
        "Connect it to the next element or to an end event.",
    ),
    "no-way-to-end": Rule(
        "从{what}出发到不了任何结束事件。",
        "No end event can be reached from {what}.",
        "请补上通向结束事件的顺序流。",
        "Add a way to an end event.",
    ),
    "unreachable": Rule(
        "从开始事件到不了{what}。",
        "{what} cannot be reached from the start event.",
        "请连接该环节，或将其删除。",
        "Connect it, or remove it.",
    ),
    "implicit-split": Rule(
        "{what}有 {detail} 条流出的顺序流。",
        "{what} has {detail} outgoing flows.",
        "请在其后放一个排他网关或并行网关，由网关分支。",
        "Put an exclusive or a parallel gateway behind it and split there.",
    ),
    "condition-on-task": Rule(
        "离开{what}的顺序流带有条件，条件会被忽略。",
        "A flow that leaves {what} carries a condition, which would be ignored.",
        "请在其后放一个排他网关，把条件写在网关的顺序流上。",
        "Put an exclusive gateway behind it and move the condition there.",
    ),
    "default-on-task": Rule(
        "{what}设置了默认顺序流，只有排他网关可以设置。",
        "{what} has a default flow, which only an exclusive gateway may have.",
        "请取消默认顺序流。",
        "Clear the default flow.",
    ),
    "default-missing": Rule(
        "{what}没有默认顺序流，条件都不成立时流程会出错。",
        "{what} has no default flow; when no condition holds the case fails.",
        "请把其中一条不带条件的顺序流设为默认。",
        "Make one flow without a condition the default.",
    ),
    "default-conditional": Rule(
        "{what}的默认顺序流带有条件。",
        "The default flow of {what} carries a condition.",
        "请删除默认顺序流上的条件。",
        "Remove the condition from the default flow.",
    ),
    "condition-missing": Rule(
        "{what}的顺序流「{detail}」既没有条件也不是默认。",
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
        "{what}在一个没有用户任务、定时或消息的循环里，会无休止地运行。",
        "{what} lies on a loop without a user task, timer or message, which would run for ever.",
        "请在循环中加入用户任务或等待事件。",
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
        "请减少并行分支，或把其移入被调用流程。",
        "Use fewer parallel branches, or move them into called processes.",
    ),
    # Calls
    "called-missing": Rule(
        "{what}调用的流程「{detail}」不在流程包中。",
        "{what} calls the process {detail}, which is not in the bundle.",
        "请填写流程包中已有流程的编号。",
        "Name a process of the bundle.",
    ),
    "call-cycle": Rule(
        "流程互相调用成环：{detail}。",
        "Processes call each other in a circle: {detail}.",
        "请去掉其中一次调用。",
        "Remove one of the calls.",
    ),
    # Lanes
    "lane-twice": Rule(
        "{what}同时属于泳道 {detail}，只有最后一个会生效。",
        "{what} lies in the lanes {detail}; only the last would count.",
        "请把该环节放进唯一的泳道。",
        "Put it into one lane.",
    ),
    "lane-missing": Rule(
        "{what}不在任何泳道中，没有人能办理。",
        "{what} lies in no lane; nobody could do it.",
        "请把该环节放进相应岗位的泳道。",
        "Put it into the lane of the role that does it.",
    ),
    "role-unknown": Rule(
        "泳道「{detail}」不是已有的岗位。",
        "The lane {detail} is no existing role.",
        "请把泳道编号改为岗位代码，如 case_officer。",
        "Give the lane the code of a role as its id, for example case_officer.",
    ),
    # References and attributes
    "form-missing": Rule(
        "{what}没有表单。",
        "{what} has no form.",
        "请在属性面板中选择表单（gc:form）。",
        "Choose a form (gc:form).",
    ),
    "form-unknown": Rule(
        "{what}的表单「{detail}」不存在。",
        "{what}: there is no form {detail}.",
        "请先建立该表单，或改选已有表单。",
        "Make the form first, or choose an existing one.",
    ),
    "operation-missing": Rule(
        "{what}没有指定操作。",
        "{what} names no operation.",
        "请在属性面板中选择已登记的操作（implementation）。",
        "Choose a registered operation (implementation).",
    ),
    "operation-unknown": Rule(
        "{what}的操作「{detail}」没有登记。",
        "{what}: the operation {detail} is not registered.",
        "请改选已登记的操作。",
        "Choose a registered operation.",
    ),
    "parameter-unknown": Rule(
        "{what}的参数「{detail}」不是该操作的参数，或重复填写。",
        "{what}: {detail} is no parameter of the operation, or is given twice.",
        "请检查参数名称。",
        "Check the parameter's name.",
    ),
    "variable-name": Rule(
        "{what}的变量名「{detail}」不符合要求。",
        "{what}: {detail} cannot be the name of a variable.",
        "请只用英文字母、数字和下划线，且不以数字开头。",
        "Use ASCII letters, digits and underscores, not starting with a digit.",
    ),
    "variable-unset": Rule(
        "{what}用到变量「{detail}」，但流程包中没有任何环节给它赋值。",
        "{what} reads the variable {detail}, which nothing in the bundle sets.",
        "请检查拼写，或在前面的环节中给它赋值（gc:result）。",
        "Check the spelling, or set it in an earlier step (gc:result).",
    ),
    "variable-not-yet-set": Rule(
        "{what}用到变量「{detail}」，但有的路径到达这里时它还没有赋值，申报件会在此出错。",
        "{what} reads the variable {detail}, which some way that leads here has not set; a case would fail here.",
        "请检查顺序流，或在每条路径上都先给它赋值。",
        "Check the flows, or set it on every way that leads here.",
    ),
    "decision-unknown": Rule(
        "{what}的条件「{detail}」所比较的结论，该任务的表单中没有。",
        "{what}: the condition {detail} asks for a decision that the task's form does not offer.",
        "请检查拼写，或在表单中增加该结论。",
        "Check the spelling, or add the decision to the form.",
    ),
    "status-unknown": Rule(
        "{what}的状态「{detail}」不存在。",
        "{what}: there is no status {detail}.",
        "请使用状态代码，如 REVIEW。",
        "Use a status code such as REVIEW.",
    ),
    "stage-form": Rule(
        "{what}的阶段「{detail}」不是 P02 一类的代码。",
        "{what}: the stage {detail} is no code such as P02.",
        "请填写 P00 至 P99 的阶段代码。",
        "Use a stage code from P00 to P99.",
    ),
    "reason-form": Rule(
        "{what}的原因代码「{detail}」应由大写字母和下划线组成。",
        "{what}: the reason {detail} has to be capital letters and underscores.",
        "请填写原因代码，如 CREDIT_VETO。",
        "Use a reason code such as CREDIT_VETO.",
    ),
    "end-not-of-case": Rule(
        "{what}不是主流程的结束事件，其属性 {detail} 会被悄悄忽略。",
        "{what} is not an end of the main process: its {detail} would be ignored in silence.",
        "请删除该属性；案件的最终状态和原因写在主流程的结束事件上。",
        "Remove it; the case's last status and reason belong to the ends of the main process.",
    ),
    "due-form": Rule(
        "{what}的办理期限「{detail}」既不是参数编号也不是工作日数。",
        "{what}: the due period {detail} is neither a parameter's id nor a number of working days.",
        "请填写参数编号（如 proc.formality_days）或工作日数（如 5）。",
        "Give a parameter's id (proc.formality_days) or a number of working days (5).",
    ),
    "separate-unknown": Rule(
        "{what}要求与「{detail}」不是同一人，但流程包中没有这个用户任务。",
        "{what} has to be done by another person than {detail}, but the bundle has no such user task.",
        "请检查所填环节的编号。",
        "Check the element's id.",
    ),
}
