"""BPMN bytes to an XML tree, trusting nothing: no DOCTYPE, no entities, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 40
MAX_ELEMENTS = 20_000


class DocumentRefused(Exception):
    """The bytes are not an acceptable XML document; `rule` is the gate's rule id, `line` where it was noticed."""

    def __init__(self, rule: str, line: int, detail: str = "") -> None:
        self.rule = rule
        self.line = line
        self.detail = detail
        super().__init__(f"{rule} (line {line}) {detail}")


def read_document(data: bytes) -> etree._Element:
    """Parse one file and return its root element.

    Raises DocumentRefused when the file is larger than MAX_BYTES, is not well-formed, carries a DOCTYPE (and with it
    any entity), or nests deeper or holds more elements than any drawn diagram does.
    """
    if len(data) > MAX_BYTES:
        raise DocumentRefused("file-too-large", 1, str(len(data)))
    # A parser of its own per call: lxml parsers are not to be shared between threads.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentRefused("xml-malformed", error.lineno or 1, error.msg or "") from error
    except ValueError as error:
        raise DocumentRefused("xml-malformed", 1, str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentRefused("doctype", 1)
    _check_bounds(root)
    return root


def _check_bounds(root: etree._Element) -> None:
    depth = count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
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
