"""How long the gate takes for the largest shipped bundle, in process and as a draft is judged: in a child."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from server.settings import CHECKOUT
from workflows import rules
from workflows.workshop import bundling, gatekeeper, inspection

ROUNDS = 9


def measure() -> dict[str, float]:
    """Medians; a child is a Python that starts, judges and ends, and what it held at most is its own figure."""
    library = bundling.read_library(CHECKOUT / "bpmn")
    bundles = {scheme: bundling.assemble(library, scheme) for scheme in rules.SCHEMES}
    largest = max(bundles, key=lambda scheme: len(library[f"{scheme}.bpmn"]))
    known = inspection.known()
    findings, peak = inspection.inspect_measured({largest: bundles[largest]})
    assert findings == {largest: []}
    return {
        "gate_ms": _median(lambda: gatekeeper.judge(bundles[largest], largest, known)),
        "gate_child_ms": _median(lambda: inspection.inspect_measured({largest: bundles[largest]})),
        "gate_child_peak_mb": peak or 0,
    }


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)
