"""BPMN bytes to an XML tree, trusting nothing: no DOCTYPE, no entities, no network, bounded size and depth.

The bounds are several times what the largest shipped diagram holds. What costs memory while it is parsed is counted
in the bytes first, so that no file makes the parser build a tree that would only be thrown away.
"""

from __future__ import annotations

import re

from lxml import etree

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_ELEMENTS = 10_000
# An element has two tags; an attribute, a namespace and most conditions have an equals sign.
MAX_TAGS = 2 * MAX_ELEMENTS + 2_000
MAX_ATTRIBUTES = 25_000
MAX_ATTRIBUTES_OF_ONE = 100
MAX_VALUE = 10_000

_DECLARED_ENCODING = re.compile(r"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{0,40})["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class DocumentRefused(Exception):
    """The bytes are not an acceptable XML document; `rule` is the gate's rule id, `line` where it was noticed."""

    def __init__(self, rule: str, line: int, detail: str = "") -> None:
        self.rule = rule
        self.line = line
        self.detail = detail
        super().__init__(f"{rule} (line {line}) {detail}")


def read_document(data: bytes) -> etree._Element:
    """Parse one file and return its root element.

    Raises DocumentRefused when the file is larger than MAX_BYTES, is not UTF-8, is not well-formed, carries a DOCTYPE
    (and with it any entity) or a processing instruction, or nests deeper or holds more elements than any drawn
    diagram does.
    """
    _check_bytes(data)
    # A parser of its own per call: lxml parsers are not to be shared between threads. The encoding is given, so that
    # nothing in the bytes can make the parser see another text than the one that was looked at here.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # libxml2 repeats the place at the end of what it says.
        raise DocumentRefused("xml-malformed", error.lineno or 1, (error.msg or "").split(", line ")[0]) from error
    except ValueError as error:
        raise DocumentRefused("xml-malformed", 1, str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentRefused("doctype", 1)
    for beside in (*root.itersiblings(preceding=True), *root.itersiblings()):
        raise DocumentRefused("processing-instruction", beside.sourceline or 1, _target(beside))
    _check_bounds(root)
    return root


def _check_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise DocumentRefused("file-too-large", 1, str(MAX_BYTES))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentRefused("encoding", data.count(b"\n", 0, error.start) + 1) from error
    declared = _DECLARED_ENCODING.match(text)
    if declared is not None and declared[1].lower() not in _ENCODINGS:
        raise DocumentRefused("encoding", 1, declared[1])
    for sign, most in (("<", MAX_TAGS), ("=", MAX_ATTRIBUTES)):
        if text.count(sign) > most:
            raise DocumentRefused("xml-too-many-elements", 1, str(most))
    # Attribute values would be expanded while parsing, whatever the parser is told about entities.
    start = text.find("<!DOCTYPE")
    if start >= 0:
        raise DocumentRefused("doctype", text.count("\n", 0, start) + 1)


def _target(node: etree._Element) -> str:
    return str(getattr(node, "target", ""))


def _check_bounds(root: etree._Element) -> None:
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "pi")):
        if event == "pi":
            raise DocumentRefused("processing-instruction", element.sourceline or 1, _target(element))
        if event == "end":
            depth -= 1
            continue
        depth += 1
        count += 1
        if depth > MAX_DEPTH:
            raise DocumentRefused("xml-too-deep", element.sourceline or 1, str(MAX_DEPTH))
        if count > MAX_ELEMENTS:
            raise DocumentRefused("xml-too-many-elements", element.sourceline or 1, str(MAX_ELEMENTS))
        if not isinstance(element.tag, str):
            # With resolve_entities=False an undeclared reference would survive as an Entity node.
            raise DocumentRefused("doctype", element.sourceline or 1)
        if len(element.attrib) > MAX_ATTRIBUTES_OF_ONE:
            raise DocumentRefused("xml-too-many-elements", element.sourceline or 1, str(MAX_ATTRIBUTES_OF_ONE))
        if any(len(value) > MAX_VALUE for value in element.attrib.values()):
            raise DocumentRefused("value-too-long", element.sourceline or 1, str(MAX_VALUE))
