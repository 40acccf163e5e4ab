"""Large answers: they arrive whole, and visitors who leave them unread cannot fill the host's memory with them."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from hostcore.events import Level, LogWritten, PageRendered, State, StateChanged
from hostcore.web import outbox
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_visitor import Served, serving

PAGE = "<p>&\"'</p>" * 80_000
"""As host-made HTML several MB, more than any buffer takes."""


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(session=ScriptedSession(known=[plugin_facts("dashboard")])) as made:
        running = StateChanged(1, "dashboard", State.LOADING, State.RUNNING, "")
        made.publish(PageRendered(1, "dashboard", 1, PAGE), running)
        yield made


def left_unread(served: Served, path: str) -> socket.socket:
    """A visitor who asks and does not read what comes; it has begun to come."""
    connection = served.visitor.connect()
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert connection.recv(1) == b"H"
    return connection


def test_a_large_page_arrives_whole(served: Served) -> None:
    answer = served.visitor.get("/")
    assert (answer.status, int(answer.headers["Content-Length"])) == (200, len(answer.body))
    assert answer.body.endswith(b"</html>")
    assert served.visitor.ask("HEAD", "/").headers["Content-Length"] == answer.headers["Content-Length"]


def test_so_many_bytes_may_be_on_their_way_and_again_when_a_visitor_has_gone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_BYTES", len(PAGE))
    stalled = left_unread(served, "/")
    answer = served.visitor.get("/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert "being sent" in answer.text
    assert served.visitor.get("/api/plugins").status == 200, "what is small is always answered"
    stalled.close()
    while served.visitor.get("/").status == 503:
        pass


def test_programs_are_told_so_in_json(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_BYTES", 1)
    served.publish(*(LogWritten(1, "light", Level.INFO, "µ" * 2000) for _ in range(1000)))
    with left_unread(served, "/api/logs?limit=1000"):
        answer = served.visitor.get("/api/logs?limit=1000")
    assert (answer.status, "being sent" in answer.json["error"]) == (503, True)


def test_the_page_is_made_once_for_all_who_see_the_same(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr("hostcore.web.page.shell", lambda *told, **_shown: made.append(told) or "<p>made</p>")
    served.publish(PageRendered(2, "dashboard", 2, "<p>new</p>"))
    assert [served.visitor.get("/").text for _ in range(3)] == ["<p>made</p>"] * 3
    served.publish(StateChanged(2, "dashboard", State.RUNNING, State.STOPPED, "by a person"))
    assert served.visitor.get("/").status == 503
    assert len(made) == 2
