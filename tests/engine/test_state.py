"""The stored form: small, self-checking, and bound to its bundle."""

import random
import zlib

import orjson
import pytest

from tests.engine.drawing import diagram, end, line, start, task
from tests.engine.driving import NOW, Driver, compile_files
from tests.engine.test_journeys import CORRECTION, LOOPED_SEATS, NOTICE
from workflows.engine import ProcessInstance, StateUnreadable, compile_bundle
from workflows.engine.state import decode_state


def load(diagrams, state):
    return ProcessInstance.load(diagrams, state, lambda _: None, NOW)


def test_no_definition_is_in_the_state():
    case = Driver(compile_files(CORRECTION))
    assert case.state[0] == 2
    text = zlib.decompress(case.state[1:]).decode()
    assert "SUBMITTED" in text, "the status last shown"
    assert "p_check" not in text
    assert len(case.state) < 400


def test_a_long_case_stays_small():
    case = Driver(compile_files(CORRECTION))
    for _ in range(50):
        case.complete("check", "correct")
        case.complete("correct")
    assert len(case.state) < 6_000


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: b"",
        lambda state: b"\x01",
        lambda state: b"\x03" + state[1:],
        lambda state: b"{}",
        lambda state: state[:-1],
        lambda state: state[: len(state) // 2],
        lambda state: state + b"x",
        lambda state: b"\x01" + zlib.compress(b"not json"),
        lambda state: b"\x01" + zlib.compress(b"[]"),
        lambda state: b"\x01" + zlib.compress(b"[[],[],[]]"),
        lambda state: b"\x01" + zlib.compress(b"0" * (65 * 1024 * 1024)),
    ],
)
def test_damaged_bytes_are_named(damage):
    case = Driver(compile_files(CORRECTION))
    with pytest.raises(StateUnreadable):
        load(case.diagrams, damage(case.state))


@pytest.mark.parametrize(
    "state", [b"", b"\x01", b"\x01xyz", b"\x01" + zlib.compress(b"{"), b"\x01" + zlib.compress(b"7")]
)
def test_bytes_that_hold_nothing_are_named_before_a_case_is_made(state):
    with pytest.raises(StateUnreadable):
        decode_state(state)


def test_a_flipped_byte_never_changes_a_case():
    case = Driver(compile_files(CORRECTION))
    for position in range(len(case.state)):
        broken = bytearray(case.state)
        broken[position] ^= 0x20
        try:
            # Deflated text may hold bits that mean nothing; then nothing has changed.
            assert load(case.diagrams, bytes(broken)).dump() == case.state
        except StateUnreadable:
            continue


def test_shuffled_rows_are_noticed_and_never_lose_data_in_silence():
    case = Driver(compile_files(CORRECTION))
    case.complete("check", "correct")
    head, names, processes = orjson.loads(zlib.decompress(case.state[1:]))
    shuffler = random.Random(7)
    for _ in range(20):
        rows = processes[0][5][:]
        shuffler.shuffle(rows)
        if [row[0] for row in rows] == sorted(row[0] for row in rows):
            continue
        state = b"\x01" + zlib.compress(orjson.dumps([head, names, [[*processes[0][:5], rows]]]), 1)
        with pytest.raises(StateUnreadable):
            load(case.diagrams, state)


def test_the_state_of_another_bundle_is_refused():
    case = Driver(compile_files(CORRECTION))
    other = compile_files(diagram("p", start(), task("check"), end(), line("begin", "check", "done")))
    with pytest.raises(StateUnreadable, match="another version"):
        load(other, case.state)


def test_forms_do_not_unpin_a_state():
    files = {"p.bpmn": CORRECTION}
    case = Driver(compile_bundle(files, "p"))
    with_form = compile_bundle({**files, "forms/p.form": b"{}"}, "p")
    assert load(with_form, case.state).open_tasks()


def test_a_process_of_the_bundle_tells_its_elements_and_its_drawing():
    diagrams = compile_files(LOOPED_SEATS, NOTICE)
    assert diagrams.elements("q")["handle"].status == "OBJECTION"
    assert diagrams.elements("p")["declare"].multi_instance.collection == "seats"
    assert diagrams.processes["q"].file == "q.bpmn"
    assert diagrams.xml_of("q") == NOTICE
    with pytest.raises(KeyError):
        diagrams.elements("r")
