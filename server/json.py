"""JSON in and out: strict reading, no NaN, no floats where money stands, no control characters in strings."""

import re
from typing import Any

import orjson

from workflows.errors import FieldError as Problem
from workflows.errors import Invalid, Unreadable

# Nothing that the API takes is nested deeper than a table in a form; what walks a value may recurse.
DEEPEST = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def dumps(value: object) -> bytes:
    return orjson.dumps(value)


def loads(body: bytes) -> Any:
    """Parse a request body.

    Raises Unreadable for what is not JSON (NaN and 1e309 are not) or nested too deep, Invalid for control characters.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("请求内容不是有效的JSON。") from None
    _refuse_control_characters(value, "", DEEPEST)
    return value


def has_control_characters(text: str) -> bool:
    """Whether a text holds control characters other than tab and line break: nobody types or sees those."""
    return _CONTROL.search(text) is not None


def _refuse_control_characters(value: Any, path: str, levels: int) -> None:
    if levels < 0:
        raise Unreadable("请求内容嵌套过深。")
    if isinstance(value, str):
        if has_control_characters(value):
            raise Invalid(
                "内容含有不可见字符。", errors=[Problem(path[:200], "内容含有不可见字符，请删除后重新提交。")]
            )
    elif isinstance(value, dict):
        for key, each in value.items():
            _refuse_control_characters(key, path, levels)
            _refuse_control_characters(each, f"{path}.{key}" if path else key, levels - 1)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _refuse_control_characters(each, f"{path}.{number}" if path else str(number), levels - 1)
