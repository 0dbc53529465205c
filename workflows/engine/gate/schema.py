"""The OMG's own XML schemas of BPMN 2.0: another tool must be able to open what is published here."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.report import Report

# One mistake often breaks what surrounds it as well: the first few lead to all of them.
MAX_SHOWN = 10

_NAMED = re.compile(r"'(?:\{[^}']*\})?([^']*)'")
_MISSING = re.compile(r"Missing child element\(s\).*?\}(\w+)")
_VALUE = re.compile(r"(?:: |The value )'([^']*)' is not")
_RULES = {
    "SCHEMAV_ELEMENT_CONTENT": "xsd-order",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "xsd-attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "xsd-attribute",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "xsd-required",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "xsd-text",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "xsd-text",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "xsd-value",
    "SCHEMAV_CVC_ENUMERATION_VALID": "xsd-value",
}

_lock = Lock()


def check_schema(bundle: Bundle) -> None:
    """Validate every file that nothing else was found in: the other rules speak plainer than a schema."""
    at_fault = {finding.file for finding in bundle.report.findings()}
    for file, root in bundle.roots.items():
        if file not in at_fault:
            _check_file(file, root, bundle.report)


def _check_file(file: str, root: etree._Element, report: Report) -> None:
    schema = _schema()
    # The schema object holds the errors of its last validation.
    with _lock:
        try:
            if schema.validate(root):
                return
        except etree.XMLSchemaValidateError as broken:
            # Not about the file: libxml2 could not get the memory that it needed.
            raise MemoryError from broken
        errors = [error for error, _ in zip(schema.error_log, range(MAX_SHOWN), strict=False)]
    for error in errors:
        owner = _owner(root, error.path)
        names = _NAMED.findall(error.message)
        rule = _RULES.get(error.type_name, "xsd-invalid")
        report.add(
            rule, file, error.line or 1, owner.get("id"), name=owner.get("name"), detail=_detail(rule, names, error)
        )


def _detail(rule: str, names: list[str], error: Any) -> str:
    """The names that the message is about, without namespaces: they read alike in every language."""
    if rule == "xsd-invalid" or not names:
        return re.sub(r"\{[^}]*\}", "", error.message)
    if rule == "xsd-order":
        missing = _MISSING.search(error.message)
        return f"{names[0]} → {missing[1]}" if missing else names[0]
    value = _VALUE.search(error.message)
    if rule == "xsd-value" and value is not None:
        return f'{names[1]}="{value[1]}"' if "attribute '" in error.message else f"{names[0]}: {value[1]}"
    # An attribute is named after its element.
    return names[1] if rule in ("xsd-attribute", "xsd-required") and len(names) > 1 else names[0]


def _owner(root: etree._Element, path: str | None) -> etree._Element:
    """The nearest element with an id around the place that the schema's processor names."""
    try:
        found = root.getroottree().xpath(path or "/*", namespaces={k: v for k, v in root.nsmap.items() if k})
    except etree.XPathError:
        found = []
    node = found[0] if found else root
    while node.get("id") is None and node.getparent() is not None:
        node = node.getparent()
    return node


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(XSD_PATH, parser))
