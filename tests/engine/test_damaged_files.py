"""Shipped files, damaged as text: cut, doubled, swapped and overwritten bytes end in findings, never in an error."""

import random

import pytest

from tests.engine.shipped import LIBRARY
from workflows.engine import check_file, scope_of_variables
from workflows.workshop import bundling, gatekeeper, inspection

KNOWN = inspection.known()
BUNDLE = bundling.assemble(LIBRARY, "retrofit")
BITS = (
    b"<", b">", b"/", b'"', b"&", b"&#0;", b"&#x41;", b"]]>", b"<!--", b"<![CDATA[", b"\0", b"\xff", b"<?x?>",
    b"\xef\xbb\xbf", b"<!DOCTYPE x>", b' xmlns=""', b' xmlns:bpmn="urn:x"', b' id="retrofit"', b"<bpmn:x/>",
    "\u202e".encode(), b" " * 5000,
)  # fmt: skip


def damaged(chance: random.Random, data: bytes) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 4))):
        start = chance.randrange(len(data))
        stop = min(len(data), start + chance.choice((1, 1, 5, 40, 400, 4000)))
        piece = data[start:stop]
        put = chance.choice(
            (b"", piece * 2, piece[::-1], chance.choice(BITS), chance.choice(BITS) + piece, piece.swapcase())
        )
        data = data[:start] + put + data[stop:]
    return data


@pytest.mark.parametrize("seed", range(80))
def test_damage_ends_in_findings(seed):
    chance = random.Random(seed)
    path = chance.choice([name for name in BUNDLE if name.endswith(".bpmn")])
    key = path.rpartition("/")[2].removesuffix(".bpmn")
    data = damaged(chance, BUNDLE[path])
    hostile = check_file(path, data, key)
    found = gatekeeper.judge({**BUNDLE, path: data}, "retrofit", KNOWN)
    assert not [finding for finding in [*hostile, *found] if finding.rule == "unreadable"]
    assert not hostile or found
    scope_of_variables({**BUNDLE, path: data}, "retrofit")
