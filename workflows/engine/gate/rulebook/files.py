"""The words of the rules: files, processes and ids."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.gate.rulebook.rule import Rule

FILES: Mapping[str, Rule] = {
    # The file
    "file-too-large": Rule(
        "文件超过 {detail} 字节，不予解析。",
        "The file is larger than {detail} bytes and is not read.",
        "请拆分流程，或删除图中嵌入的图片等无关内容。",
        "Split the process, or remove embedded pictures and the like.",
        hostile=True,
    ),
    "value-too-long": Rule(
        "文件中有一个属性的值超过 {detail} 个字。",
        "The value of an attribute is longer than {detail} characters.",
        "请缩短名称；说明写入批注。",
        "Shorten the name; explanations go into a text annotation.",
        hostile=True,
    ),
    "encoding": Rule(
        "文件不是 UTF-8 编码。",
        "The file is not encoded in UTF-8.",
        "请用流程设计器打开后重新导出。",
        "Open it in the editor and export it again.",
        hostile=True,
    ),
    "xml-malformed": Rule(
        "文件不是格式正确的 XML：{detail}",
        "The file is not well-formed XML: {detail}",
        "请用流程设计器重新打开并保存该文件。",
        "Open the file in the editor and save it again.",
        hostile=True,
    ),
    "xml-too-deep": Rule(
        "文件嵌套超过 {detail} 层。",
        "The file nests deeper than {detail} levels.",
        "请用流程设计器重新绘制，删除多余的嵌套。",
        "Draw the process anew without the needless nesting.",
        hostile=True,
    ),
    "xml-too-many-elements": Rule(
        "文件包含的元素、标签或属性超过 {detail} 个。",
        "The file holds more than {detail} elements, tags or attributes.",
        "请把流程拆分为若干引用的流程。",
        "Split the process into called processes.",
        hostile=True,
    ),
    "doctype": Rule(
        "文件含有 DOCTYPE 或实体声明，可能被用来读取服务器上的文件。",
        "The file declares a DOCTYPE or entities, which can be used to read files of the server.",
        "请删除 <!DOCTYPE …> 一段后重新保存。",
        "Remove the <!DOCTYPE …> part and save again.",
        hostile=True,
    ),
    "processing-instruction": Rule(
        "文件含有处理指令「{detail}」，流程图不需要，打开时可能被执行。",
        "The file holds the processing instruction {detail}, which no diagram needs and a viewer might obey.",
        "请删除 <?…?> 一段后重新保存（首行的 XML 声明除外）。",
        "Remove the <?…?> part and save again (the XML declaration of the first line may stay).",
        hostile=True,
    ),
    "inclusion": Rule(
        "文件用 {detail} 引入其他文件。",
        "The file includes other files by {detail}.",
        "请删除该引用；引用的流程用“引用流程”表示。",
        "Remove it; draw a called process as a call activity.",
        hostile=True,
    ),
    "not-bpmn": Rule(
        "文件不是 BPMN 2.0 流程图。",
        "The file is not a BPMN 2.0 diagram.",
        "请上传由流程设计器保存的 .bpmn 文件。",
        "Upload a .bpmn file saved by the editor.",
        hostile=True,
    ),
    "unreadable": Rule(
        "流程图无法解析：{detail}",
        "The diagram cannot be read: {detail}",
        "请用流程设计器重新打开并保存；仍不通过的，请联系系统管理员。",
        "Open it in the editor and save it again; if that does not help, ask the system administrator.",
        hostile=True,
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
        hostile=True,
    ),
    "process-id-twice": Rule(
        "流程编号「{detail}」在流程包中重复，后者会悄悄覆盖前者。",
        "The process id {detail} is used twice in the bundle; the last one would win in silence.",
        "请给其中一个流程另取编号。",
        "Give one of the processes another id.",
        hostile=True,
    ),
    "process-owned": Rule(
        "流程编号「{detail}」已属于另一个流程定义。",
        "The process id {detail} belongs to another definition.",
        "请给本流程另取编号。",
        "Give this process another id.",
        hostile=True,
    ),
    "root-missing": Rule(
        "流程包中没有流程「{detail}」。",
        "The bundle holds no process {detail}.",
        "请检查主流程的编号和文件名。",
        "Check the id and the file name of the main process.",
        hostile=True,
    ),
    "id-missing": Rule(
        "有一个 {detail} 没有编号。",
        "A {detail} has no id.",
        "请在属性面板中填写编号。",
        "Give it an id in the properties panel.",
        hostile=True,
    ),
    "id-twice": Rule(
        "编号「{detail}」在本文件中重复。",
        "The id {detail} is used twice in this file.",
        "请给其中一个另取编号。",
        "Give one of them another id.",
        hostile=True,
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
        "请把一部分环节移入引用的流程。",
        "Move part of it into a called process.",
    ),
    "too-many-flows": Rule(
        "流程的连线超过上限：{detail}。",
        "The process has more sequence flows than the gate can follow: {detail}.",
        "请把一部分环节移入引用的流程。",
        "Move part of it into a called process.",
    ),
    "bundle-too-large": Rule(
        "流程包（主流程及其引用的全部流程）过大：{detail}。",
        "The bundle of the process and all that it calls is too large: {detail}.",
        "请减少引用的流程，或简化其中的流程图。",
        "Call fewer processes, or draw them simpler.",
    ),
    "gate-gave-up": Rule(
        "校验未能在规定的时间和内存内完成，已中止（{detail}）。",
        "The check did not finish within its time and memory and was stopped ({detail}).",
        "请确认文件由流程设计器绘制，并减少并行分支、环节或引用的流程；图不大的，稍后再试。",
        "Make sure that the editor drew the file, and use fewer branches, steps or called processes; if it is small, "
        "try again later.",
        hostile=True,
    ),
    # The schemas of BPMN 2.0
    "xsd-order": Rule(
        "{what}：图形或属性「{detail}」不在标准规定的位置，其他工具会打不开。",
        "{what}: {detail} stands where BPMN 2.0 does not have it; other tools could not open the file.",
        "请用流程设计器打开并保存，或删除多余的部分。",
        "Open the file in the editor and save it, or remove what does not belong there.",
    ),
    "xsd-attribute": Rule(
        "{what}：属性「{detail}」不是标准的属性。",
        "{what}: {detail} is no attribute of BPMN 2.0.",
        "请删除该属性；本系统自己的属性以 gc: 开头。",
        "Remove it; attributes of our own begin with gc:.",
    ),
    "xsd-required": Rule(
        "{what}：缺少必填的属性「{detail}」。",
        "{what}: the attribute {detail} is required and missing.",
        "请补上该属性，或用流程设计器打开并保存。",
        "Add it, or open the file in the editor and save it.",
    ),
    "xsd-text": Rule(
        "{what}：「{detail}」中不应有文字或内容。",
        "{what}: {detail} must hold no text or content.",
        "请删除多余的文字；说明写入批注。",
        "Remove the text; explanations go into a text annotation.",
    ),
    "xsd-value": Rule(
        "{what}：「{detail}」的值不符合标准。",
        "{what}: {detail} is no value that BPMN 2.0 allows.",
        "请改为标准允许的值；编号在文件内（含图形）不得重复。",
        "Use a value that the standard allows; an id, of shapes too, is used once in a file.",
    ),
    "xsd-invalid": Rule(
        "{what}不符合 BPMN 2.0 标准：{detail}",
        "{what} does not follow the BPMN 2.0 schema: {detail}",
        "请用流程设计器打开并保存；仍不通过的，请联系系统管理员。",
        "Open the file in the editor and save it; if that does not help, ask the system administrator.",
    ),
}
