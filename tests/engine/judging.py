"""Bundles put before the gate: what exists, what it answers, and the diagrams that its tests share."""

from collections.abc import Sequence

from tests.engine.drawing import diagram, end, line, shape, start, task, xor
from workflows.engine import Asked, Known, Summary, check_bundle

KNOWN = Known(
    forms=frozenset({"form", "p_form", "decided", "undecided"}),
    operations={
        "operation": frozenset(),
        "deadline": frozenset({"days"}),
        "draw": frozenset(),
        "route": frozenset(),
        "note": frozenset(),
        "prove": frozenset(),
        "sum": frozenset({"tasks"}),
        "sum_one": frozenset({"tasks"}),
        "sum_field": frozenset({"tasks"}),
    },
    roles=frozenset({"officer", "chief", "firm"}),
    statuses=frozenset({"REVIEW", "PAID"}),
    owners={"other": "other.bpmn"},
    decisions={"decided": ("accept", "refuse"), "undecided": ()},
    fields={"decided": {"decision": Asked(True, "choice"), "opinion": Asked(False, "textarea")}},
    summaries={
        "sum": Summary(frozenset({"accept", "refuse"})),
        "sum_one": Summary(frozenset({"accept", "refuse"}), one=True),
        "sum_field": Summary(frozenset(), frozenset({"score"})),
    },
    results={"route": ("required", "not_required"), "prove": ("lapsed", "not_delivered")},
    periods={"deadline": frozenset({"days"})},
    gives={"deadline": "instant", "draw": "people", "route": "word", "note": "nothing", "prove": "word", "sum": "word"},
    heard=frozenset({"firm"}),
    proofs=frozenset({"prove"}),
    messages={"m": (), "moved": (), "objection": ("heard",)},
    stages=frozenset({"P06", "P08b"}),
    reasons=frozenset({"CREDIT_VETO"}),
    due_parameters=frozenset({"proc.audit_days"}),
)


def check(*files: bytes, key: str = "p", **named: bytes):
    bundle = {("p.bpmn" if not index else f"file{index}.bpmn"): data for index, data in enumerate(files)}
    bundle.update({f"{name}.bpmn": data for name, data in named.items()})
    return check_bundle(bundle, key, known=KNOWN)


def rules(*files: bytes, **named: bytes) -> set[str]:
    return {finding.rule for finding in check(*files, **named)}


def straight(*middle: str, ids: tuple[str, ...], extra: str = "", **options) -> bytes:
    """begin → the given elements → done."""
    return diagram("p", start(), *middle, end(), line("begin", *ids, "done"), extra, **options)


def event(kind: str, definition: str, id: str = "odd", **attributes: str) -> bytes:
    return straight(task("a"), shape(kind, id, f"<bpmn:{definition}/>", **attributes), ids=("a", id))


TASK = straight(task("a"), ids=("a",))
LOOP = (
    start(),
    task("a"),
    xor("g", default="on"),
    end(),
    line("begin", "a", "g"),
)


def labels(cases: Sequence[tuple[str, bytes]]) -> list[str]:
    """Names of parametrised refusals: by place and rule."""
    return [f"{number}-{rule}" for number, (rule, _) in enumerate(cases)]


def refused(rule: str, data: bytes) -> None:
    """See that the rule refuses the diagram, and says where, why and how to mend it."""
    findings = [finding for finding in check(data) if finding.rule == rule]
    assert findings, f"{rule} not among {rules(data)}"
    for finding in findings:
        assert finding.file == "p.bpmn"
        assert finding.line >= 1
        for words in (finding.message_zh, finding.message_en, finding.mend_zh, finding.mend_en):
            assert words
            assert "{" not in words
