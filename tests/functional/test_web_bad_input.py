"""Whatever visitors send: a clear status, and the next visitor is served as if nothing had happened."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.web import connections
from hostcore.web.metrics import Metrics
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_answers import refused, status_of, still_serves
from tests.web_visitor import Served, read_to_end, serving

HOST = b"Host: localhost\r\n"
LAST = b"Connection: close\r\n\r\n"
JSON = b"Content-Type: application/json\r\n"
STOP = b"POST /api/plugins/light/stop HTTP/1.1\r\n" + HOST + JSON


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch, serving(session=ScriptedSession(known=[plugin_facts("light")])) as made:
        patch.setattr(connections, "LINGER_SECONDS", 0.1)
        yield made
        assert made.session.orders == [], "nothing of all this was an order"


# Methods and paths


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/api/readings", "/api/events", "/metrics"])
def test_a_wrong_method_is_told_the_right_ones(served: Served, method: str, path: str) -> None:
    answer = served.visitor.ask(method, path, Content_Type="application/json")
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert "Access-Control-Allow-Methods" not in answer.headers


def test_an_order_is_never_a_get(served: Served) -> None:
    answer = served.visitor.get("/api/plugins/light/stop")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "//",
        "//api/readings",
        "/api/readings/",
        "/api/../host.toml",
        "/static/../host.toml",
        "/static/%2e%2e/host.toml",
        "/static/%2e%2e%2fhost.toml",
        "/static/..%5chost.toml",
        "/static//etc/passwd",
        "/static/%00",
        "/static/live.js%00.css",
        "/%ff%fe",
        "/api/plugins/..%2f/stop",
        "/api/plugins//stop",
        "/api/plugins/light/explode",
        "/<script>alert(1)</script>",
        "/static/" + "x" * 4000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_there_is_not_found_whatever_the_path_tries(served: Served, method: str, path: str) -> None:
    request = f"{method} {path} HTTP/1.1\r\n".encode() + HOST + JSON + b"Content-Length: 0\r\n" + LAST
    received = served.visitor.send(request)
    assert status_of(received) in {404, 405}
    assert b"<script>" not in received
    assert b"root:" not in received


@pytest.mark.parametrize("target", ["http://localhost/api/readings", "http://evil.example/api/readings"])
def test_a_whole_address_as_target_means_this_server(served: Served, target: str) -> None:
    received = served.visitor.send(f"GET {target} HTTP/1.1\r\n".encode() + HOST + LAST)
    assert status_of(received) == 200
    assert received.endswith(b"{}")


# Queries


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("limit=0", "1 to 1000"),
        ("limit=1001", "1 to 1000"),
        ("limit=-1", "1 to 1000"),
        ("limit=%D9%A3", "1 to 1000"),
        ("limit=" + "9" * 5000, "1 to 1000"),
        ("limit=", "1 to 1000"),
        ("level=loud", "debug, info, warning, error"),
        ("level=%00", "debug, info, warning, error"),
    ],
)
def test_a_wrong_query_is_told_what_is_allowed(served: Served, query: str, allowed: str) -> None:
    assert refused(
        served.visitor.get(f"/api/logs?{query}"), 400, f"allowed is {'one of ' if 'level' in query else ''}{allowed}"
    )


def test_an_unknown_kind_of_event_is_told_the_known_ones(served: Served) -> None:
    answer = served.visitor.get("/api/events?kinds=round,<b>")
    assert refused(answer, 400, "found kinds='<b>', allowed are alarm, alarm-acknowledged, ")


# Bodies


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b'{"a": 1}', 400), (b"\xff", 400), (b"[" * 4000, 400), (b" " * 5000, 413)],
)
def test_a_body_that_is_not_empty_json_is_refused(served: Served, body: bytes, status: int) -> None:
    assert refused(served.visitor.post("/api/plugins/light/stop", body), status, "found")


def test_a_zip_bomb_is_not_unpacked(served: Served) -> None:
    bomb = gzip.compress(b" " * 1_000_000)
    answer = served.visitor.post("/api/plugins/light/stop", bomb, Content_Encoding="gzip")
    assert refused(answer, 400, "not JSON")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"]
)
def test_what_a_form_can_send_is_no_order(served: Served, kind: str) -> None:
    assert refused(served.visitor.post("/api/plugins/light/stop", Content_Type=kind), 415, "application/json")


def test_a_huge_body_is_refused_before_it_has_come(served: Served) -> None:
    received = served.visitor.send(STOP + b"Content-Length: 10000000000\r\n" + LAST + b" " * 10_000)
    assert status_of(received) == 413


def test_an_endless_body_is_refused_before_it_ends(served: Served) -> None:
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    received = served.visitor.send(STOP + b"Transfer-Encoding: chunked\r\n" + LAST + chunk * 3)
    assert status_of(received) == 413


# Names and origins


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3000", "localhost.evil.example", "0.0.0.0", "192.168.1.7"]
)
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(served: Served, host: str) -> None:
    assert refused(served.visitor.get("/api/readings", Host=host), 421, "allowed are 127.0.0.1, ::1, localhost")
    assert served.visitor.get("/", Host=host).status == 421


@pytest.mark.parametrize("headers", [b"", HOST + HOST, HOST + b"Host: evil.example\r\n"])
def test_no_host_or_two_are_refused(served: Served, headers: bytes) -> None:
    assert status_of(served.visitor.send(b"GET /api/readings HTTP/1.1\r\n" + headers + LAST)) == 400


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_page_of_another_site_can_neither_order_nor_read(served: Served, headers: dict[str, str]) -> None:
    assert refused(served.visitor.post("/api/plugins/light/stop", **headers), 403, "page")
    assert refused(served.visitor.get("/api/events", **headers), 403, "page")


# Broken requests


@pytest.mark.parametrize(
    "raw",
    [
        b"BREW / HTTP/1.1\r\n" + HOST + LAST,
        b"\r\n\r\n\r\n\r\nnonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n" + HOST + LAST,
        b"GET /\x00 HTTP/1.1\r\n" + HOST + LAST,
        b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: \x00\r\n" + LAST,
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n" + HOST + LAST,
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 20_000 + b"\r\n" + LAST,
        b"GET / HTTP/1.1\r\n" + HOST + b"X: x\r\n" * 200 + LAST,
        STOP + b"Content-Length: x\r\n" + LAST,
        STOP + b"Content-Length: -1\r\n" + LAST,
        STOP + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" + LAST + b"{}",
        STOP + b"Transfer-Encoding: chunked\r\n" + LAST + b"zz\r\n{}\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    ],
)
def test_what_is_no_http_is_a_bad_request(served: Served, raw: bytes) -> None:
    received = served.visitor.send(raw)
    assert status_of(received) == 400
    assert b"something that is not HTTP, or a request whose head is too long" in received
    assert b"nosniff" in received
    assert b"aiohttp" not in received
    assert still_serves(served)


@given(st.binary(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_do_no_harm(served: Served, raw: bytes) -> None:
    with served.visitor.connect() as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        read_to_end(connection)
    assert still_serves(served)
    assert not served.said, "and are not worth a line in the log"


@given(
    st.binary(max_size=60), st.sampled_from(["", "api/", "static/", "api/plugins/", "api/logs?", "api/events?kinds="])
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_path_has_a_clear_answer(served: Served, path: bytes, folder: str) -> None:
    target = f"/{folder}{quote(path)}".encode()
    received = served.visitor.send(b"GET " + target + b" HTTP/1.1\r\n" + HOST + LAST)
    assert status_of(received) in {200, 400, 404, 405}
    assert not served.said


def test_requests_sent_ahead_are_answered_in_their_order(served: Served) -> None:
    paths = [b"/api/readings", b"/nope", b"/api/plugins", b"/metrics"] * 20
    ahead = b"".join(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n" for path in paths)
    received = served.visitor.send(ahead + b"GET /api/nope HTTP/1.1\r\n" + HOST + LAST)
    statuses = re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", received)
    assert statuses == [b"200", b"404", b"200", b"200"] * 20 + [b"404"]


# Time and room


def test_one_visitor_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_OF_ONE", 2)
    with serving() as small, small.visitor.connect() as first, small.visitor.connect() as second:
        for each in (first, second):
            each.sendall(b"GET /api/readings HTTP/1.1\r\n" + HOST + b"\r\n")
            assert status_of(each.recv(65536)) == 200
        assert small.visitor.send(b"GET /api/readings HTTP/1.1\r\n" + HOST + LAST) == b"", "closed at once"
        there = (small.visitor.host, small.visitor.port)
        with socket.create_connection(there, source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /api/readings HTTP/1.1\r\n" + HOST + LAST)
            assert status_of(read_to_end(other)) == 200


def test_a_bug_is_a_line_in_the_log_and_no_more_than_that_for_the_visitor(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Metrics, "exposition", lambda _: 1 / 0)
    answer = served.visitor.get("/metrics")
    assert (answer.status, answer.json) == (500, {"error": "the host's web server failed; see the host's log"})
    assert "the web failed at GET '/metrics': ZeroDivisionError" in served.said.pop().text


def test_errors_for_people_are_pages(served: Served) -> None:
    answer = served.visitor.get("/nope<b>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "there is nothing at" in answer.text
    assert "nope&lt;b&gt;" in answer.text


def test_errors_for_programs_are_json(served: Served) -> None:
    assert json.loads(served.visitor.get("/api/nope").body) == {"error": "there is nothing at '/api/nope'"}
