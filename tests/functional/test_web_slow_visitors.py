"""Visitors that are slow or many: each is told so or hung up on, and there is room for the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostcore.web import api, connections, server
from tests.web_answers import refused, status_of, still_serves
from tests.web_visitor import Served, serving

HOST = b"Host: localhost\r\n"
LAST = b"Connection: close\r\n\r\n"
JSON = b"Content-Type: application/json\r\n"
STOP = b"POST /api/plugins/light/stop HTTP/1.1\r\n" + HOST + JSON


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server that waits for nobody."""
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(api, "BODY_SECONDS", 0.1)
    with serving() as made:
        yield made


@pytest.mark.parametrize("begun", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: local"])
def test_who_does_not_finish_asking_is_hung_up_on(impatient: Served, begun: bytes) -> None:
    assert impatient.visitor.send(begun) == b""


def test_who_does_not_finish_the_body_is_told_so(impatient: Served) -> None:
    assert status_of(impatient.visitor.send(STOP + b"Content-Length: 2\r\n" + LAST + b"{")) == 408


def test_who_does_not_finish_a_body_that_nobody_wants_is_hung_up_on(impatient: Served) -> None:
    assert status_of(impatient.visitor.send(b"POST /nope HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\n")) == 404


def test_there_is_room_for_so_many_connections_and_again_when_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    request = b"GET /api/readings HTTP/1.1\r\n" + HOST
    with serving() as small:
        held = [small.visitor.connect() for _ in range(3)]
        for each in held:
            each.sendall(request + b"\r\n")
            assert status_of(each.recv(65536)) == 200
        assert small.visitor.send(request + LAST) == b"", "closed at once"
        held[0].close()
        while not small.visitor.send(request + LAST):
            pass
        for each in held[1:]:
            each.close()


def test_event_streams_leave_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_READERS", 1)
    with serving() as small, small.visitor.stream():
        answer = small.visitor.get("/api/events")
        assert refused(answer, 503, "1 event streams are open")
        assert answer.headers["Retry-After"] == "10"
        assert still_serves(small)
