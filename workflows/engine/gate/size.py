"""How much may be drawn: what follows tokens and variables through a bundle is bounded by this."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter

from workflows.engine.gate.bundle import Bundle

# SpiffWorkflow's parser goes down one level for each node: 400 in a row parse, 500 do not.
MAX_NODES = 350
MAX_FLOWS = 1_000
# The largest shipped bundle has eight files, about 150 nodes and 2,100 XML elements. An element makes hardly more than
# two tasks, and a step may run 5,000.
MAX_BUNDLE_NODES = 2_000


def check_size(bundle: Bundle) -> bool:
    """Whether the bundle is small enough to be examined; what is too large is reported."""
    before = len(bundle.report)
    for process in bundle.processes.values():
        for count, most, rule in (
            (len(process.elements), MAX_NODES, "too-many-nodes"),
            (len(process.flows), MAX_FLOWS, "too-many-flows"),
        ):
            if count > most:
                bundle.report.add(
                    rule, process.file, process.line, process.key, name=process.name, detail=f"{count} > {most}"
                )
    nodes = Counter({process.file: len(process.elements) for process in bundle.processes.values()})
    if nodes.total() > MAX_BUNDLE_NODES:
        largest = nodes.most_common(1)[0][0]
        bundle.report.add("bundle-too-large", largest, 1, detail=f"{nodes.total()} > {MAX_BUNDLE_NODES}")
    return len(bundle.report) == before


def check_expansion(bundle: Bundle) -> None:
    """Each call runs the called process anew, so two calls in each of many files are more than a step can run.

    Counts the elements that a case passes when every call is made once, and names the first process with too many.
    """
    calls: dict[str, list[str]] = {key: [] for key in bundle.processes}
    for _, element in bundle.elements():
        if element.called is not None and element.called in bundle.processes:
            calls[element.process].append(element.called)
    expanded: dict[str, int] = {}
    try:
        inmost_first = list(TopologicalSorter(calls).static_order())
    except CycleError:
        # Said elsewhere.
        return
    for key in inmost_first:
        process = bundle.processes[key]
        expanded[key] = len(process.elements) + sum(expanded[called] for called in calls[key])
        if expanded[key] > MAX_BUNDLE_NODES:
            bundle.report.add(
                "calls-multiply", process.file, process.line, key, name=process.name, detail=str(MAX_BUNDLE_NODES)
            )
            return
