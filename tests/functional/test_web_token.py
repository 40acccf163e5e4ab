"""The token: who knows it is let in, a browser keeps a cookie for it, and guessing is slow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hostcore.config.web import WebSettings
from hostcore.web import connections, guesses
from hostcore.web.guesses import MOST_WRONG
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_visitor import Answer, Served, Visitor, read_to_end, serving

TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def guarded() -> Iterator[Served]:
    with serving(WebSettings(port=0, token=TOKEN), ScriptedSession(known=[plugin_facts("light")])) as made:
        yield made


@pytest.mark.parametrize("path", ["/api/readings", "/api/plugins", "/api/logs", "/api/events", "/metrics", "/api/nope"])
def test_without_the_token_a_program_is_told_what_it_needs(guarded: Served, path: str) -> None:
    answer = guarded.visitor.get(path)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "Authorization: Bearer TOKEN" in answer.json["error"]


def test_with_the_token_a_program_is_let_in(guarded: Served) -> None:
    assert guarded.visitor.get("/api/plugins", **BEARER).status == 200
    assert guarded.visitor.post("/api/plugins/light/stop", **BEARER).status == 202


def test_a_wrong_token_is_refused_and_nothing_is_done(guarded: Served) -> None:
    assert guarded.visitor.post("/api/plugins/light/stop", Authorization="Bearer wrong").status == 401
    assert guarded.session.orders == []


def test_a_browser_logs_in_with_a_form_and_a_cookie(guarded: Served) -> None:
    form = guarded.visitor.get("/")
    assert form.status == 401
    assert '<form method="post" action="/login">' in form.text
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]
    assert form.headers["Referrer-Policy"] == "same-origin", "else a browser hides that the form is ours"
    answer = log_in(guarded.visitor, TOKEN)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert guarded.visitor.get("/", Cookie=cookie.partition(";")[0]).status == 200


def test_a_browser_with_a_wrong_token_sees_the_form_again(guarded: Served) -> None:
    answer = log_in(guarded.visitor, "wrong")
    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
    assert "This is not the token." in answer.text


def test_guessing_is_slow_and_the_right_token_still_lets_in(guarded: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "PAUSE_SECONDS", 0.01)
    for _ in range(MOST_WRONG - 1):
        assert guarded.visitor.get("/api/readings", Authorization="Bearer wrong").status == 401
    assert log_in(guarded.visitor, "wrong").status == 403
    assert guarded.visitor.get("/api/readings", Authorization="Bearer wrong").status == 401
    assert log_in(guarded.visitor, TOKEN).status == 303
    assert guarded.visitor.get("/api/readings", **BEARER).status == 200
    (said,) = guarded.said
    assert "10 wrong tokens for the web came from 127.0.0.1" in said.text


def test_a_body_is_asked_for_after_the_login_and_only_where_it_is_read(guarded: Served) -> None:
    asking = b"POST /api/plugins/light/stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    rest = b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    token = f"Authorization: Bearer {TOKEN}\r\n".encode()
    assert guarded.visitor.send(asking + rest).startswith(b"HTTP/1.1 401 ")
    assert guarded.visitor.send(asking.replace(b"/stop", b"") + token + rest).startswith(b"HTTP/1.1 404 ")
    odd = rest.replace(b"100-continue", b"wonders")
    assert guarded.visitor.send(asking + token + odd).startswith(b"HTTP/1.1 417 ")
    with guarded.visitor.connect() as connection:
        connection.sendall(asking + token + rest)
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert read_to_end(connection).startswith(b"HTTP/1.1 202 ")


def test_strangers_do_not_keep_out_who_has_the_token_even_from_their_address(
    guarded: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_OF_ONE", 4)
    with guarded.visitor.stream(**BEARER) as mine, ExitStack() as held:
        strangers = [held.enter_context(guarded.visitor.connect()) for _ in range(9)]
        assert guarded.visitor.get("/api/plugins", **BEARER).status == 200
        assert [read_to_end(stranger) for stranger in strangers[:6]] == [b""] * 6, "the oldest made room"
        assert mine.next().name, "who was let in stays"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"token=\xff", 403),
        ("application/x-www-form-urlencoded; charset=nonsense", b"token=x", 403),
        ("application/x-www-form-urlencoded", b"&" * 4000, 403),
        ("application/x-www-form-urlencoded", b"&" * 5000, 413),
        ("application/x-www-form-urlencoded", b"", 403),
        ("multipart/form-data", b"token=x", 415),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nx\r\n--x--\r\n", 415),
        ("application/json", b"{}", 415),
    ],
)
def test_a_form_that_no_browser_sends_is_refused_and_not_worth_a_line(
    guarded: Served, kind: str, body: bytes, status: int
) -> None:
    assert guarded.visitor.ask("POST", "/login", body, Content_Type=kind).status == status
    assert guarded.said == []


def test_a_form_of_another_site_cannot_log_in(guarded: Served) -> None:
    assert log_in(guarded.visitor, TOKEN, Origin="http://evil.example").status == 403


def test_without_a_token_there_is_nothing_to_log_in_to() -> None:
    with serving() as served:
        answer = log_in(served.visitor, "")
    assert (answer.status, "Set-Cookie" in answer.headers) == (303, False)


def test_the_token_is_in_no_log_and_in_no_answer(guarded: Served) -> None:
    visitor = guarded.visitor
    answers = [visitor.get("/api/logs", **BEARER), visitor.get("/", **BEARER), visitor.get(f"/{TOKEN}?x", **BEARER)]
    assert TOKEN not in "".join(answer.text for answer in answers[:2])
    assert TOKEN not in "".join(map(str, guarded.said))


def log_in(visitor: Visitor, token: str, **headers: str) -> Answer:
    form = {"Content_Type": "application/x-www-form-urlencoded", **headers}
    return visitor.ask("POST", "/login", f"token={token}".encode(), **form)
