"""The gate: files that are no diagram, ids, and what has to be unique over the files of a bundle."""

import pytest

from tests.engine.drawing import HEAD, call, catch, diagram, end, line, message, on_message, shape, start, task
from tests.engine.judging import KNOWN, TASK, check, labels, refused, rules, straight
from workflows.engine import check_bundle, check_file, compile_bundle, document

REFUSED = [
    ("id-missing", straight(task("a"), "<bpmn:userTask/>", ids=("a",), roles={"officer": ["a"]})),
    ("id-twice", straight(task("a"), task("a"), ids=("a",))),
    ("id-reserved", diagram("p", start("Start"), end(), line("Start", "done"))),
    ("id-reserved", diagram("p", start(), end("End"), line("begin", "End"))),
    ("id-form", straight(task("a-b"), ids=("a-b",))),
    ("id-form", straight(task("self"), ids=("self",))),
    ("process-not-executable", diagram("p", start(), end(), line("begin", "done"), executable="false")),
    ("process-file-name", diagram("q", start(), end(), line("begin", "done"))),
    ("too-many-nodes", straight(*(task(f"t{n}") for n in range(400)), ids=tuple(f"t{n}" for n in range(400)))),
    ("not-bpmn", b"<html/>"),
    ("xml-malformed", b"<bpmn:definitions"),
    ("xml-malformed", b""),
    ("xml-malformed", b"\x00\x01\x02"),
    ("doctype", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    ("doctype", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'),
    ("file-too-large", HEAD.encode() + b" " * (3 * 1024 * 1024) + b"</bpmn:definitions>"),
    ("xml-too-deep", (HEAD + "<bpmn:group>" * 100 + "</bpmn:group>" * 100 + "</bpmn:definitions>").encode()),
    ("xml-too-many-elements", (HEAD + "<bpmn:group/>" * 30_000 + "</bpmn:definitions>").encode()),
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("process-id-twice", TASK, TASK),
        (
            "process-id-twice",
            TASK,
            diagram(
                "q",
                start(),
                shape("subProcess", "p", start("s2") + end("e2") + line("s2", "e2")),
                end(),
                line("begin", "p"),
            ),
        ),
        (
            "message-id-twice",
            straight(catch("c", on_message("m")), ids=("c",), messages=["m"]),
            diagram("q", start(), end(), line("begin", "done"), outside=message("other", "message_m")),
        ),
        ("process-owned", TASK, diagram("other", start(), end(), line("begin", "done"))),
    ],
)
def test_refuses_over_several_files(rule, first, second):
    assert rule in rules(first, second)


def test_a_missing_root_is_a_finding():
    assert [finding.rule for finding in check_bundle({}, "p", known=KNOWN)] == ["root-missing"]


def test_never_raises_on_damaged_files():
    good = straight(task("a"), catch("c", on_message("m")), ids=("a", "c"), messages=["m"])
    for position in range(0, len(good), 7):
        check(good[:position] + good[position + 3 :])
        check(good[:position])


def test_a_file_is_read_once_to_be_judged_and_compiled(monkeypatch):
    read = []
    monkeypatch.setattr(document, "_check_bounds", read.append)
    p = straight(call("c", "q"), ids=("c",))
    compile_bundle({"p.bpmn": p, "q.bpmn": diagram("q", start(), end(), line("begin", "done"))}, "p")
    assert len(read) == 2


def test_a_bundle_has_a_size():
    calls = {f"q{n}": straight(task("a"), ids=("a",)).replace(b'"p"', f'"q{n}"'.encode()) for n in range(100)}
    assert rules(TASK, **calls) == {"bundle-too-large"}
    wide = {
        f"q{n}": diagram(f"q{n}", start(), end(), line("begin", "done"), *(task(f"t{i}") for i in range(300)))
        for n in range(7)
    }
    assert rules(TASK, **wide) == {"bundle-too-large"}
    elements = shape("group", "g").encode() * 9_000
    heavy = {f"q{n}": TASK.replace(b"</bpmn:process>", elements + b"</bpmn:process>") for n in range(3)}
    assert rules(TASK, **heavy) == {"bundle-too-large"}


def test_a_file_that_cannot_be_read_does_not_make_the_others_look_wrong():
    p = straight(call("c", "q"), task("a", gc__separateFrom="b"), ids=("c", "a"))
    assert rules(p, q=b"<html/>") == {"not-bpmn"}


def test_an_extra_process_is_a_mistake_a_foreign_one_is_hostile():
    pool = TASK.replace(b"</bpmn:definitions>", b'<bpmn:process id="Process_2"/></bpmn:definitions>')
    assert check_file("p.bpmn", pool, "p") == []
    assert "process-count" in rules(pool)
    assert {finding.rule for finding in check_file("q.bpmn", TASK, "q")} == {"process-file-name"}


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + TASK, TASK.replace(b"UTF-8", b"utf-8"), TASK[TASK.index(b"?>") + 2 :].strip()]
)
def test_utf_8_is_read_with_or_without_its_mark_and_name(data):
    assert rules(data) == set()
