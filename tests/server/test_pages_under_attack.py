"""Pages as browsers, foreign sites and broken parts treat them: always a page with a sentence, never half-done."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import create_app
from server.settings import Settings
from tests.contract_client import PASSWORD, Office
from tests.server import files
from tests.server.signing_in import bearer, put_into_cookie, token_of


@pytest.fixture
def browser_of_e01(shared_app: Flask) -> FlaskClient:
    client = shared_app.test_client()
    put_into_cookie(client, token_of(shared_app, "e01"))
    return client


def csrf_token(client: FlaskClient, path: str = "/my") -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None
    return found.group(1)


def assert_page(response: TestResponse, status: int, *words: str) -> None:
    """A page of ours with this status that says these words."""
    page = response.get_data(as_text=True)
    assert (response.status_code, response.mimetype) == (status, "text/html"), page[:300]
    assert '<html lang="zh-CN"' in page
    for word in words:
        assert word in page


def test_a_form_without_its_token_is_refused_with_a_sentence(browser_of_e01: FlaskClient) -> None:
    assert_page(browser_of_e01.post("/signout"), 400, "没有提交", "刷新页面")
    assert_page(browser_of_e01.post("/signout", data={"csrf_token": "x" * 90}), 400, "没有提交")
    assert browser_of_e01.get("/my").status_code == 200, "still signed in"


def test_nobody_is_signed_in_by_a_foreign_page(shared_app: Flask) -> None:
    response = shared_app.test_client().post("/signin", data={"username": "e01", "password": PASSWORD})
    assert_page(response, 400, "没有提交")


def test_a_token_of_another_session_is_refused(shared_app: Flask, browser_of_e01: FlaskClient) -> None:
    other = shared_app.test_client()
    put_into_cookie(other, token_of(shared_app, "e02"))
    assert_page(browser_of_e01.post("/signout", data={"csrf_token": csrf_token(other)}), 400)


def test_signing_out_ends_the_cookie_wherever_it_was_copied(shared_app: Flask, browser_of_e01: FlaskClient) -> None:
    with browser_of_e01.session_transaction() as cookie:
        copied = cookie["_user_id"]
    response = browser_of_e01.post("/signout", data={"csrf_token": csrf_token(browser_of_e01)})
    assert response.status_code == 303
    thief = shared_app.test_client()
    put_into_cookie(thief, copied)
    assert "/signin" in thief.get("/my").headers["Location"]


def test_an_expired_session_leads_to_the_sign_in_page_and_back(shared_app: Flask) -> None:
    client = shared_app.test_client()
    put_into_cookie(client, token_of(shared_app, "e01", hours=-1))
    location = client.get("/my").headers["Location"]
    assert location.startswith("/signin?") and "next=%2Fmy" in location.replace("/my", "%2Fmy")


def test_a_bearer_token_opens_no_page(shared_app: Flask) -> None:
    response = shared_app.test_client().get("/my", headers=bearer(token_of(shared_app, "e01")))
    assert (response.status_code, "/signin" in response.headers["Location"]) == (302, True)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_signing_in_leads_nowhere_else(shared_app: Flask, wanted: str) -> None:
    client = shared_app.test_client()
    token = csrf_token(client, "/signin")
    body = {"csrf_token": token, "username": "e01", "password": PASSWORD, "next": wanted}
    response = client.post("/signin", data=body)
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/") and "evil" not in response.headers["Location"]


def test_the_cookie_is_for_us_and_for_no_script(shared_app: Flask) -> None:
    response = shared_app.test_client().get("/signin")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_no_page_may_be_framed_or_run_foreign_scripts(shared_app: Flask) -> None:
    headers = shared_app.test_client().get("/signin").headers
    policy = headers["Content-Security-Policy"].split("; ")
    # The last: a <base> that got into a page would send its forms and scripts elsewhere.
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/nothing", "/cases/nobody", "/static/nothing.js", "/static/%00", "/static/../settings.py", "/cases/%00"]
)
def test_what_is_not_there_is_a_page(browser_of_e01: FlaskClient, path: str) -> None:
    response = browser_of_e01.get(path)
    assert_page(response, 404)
    response.close()


def test_a_wrong_method_and_too_much_are_pages(browser_of_e01: FlaskClient) -> None:
    assert_page(browser_of_e01.put("/signin"), 405)
    assert_page(browser_of_e01.post("/signin", data={"username": "x" * 10_000_000}), 413)
    assert_page(browser_of_e01.get("/my?q=%00"), 422)


def test_what_people_type_is_shown_as_text(shared_office: Office, browser_of_e01: FlaskClient, batch: int) -> None:
    reference = shared_office.apply("e01", title="<script>alert(1)</script>{{7*7}}", batch=batch)
    page = browser_of_e01.get(f"/cases/{reference}").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page and "49</" not in page


def test_a_big_file_passes_through_the_page(shared_office: Office, browser_of_e01: FlaskClient, batch: int) -> None:
    """The token of the form is looked for before the upload is taken: it must not stop at the limit of forms."""
    reference = shared_office.apply("e01", batch=batch)
    body = {
        "csrf_token": csrf_token(browser_of_e01),
        "code": "DOC_OTHER",
        "file": (io.BytesIO(files.PDF + bytes(5_000_000)), "大.pdf"),
    }
    response = browser_of_e01.post(f"/cases/{reference}/documents", data=body, content_type="multipart/form-data")
    response.request.input_stream.close()  # the client's own copy
    assert response.status_code in (200, 201, 302, 303), response.get_data(as_text=True)[:500]
    assert len(shared_office.as_("e01").get(f"/cases/{reference}/documents")["items"]) == 1


@pytest.fixture
def without_database(settings: Settings) -> Iterator[Flask]:
    address = settings.database_url.rpartition("@")[2].partition("/")[0]
    app = create_app(replace(settings, database_url=settings.database_url.replace(address, "127.0.0.1:9")))
    yield app
    app.extensions["greencase"].database.dispose()


def test_without_the_database_a_page_says_so(without_database: Flask) -> None:
    client = without_database.test_client()
    for path in ("/", "/signin"):
        assert_page(client.get(path), 503, "数据库暂时不可用")
    put_into_cookie(client, "x" * 43)
    for path in ("/", "/signin", "/my", "/cases/TZL2026000001"):
        assert_page(client.get(path), 503, "数据库暂时不可用")
    assert_page(client.get("/nothing"), 404)


@pytest.mark.parametrize("path", ["/apply", "/demo/clock", "/signin"])
def test_a_form_with_a_nul_is_refused_whatever_page_it_is_of(browser_of_e01: FlaskClient, path: str) -> None:
    sent = {"csrf_token": csrf_token(browser_of_e01), "title": "甲\x00乙"}
    assert_page(browser_of_e01.post(path, data=sent), 400, "无法识别的字符")
