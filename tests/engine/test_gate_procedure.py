"""The gate: what the law asks to come before, figures that are confirmed, reasons, and who may waive what."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.engine.drawing import diagram, end, flow, line, service, start, task, xor
from tests.engine.judging import KNOWN, straight
from tests.engine.redrawing import Drawing
from tests.engine.shipped import LIBRARY, SCHEMES
from workflows import rules as law
from workflows.case import relied
from workflows.engine import Act, Asked, Known, Need, Read, Relied, check_bundle
from workflows.workshop import bundling, gatekeeper, inspection, procedure

ROOT = Path(__file__).parents[2]
# Named as forms, not as tasks: a check belongs to its form wherever it is filled.
FORMS = {"site_inspection", "district_approval", "objection_meeting"}
GRANT = frozenset({"operation"})
CHOICE = frozenset({"a", "b"})
STRICT = replace(
    KNOWN,
    forms=KNOWN.forms | {"p_sure"},
    acts={
        "reckon": Act("测算", frozenset({"note"})),
        "sure": Act("核定", forms=frozenset({"{scheme}_sure"})),
        "told": Act("告知", frozenset({"route"})),
    },
    needs=(
        Need("reckon", "没有测算不得承诺", GRANT, core=frozenset({"*"})),
        Need("sure", "按核定数支持", GRANT, core=frozenset({"other"})),
        Need("told", "须告知理由", statuses=frozenset({"REVIEW"}), core=frozenset({"*"}), anywhere=True),
    ),
    reads={
        "note": (Read("cost", "费用", confirmed=True, kind="money"), Read("only_there", "别处", "other")),
        "draw": (Read("site", "地点"),),
        "route": (Read("said", "陈述", always=False),),
    },
    confirming="{scheme}_sure",
    fields={
        "p_sure": {"cost": Asked(True, "money"), "level": Asked(True, "choice", CHOICE)},
        "form": {"site": Asked(False, "textfield")},
    },
    grounds={"refuse": frozenset({"why"})},
    demanded={"decided": {"accept": frozenset(), "refuse": frozenset({"why"})}},
)
SURE = task("sure", gc__form="{scheme}_sure")
RECKONED = straight(SURE, service("n", "note"), service("o"), ids=("sure", "n", "o"))


def found(data: bytes, known: Known = STRICT) -> set[str]:
    findings = check_bundle({"p.bpmn": data}, "p", known=known)
    assert all("{" not in words for each in findings for words in (each.message_zh, each.mend_zh, each.message_en))
    return {each.rule for each in findings}


def waiving(
    data: bytes,
    acts: str,
    basis: str = "关于简化查重的通知",
    number: str = "通经信绿〔2026〕1号",
    on: str = "2026-01-05",
) -> bytes:
    said = {"waives": acts, "waiverBasis": basis, "waiverNumber": number, "waiverDate": on}
    written = " ".join(f'gc:{name}="{value}"' for name, value in said.items() if value)
    return data.replace(b"<bpmn:process ", f"<bpmn:process {written} ".encode())


def refused(rule: str, data: bytes, known: Known = STRICT) -> None:
    assert found(data, known) == {rule}


def test_a_procedure_that_has_all_of_it_passes():
    assert found(RECKONED) == set()


def test_no_commitment_without_a_calculation_on_every_way():
    refused("core-act-missing", straight(SURE, service("o"), ids=("sure", "o")))
    around = diagram("p", start(), SURE, xor("g", default="past"), service("n", "note"), service("o"), end(),
                     line("begin", "sure", "g"), flow("g", "n", 'sure == "yes"'), flow("g", "o", None, "past"),
                     line("n", "o", "done"))  # fmt: skip
    refused("core-act-missing", around)


def test_a_way_that_asks_for_a_word_has_passed_whoever_gives_it():
    """What is called ends in two ways; each is told apart by the word that it leaves behind."""
    known = replace(STRICT, results={**KNOWN.results, "note": ("done",), "prove": ("lapsed", "not_delivered")},
                    gives={**KNOWN.gives, "note": "word"}, reads={})  # fmt: skip

    def drawn(condition: str, asks: str = "o", default: str = "gone") -> bytes:
        return diagram("p", start(), SURE, xor("h", default="past"), service("n", "note", "way"),
                       service("m", "prove", "way"), xor("j"), xor("g", default="out"), service("o"), end(),
                       end("gone"), line("begin", "sure", "h"), flow("h", "n", 'sure == "accept"'),
                       flow("h", "m", None, "past"), line("n", "j", "g"), flow("m", "j"), flow("g", asks, condition),
                       flow("g", default, None, "out"), line("o", "done"))  # fmt: skip

    lacks = "core-act-missing"
    assert lacks not in found(drawn('way == "done"'), known)
    assert lacks in found(drawn('way == "lapsed"'), known)
    assert lacks in found(drawn('way != "lapsed"'), known)
    # The default is taken for what no other way asks for.
    assert lacks in found(drawn('way == "done"', "gone", "o"), known)
    lapses_only = replace(known, results={**known.results, "prove": ("lapsed",)})
    assert lacks not in found(drawn('way == "lapsed"', "gone", "o"), lapses_only)
    # A word that two can give does not tell which of them was passed.
    assert lacks in found(drawn('way == "done"'), replace(known, results={**known.results, "prove": ("done",)}))


NOBODY_READS = replace(STRICT, reads={})


def test_what_is_not_core_may_be_waived_on_a_basis_and_nothing_else_may():
    reckons = straight(service("n", "note"), service("o"), ids=("n", "o"))
    refused("act-missing", reckons, NOBODY_READS)
    assert found(waiving(reckons, "sure"), NOBODY_READS) == set()
    for document in (("", "通经信绿〔2026〕1号", "2026-01-05"), ("简化", "通经信绿〔2026〕1号", "2026-01-05"),
                     ("关于简化查重的通知", "", "2026-01-05"), ("关于简化查重的通知", "2026年1号", "2026-01-05"),
                     ("关于简化查重的通知", "通经信绿〔2026〕1号", ""),
                     ("关于简化查重的通知", "通经信绿〔2026〕1号", "2026-02-30")):  # fmt: skip
        refused("waiver-basis", waiving(reckons, "sure", *document), NOBODY_READS)
    refused("waiver-basis", waiving(RECKONED, ""))
    refused("waiver-unknown", waiving(RECKONED, "gone"))
    refused("waiver-core", waiving(RECKONED, "reckon"))
    bare = waiving(straight(SURE, service("o"), ids=("sure", "o")), "reckon")
    assert found(bare) == {"waiver-core", "core-act-missing"}
    elsewhere = replace(NOBODY_READS, needs=(Need("sure", "按核定数支持", GRANT, core=frozenset({"p"})),))
    assert found(waiving(reckons, "sure"), elsewhere) == {"waiver-core", "core-act-missing"}


def test_an_adverse_end_has_its_reasons_told():
    assert "core-act-missing" in found(
        straight(SURE, ids=("sure",)).replace(b'id="done"', b'id="done" gc:status="REVIEW"')
    )


FIELDS = STRICT.fields
CASES = [
    ("figure-unconfirmed", {"p_sure": {}}, RECKONED),
    ("figure-optional", {"p_sure": {"cost": Asked(False, "money")}}, RECKONED),
    ("fact-kind", {"p_sure": {"cost": Asked(True, "textfield")}}, RECKONED),
    ("fact-unasked", {"form": {}}, straight(task("a"), service("d", "draw", "seats"), ids=("a", "d"))),
    ("fact-nowhere", {}, straight(service("r", "route", "way"), ids=("r",))),
]


@pytest.mark.parametrize(("rule", "fields", "data"), CASES, ids=[each[0] for each in CASES])
def test_what_is_read_is_asked_before(rule, fields, data):
    refused(rule, data, replace(STRICT, fields={**FIELDS, **fields}))


def test_a_choice_offers_what_its_reader_knows():
    def reading(*choices: str) -> Known:
        read = Read("level", "级别", confirmed=True, kind="choice", choices=frozenset(choices))
        return replace(STRICT, reads={"note": (read,)})

    assert found(RECKONED, reading("a", "b", "c")) == set()
    refused("fact-kind", RECKONED, reading("a"))


def test_a_decision_against_the_firm_demands_its_reason():
    decided = straight(task("a", gc__form="decided"), ids=("a",))
    assert found(decided) == set()
    silent = replace(STRICT, demanded={"decided": {"refuse": frozenset({"note"})}})
    refused("ground-missing", decided, silent)


def test_all_of_it_crosses_to_the_child_unchanged():
    read = Known.from_json(json.loads(json.dumps(STRICT.to_json())))
    assert (read.acts, list(read.needs), read.fields) == (STRICT.acts, list(STRICT.needs), STRICT.fields)
    assert {name: tuple(each) for name, each in read.reads.items()} == STRICT.reads
    assert (read.grounds, read.demanded) == (STRICT.grounds, STRICT.demanded)


def test_what_the_program_knows_by_its_id_keeps_id_and_form():
    known = replace(STRICT, relied={"pay": Relied("decided", "核对"), "say": Relied("form", "显示", exclusive=False)})
    assert found(straight(task("pay", gc__form="decided"), task("other"), ids=("pay", "other")), known) == set()
    refused("relied-id", straight(task("pay_now", gc__form="decided"), ids=("pay_now",)), known)
    refused("relied-form", straight(task("pay"), ids=("pay",)), known)


def test_every_task_that_the_program_names_is_on_the_list():
    """Ids of shipped tasks in the code of cases: a new one is declared, and then held to by the gate."""
    tasks = {
        node.get("id")
        for path, content in LIBRARY.items()
        if path.endswith(".bpmn")
        for node in Drawing(content).root.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}userTask")
    }
    named = {
        constant.value
        for room in ("case", "casework", "rehearsal")
        for module in (ROOT / "workflows" / room).rglob("*.py")
        if module.name not in ("relied.py", "summaries.py", "read_fields.py", "drawn.py", "reading.py")
        for constant in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(constant, ast.Constant) and constant.value in tasks
    }
    assert named - relied.TASKS.keys() - FORMS == set()
    assert relied.TASKS.keys() <= tasks


# The shipped diagrams, with something taken away


def judge(scheme: str, **changed: bytes) -> set[tuple[str, str | None]]:
    library = {**LIBRARY, **{path.replace("__", "/").replace("_bpmn", ".bpmn"): each for path, each in changed.items()}}
    findings = gatekeeper.judge(bundling.assemble(library, scheme), scheme, inspection.known())
    return {(each.rule, each.element) for each in findings}


def without(element: str, scheme: str = "retrofit") -> set[tuple[str, str | None]]:
    return judge(scheme, **{f"{scheme}_bpmn": Drawing(LIBRARY[f"{scheme}.bpmn"]).bypass(element).bytes})


def test_without_the_calculation_nothing_is_committed():
    """S1-2: it was published with no finding."""
    assert ("core-act-missing", "commit_award") in without("calculate_amount")


def test_without_duplicates_the_owners_have_to_name_a_basis():
    assert without("duplicate_check") == {("act-missing", "calculate_amount")}
    drawing = Drawing(LIBRARY["retrofit.bpmn"]).bypass("duplicate_check")
    drawing.process.set("{urn:greencase:bpmn:1}waives", "duplicates")
    drawing.process.set("{urn:greencase:bpmn:1}waiverBasis", "关于简化查重的通知第三条")
    drawing.process.set("{urn:greencase:bpmn:1}waiverNumber", "通经信绿〔2026〕1号")
    drawing.process.set("{urn:greencase:bpmn:1}waiverDate", "2026-01-05")
    assert judge("retrofit", retrofit_bpmn=drawing.bytes) == set()


def test_a_second_sheet_of_scores_that_would_lie_open_is_refused():
    path = "shared/expert_review.bpmn"
    content = (
        LIBRARY[path].replace(b'"score_application"', b'"score_once"').replace(b">score_application<", b">score_once<")
    )
    assert ("relied-id", "score_once") in judge("retrofit", shared__expert_review_bpmn=content)


def deleted(form: str, key: str) -> bytes:
    schema = json.loads(LIBRARY[f"forms/{form}.form"])

    def take(components: list[dict]) -> None:
        components[:] = [each for each in components if key not in (each.get("key"), each.get("path"))]
        for each in components:
            take(each.get("components", []))

    take(schema["components"])
    return json.dumps(schema).encode()


FIGURES = [
    (scheme, fact.name)
    for scheme, module in law.SCHEMES.items()
    for fact in module.FACTS
    if fact.default is None and not fact.optional
]


@pytest.mark.parametrize(("scheme", "key"), FIGURES, ids=[f"{a}: {b}" for a, b in FIGURES])
def test_no_figure_of_an_article_can_be_deleted_from_its_confirmation(scheme, key):
    """S1-1: 核定总投资 and 上年度排放量 were deleted, and gate, rehearsal and scenario tests said fine."""
    library = {**LIBRARY, f"forms/{scheme}_verified.form": deleted(f"{scheme}_verified", key)}
    findings = gatekeeper.judge(bundling.assemble(library, scheme), scheme, inspection.known())
    assert ("figure-unconfirmed", "calculate_amount") in {(each.rule, each.element) for each in findings}


READ = [
    ("retrofit", "district_approval", "district_approved_on", "commit_award"),
    ("retrofit", "formality_check", "correction_items", "open_correction"),
    ("retrofit", "credit_check", "credit_finding", "settle_credit"),
    ("carbon_neutral", "carbon_neutral_review", "third_party", "route_third_party"),
    ("retrofit", "disbursement", "voucher_no", "settle_payment"),
]


@pytest.mark.parametrize(("scheme", "form", "key", "element"), READ, ids=[each[2] for each in READ])
def test_what_an_operation_reads_cannot_be_deleted(scheme, form, key, element):
    take = partial(deleted, form)
    findings = gatekeeper.judge(
        bundling.assemble({**LIBRARY, f"forms/{form}.form": take(key)}, scheme), scheme, inspection.known()
    )
    assert ("fact-unasked", element) in {(each.rule, each.element) for each in findings}


def test_no_refusal_without_a_reason_in_its_form():
    library = {**LIBRARY, "forms/retrofit_verified.form": deleted("retrofit_verified", "reason_code")}
    findings = gatekeeper.judge(bundling.assemble(library, "retrofit"), "retrofit", inspection.known())
    assert ("ground-missing", "confirm_verified") in {(each.rule, each.element) for each in findings}


def test_what_is_never_waived_is_decided():
    """认定 (article 2) everywhere, 核定 where the article says so, reasons of what is adverse."""
    core = {scheme: {need.act for need in procedure.NEEDS if need.is_core(scheme)} for scheme in SCHEMES}
    everywhere = set.intersection(*core.values())
    assert everywhere == {"submission", "calculation", "approval", "commitment", "recognition", "payment", "refusal",
                          "veto", "forfeit", "non_acceptance", "recovery_notice", "recovery_review", "recovery_meeting",
                          "recovery"}  # fmt: skip
    confirmed = {scheme for scheme, acts in core.items() if "confirmation" in acts}
    assert confirmed == {"retrofit", "carbon_intensity", "renewable_energy"}
    assert {need.act for need in procedure.NEEDS} == procedure.ACTS.keys()
