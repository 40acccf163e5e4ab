"""``/api/events``: what happens, told to many at once; and a server that ends however many listen."""

from __future__ import annotations

import re
import selectors
import socket
from collections.abc import Iterator, Sequence

import pytest

from hostcore.events import Level, LogWritten, PageRendered, ReadingPublished, RoundCompleted, State, StateChanged
from hostcore.web import api, connections
from hostcore.web.frames import KINDS
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.supervised import COUNTER, STRAIGHT, SupervisedHost
from tests.web_visitor import PATIENCE, Served, serving

pytest_plugins = ["tests.supervised_fixture"]
READERS = 200
ROUNDS = 15
"""Rounds that each of them is to see."""


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(session=ScriptedSession(known=[plugin_facts("dashboard")])) as made:
        yield made


def line(number: int) -> LogWritten:
    return LogWritten(number, "light", Level.INFO, "x")


def test_events_are_told_with_their_names_their_json_and_their_numbers(served: Served) -> None:
    with served.visitor.stream() as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        served.session.publish([StateChanged(5, "light", State.LOADING, State.RUNNING, "loaded"), line(6)])
        state, log = stream.until("state"), stream.until("log")
    moved = {"time_ns": 5, "plugin": "light", "before": "loading", "after": "running", "cause": "loaded"}
    assert moved.items() <= state.data.items()
    said = {"time_ns": 6, "plugin": "light", "level": "info", "text": "x", "by_host": False, "continues": False}
    assert log.data == said
    assert (state.id, log.id) == (1, 2)


def test_only_the_kinds_asked_for_are_told(served: Served) -> None:
    with served.visitor.stream("?kinds=reading,page") as stream:
        served.session.publish(
            [line(1), ReadingPublished(2, "light", {"lux": 1}), PageRendered(3, "dashboard", 1, "<p>")]
        )
        assert [stream.next().name, stream.next().name] == ["reading", "page"]


def test_who_comes_back_is_brought_up_to_date(served: Served) -> None:
    served.publish(
        RoundCompleted(1, 1, {"a": 1}), RoundCompleted(2, 2, {"a": 2}), PageRendered(3, "dashboard", 2, "<p>")
    )
    with served.visitor.stream("?kinds=round,page", Last_Event_ID="1; \u00ff".encode().decode("latin-1")) as stream:
        assert stream.next().data["readings"] == {"a": 2}
        assert stream.next().data["html"] == "<p>"


def test_silence_is_broken_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "HEARTBEAT_SECONDS", 0.01)
    with serving() as served, served.visitor.stream("?kinds=round") as stream:
        assert [stream.response.readline() for _ in range(6)] == [b"retry: 2000\n", b"\n", b":\n", b"\n", b":\n", b"\n"]


def test_a_reader_that_leaves_is_forgotten_at_once(served: Served) -> None:
    with served.visitor.stream("?kinds=log"):
        assert readers_of(served) == 1
    until_readers(served, 0)


def test_a_reader_that_stalls_is_hung_up_on_and_the_others_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.5)
    monkeypatch.setattr(connections, "SWEEP_SECONDS", 0.02)
    with (
        serving(session=ScriptedSession(known=[plugin_facts("dashboard")])) as served,
        served.visitor.stream() as stream,
    ):
        (stalled,) = listen(served.visitor.port, 1)
        number = 0
        while readers_of(served) == 2:
            number += 1
            served.session.publish([PageRendered(number, "dashboard", number, "x" * 200_000)])
            assert stream.until("page", number=number).data["html"]
        stalled.close()


def test_a_server_with_many_readers_ends_within_a_second() -> None:
    with serving() as served:
        streams = listen(served.visitor.port, READERS)
        until_readers(served, READERS)
        assert served.server.stop(), "within its second"
        for each in streams:
            each.settimeout(PATIENCE)
            while each.recv(65536):
                pass
            each.close()


@pytest.mark.thorough
def test_many_read_every_round_while_plugins_run_and_one_that_stalls_hurts_nobody(supervised: SupervisedHost) -> None:
    supervised.write("counter", COUNTER)
    supervised.write("dashboard", "def render(readings): return f\"<p>{readings['counter']['count']}</p>\"")
    with serving(session=supervised.prepare()) as served:
        supervised.host.start()
        stalled = listen(served.visitor.port, 1)
        streams = listen(served.visitor.port, READERS)
        received = read_rounds(streams, ROUNDS)
        for each in stalled + streams:
            each.close()
    for text in received:
        assert b"event: dropped" not in text
        numbers = [int(found) for found in re.findall(rb'event: round\ndata: {"time_ns": \d+, "number": (\d+)', text)]
        counts = [int(found) for found in re.findall(rb'event: round\n.*"counter": {"count": (\d+)', text)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert counts == sorted(counts)
    supervised.reading("counter", lambda reading: reading["count"] >= ROUNDS)
    assert supervised.states("counter") == STRAIGHT


def listen(port: int, count: int, kinds: str = ",".join(sorted(KINDS))) -> list[socket.socket]:
    """Event streams that nobody reads yet, with small buffers."""
    streams = []
    for _ in range(count):
        stream = socket.socket()
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        stream.connect(("127.0.0.1", port))
        stream.sendall(f"GET /api/events?kinds={kinds} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        streams.append(stream)
    return streams


def read_rounds(streams: Sequence[socket.socket], rounds: int) -> list[bytes]:
    """What each stream tells until all have told of so many rounds."""
    received = dict.fromkeys(streams, b"")
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            assert ready, "somebody is told nothing any more"
            for key, _ in ready:
                stream = key.fileobj
                assert isinstance(stream, socket.socket)
                piece = stream.recv(65536)
                assert piece, "a stream ended"
                received[stream] += piece
                if received[stream].count(b"event: round\n") >= rounds:
                    selector.unregister(stream)
    return list(received.values())


def readers_of(served: Served) -> int:
    found = re.search(r"^wasi_host_event_readers (\d+)\.0$", served.visitor.get("/metrics").text, re.MULTILINE)
    assert found
    return int(found[1])


def until_readers(served: Served, count: int) -> None:
    """Ask until there are so many; the test's own time limit ends a wait for what never comes."""
    while readers_of(served) != count:
        pass
