"""The gate's child process: it answers as the gate does, and whatever ends it is one finding."""

import sys

import pytest

from tests.engine.hostile import ATTACKS, KEY, SHIPPED
from tests.engine.shipped import LIBRARY, SCHEMES
from workflows.engine import Finding, Known
from workflows.workshop import bundling, gatekeeper, inspection

PATH = f"{KEY}.bpmn"
BUNDLE = bundling.assemble(LIBRARY, KEY)
MISTAKE = SHIPPED.replace(b'isExecutable="true"', b'isExecutable="false"')
# Those that cost most, each for another reason; tests/engine judges all of them in process.
HEAVY = (
    "three megabytes",
    "60,000 elements",
    "9,900 tasks",
    "20,000 attributes",
    "namespaces and elements",
    "billion laughs in an attribute",
    "zip",
    "9,000 messages",
    "8,000 shapes",
    "8,000 wrong shapes",
    "900 nested conditions",
    "18 branches",
    "160 branches",
    "a grid of splits",
    "a hub of 170 loops",
)


def broken_child(monkeypatch: pytest.MonkeyPatch, judging: str) -> None:
    """Let the child do something else than judging, once its limits are set."""
    instead = f"def judging(*_):\n    {judging}\n"
    start = inspection._CHILD.rpartition(";")[0]
    program = f"{start}\nfrom workflows.workshop import gatekeeper\nimport os, sys, time\n{instead}"
    monkeypatch.setattr(inspection, "_kept", {})
    monkeypatch.setattr(
        inspection, "_CHILD", f"{program}gatekeeper.judge = gatekeeper.judge_file = judging\ngatekeeper.main()"
    )


def gave_up(findings: list[Finding]) -> bool:
    return [(each.rule, each.file, each.hostile) for each in findings] == [("gate-gave-up", PATH, True)]


def test_what_is_shipped_may_be_published():
    findings, peak = inspection.inspect_measured({key: bundling.assemble(LIBRARY, key) for key in SCHEMES})
    assert findings == {key: [] for key in SCHEMES}
    assert peak is None or peak < inspection.PEAK_MB


def test_the_child_says_what_the_gate_says():
    wrong = {**BUNDLE, PATH: MISTAKE, "forms/recheck.form": b"{}"}
    here = gatekeeper.judge(wrong, KEY, inspection.known())
    assert {each.rule for each in here} >= {"process-not-executable", "form-unreadable"}
    assert inspection.inspect({KEY: wrong, "future_energy": bundling.assemble(LIBRARY, "future_energy")}) == {
        KEY: here,
        "future_energy": [],
    }
    assert inspection.inspect({}) == {}


def test_the_same_bytes_are_judged_once_while_every_child_lived(monkeypatch: pytest.MonkeyPatch):
    wrong = {KEY: {**BUNDLE, PATH: MISTAKE}}
    findings = inspection.inspect(wrong)
    assert [each.rule for each in findings[KEY]] == ["process-not-executable"]
    broken_child(monkeypatch, "os._exit(1)")
    for _ in range(2):
        assert gave_up(inspection.inspect(wrong)[KEY])
    monkeypatch.undo()
    monkeypatch.setattr(inspection, "_ask", None)
    assert inspection.inspect(wrong) == findings


def test_a_mistake_is_kept_what_is_hostile_is_not():
    assert inspection.inspect_file(PATH, MISTAKE, expected_key=KEY) == []
    (finding,) = inspection.inspect_file(PATH, LIBRARY["green_event.bpmn"], expected_key=KEY)
    assert (finding.rule, finding.hostile, finding.element) == ("process-file-name", True, "green_event")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (LIBRARY["forms/recheck.form"], None),
        (LIBRARY["forms/recheck.form"].replace(b'"radio"', b'"rado"'), None),
        (LIBRARY["forms/credit_check.form"], "form-file-name"),
        (b"{", "form-unreadable"),
        (b"[" * 100_000, "form-unreadable"),
        (b'{"type": "default", "id": ' + b"9" * 5_000 + b"}", "form-unreadable"),
        (b"<form/>", "form-unreadable"),
        (b"\xff\xfe", "form-unreadable"),
        (b" " * 3_000_000, "form-unreadable"),
    ],
)
def test_forms_are_looked_at_before_they_are_kept(content, rule):
    found = inspection.inspect_file("forms/recheck.form", content, expected_key="recheck")
    assert [each.rule for each in found] == ([rule] if rule else [])
    assert all(each.hostile and each.message_zh and each.mend_zh for each in found)


@pytest.mark.parametrize("name", HEAVY)
def test_a_hostile_file_ends_in_findings_within_the_childs_limits(name):
    found, peak = inspection.inspect_measured({KEY: {**BUNDLE, PATH: ATTACKS[name].content}})
    assert bool(found[KEY]) or not ATTACKS[name].mistakes | ATTACKS[name].hostile
    # A child that needed more was ended, and that is the finding.
    assert gave_up(found[KEY]) if peak is None and sys.platform == "linux" else (peak or 0) < inspection.PEAK_MB


@pytest.mark.parametrize(
    "judging",
    [
        "while True: pass",
        "return [b'x' * 10**6 for _ in range(10**4)]",
        "os._exit(0)",
        "os.abort()",
        "raise MemoryError",
        "print('{}', '[1]', '{\"retrofit\": 1, \"retrofit.bpmn\": [{}]}', sep=chr(10), flush=True); os._exit(0)",
        "sys.stdout.write('{\"retrofit\": ['); sys.stdout.flush(); os._exit(0)",
    ],
)
def test_a_child_that_ends_otherwise_is_one_finding(monkeypatch, judging):
    broken_child(monkeypatch, judging)
    assert gave_up(inspection.inspect_file(PATH, SHIPPED, expected_key=KEY))
    assert gave_up(inspection.inspect({KEY: BUNDLE})[KEY])


def test_a_child_that_sleeps_is_ended_by_the_clock(monkeypatch):
    broken_child(monkeypatch, "time.sleep(600)")
    monkeypatch.setattr(inspection, "PATIENCE", 1)
    assert gave_up(inspection.inspect_file(PATH, SHIPPED, expected_key=KEY))


def test_what_was_answered_before_the_child_ended_counts(monkeypatch):
    broken_child(monkeypatch, "return [] if _[1] == 'future_energy' else os._exit(0)")
    found = inspection.inspect({"future_energy": bundling.assemble(LIBRARY, "future_energy"), KEY: BUNDLE})
    assert found["future_energy"] == []
    assert gave_up(found[KEY])


def test_more_than_a_child_takes_is_not_sent():
    many = {f"shared/{n}.bpmn": bytes([65 + n]) * 10**6 for n in range(12)}
    assert gave_up(inspection.inspect({KEY: {**BUNDLE, **many}})[KEY])


def test_the_child_gets_no_environment_and_reaches_neither_storage_nor_web(monkeypatch):
    monkeypatch.setenv("GREENCASE_SECRET_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    broken_child(
        monkeypatch,
        "loaded = {name.split('.')[0] for name in sys.modules}; "
        "return [] if 'GREENCASE_SECRET_KEY' not in os.environ and "
        "not loaded & {'flask', 'sqlalchemy', 'psycopg', 'minio', 'server', 'storage'} else os._exit(0)",
    )
    assert inspection.inspect_file(PATH, SHIPPED, expected_key=KEY) == []


def test_the_child_writes_no_file(monkeypatch, tmp_path):
    broken_child(monkeypatch, f"open({str(tmp_path / 'x')!r}, 'w').write('x')")
    assert gave_up(inspection.inspect_file(PATH, SHIPPED, expected_key=KEY))


def test_what_exists_survives_the_way_to_the_child():
    known = inspection.known()
    again = Known.from_json(known.to_json())
    assert again.to_json() == known.to_json()
    assert again.operations["working_deadline"] == frozenset({"days"})
    assert "P08b" in (again.stages or ())
