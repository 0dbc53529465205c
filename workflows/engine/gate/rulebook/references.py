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
