"""A process with many open files: lines arrive and leave on descriptors that select(2) does not take."""

from __future__ import annotations

import fcntl
import resource
import socket
from collections.abc import Iterator

import pytest

from hostcore.clock import VirtualClock
from hostcore.control.lines_in import LinesIn
from hostcore.control.lines_out import LinesOut

HIGH = 1_100
PATIENCE = 10.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * HIGH:
        pytest.skip(f"this user may open only {hard} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * HIGH), hard))
    low, there = socket.socketpair()
    with low, there, socket.socket(fileno=fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, HIGH)) as here:
        yield here, there
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_lines_arrive(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    arriving = LinesIn(here, 100)
    assert arriving.take(0.0) == []
    there.sendall(b"one\ntwo\n")
    assert arriving.take(PATIENCE) == [b"one", b"two"]


def test_lines_leave(pair: tuple[socket.socket, socket.socket]) -> None:
    here, there = pair
    LinesOut(here, VirtualClock()).send(b"one\n")
    assert there.recv(100) == b"one\n"
