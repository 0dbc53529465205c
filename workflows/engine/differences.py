"""What two versions of a diagram differ in: added, removed, changed and moved, field by field, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from workflows.engine.document import DocumentRefused
from workflows.engine.errors import EngineError
from workflows.engine.records import Record, read_records, shown, title_of

# By so much a label may grow, shrink or shift when it is measured anew.
LABEL_PIXELS = 4
KINDS = {
    "definitions": "文件",
    "process": "流程",
    "participant": "流程名称框",
    "collaboration": "协作图",
    "laneSet": "泳道组",
    "childLaneSet": "泳道组",
    "lane": "泳道",
    "message": "消息",
    "startEvent": "开始",
    "endEvent": "结束",
    "userTask": "人工任务",
    "serviceTask": "服务任务",
    "receiveTask": "接收任务",
    "callActivity": "引用流程",
    "subProcess": "子流程",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "intermediateCatchEvent": "等待事件",
    "boundaryEvent": "边界事件",
    "sequenceFlow": "连线",
    "textAnnotation": "批注",
    "association": "批注连线",
    "group": "分组框",
}
_LABELS = {
    "#kind": "类型",
    "#scope": "所在范围",
    "name": "名称",
    "#role": "办理岗位（泳道）",
    "#text": "文字内容",
    "documentation": "说明",
    "text": "文字",
    "gc:form": "表单",
    "gc:due": "办理期限（工作日）",
    "gc:separateFrom": "不得与其同一人办理的环节",
    "gc:assignee": "办理人变量",
    "gc:status": "状态",
    "gc:stage": "环节",
    "gc:reason": "结果原因",
    "gc:result": "结果变量",
    "gc:waives": "免去的必经环节",
    "gc:waiverBasis": "免去所依据的文件",
    "gc:waiverNumber": "免去依据的文号",
    "gc:waiverDate": "免去依据的日期",
    "gc:asks": "向办理人显示的事项",
    "gc:does": "提交后的处理",
    "gc:seals": "是否密封",
    "implementation": "系统操作",
    "conditionExpression": "条件",
    "default": "默认走向",
    "sourceRef": "起点",
    "targetRef": "终点",
    "attachedToRef": "附着于",
    "cancelActivity": "是否中断",
    "calledElement": "调用的流程",
    "processRef": "所指流程",
    "isExecutable": "是否可执行",
    "messageRef": "等待的消息",
    "messageEventDefinition@messageRef": "等待的消息",
    "messageEventDefinition": "消息事件",
    "timerEventDefinition": "定时事件",
    "timerEventDefinition/timeDate": "到期时间",
    "timerEventDefinition/timeDuration": "等待时长",
    "timerEventDefinition/timeCycle": "循环周期",
    "multiInstanceLoopCharacteristics": "多人办理",
    "multiInstanceLoopCharacteristics@isSequential": "是否依次办理",
    "multiInstanceLoopCharacteristics/loopDataInputRef": "多人办理的名单",
    "multiInstanceLoopCharacteristics/loopCardinality": "多人办理的人数",
    "multiInstanceLoopCharacteristics/inputDataItem@name": "名单中每人的变量",
    "multiInstanceLoopCharacteristics/inputDataItem@id": "名单中每人的变量编号",
    "multiInstanceLoopCharacteristics/completionCondition": "提前结束的条件",
    "flowNodeRef": "列出而不存在的环节",
    "incoming": "列出而不相符的进线",
    "outgoing": "列出而不相符的出线",
}
_ENDS = {"id": "编号", "xsi:type": "表达式类型"}
_PARAMETER = re.compile(r"extensionElements/parameter:([^/@\[\]]*)")
# Of a thing that only one version has these are said elsewhere or say nothing; where two versions differ they count.
_UNSAID = frozenset({"#kind", "#scope", "name"})
_UNSAID_ENDS = ("@id", "@xsi:type")


class NotComparable(EngineError):
    """One of the two files is no XML document that may be read; `line` is where."""

    def __init__(self, rule: str, line: int) -> None:
        self.rule, self.line = rule, line
        super().__init__(f"{rule} (line {line})")


@dataclass(frozen=True)
class FieldDifference:
    """One field of an element: its code, its Chinese label, the old and the new value, None where it has none."""

    field: str
    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class ElementDifference:
    """One element or flow that differs; `kind_name` is its kind in Chinese, `moved` says that its drawing differs."""

    id: str
    name: str
    kind: str
    kind_name: str
    fields: tuple[FieldDifference, ...]
    moved: bool


@dataclass(frozen=True)
class DiagramDifference:
    """What differs between two diagrams, in the order of the new file, removed things in that of the old one.

    `name` is that of the process drawn. `changed` is what means something else now; `moved` means the same and is only
    drawn differently.
    """

    name: str
    added: tuple[ElementDifference, ...]
    removed: tuple[ElementDifference, ...]
    changed: tuple[ElementDifference, ...]
    moved: tuple[ElementDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def compare_diagrams(old: bytes | None, new: bytes | None) -> DiagramDifference:
    """Compare two versions of a diagram by the ids of what is in them; None is a diagram that does not exist.

    Raises NotComparable for what is no acceptable XML document.
    """
    before, after = _records(old), _records(new)
    added = [_whole(after, each, is_new=True) for key, each in after.items() if key not in before]
    removed = [_whole(before, each, is_new=False) for key, each in before.items() if key not in after]
    both = [_compare(before, after, key) for key in after if key in before]
    drawn = [each for records in (after, before) for each in records.values() if each.kind == "process"]
    return DiagramDifference(
        (drawn[0].name or drawn[0].id) if drawn else "",
        tuple(added),
        tuple(removed),
        tuple(each for each in both if each.fields),
        tuple(each for each in both if each.moved and not each.fields),
    )


def _records(data: bytes | None) -> dict[str, Record]:
    if data is None:
        return {}
    try:
        return read_records(data)
    except DocumentRefused as refused:
        raise NotComparable(refused.rule, refused.line) from refused


def _whole(records: Mapping[str, Record], record: Record, *, is_new: bool) -> ElementDifference:
    """A thing that only one of the versions has, with everything that it says."""
    fields = tuple(
        _field(code, None if is_new else said, said if is_new else None)
        for code, value in record.fields.items()
        if code not in _UNSAID and not code.endswith(_UNSAID_ENDS)
        for said in [shown(records, code, value)]
    )
    return _difference(records, record, fields, moved=False)


def _compare(before: Mapping[str, Record], after: Mapping[str, Record], key: str) -> ElementDifference:
    old, new = before[key], after[key]
    fields = []
    for code in dict.fromkeys([*new.fields, *old.fields]):
        was, now = old.fields.get(code), new.fields.get(code)
        if was != now:
            fields.append(_field(code, *_said(code, (before, was), (after, now))))
    redrawn = {part for part in {*old.drawing, *new.drawing} if old.drawing.get(part) != new.drawing.get(part)}
    if fields:
        # The editor measures the label of whatever is changed anew: that is no second difference.
        redrawn = {part for part in redrawn if not _is_measured_anew(part, old.drawing, new.drawing)}
    return _difference(after, new, tuple(fields), moved=bool(redrawn))


def _is_measured_anew(part: str, old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    if "/BPMNLabel" not in part or part not in old or part not in new:
        return False
    try:
        return abs(Decimal(old[part]) - Decimal(new[part])) <= LABEL_PIXELS
    except InvalidOperation:
        return False


def _said(code: str, *sides: tuple[Mapping[str, Record], str | None]) -> tuple[str | None, ...]:
    """Both values in words; as they are written where the words do not tell them apart."""
    if code == "#kind":
        return tuple(KINDS.get(value or "", value) for _, value in sides)
    words = tuple(None if value is None else shown(records, code, value) for records, value in sides)
    return words if words[0] != words[1] else tuple(value for _, value in sides)


def _field(code: str, old: str | None, new: str | None) -> FieldDifference:
    return FieldDifference(code, label_of(code), old, new)


def label_of(code: str) -> str:
    """A field's name in Chinese; what the program has no word for goes by what it is called in the file."""
    if code in _LABELS:
        return _LABELS[code]
    parameter = _PARAMETER.fullmatch(code)
    if parameter:
        return f"操作参数“{parameter[1]}”"
    part, _, end = code.rpartition("@")
    if part in _LABELS and end in _ENDS:
        return f"{_LABELS[part]}的{_ENDS[end]}"
    return f"其他内容“{code}”"


def _difference(
    records: Mapping[str, Record], record: Record, fields: tuple[FieldDifference, ...], *, moved: bool
) -> ElementDifference:
    kind_name = KINDS.get(record.kind, record.kind)
    return ElementDifference(record.id, title_of(records, record.id), record.kind, kind_name, fields, moved)
