"""Front ends that are slow, dead or strange: the host never waits for one, and tells what it lost."""

from __future__ import annotations

import pytest

from hostcore import __version__
from hostcore.control import attachments as control_attachments
from hostcore.control.lines_out import STALL_SECONDS
from hostcore.control.message_lines import request_line
from hostcore.control.session_messages import AttachRequest
from hostcore.events import (
    EventsDropped,
    Level,
    LogWritten,
)
from tests.attached import PATIENCE, ServedSession, Told, line

pytest_plugins = ["tests.attached_fixture"]


class TestSlowAndDeadFrontEnds:
    def test_one_that_takes_nothing_is_disconnected_with_a_line_and_the_host_never_waits(
        self, served: ServedSession
    ) -> None:
        with served.connect() as dead:
            dead.sendall(request_line(AttachRequest(1, __version__)))
            assert dead.recv(100)
            while not served.warnings:
                served.session.publish([LogWritten(1, "light", Level.INFO, "x" * 1_000)] * 100)
                served.clock.advance(STALL_SECONDS / 10)
            assert served.warnings[0].endswith("was disconnected: it took nothing for 20 s")
            assert served.warnings[0].startswith("a screen (PID ")

    def test_one_that_is_too_slow_loses_the_oldest_and_is_told_how_many(
        self, served: ServedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(control_attachments, "QUEUED", 10)
        remote = served.front_end()
        told = Told(remote)
        remote.start()
        served.session.publish([line(-1)])
        told.lines(1)
        served.session.publish(map(line, range(1_000)))
        served.session.publish([line(9_999)])
        told.wait_for(LogWritten, lambda event: event.text == "line 9999")
        lost = sum(each.count for each in told.events if isinstance(each, EventsDropped))
        assert lost + len(told.lines(1)) == 1_002
        assert lost
        assert remote.stop()

    def test_one_that_speaks_nonsense_is_disconnected(self, served: ServedSession) -> None:
        with served.connect() as odd:
            odd.sendall(request_line(AttachRequest(1, __version__)))
            assert odd.recv(100)
            odd.sendall(b"GET / HTTP/1.1\r\n\r\n")
            odd.settimeout(PATIENCE)
            while odd.recv(1 << 16):
                pass

    def test_a_request_of_another_version_is_refused_by_name(self, served: ServedSession) -> None:
        with served.connect() as newer:
            newer.settimeout(PATIENCE)
            newer.sendall(request_line(AttachRequest(9, "9.0")))
            answers = newer.makefile("rb")
            answers.readline()
            newer.sendall(b'{"id":4,"request":"fly","with":{}}\n{"id":5,"request":"order","with":{"plugin":1}}\n')
            assert b'"id":4,"error":{"kind":"HostError","text":"this host knows no such request; it knows order' in (
                answers.readline()
            )
            assert b"plugin is 1, not text" in answers.readline()
