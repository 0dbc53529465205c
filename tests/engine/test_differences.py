"""Two versions of a diagram: what was added, removed, changed or moved, and that nothing changes unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from lxml import etree

from server.settings import CHECKOUT
from workflows import engine
from workflows.engine import DiagramDifference, NotComparable, compare_diagrams

PUBLICITY = (CHECKOUT / "bpmn/shared/publicity.bpmn").read_bytes()
EXPERT_REVIEW = (CHECKOUT / "bpmn/shared/expert_review.bpmn").read_bytes()


def edited(*replacements: tuple[str, str], of: bytes = PUBLICITY) -> DiagramDifference:
    """The difference that these edits of the text make."""
    text = of.decode()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return compare_diagrams(of, text.encode())


def said(difference: DiagramDifference) -> dict[str, dict[str, tuple[str | None, str | None]]]:
    """The changed fields by element and label."""
    return {each.id: {field.label: (field.old, field.new) for field in each.fields} for each in difference.changed}


def test_the_same_diagram_differs_in_nothing() -> None:
    assert not compare_diagrams(PUBLICITY, PUBLICITY)


def test_how_the_xml_is_written_is_no_difference() -> None:
    root = etree.fromstring(PUBLICITY)
    process = root.find("{*}process")
    process.append(process[3])  # another order
    process.append(etree.Comment("a remark"))
    text = etree.tostring(root).decode()
    text = re.sub(r'(</?|xmlns:|type=")bpmn(?=[:=])', r"\1b", text).replace('x="100"', 'x="100.0"')
    assert "<b:process" in text
    assert not compare_diagrams(PUBLICITY, text.encode())


HANDLING = 'gc:form="objection_handling"'
P14 = 'gc:status="OBJECTION" gc:stage="P14"'


@pytest.mark.parametrize(
    ("old", "new", "element", "label", "values"),
    [
        ('name="公示期满"', 'name="期满"', "publicity_period", "名称", ("公示期满", "期满")),
        (
            '"objection_handling" gc:due="3"',
            '"objection_handling" gc:due="8"',
            "objection_handling",
            "办理期限（工作日）",
            ("3", "8"),
        ),
        ('gc:form="objection_handling"', 'gc:form="x"', "objection_handling", "表单", ("objection_handling", "x")),
        (
            f'{HANDLING} gc:due="3" {P14}',
            f'{HANDLING} gc:due="3" gc:status="OBJECTION"',
            "objection_handling",
            "环节",
            None,
        ),
        ('== "dismiss"', '== "uphold"', "objection_outcome_to_open_publicity", "条件", None),
        (
            'default="objection_outcome_to_objection_legal_review"',
            'default="objection_outcome_to_open_publicity"',
            "objection_outcome",
            "默认走向",
            ("成立或者不予支持", "不成立"),
        ),
        (">publicity_ends_at<", ">other<", "publicity_period", "到期时间", ("publicity_ends_at", "other")),
        (
            'messageRef="message_published"',
            'messageRef="message_objection_accepted"',
            "published",
            "等待的消息",
            ("published", "objection_accepted"),
        ),
        ('name="published"', 'name="listed"', "message_published", "名称", ("published", "listed")),
        ('name="法制审核岗"', 'name="法制"', "legal_officer", "名称", ("法制审核岗", "法制")),
        (
            'isExecutable="true"',
            'isExecutable="false"',
            "publicity",
            "是否可执行",
            ("true", "false"),
        ),
        ('implementation="close_publicity"', 'implementation="x"', "close_publicity", "系统操作", None),
    ],
)
def test_a_change_says_its_field_and_both_values(
    old: str, new: str, element: str, label: str, values: tuple[str | None, str | None] | None
) -> None:
    difference = edited((old, new))
    assert set(said(difference)) == {element}
    assert set(said(difference)[element]) == {label}
    if values is not None:
        assert said(difference)[element][label] == values
    assert not (difference.added or difference.removed or difference.moved)


def test_another_lane_is_another_role() -> None:
    line = "<bpmn:flowNodeRef>objection_handling</bpmn:flowNodeRef>"
    here = "<bpmn:flowNodeRef>published</bpmn:flowNodeRef>"
    difference = edited((line, ""), (here, here + line))
    assert said(difference) == {"objection_handling": {"办理岗位（泳道）": ("科室负责人", "业务科室经办人")}}


def test_parameters_documentation_and_what_nobody_knows_are_fields() -> None:
    difference = edited(
        (
            "<bpmn:outgoing>open_publicity_to_publicity_wait</bpmn:outgoing>",
            "<bpmn:documentation>按工作日计算</bpmn:documentation><bpmn:extensionElements>"
            '<gc:parameter name="days" value="5" /><x:odd xmlns:x="urn:x" how="so">!</x:odd></bpmn:extensionElements>',
        )
    )
    assert said(difference)["open_publicity"] == {
        "说明": (None, "按工作日计算"),
        "操作参数“days”": (None, "5"),
        "其他内容“extensionElements/{urn:x}odd@how”": (None, "so"),
        "其他内容“extensionElements/{urn:x}odd”": (None, "!"),
    }


def test_several_people_at_once() -> None:
    difference = edited((">panel<", ">others<"), ('name="seat"', 'name="who"'), of=EXPERT_REVIEW)
    labels = {label for fields in said(difference).values() for label in fields}
    assert labels == {"多人办理的名单", "名单中每人的变量"}


def test_added_and_removed_elements_carry_what_they_say() -> None:
    task = (
        '<bpmn:userTask id="extra" name="复核" gc:form="recheck" gc:due="3">'
        "<bpmn:documentation>新增</bpmn:documentation></bpmn:userTask>"
    )
    end = '<bpmn:endEvent id="publicity_done"'
    difference = edited((end, task + end))
    (added,) = difference.added
    assert (added.id, added.name, added.kind_name) == ("extra", "复核", "人工任务")
    assert {field.label: field.new for field in added.fields} == {
        "表单": "recheck",
        "办理期限（工作日）": "3",
        "说明": "新增",
    }
    back = compare_diagrams(PUBLICITY.replace(end.encode(), (task + end).encode()), PUBLICITY)
    assert [each.id for each in back.removed] == ["extra"]
    assert {field.old for field in back.removed[0].fields} == {"recheck", "3", "新增"}


def test_a_diagram_that_did_not_exist_is_added_whole() -> None:
    assert {"publicity", "objection_handling"} <= {each.id for each in compare_diagrams(None, PUBLICITY).added}
    assert not compare_diagrams(PUBLICITY, None).added


def test_a_label_that_is_measured_anew_is_no_second_difference() -> None:
    label = re.search(
        r'bpmnElement="publicity_period".*?<bpmndi:BPMNLabel>\s*<dc:Bounds x="(\d+)"', PUBLICITY.decode(), re.S
    )
    assert label is not None
    text = PUBLICITY.decode()
    for pixels, moved in ((2, False), (40, True)):
        shifted = f"{text[: label.start(1)]}{int(label[1]) + pixels}{text[label.end(1) :]}"
        assert [each.id for each in compare_diagrams(PUBLICITY, shifted.encode()).moved] == ["publicity_period"]
        renamed = shifted.replace('name="公示期满"', 'name="期满"')
        assert [each.moved for each in compare_diagrams(PUBLICITY, renamed.encode()).changed] == [moved]


def test_moved_is_what_is_only_drawn_elsewhere() -> None:
    difference = edited(('<dc:Bounds x="1770" y="650"', '<dc:Bounds x="1780" y="650"'))
    assert [each.id for each in difference.moved] == ["objection_handling"]
    assert not difference.changed
    both = edited(('<dc:Bounds x="1770" y="650"', '<dc:Bounds x="1780" y="650"'), ("拟定异议处理意见", "拟定处理意见"))
    assert [(each.id, each.moved) for each in both.changed] == [("objection_handling", True)]
    assert not both.moved


def test_a_changed_kind_is_said_in_words() -> None:
    text = PUBLICITY.decode()
    start = text.index('<bpmn:serviceTask id="close_publicity"')
    end = text.index("</bpmn:serviceTask>", start) + len("</bpmn:serviceTask>")
    task = text[start:end].replace("serviceTask", "userTask")
    difference = compare_diagrams(PUBLICITY, (text[:start] + task + text[end:]).encode())
    assert said(difference) == {"close_publicity": {"类型": ("服务任务", "人工任务")}}


def test_an_attribute_that_is_named_like_what_we_say_hides_nothing() -> None:
    odd = PUBLICITY.replace(
        b'<bpmn:serviceTask id="close_publicity"', b'<bpmn:serviceTask kind="x" id="close_publicity"'
    )
    start = odd.index(b'<bpmn:serviceTask kind="x"')
    end = odd.index(b"</bpmn:serviceTask>", start) + len(b"</bpmn:serviceTask>")
    other = odd[:start] + odd[start:end].replace(b"serviceTask", b"userTask") + odd[end:]
    assert said(compare_diagrams(odd, other)) == {"close_publicity": {"类型": ("服务任务", "人工任务")}}


def _meaningful(root: etree._Element) -> Iterator[etree._Element]:
    """All nodes but those that only repeat what a flow says."""
    for node in root.iter():
        if etree.QName(node).localname not in ("incoming", "outgoing"):
            yield node


def test_no_attribute_and_no_text_changes_unseen() -> None:
    count = sum(1 for _ in _meaningful(etree.fromstring(PUBLICITY)))
    for number in range(count):
        root = etree.fromstring(PUBLICITY)
        node = list(_meaningful(root))[number]
        drawn = etree.QName(node).localname in ("BPMNShape", "BPMNEdge")
        for name, value in node.attrib.items():
            if name == "id" and drawn:
                continue  # the drawing program's own
            node.set(name, f"{value}x")
            assert compare_diagrams(PUBLICITY, etree.tostring(root)), (node.tag, name)
            node.set(name, value)
        if (node.text or "").strip():
            node.text = f"{node.text}x"
            assert compare_diagrams(PUBLICITY, etree.tostring(root)), node.tag


def test_no_node_goes_or_comes_unseen() -> None:
    count = sum(1 for _ in _meaningful(etree.fromstring(PUBLICITY)))
    for number in range(1, count):
        root = etree.fromstring(PUBLICITY)
        node = list(_meaningful(root))[number]
        node.getparent().remove(node)
        without = etree.tostring(root)
        assert compare_diagrams(PUBLICITY, without), node.tag
        assert compare_diagrams(without, PUBLICITY), node.tag


def test_ids_used_twice_are_both_compared() -> None:
    twice = PUBLICITY.replace(b'id="close_publicity"', b'id="open_publicity"')
    assert compare_diagrams(twice, PUBLICITY)
    assert not compare_diagrams(twice, twice)


def test_what_is_no_diagram_is_refused_by_name() -> None:
    with pytest.raises(NotComparable) as refused:
        compare_diagrams(PUBLICITY, b"<a")
    assert (refused.value.rule, refused.value.line) == ("xml-malformed", 1)
    with pytest.raises(engine.EngineError):
        compare_diagrams(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', PUBLICITY)
