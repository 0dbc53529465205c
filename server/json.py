"""JSON in and out: strict reading, no NaN, no floats where money stands, no control characters in strings."""

from typing import Any

import orjson

from workflows.errors import FieldError as Problem
from workflows.errors import Invalid, Unreadable


def dumps(value: object) -> bytes:
    return orjson.dumps(value)


def loads(body: bytes) -> Any:
    """Parse a request body; Unreadable for what is not JSON (NaN and 1e309 are not), Invalid for control characters."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("请求内容不是有效的JSON。") from None
    except RecursionError:
        raise Unreadable("请求内容嵌套过深。") from None
    _refuse_control_characters(value, "")
    return value


def _refuse_control_characters(value: Any, path: str) -> None:
    if isinstance(value, str):
        if any(ord(character) < 32 and character not in "\t\n\r" for character in value):
            raise Invalid(
                "内容含有不可见字符。", errors=[Problem(path[:200], "内容含有不可见字符，请删除后重新提交。")]
            )
    elif isinstance(value, dict):
        for key, each in value.items():
            _refuse_control_characters(key, path)
            _refuse_control_characters(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _refuse_control_characters(each, f"{path}.{number}" if path else str(number))
