"""The words of the rules: lanes, forms, operations, variables and the attributes of our own."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

REFERENCES: Mapping[str, Rule] = {
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
        "请检查连线，或在每条路径上都先给它赋值。",
        "Check the flows, or set it on every way that leads here.",
    ),
    "decision-unknown": Rule(
        "{what}的条件「{detail}」所比较的办理结果，该任务的表单中没有。",
        "{what}: the condition {detail} asks for a decision that the task's form does not offer.",
        "请检查拼写，或在表单中增加该办理结果。",
        "Check the spelling, or add the decision to the form.",
    ),
    "status-unknown": Rule(
        "{what}的状态「{detail}」不存在。",
        "{what}: there is no status {detail}.",
        "请使用状态代码，如 REVIEW。",
        "Use a status code such as REVIEW.",
    ),
    "stage-form": Rule(
        "{what}的环节代码「{detail}」不是 P02 一类的代码。",
        "{what}: the stage {detail} is no code such as P02.",
        "请选择已有的环节。",
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
        "{what}要求与「{detail}」不是同一人，但流程包中没有这个人工任务。",
        "{what} has to be done by another person than {detail}, but the bundle has no such user task.",
        "请检查所填环节的编号。",
        "Check the element's id.",
    ),
    "separate-self": Rule(
        "{what}要求与自己不是同一人。",
        "{what} has to be done by another person than itself.",
        "请填写其他环节的编号。",
        "Name another task.",
    ),
    "parameter-missing": Rule(
        "{what}没有填写操作所需的参数「{detail}」。",
        "{what} does not give the parameter {detail} that the operation needs.",
        "请在属性面板中填写该参数。",
        "Fill it in.",
    ),
    "parameter-period": Rule(
        "{what}的参数「{detail}」既不是工作日数，也不是以工作日计的政策口径。",
        "{what}: {detail} is neither a number of working days nor a legal value counted in them.",
        "请在属性面板中选择政策口径，或填写1至999的工作日数。",
        "Choose a legal value, or give a number of working days (1 to 999).",
    ),
    "result-nothing": Rule(
        "{what}的操作不给出结果，变量「{detail}」会是空的。",
        "The operation of {what} answers nothing; the variable {detail} would be empty.",
        "请清除结果变量（gc:result），或改选给出结果的操作。",
        "Clear the result variable (gc:result), or choose an operation that answers.",
    ),
    "decision-missing": Rule(
        "{what}按「{detail}」的办理结果分支，但该任务的表单没有办理结果字段（decision）。",
        "{what} asks for the decision of {detail}, but the form of that task offers none.",
        "请在表单中增加办理结果字段，或改用其他变量。",
        "Add the field decision to the form, or ask for another variable.",
    ),
    "result-unknown": Rule(
        "{what}的条件「{detail}」所比较的结果，给该变量赋值的操作不会给出。",
        "{what}: the condition {detail} asks for an answer that the operation never gives.",
        "请改选该操作给出的结果。",
        "Choose one of the operation's answers.",
    ),
    "word-unknown": Rule(
        "{what}的条件「{detail}」所比较的内容，该消息不会带来。",
        "{what}: the condition {detail} asks for a word that the message never brings.",
        "请改选该消息带来的内容。",
        "Choose one of the message's words.",
    ),
    "condition-variable": Rule(
        "{what}的条件读取变量「{detail}」，但它保存的是时刻或人员名单，不能用来分支。",
        "{what} asks for the variable {detail}, which holds an instant or a list of people.",
        "请改用任务的办理结果或操作给出的结果。",
        "Ask for a decision or for an operation's answer.",
    ),
    "timer-variable": Rule(
        "{what}的定时变量「{detail}」保存的不是时刻，到这里申报件会出错。",
        "{what}: the timer's variable {detail} holds no instant; the case would fail here.",
        "请选择由“计算期限”一类操作赋值的变量。",
        "Choose a variable set by an operation that works out a deadline.",
    ),
    "list-variable": Rule(
        "{what}的名单变量「{detail}」保存的不是人员名单。",
        "{what}: the variable {detail} holds no list of people.",
        "请选择由抽取专家一类操作赋值的变量。",
        "Choose a variable set by an operation that answers a list of people.",
    ),
    "assignee-variable": Rule(
        "{what}的指定办理人变量「{detail}」不是本任务人员名单中的每人代号，里面没有用户名，任务将无人能办。",
        "{what}: the assignee {detail} is not the item of the task's own list of people; it holds no username, and "
        "nobody could complete the task.",
        "请填写本任务的每人代号；不是多人同时办理的，请清空，由岗位内人员领取。",
        "Name the item of the task's list; a task for one person has none, and whoever has the role takes it.",
    ),
    "message-unknown": Rule(
        "{what}等待的消息「{detail}」没有任何业务会发出，申报件会一直停在这里。",
        "{what} waits for the message {detail}, which nobody sends; the case would wait for ever.",
        "请改选系统会发出的消息。",
        "Choose a message that the system sends.",
    ),
    "stage-unknown": Rule(
        "{what}的环节代码「{detail}」不存在。",
        "{what}: there is no stage {detail}.",
        "请选择已有的环节。",
        "Choose one of the stages.",
    ),
    "reason-unknown": Rule(
        "{what}的原因代码「{detail}」不存在。",
        "{what}: there is no reason {detail}.",
        "请选择已有的原因。",
        "Choose one of the reasons.",
    ),
    "due-missing": Rule(
        "{what}没有办理期限，任务会一直显示为无期限，也不会提示超期。",
        "{what} has no term: nobody would see that it is late.",
        "请填写以工作日计的参数或工作日数；填报申报书的任务以批次申报截止时间为准，状态为“填报中”即可。",
        "Give a parameter or a number of working days; a draft, with the status DRAFT, ends with its batch.",
    ),
    "due-unknown": Rule(
        "{what}的办理期限引用的参数「{detail}」不存在，或不以工作日计。",
        "{what}: there is no parameter {detail} that is counted in working days.",
        "请选择以工作日计的参数，或直接填写工作日数。",
        "Choose such a parameter, or give a number of working days.",
    ),
    "end-status-missing": Rule(
        "{what}没有写明案件的最终状态，案件结束后仍会显示原来的状态。",
        "{what} does not say the case's last status; the case would keep the one it had.",
        "请在结束事件上选择状态（gc:status）。",
        "Choose a status for the end event (gc:status).",
    ),
    "end-status": Rule(
        "{what}的状态「{detail}」不是最终状态，案件不能以此结束。",
        "{what}: a case cannot end with the status {detail}.",
        "请选择最终状态，如 PAID、NOT_SUPPORTED。",
        "Choose a last status, such as PAID or NOT_SUPPORTED.",
    ),
    # What people see
    "not-drawn": Rule(
        "{what}在图上没有图形，或图形没有大小，审阅的人看不到它。",
        "{what} has no shape in the drawing, or one without a size; whoever reviews the diagram would not see it.",
        "请用流程设计器删除该元素，或重新绘制。",
        "Remove the element, or draw it anew in the editor.",
    ),
    "flow-not-drawn": Rule(
        "从{what}到「{detail}」的连线没有画在图上，审阅的人看不到这条走向。",
        "The flow from {what} to {detail} is not drawn; whoever reviews the diagram would not see where it leads.",
        "请用流程设计器重新连接。",
        "Connect the two anew in the editor.",
    ),
    "drawing-twice": Rule(
        "文件中有不止一张图，打开时只显示第一张，其余内容审阅的人看不到。",
        "The file holds more than one drawing; only the first is shown, and whoever reviews the diagram sees no other.",
        "请把全部环节画在一张图上，删除其余的图。",
        "Draw everything in one drawing and remove the others.",
    ),
    "name-missing": Rule(
        "{what}没有名称，待办事项中会显示编号。",
        "{what} has no name; task lists would show its id.",
        "请在图上写明环节名称，如“现场核查”。",
        "Write the task's name into its shape.",
    ),
    "name-form": Rule(
        "{what}的名称超过 {detail} 个字，或含有不可见的字符。",
        "The name of {what} is longer than {detail} characters or holds invisible ones.",
        "请改用简短的名称，说明写入批注。",
        "Use a short name; explanations go into a text annotation.",
    ),
}
