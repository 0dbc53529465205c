"""The schema of an answer is the shape that the type checker holds the use case to: a TypedDict as JSON Schema."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from server.api.route import Schema, answers

_PLAIN: Mapping[Any, str] = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}


def of(shape: Any) -> dict[str, Any]:
    """A JSON object with every key of a TypedDict, of its type; all are required but those that may be left out.

    What has no closer description, a form or what a form holds, may be anything.
    """
    kinds = get_type_hints(shape, include_extras=True)
    # Asked of the types: `__required_keys__` does not see NotRequired where annotations are kept as texts.
    return {
        "type": "object",
        "properties": {name: _schema(kind) for name, kind in kinds.items()},
        "required": [name for name, kind in kinds.items() if get_origin(kind) is not NotRequired],
    }


def all_of(shape: Any) -> dict[str, Any]:
    """A list that is answered whole: `next` is always null."""
    return answers(items={"type": "array", "items": of(shape)}, next={"type": "null"})


def _schema(kind: Any) -> Schema:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if is_typeddict(kind):
        return of(kind)
    if origin is NotRequired:
        return _schema(arguments[0])
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, UnionType):
        return _either(arguments)
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin in (dict, Mapping):
        return {"type": "object"} | ({} if arguments[1] is Any else {"additionalProperties": _schema(arguments[1])})
    return {}


def _either(kinds: tuple[Any, ...]) -> Schema:
    if all(kind in _PLAIN for kind in kinds):
        return {"type": [_PLAIN[kind] for kind in kinds]}
    return {"anyOf": [_schema(kind) for kind in kinds]}
