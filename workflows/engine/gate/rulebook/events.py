"""The words of the rules: events, timers, event gateways and multi-instances."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

EVENTS: Mapping[str, Rule] = {
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
    "timer-range": Rule(
        "{what}的定时「{detail}」按协调世界时（UTC）不在 2000 年至 2100 年之间，申报件到这里会出错。",
        "{what}: the timer {detail} is not in the years 2000 to 2100 in UTC; the case would fail here.",
        "请改为该范围内的时刻。",
        "Give an instant within those years.",
    ),
    "timer-zero": Rule(
        "{what}的时长「{detail}」为零，申报件一到这里就会到期。",
        "{what}: the period {detail} is nothing; the case would pass as soon as it comes here.",
        "请填写大于零的时长，如 P5D。",
        "Give a period longer than nothing, such as P5D.",
    ),
    "silence-not-proved": Rule(
        "{what}终止申报单位的办理，但没有先核验文书是否送达；未送达的，沉默不能按逾期处理。",
        "{what} ends what an applicant may say without asking first whether the letter was delivered.",
        "请在定时事件之后直接接“核验送达与期限”服务任务，并由网关按其结果判断：期满的继续，否则自送达之日起重新计期。",
        "Lead the timer straight to the service task prove_delivery, and let a gateway ask its result: go on when it "
        "lapsed, else begin the term anew from delivery.",
    ),
    "boundary-attachment": Rule(
        "{what}没有附着在人工任务、接收任务、引用流程或子流程上。",
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
        "请把事件直接接在网关之后，返回的连线接到网关上。",
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
        "{what}不是人工任务，不能设为多实例。",
        "{what} is not a user task and cannot be multi-instance.",
        "请只对人工任务使用并行多实例。",
        "Use parallel multi-instance on user tasks only.",
    ),
    "multi-instance-sequential": Rule(
        "{what}是串行多实例，引擎不支持。",
        "{what} is a sequential multi-instance, which is not supported.",
        "请改为并行多实例。",
        "Make it parallel.",
    ),
    "multi-instance-input": Rule(
        "{what}由多人办理，但「{detail}」既不是前面给出的人员名单，也不是1至50的人数。",
        "{what}: {detail} of the multi-instance is neither the variable of a list nor a number from 1 to 50; no "
        "operation answers a number, so a count cannot be a variable.",
        "请在“多人办理”中选择人员名单，并填写每人的代号；人数固定的，直接写1至50的数字。",
        "Name the variable that holds the list, and name its item; or write the count itself, from 1 to 50.",
    ),
    "multi-instance-output": Rule(
        "{what}的多实例设置了 {detail}；各子任务的结果不合并，提前完成条件也不会生效。",
        "{what} sets {detail}; children merge nothing back and a completion condition never fires.",
        "请删除该设置，在其后用服务任务汇总结果。",
        "Remove it and let a service task behind it sum up.",
    ),
}
