"""The server of the control socket: who may speak, and that nobody who does disturbs the host."""

from __future__ import annotations

import os
import socket
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from hostcore.control import folder as control_folder
from hostcore.control.client import find_host
from hostcore.control.message_lines import LONGEST_LINE, parse_answer, request_line
from hostcore.control.messages import (
    FactsRequest,
    HostReport,
    Report,
    Request,
)
from hostcore.control.server import MOST_CLIENTS
from hostcore.errors import HostError, NoAcknowledgeError
from tests.control_desk import CONFIG, PATIENCE, REPORT, SIMULATED, Desk, until
from tests.waiting import soon

pytest_plugins = ["tests.control_fixture"]


class TestTheServer:
    def test_it_answers_every_client_and_is_found_by_its_bus(self, desk: Desk) -> None:
        for _ in range(MOST_CLIENTS * 2):
            assert parse_answer(desk.say(request_line(FactsRequest())), HostReport) == REPORT
        found = find_host(CONFIG, SIMULATED)
        assert found is not None
        assert found.report == REPORT

    def test_its_socket_is_in_a_folder_for_its_owner_alone(self, desk: Desk) -> None:
        assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o700

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ((b"",), "the line has no end"),
            ((b"GET / HTTP/1.1\r\n\r\n",), "not a request: "),
            ((b'{"facts":{}}',), "the line has no end"),
            ((b'{"reboot":{}}\n',), "no such request; there are facts, transfer, scan"),
            ((b'{"transfer":{"bus":1}}\n',), "address is missing"),
            ((b"\x00\xff" * 1000 + b"\n",), "not a request: "),
            ((b"[" * 100_000 + b"\n",), "too many levels"),
        ],
    )
    def test_garbage_is_answered_in_one_line_and_the_next_client_is_heard(
        self, desk: Desk, said: tuple[bytes, ...], problem: str
    ) -> None:
        with pytest.raises(HostError) as caught:
            parse_answer(desk.say(*said), HostReport)
        assert problem in str(caught.value)
        assert find_host(CONFIG, SIMULATED) is not None

    def test_a_line_without_end_is_not_read_for_ever(self, desk: Desk) -> None:
        with closing(desk.connect()) as client, pytest.raises(OSError, match=r".*"):
            for _ in range(1000):
                client.sendall(bytes(LONGEST_LINE // 4).replace(b"\0", b"x"))
        assert find_host(CONFIG, SIMULATED) is not None

    def test_who_says_nothing_keeps_a_place_but_not_the_host(self, desk: Desk) -> None:
        silent = list[socket.socket]()
        until(lambda: silent.append(desk.connect()) or desk.say() == b"")  # turned away, without a word
        for each in silent:
            each.close()
        until(lambda: find_host(CONFIG, SIMULATED))

    def test_somebody_elses_connection_is_closed_without_a_word(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        monkeypatch.setattr(control_folder, "opened_folder", opened_unseen)
        assert desk.say(request_line(FactsRequest())) == b""

    def test_it_stops_within_a_second_whoever_is_connected(self, desk: Desk) -> None:
        clients = [desk.connect() for _ in range(3)]
        with soon():
            assert desk.server.stop()
        assert desk.sockets() == []
        for each in clients:
            each.close()

    def test_an_answer_that_does_not_end_is_left_behind(self, folder: Path) -> None:
        asked, go_on = threading.Event(), threading.Event()

        def answer(_request: Request) -> Report:
            asked.set()
            assert go_on.wait(PATIENCE)
            return REPORT

        desk = Desk(folder, answer).start()
        with closing(desk.connect()) as client:
            client.sendall(request_line(FactsRequest()))
            assert asked.wait(PATIENCE)
            with soon():
                assert not desk.server.stop()
            go_on.set()

    @pytest.mark.parametrize("problem", [NoAcknowledgeError("nobody"), OSError(5, "odd")])
    def test_what_goes_wrong_is_told(self, folder: Path, problem: Exception) -> None:
        def answer(_request: Request) -> Report:
            raise problem

        desk = Desk(folder, answer).start()
        with pytest.raises(HostError, match=r"nobody|odd"):
            parse_answer(desk.say(request_line(FactsRequest())), HostReport)
        assert desk.server.stop()


def opened_unseen(folder: Path) -> object:
    """`opened_folder` for whoever owns it."""
    return _Opened(os.open(folder, os.O_RDONLY))


class _Opened:
    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> int:
        return self._handle

    def __exit__(self, *_error: object) -> None:
        os.close(self._handle)
