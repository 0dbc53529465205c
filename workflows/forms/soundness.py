"""From bytes to a JSON object that is safe to walk: bounded in size and depth, without doubles; and texts that may be
shown: printable and no markup. So nothing behind has to fear depth, size or odd characters.
"""

import json
import re
from typing import Any

from workflows.forms.refusals import FormRefused, Place, shortened

MAX_BYTES = 512 * 1024
MAX_DEPTH = 16
MAX_TEXT = 4000
WHOLE = Place("form", "表单")

# Line breaks and tabs may stand in a text. What reverses the direction of writing makes a label read as another one;
# half a character pair cannot be stored.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"<\s*[/!?]?\s*[a-z]|javascript\s*:", re.IGNORECASE)


def read_json(text: bytes) -> dict[str, Any]:
    """The JSON object that the bytes of a form hold. Raises FormRefused."""
    if len(text) > MAX_BYTES:
        raise FormRefused(WHOLE, f"larger than {MAX_BYTES} bytes", f"超过{MAX_BYTES // 1024}KB，请拆分")
    try:
        schema = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except FormRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise FormRefused(
            WHOLE, f"not readable as JSON: {error}", "文件不是有效的JSON，或嵌套过深，无法读取"
        ) from error
    if not isinstance(schema, dict) or schema.get("type") != "default":
        raise FormRefused(
            WHOLE, 'not a form-js schema: "type" must be "default"', "文件不是表单：须为表单编辑器导出的.form文件"
        )
    _check_depth(schema)
    return schema


def read_harmless(text: bytes) -> dict[str, Any]:
    """As `read_json`, and every text in it is checked: what may be kept while somebody works on it."""
    schema = read_json(text)
    check_texts(schema, WHOLE, within=True)
    return schema


def check_texts(mapping: dict[str, Any], where: Place, *, within: bool = False) -> None:
    """Refuses texts that cannot be shown or are markup, names included; in the components `within` too, or not."""
    waiting = [(name, value) for name, value in mapping.items() if within or name != "components"]
    for name in mapping:
        _judge("name", name, where)
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            _judge(name, value, where)
        elif isinstance(value, dict):
            waiting += [(each, each) for each in value] + list(value.items())
        elif isinstance(value, list):
            waiting += [(name, each) for each in value]


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({shortened(name) for name in names if names.count(name) > 1})
        said = ", ".join(twice)
        raise FormRefused(WHOLE, f"named twice in one object: {said}", f"同一处重复写了“{said}”，读取时会丢失其中之一")
    return found


def _no_constant(name: str) -> Any:
    raise FormRefused(WHOLE, f"{name} is no number", f"含有不是数字的数值{name}")


def _check_depth(schema: dict[str, Any]) -> None:
    waiting: list[tuple[Any, int]] = [(schema, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise FormRefused(WHOLE, f"nested deeper than {MAX_DEPTH} levels", f"嵌套超过{MAX_DEPTH}层，请减少分组层次")
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(each, depth + 1) for each in inner]


def _judge(name: str, text: str, where: Place) -> None:
    shown = shortened(text)
    if len(text) > MAX_TEXT:
        raise FormRefused(where, f"a text is longer than {MAX_TEXT} characters", f"中的文字“{shown}”超过{MAX_TEXT}字")
    if _UNPRINTABLE.search(text):
        raise FormRefused(
            where,
            f"{shown!r} holds characters that cannot be shown",
            f"中的文字“{shown}”含有不可见的控制字符，请删去",
        )
    if name != "pattern" and _MARKUP.search(text):
        raise FormRefused(where, f"{shown!r} holds markup", f"中的文字“{shown}”含有网页代码，只能是纯文字")
