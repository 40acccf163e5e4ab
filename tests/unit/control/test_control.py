"""The socket of a running host: what is said over it, who may speak, and that nobody who does disturbs the host."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import BackendKind
from hostcore.control import folder as control_folder
from hostcore.control.client import SilentHost, find_host
from hostcore.control.delayed_start import DelayedStart
from hostcore.control.message_lines import LONGEST_LINE, answer_line, parse_answer, parse_request, request_line
from hostcore.control.messages import (
    FactsRequest,
    Failure,
    GrantedPermission,
    HostReport,
    Operation,
    Report,
    Request,
    ScanReport,
    ScanRequest,
    TransferReport,
    TransferRequest,
)
from hostcore.control.server import MOST_CLIENTS, ControlServer
from hostcore.errors import AccessDeniedError, HostError, NoAcknowledgeError
from hostcore.events import Presence, Probed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import BusName
from tests import waiting

PATIENCE = 10.0
until = partial(waiting.until, seconds=PATIENCE)
SIMULATED = BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)
CONFIG = Path("/somewhere/host.toml")
REPORT = HostReport(os.getpid(), str(CONFIG), (SIMULATED,), ("",), (GrantedPermission("light", "i2c:1:0x23"),))
OPERATIONS = st.builds(Operation, st.none() | st.binary(max_size=20), st.integers(0, 8192))
REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.just(FactsRequest()),
    st.builds(ScanRequest, st.integers(0, 255), st.sampled_from(ScanMode)),
    st.builds(
        TransferRequest, st.integers(0, 255), st.integers(0, 127), st.lists(OPERATIONS).map(tuple), st.booleans()
    ),
)
REPORTS: st.SearchStrategy[Report] = st.one_of(
    st.just(REPORT),
    st.builds(TransferReport, st.lists(st.binary(max_size=20)).map(tuple)),
    st.builds(
        ScanReport,
        st.lists(st.builds(Probed, st.integers(8, 119), st.sampled_from(Presence), st.text())).map(tuple),
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["facts", "transfer", "scan", "bus"]), inner),
    max_leaves=8,
)


class TestTheLines:
    @given(REQUESTS)
    def test_a_request_arrives_as_it_was(self, request_: Request) -> None:
        line = request_line(request_)
        assert line.count(b"\n") == 1
        assert parse_request(line[:-1]) == request_

    @given(REPORTS)
    def test_so_does_an_answer(self, report: Report) -> None:
        line = answer_line(report)
        assert line.count(b"\n") == 1
        assert parse_answer(line[:-1], type(report)) == report

    @given(st.binary() | JSON.map(lambda found: json.dumps(found).encode()))
    def test_anything_else_is_refused_in_one_line(self, line: bytes) -> None:
        try:
            request = parse_request(line)
        except ValueError as error:
            assert str(error)
        else:
            assert parse_request(request_line(request)[:-1]) == request

    def test_nothing_nests_too_deep(self) -> None:
        with pytest.raises(ValueError, match="too many levels"):
            parse_request(b"[" * 100_000)

    @pytest.mark.parametrize("error", [NoAcknowledgeError("nobody"), AccessDeniedError("no"), HostError("odd")])
    def test_an_error_of_the_hosts_is_the_commands_own(self, error: HostError) -> None:
        line = answer_line(Failure(type(error).__name__, str(error)))
        with pytest.raises(HostError) as caught:
            parse_answer(line, TransferReport)
        assert (type(caught.value), str(caught.value)) == (type(error), str(error))

    @pytest.mark.parametrize("kind", ["annotations", "PluginCrashedError", "ConfigError", "os", ""])
    def test_an_error_of_another_kind_is_a_plain_one(self, kind: str) -> None:
        assert type(Failure(kind, "text").error()) is HostError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the sockets are; nothing is there yet."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return tmp_path / "run" / "wasi-host"


class Desk:
    """A server, what it warned of, and what clients of every kind do to it."""

    def __init__(self, folder: Path, answer: Callable[[Request], Report] = lambda _request: REPORT) -> None:
        self.folder, self.warnings = folder, list[str]()
        self.server = ControlServer(folder, answer, self.warn)
        self.warned = threading.Event()

    def warn(self, text: str) -> None:
        self.warnings.append(text)
        self.warned.set()

    def start(self) -> Desk:
        self.server.start()
        until(lambda: self.warnings or any(map(listens, self.sockets())))
        return self

    def sockets(self) -> list[Path]:
        return sorted(self.folder.glob("*.socket"))

    def connect(self) -> socket.socket:
        (path,) = self.sockets()
        made = connected(path)
        made.settimeout(PATIENCE)
        return made

    def say(self, *parts: bytes) -> bytes:
        """What it answers to these bytes and the end of all bytes; nothing where it hangs up."""
        with closing(self.connect()) as client, suppress(ConnectionResetError, BrokenPipeError):
            for part in parts:
                client.sendall(part)
            client.shutdown(socket.SHUT_WR)
            return client.makefile("rb").read()
        return b""


def connected(path: Path) -> socket.socket:
    """A client; pytest's folders have longer names than a socket's address may have."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with control_folder.opened_folder(path.parent) as handle:
        try:
            made.connect(control_folder.address_in(handle, path.name))
        except OSError:
            made.close()
            raise
    return made


def listens(path: Path) -> bool:
    try:
        connected(path).close()
    except OSError:
        return False
    return True


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    made = Desk(folder).start()
    yield made
    assert made.server.stop()


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
        began = time.monotonic()
        assert desk.server.stop()
        assert time.monotonic() - began < 1
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
            began = time.monotonic()
            assert not desk.server.stop()
            assert time.monotonic() - began < 1
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


class TestTheFolder:
    def test_sockets_of_hosts_that_are_no_more_are_removed_and_all_else_stays(self, folder: Path) -> None:
        living = Desk(folder).start()
        (alive,) = living.sockets()
        abandon(folder / "0123.socket")
        (folder / "notes.txt").write_text("mine")
        other = Desk(folder)
        other.server.start()
        until(lambda: not (folder / "0123.socket").exists() and len(other.sockets()) == 2)
        assert alive in other.sockets()
        assert (folder / "notes.txt").exists()
        assert other.server.stop()
        assert living.server.stop()

    def test_one_that_others_may_use_is_not_used(self, folder: Path) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        desk = Desk(folder).start()
        assert "mode 0755; it must be yours, with mode 0700" in desk.warnings[0]
        assert desk.server.stop()
        assert desk.sockets() == []
        assert find_host(CONFIG, SIMULATED) is None

    def test_a_symbolic_link_is_not_followed(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "trap").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "trap")
        desk = Desk(folder).start()
        assert "cannot reach this host" in desk.warnings[0]
        assert desk.server.stop()
        assert list((tmp_path / "trap").iterdir()) == []

    def test_without_a_runtime_folder_it_is_beside_the_cache(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        folder = tmp_path / "cache" / "wasi-host" / "control"
        assert control_folder.socket_folder() == folder
        assert Desk(folder).start().server.stop()
        assert stat.S_IMODE((tmp_path / "cache" / "wasi-host").stat().st_mode) == 0o700

    @pytest.mark.parametrize("name", ["x" * 300, "file/below"])
    def test_a_runtime_folder_that_cannot_even_be_looked_at_is_not_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / name))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert control_folder.socket_folder() == tmp_path / "cache" / "wasi-host" / "control"

    def test_somebody_elses_runtime_folder_is_not_used(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert control_folder.socket_folder() == folder
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        assert control_folder.socket_folder() == tmp_path / "cache" / "wasi-host" / "control"


def abandon(path: Path) -> None:
    """Leave a socket behind on which nobody listens."""
    with control_folder.opened_folder(path.parent) as handle, closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(control_folder.address_in(handle, path.name))


@contextmanager
def hung(folder: Path) -> Iterator[None]:
    """A socket, the first in the folder, on which somebody listens who never looks."""
    with control_folder.opened_folder(folder) as handle, closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(control_folder.address_in(handle, "!.socket"))
        made.listen(1)
        yield


class TestFindingTheRightHost:
    @pytest.mark.parametrize(
        ("config", "facts", "found"),
        [
            (CONFIG, SIMULATED, True),
            (CONFIG, BusFacts(BusName("i2c-1"), BackendKind.LINUX), False),
            (CONFIG, BusFacts(BusName("i2c-2"), BackendKind.SIMULATED), False),
            (Path("/elsewhere/host.toml"), SIMULATED, False),
        ],
    )
    @pytest.mark.usefixtures("desk")
    def test_a_simulated_bus_is_that_of_the_same_settings(self, config: Path, facts: BusFacts, found: bool) -> None:
        assert bool(find_host(config, facts)) is found

    def test_a_real_bus_is_that_with_the_same_device_file_whatever_the_settings(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = BusFacts(BusName("i2c-1"), BackendKind.LINUX)
        report = HostReport(1, "/elsewhere/host.toml", (real,), ("5:77",), ())
        desk = Desk(folder, lambda _request: report).start()
        monkeypatch.setattr("hostcore.control.client.node_of", lambda _facts: "5:77")
        assert find_host(CONFIG, real)
        monkeypatch.setattr("hostcore.control.client.node_of", lambda _facts: "5:78")
        assert find_host(CONFIG, real) is None
        assert desk.server.stop()

    def test_a_host_that_has_gone_meanwhile_is_told(self, desk: Desk) -> None:
        found = find_host(CONFIG, SIMULATED)
        assert found is not None
        assert desk.server.stop()
        with pytest.raises(HostError, match=rf"the running host \(PID {os.getpid()}\) did not answer"):
            found.ask(FactsRequest(), HostReport, 1.0)

    def test_a_host_that_answers_nonsense_is_passed_over_and_named(self, folder: Path) -> None:
        desk = Desk(folder, lambda _request: TransferReport(())).start()
        silent = list[SilentHost]()
        assert find_host(CONFIG, SIMULATED, silent.append) is None
        assert str(silent[0]) == f"PID {os.getpid()} does not answer: process is missing"
        assert desk.server.stop()

    def test_one_that_hangs_is_named_and_the_next_is_found(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        silent = list[SilentHost]()
        with hung(desk.folder):
            monkeypatch.setattr("hostcore.control.client.GREETING_SECONDS", 0.2)
            until(lambda: find_host(CONFIG, SIMULATED, silent.append))
        assert silent[0] == SilentHost(os.getpid(), "no whole line within 0.2 s")

    def test_one_that_hangs_for_so_long_that_it_takes_no_connection_is_told(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder.mkdir(mode=0o700)
        monkeypatch.setattr("hostcore.control.client.GREETING_SECONDS", 0.05)
        silent = list[SilentHost]()
        with hung(folder):
            until(lambda: find_host(CONFIG, SIMULATED, silent.append) or not silent[-1].process)
        assert str(silent[-1]).startswith("a running host does not answer: ")


class TestOpeningLate:
    class Startable:
        def __init__(self) -> None:
            self.opened, self.closed = threading.Event(), threading.Event()

        def start(self) -> None:
            self.opened.set()

        def stop(self) -> bool:
            self.closed.set()
            return True

    def test_a_host_that_ends_at_once_never_opens(self) -> None:
        part = DelayedStart(lambda: pytest.fail("it was made"))
        part.start()
        assert part.stop()

    def test_a_door_that_was_opened_is_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hostcore.control.delayed_start.DELAY_SECONDS", 0)
        door = self.Startable()
        part = DelayedStart(lambda: door)
        part.start()
        assert door.opened.wait(PATIENCE)
        assert part.stop()
        assert door.closed.is_set()

    def test_one_that_was_never_started_ends_all_the_same(self) -> None:
        assert DelayedStart(self.Startable).stop()
