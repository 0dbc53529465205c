"""The shipped diagrams, damaged at random: the gate answers with findings, and what it passes never gets stuck."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from tests.engine.shipped import PAYLOADS, Case, bundle
from workflows.engine import check_bundle, compile_bundle
from workflows.engine.gate import Known, judge
from workflows.engine.model import FLOW_NODES, bpmn

FILES = bundle("retrofit")
NOBODY = Known(frozenset(), {}, frozenset(), frozenset())
WORDS = ("", "x", "1", "Start", "P1D", "__import__", "a b", "true", "false", "\u200b", "9" * 30)


def mutate(chance: random.Random) -> dict[str, bytes]:
    files = dict(FILES)
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice(list(files))
        root = etree.fromstring(files[name])
        process = root.find(bpmn("process"))
        anything = list(process.iterdescendants(etree.Element))
        flows = process.findall(bpmn("sequenceFlow"))
        nodes = [node for kind in sorted(FLOW_NODES) for node in process.findall(bpmn(kind)) if node.get("id")]
        one, other = chance.sample(nodes, 2)
        match chance.randrange(8):
            case 0:
                victim = chance.choice(anything)
                victim.getparent().remove(victim)
            case 1:
                victim = chance.choice([node for node in anything if node.attrib])
                del victim.attrib[chance.choice(list(victim.attrib))]
            case 2:
                chance.choice(flows).set("targetRef", one.get("id"))
            case 3:
                chance.choice(flows).set("sourceRef", one.get("id"))
            case 4:
                one.tag = other.tag
            case 5:
                victim = chance.choice([node for node in anything if node.attrib])
                victim.set(chance.choice(list(victim.attrib)), chance.choice(WORDS))
            case 6:
                drawn = {"id": "new", "sourceRef": one.get("id"), "targetRef": other.get("id")}
                etree.SubElement(process, bpmn("sequenceFlow"), drawn)
            case 7:
                first, second = chance.sample(flows, 2)
                target = first.get("targetRef")
                first.set("targetRef", second.get("targetRef"))
                second.set("targetRef", target)
        files[name] = etree.tostring(root)
    return files


class Wanderer(Case):
    """Also answers messages that the shipped diagrams do not have."""

    def deliver(self, message: str, **payload: str) -> None:
        super().deliver(message, **(payload or {message: "x"} if message not in PAYLOADS else payload))


@pytest.mark.parametrize("seed", range(60))
def test_damage_is_found_or_harmless(seed):
    chance = random.Random(seed)
    files = mutate(chance)
    findings, _ = judge(files, "retrofit")
    assert not [finding for finding in findings if finding.rule == "unreadable"]
    assert len(check_bundle(files, "retrofit", known=NOBODY)) >= len(findings)
    if findings:
        return
    diagrams = compile_bundle(files, "retrofit")
    case = Wanderer(diagrams, lambda values: values[0] if chance.random() < 0.7 else chance.choice(values))
    for _ in range(60):
        if case.ended is not None:
            break
        case.move()


def test_many_threads_run_cases_on_one_compiled_bundle():
    diagrams = compile_bundle(FILES, "retrofit")

    def run(_: int) -> str | None:
        case = Case(diagrams, lambda values: values[0])
        while case.ended is None:
            case.move()
        return case.ended.status

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(run, range(12))) == ["PAID"] * 12
