"""The gate: no timer ends what somebody may say before it is proved that the letter reached him."""

import pytest

from tests.engine.drawing import at_time, boundary, call, diagram, end, flow, line, service, start, task, xor
from tests.engine.judging import check, refused, rules
from tests.engine.shipped import SCHEMES, bundle
from workflows.engine.gate.reading import read_bundle
from workflows.engine.gate.report import Report
from workflows.workshop import inspection

OVER = boundary("over", "say", at_time("P5D", "timeDuration"))
PROOF = service("proof", "prove", "proved")
ASKED = xor("asked", default="again")
BACK = flow("asked", "say", None, "again")
LAPSED = flow("asked", "next", 'proved == "lapsed"')
FIRM = {"firm": ["say"], "officer": ["next"]}


def drawn(*parts: str, **options) -> bytes:
    """begin → what the firm says → next → done, with a timer that the parts lead on from."""
    return diagram("p", start(), task("say"), task("next"), end(), line("begin", "say", "next", "done"), OVER, *parts,
                   roles=FIRM, **options)  # fmt: skip


PROVED = (PROOF, ASKED, line("over", "proof", "asked"), BACK, LAPSED)
UNPROVED = {
    "straight on": (flow("over", "next"),),
    "another operation": (service("proof", "route", "proved"), ASKED, line("over", "proof", "asked"), BACK,
                          flow("asked", "next", 'proved == "required"')),
    "its answer is not asked for": (PROOF, line("over", "proof", "next")),
    "a task comes first": (task("other"), line("over", "other", "next")),
}  # fmt: skip


def test_a_proof_that_is_asked_for_is_let_pass():
    assert rules(drawn(*PROVED)) == set()


@pytest.mark.parametrize("parts", UNPROVED.values(), ids=UNPROVED)
def test_a_silence_that_nobody_proved_is_refused(parts):
    options = {**FIRM, "officer": ["next", "other"]} if "other" in "".join(parts) else FIRM
    data = diagram("p", start(), task("say"), task("next"), end(), line("begin", "say", "next", "done"), OVER, *parts,
                   roles=options)  # fmt: skip
    refused("silence-not-proved", data)


def test_whoever_has_no_say_may_be_cut_short():
    data = diagram("p", start(), task("say"), task("next"), end(), line("begin", "say", "next", "done"), OVER,
                   flow("over", "next"), roles={"officer": ["say", "next"]})  # fmt: skip
    assert "silence-not-proved" not in rules(data)


def test_a_timer_on_a_call_ends_what_is_said_in_it():
    p = diagram("p", start(), call("c", "q"), task("next"), end(), line("begin", "c", "next", "done"),
                boundary("over", "c", at_time("P5D", "timeDuration")), flow("over", "next"))  # fmt: skip
    q = diagram("q", start(), task("say"), end(), line("begin", "say", "done"), roles={"firm": ["say"]})
    assert "silence-not-proved" in {finding.rule for finding in check(p, q=q)}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_timer_on_an_applicants_task_of_the_shipped_diagrams_asks_for_the_delivery(scheme):
    known = inspection.known()
    assert "applicant" in known.heard
    found = read_bundle(bundle(scheme), scheme, Report())
    assert found is not None
    timers = 0
    for scope in found.scopes():
        for event in scope.of_kind("boundaryEvent"):
            if event.timer is None or scope.elements[event.attached_to].role != "applicant":
                continue
            timers += 1
            (onward,) = scope.outgoing[event.id]
            assert scope.elements[onward.target].operation == "prove_delivery", event.id
    assert timers >= 2
