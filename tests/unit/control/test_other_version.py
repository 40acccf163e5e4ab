"""A session of a host of another version: what only one of the two knows is named, counted and left out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hostcore import __version__
from hostcore.control.message_lines import answer_line
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import (
    MOST_UNKNOWN,
    event_line,
    reply_line,
)
from hostcore.control.session_messages import Done, Greeting
from hostcore.errors import HostError
from hostcore.events import (
    LogWritten,
)
from hostcore.events.stream import Numbered
from tests.attached import PATIENCE, ServedSession, Told, line
from tests.scripted_session import host_facts

pytest_plugins = ["tests.attached_fixture"]


class TestAHostOfAnotherVersion:
    @pytest.fixture
    def newer(self) -> Iterator[tuple[socket.socket, RemoteSession, Told]]:
        host, front_end = socket.socketpair()
        greeting = Greeting(2, 4711, "run", replace(host_facts(), version="0.9"), ())
        host.sendall(answer_line(greeting))
        remote = RemoteSession(lambda: front_end, ServedSession().clock)
        told = Told(remote)
        remote.start()
        yield host, remote, told
        assert remote.stop()
        host.close()

    def test_the_difference_is_told(self, newer: tuple[socket.socket, RemoteSession, Told]) -> None:
        words = newer[2].wait_for(LogWritten).text
        assert words == f"this host is version 0.9, and this screen {__version__}; what only one knows is left out"

    def test_events_that_only_it_knows_are_named_once_and_counted(
        self, newer: tuple[socket.socket, RemoteSession, Told]
    ) -> None:
        host, remote, told = newer
        host.sendall(b'{"sequence":1,"event":"PluginSang","with":{}}\n' * 3 + event_line(Numbered(4, line(4))))
        assert told.lines(1) == ["line 4"]
        assert remote.unknown == {"PluginSang": 3}
        named = [each.text for each in told.events if isinstance(each, LogWritten) and "PluginSang" in each.text]
        assert named == [
            f"this host (version 0.9) sends events that this screen ({__version__}) does not know: PluginSang"
        ]

    def test_events_that_have_changed_are_named_with_what_is_wrong(
        self, newer: tuple[socket.socket, RemoteSession, Told]
    ) -> None:
        host, _, told = newer
        host.sendall(b'{"sequence":1,"event":"LogWritten","with":{"time_ns":"noon"}}\n')
        words = told.wait_for(LogWritten, lambda event: "cannot read" in event.text).text
        assert "time_ns is 'noon', not a whole number of 64 bits" in words

    def test_it_cannot_fill_the_memory_with_names(self, newer: tuple[socket.socket, RemoteSession, Told]) -> None:
        host, remote, told = newer
        for number in range(3 * MOST_UNKNOWN):
            host.sendall(b'{"sequence":1,"event":"New%d","with":{}}\n' % number)
        host.sendall(event_line(Numbered(4, line(4))))
        assert told.lines(1) == ["line 4"]
        assert len(remote.unknown) == MOST_UNKNOWN

    def test_an_answer_it_could_not_have_given_is_an_error(
        self, newer: tuple[socket.socket, RemoteSession, Told]
    ) -> None:
        host, remote, _ = newer
        host.settimeout(PATIENCE)

        def answer() -> None:
            asked = host.makefile("rb")
            asked.readline()  # the one with which it attached
            asked.readline()
            host.sendall(reply_line(1, Done()))

        answering = threading.Thread(target=answer)
        answering.start()
        with pytest.raises(HostError, match="the host answered something else: file is missing"):
            remote.source("light", "", 1)
        answering.join(PATIENCE)
