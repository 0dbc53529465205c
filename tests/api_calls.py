"""Calls of the API as one person: what went through, what was refused, and why."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class ApiError(AssertionError):
    """An answer that was not a success."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body

    @property
    def fields(self) -> set[str]:
        """The fields of a form that the answer complains of."""
        return {error["field"] for error in self.body.get("errors", ())}


@dataclass
class Refusal:
    """What `refused` caught, to be looked at after its block."""

    error: ApiError | None = None

    @property
    def fields(self) -> set[str]:
        assert self.error is not None
        return self.error.fields

    @property
    def detail(self) -> str:
        assert self.error is not None
        return str(self.error.body["detail"])


@contextmanager
def refused(status: int) -> Iterator[Refusal]:
    """A block that the API answers with this status and a sentence in Chinese."""
    caught = Refusal()
    try:
        yield caught
    except ApiError as error:
        assert error.status == status, error
        assert any("\u4e00" <= sign <= "\u9fff" for sign in error.body["detail"]), error
        caught.error = error
    else:
        raise AssertionError(f"went through, where {status} was due")


# (method, path, headers, json, multipart) → (status, parsed body)
Transport = Callable[[str, str, dict[str, str], Any, Any], tuple[int, Any]]


def flask_transport(app: Any) -> Transport:
    """Calls through the WSGI application."""
    client = app.test_client(use_cookies=False)

    def send(method: str, path: str, headers: dict[str, str], json: Any, multipart: Any) -> tuple[int, Any]:
        more = {"data": multipart, "content_type": "multipart/form-data"} if multipart else {"json": json}
        if method == "GET":
            more = {}
        response = client.open(f"/api/v1{path}", method=method, headers=headers, **more)
        if multipart:
            response.request.input_stream.close()  # the client's own copy of what it sent
        is_json = response.mimetype.endswith("json")
        return response.status_code, response.get_json(silent=True) if is_json else response.data

    return send


@dataclass
class Api:
    """Calls of one signed-in person (or of nobody)."""

    send: Transport
    token: str | None = None
    username: str | None = None

    def call(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        """The parsed answer; ApiError for anything but a success."""
        status, body = self.try_call(method, path, json, **more)
        if status >= 400:
            raise ApiError(status, body)
        return body

    def try_call(
        self, method: str, path: str, json: Any = None, *, headers: Mapping[str, str] | None = None, files: Any = None
    ) -> tuple[int, Any]:
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return self.send(method, path, sent, {} if json is None else json, files)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, json: Any = None, **more: Any) -> Any:
        return self.call("POST", path, json, **more)

    def upload(self, reference: str, code: str, content: bytes = PDF, name: str = "材料.pdf") -> Any:
        return self.post(f"/cases/{reference}/documents", files={"code": code, "file": (io.BytesIO(content), name)})
