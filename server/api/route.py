"""One declaration a call: address, who, what comes in and goes out. It routes, guards, validates and documents."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Blueprint, Response, g, request
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from server.access import allow, current_actor, find_actor, open_to_all
from server.clock import machine_now
from server.json import dumps, loads
from storage import system
from workflows.errors import Conflict, FieldError, Invalid, TooLarge, Unreadable, UnsupportedType

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

Schema = Mapping[str, Any]

JSON = "application/json"
MULTIPART = "multipart/form-data"
NOBODY = 0
"""Stands for a caller who is not signed in, among the ids of people."""
_KEY = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class Call:
    """What one call promises; the OpenAPI document is made from these and from nothing else."""

    method: str
    rule: str
    summary: str
    roles: tuple[str, ...]
    public: bool
    body: Schema | None
    query: Mapping[str, Schema] = field(default_factory=dict)
    answer: Schema = field(default_factory=lambda: {"type": "object"})
    status: int = 200
    errors: tuple[int, ...] = ()
    consumes: tuple[str, ...] = (JSON,)
    """The content types of the body. What is neither JSON nor a multipart form reaches the view as `content`, bytes."""
    produces: str = JSON
    most_bytes: int | None = None
    """The largest body; None is the application's limit."""
    form: Schema | None = None
    """What a multipart form holds that is taken instead of the JSON body; the view then gets `data` as None."""
    kept: bool = True
    """Whether the answer may be kept for a repeated Idempotency-Key; a secret may not."""


CALLS: list[Call] = []

Answer = Any


def text(most: int = 200, least: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def record(required: tuple[str, ...] = (), **properties: Schema) -> dict[str, Any]:
    """A JSON object that takes these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def answers(**properties: Schema) -> dict[str, Any]:
    """An answer with at least these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def listing(item: Schema) -> dict[str, Any]:
    return answers(items={"type": "array", "items": item}, next={"type": ["string", "null"]})


PAGE_QUERY: dict[str, Schema] = {
    "cursor": text(200),
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
}


def call(
    method: str,
    rule: str,
    *roles: str,
    summary: str,
    public: bool = False,
    body: Schema | None = None,
    query: Mapping[str, Schema] | None = None,
    answer: Schema | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
    consumes: str | tuple[str, ...] = JSON,
    produces: str = JSON,
    most_bytes: int | None = None,
    form: Schema | None = None,
    kept: bool = True,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register a call. The view gets path arguments, `data` (the checked body) and `query` (the checked query)."""
    declared = Call(
        method,
        rule,
        summary,
        roles,
        public,
        body,
        query or {},
        answer or {"type": "object"},
        status,
        errors,
        (consumes,) if isinstance(consumes, str) else consumes,
        produces,
        most_bytes,
        form,
        kept,
    )
    CALLS.append(declared)
    validator = Draft202012Validator(body) if body is not None and JSON in declared.consumes else None

    def decorate(view: Callable[..., Answer]) -> Callable[..., Answer]:
        def handle(**arguments: Any) -> Response:
            raw = b""
            if declared.query:
                arguments["query"] = _read_query(declared.query)
            if declared.most_bytes:
                request.max_content_length = declared.most_bytes
            if declared.form is not None and request.mimetype == MULTIPART:
                arguments["data"] = None
            elif validator is not None:
                raw = _read_body()
                if raw and request.mimetype != JSON:
                    raise UnsupportedMediaType
                arguments["data"] = _check(validator, loads(raw) if raw else {})
            elif body is not None and request.mimetype not in declared.consumes:
                raise UnsupportedType(f"请以{'或'.join(declared.consumes)}方式提交。")
            elif body is not None and MULTIPART not in declared.consumes:
                raw = arguments["content"] = _read_body()
            return _once(declared, raw, lambda: view(**arguments))

        handle.__name__ = view.__name__
        handle.__doc__ = view.__doc__
        guarded = open_to_all(handle) if public else allow(*roles)(handle)
        endpoint = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
        blueprint.add_url_rule(rule, endpoint, guarded, methods=[method])
        return view

    return decorate


def _read_body() -> bytes:
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        raise TooLarge("提交的内容过大，请减少后重试。") from None


def _check(validator: Draft202012Validator, value: Any) -> Any:
    errors = sorted(validator.iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
    if errors:
        raise Invalid("提交的内容有误，请按提示修改。", errors=[_sentence(error) for error in errors[:50]])
    return value


def _sentence(error: ValidationError) -> FieldError:
    """A Chinese sentence for a schema error; input is never echoed."""
    where = ".".join(map(str, error.absolute_path))
    match error.validator:
        case "required":
            missing = str(error.message).split("'")[1]
            return FieldError(f"{where}.{missing}" if where else missing, "此项必填。")
        case "additionalProperties":
            schema, instance = cast(Mapping[str, Any], error.schema), cast(Mapping[str, Any], error.instance)
            names = [name for name in instance if name not in schema.get("properties", {})]
            return FieldError((f"{where}." if where else "") + str(names[0])[:60], "没有这一项，请删除后重新提交。")
        case "enum" | "const":
            options = "、".join(map(str, error.validator_value)) if isinstance(error.validator_value, list) else ""
            return FieldError(where, f"取值不在可选范围内：{options}。")
        case "maxLength":
            return FieldError(where, f"不得超过{error.validator_value}字。")
        case "minLength":
            return FieldError(where, f"不得少于{error.validator_value}字。")
        case "type":
            return FieldError(where, "类型有误：金额、数量等须以文本填写。")
        case "pattern" | "format":
            return FieldError(where, "格式有误。")
        case "minItems" | "maxItems":
            return FieldError(where, "条数不在允许范围内。")
        case _:
            return FieldError(where, "取值不符合要求。")


def _read_query(declared: Mapping[str, Schema]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    unknown = [name for name in request.args if name not in declared]
    if unknown:
        raise Invalid("查询条件有误。", errors=[FieldError(unknown[0][:60], "没有这一查询条件。")])
    for name, schema in declared.items():
        given = request.args.get(name)
        if given is None or given == "":
            continue
        number = schema.get("type") == "integer"
        if number and not (given.isascii() and given.isdecimal() and len(given) <= 9):
            raise Invalid("查询条件有误。", errors=[FieldError(name, "应为整数。")])
        values[name] = int(given) if number else given
    return dict(_check(Draft202012Validator({"type": "object", "properties": dict(declared)}), values))


def _once(declared: Call, raw: bytes, act: Callable[[], Answer]) -> Response:
    """Run the view; a POST that repeats an Idempotency-Key gets the first answer again."""
    key = request.headers.get("Idempotency-Key", "")
    if declared.method != "POST" or not declared.kept or not key:
        return _respond(declared, act())
    if not _KEY.fullmatch(key):
        raise Unreadable("Idempotency-Key应为不超过200个可见的ASCII字符。")
    actor = find_actor()
    owner, key = (actor.id, key) if actor else (NOBODY, f"{request.remote_addr} {key}")
    fingerprint = _fingerprint(declared, raw)
    found = system.take_key(g.session, owner, key, fingerprint, machine_now())
    if found is not None:
        if found.request_hash != fingerprint:
            raise Conflict("同一Idempotency-Key不能用于不同的请求。")
        return Response(found.body, status=found.status, mimetype=declared.produces)
    response = _respond(declared, act())
    system.keep_answer(g.session, owner, key, response.status_code, response.get_data())
    return response


def _fingerprint(declared: Call, raw: bytes) -> str:
    """The digest of what is asked for: the address and the whole body, files included."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + raw)
    if request.mimetype == MULTIPART:
        for name, value in sorted(request.form.items()):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(request.files.items()):
            digest.update(f"{name}={file.filename}\n".encode())
            digest.update(hashlib.file_digest(file.stream, "sha256").digest())  # type: ignore[arg-type]
            file.stream.seek(0)
    return digest.hexdigest()


def _respond(declared: Call, answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    if answer is None:
        return Response(status=204)
    return Response(dumps(answer), status=declared.status, mimetype=declared.produces)


def caller() -> Any:
    return current_actor()
