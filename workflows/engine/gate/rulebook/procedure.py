"""The words of the rules: the procedure that the law asks for, and the facts that it reads."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

PROCEDURE: Mapping[str, Rule] = {
    "core-act-missing": Rule(
        "{what}之前并非每条路径都经过「{detail}」，这是任何人不得免去的环节。",
        "Not every way to {what} passes {detail}, which nobody may waive.",
        "请把该环节画回通向此处的每条路径。",
        "Draw it again on every way that leads here.",
    ),
    "act-missing": Rule(
        "{what}之前并非每条路径都经过「{detail}」。",
        "Not every way to {what} passes {detail}.",
        "请把该环节画回通向此处的每条路径；确有文件依据免去的，在流程属性中选定免去的环节并写明依据，由另一名负责人复核发布。",
        "Draw it again on every way, or waive it in the process's properties with the document that allows it.",
    ),
    "waiver-core": Rule(
        "{what}免去了「{detail}」，这是法定环节，任何人不得免去。",
        "{what} waives {detail}, which nobody may waive.",
        "请取消对该环节的免去。",
        "Take the waiver back.",
    ),
    "waiver-unknown": Rule(
        "{what}免去的「{detail}」不是已知的环节。",
        "{what} waives {detail}, which is no known step.",
        "请在流程属性中重新选择。",
        "Choose it again in the process's properties.",
    ),
    "waiver-basis": Rule(
        "{what}免去必经环节与所附依据不相符：免去环节的要写明依据文件，没有免去环节的不写。",
        "{what} waives steps without naming the document that allows it, or names one and waives nothing.",
        "请在流程属性中写明依据文件的标题、文号（如：通经信绿〔2026〕1号）和成文日期，或者取消免去。",
        "Name the document by its title, number and date, or take the waiver back.",
    ),
    "not-decided": Rule(
        "有的路径到达{what}时，并未得出应有的结论：{detail}。",
        "Some way comes to {what} without the answer that it needs: {detail}.",
        "请检查此前网关各条连线的条件和默认走向：只有该结论才能走到这里。",
        "Look at the conditions and defaults of the gateways before it: only that answer may lead here.",
    ),
    "not-followed": Rule(
        "{what}之后，有的路径没有接着{detail}。",
        "Some way on from {what} does not lead to what has to follow: {detail}.",
        "请检查其后网关的条件和默认走向，并把缺少的环节画回。",
        "Look at the conditions and defaults of the gateway behind it, and draw what is missing again.",
    ),
    "figure-unconfirmed": Rule(
        "{what}按「{detail}」计算，但并非每条路径都经核定确认取得该数，金额会算不出来，或者按未经核定的数计算。",
        "{what} reckons with {detail}, which is not confirmed on every way before it.",
        "请在核定确认的表单中恢复该字段，字段编号不得改动；核定确认须画在测算之前的每条路径上。",
        "Put the field back into the confirming form under this key, and draw that task on every way before.",
    ),
    "figure-optional": Rule(
        "{what}按「{detail}」计算，但核定确认的表单可以不填该数。",
        "{what} reckons with {detail}, which the confirming form leaves optional.",
        "请把该字段设为必填。",
        "Make the field required.",
    ),
    "fact-unasked": Rule(
        "{what}要读取「{detail}」，但并非每条路径上都有表单填写该内容。",
        "{what} reads {detail}, which no form asks for on some way before it.",
        "请在此前的表单中恢复该字段，字段编号不得改动。",
        "Put the field back into a form before it, under this key.",
    ),
    "fact-nowhere": Rule(
        "{what}要读取「{detail}」，但没有任何表单填写该内容。",
        "{what} reads {detail}, which no form asks for.",
        "请在相应表单中恢复该字段，字段编号不得改动。",
        "Put the field back into a form, under this key.",
    ),
    "fact-kind": Rule(
        "{what}读取的「{detail}」与核定确认表单中该字段的类型或选项不一致，读不出来。",
        "{what} cannot read {detail}: the confirming form asks for another kind of value, or offers other choices.",
        "请恢复该字段原来的类型和选项。",
        "Give the field its kind and its choices back.",
    ),
    "relied-id": Rule(
        "{what}使用了程序只在特定环节处理的表单（{detail}）；在这一编号的环节不会如此处理。",
        "{what} has a form that the program handles only at tasks of certain ids ({detail}); here it would not.",
        "请使用该环节原来的编号，或者为新环节另建表单。",
        "Give the task that id, or make a form of its own for it.",
    ),
    "relied-form": Rule(
        "{what}的编号是程序认识的，应当使用表单「{detail}」。",
        "The program knows {what} by its id, and reads the form {detail} there.",
        "请改用该表单，或者为环节另取编号。",
        "Choose that form, or give the task another id.",
    ),
    "said-unknown": Rule(
        "{what}所选的「{detail}」不存在。",
        "{what} says {detail}, which means nothing.",
        "请在环节属性中重新选择。",
        "Choose it again in the task's properties.",
    ),
    "said-missing": Rule(
        "{what}没有写明程序在此应做的事：{detail}。",
        "{what} does not say what the program is to do there: {detail}.",
        "请在环节属性中选定。",
        "Choose it in the task's properties.",
    ),
    "ground-missing": Rule(
        "{what}可以作出不利决定（{detail}），但表单不要求写明理由，告知书会没有理由。",
        "{what} may decide against the firm ({detail}) and its form demands no reason; the letter would have none.",
        "请在表单中恢复理由字段，并在作出该决定时必填。",
        "Put the reason back into the form, required for this decision.",
    ),
}
