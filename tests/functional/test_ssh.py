"""A screen over ssh, with a real sshd on the loopback, a real host and real processes."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from hostcore.clock import RealClock
from hostcore.control.remote_session import RemoteSession
from hostcore.control.ssh import SshLink
from hostcore.errors import HostError
from hostcore.events import ConnectionRestored, Event, EventsDropped, ReadingPublished, State, StateChanged
from hostcore.events.history import HistoryQuery
from hostcore.session import Order
from tests.command import PATIENCE, PROGRAM, Desk, Running
from tests.counting_relay import CountingRelay
from tests.ssh_server import COMPUTER, SshServer, ssh_server
from tests.tmux import ENDED, IS_INSTALLED, Tmux
from tests.waiting import soon, until

pytest_plugins = ["tests.ssh_fixtures"]
CUTS = (pytest.param(3, id="3 times"), pytest.param(100, id="100 times", marks=[pytest.mark.thorough]))


class Watched:
    """What a session tells of the driver ``count``, whose readings are numbers in order."""

    def __init__(self, session: RemoteSession) -> None:
        kinds = (ReadingPublished, EventsDropped, ConnectionRestored)
        self._subscription, self._events = session.subscribe(*kinds, capacity=1_000_000), list[Event]()

    @property
    def readings(self) -> int:
        """How many have come so far."""
        return sum(isinstance(each, ReadingPublished) for each in self._events)

    @property
    def last(self) -> int:
        """The newest number."""
        return max(int(each.reading["n"]) for each in self._events if isinstance(each, ReadingPublished))

    @property
    def restored(self) -> int:
        """How often the connection has come back so far."""
        return sum(isinstance(each, ConnectionRestored) for each in self._events)

    def until(self, readings: int = 0, restored: int = 0) -> None:
        """Wait until so many have come."""
        while self.readings < readings or self.restored < restored:
            new = [item.event for item in self._subscription.take(PATIENCE)]
            assert new, "it does not come back"
            self._events += new

    def require_all_readings(self) -> None:
        """Fail if one is missing, or came twice."""
        assert not any(isinstance(each, EventsDropped) for each in self._events)
        numbers = [each.reading["n"] for each in self._events if isinstance(each, ReadingPublished)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.fixture
def link(far_desk: Desk, server: SshServer) -> Iterator[SshLink]:
    made = SshLink(COMPUTER, far_desk.folder / "host.toml")
    yield made
    made.stop()


class TestTheSession:
    def test_orders_reach_the_host_and_events_come_back(self, host: Running, link: SshLink) -> None:
        remote = RemoteSession(link.connect, RealClock())
        events = remote.subscribe(StateChanged)
        remote.start()
        assert remote.process == host.process.pid
        remote.order("count", Order.STOP)
        until(lambda: any(item.event.after is State.STOPPED for item in events.take(0.1)), PATIENCE)
        link.stop()
        assert remote.stop()

    @pytest.mark.thorough
    @pytest.mark.timeout(900)
    @pytest.mark.usefixtures("host")
    @pytest.mark.parametrize("times", CUTS)
    def test_cut_at_random_moments_it_catches_up_and_nothing_is_left_behind(
        self, far_desk: Desk, server: SshServer, link: SshLink, times: int
    ) -> None:
        chance = Random(7)
        remote = RemoteSession(link.connect, RealClock())
        watched = Watched(remote)
        remote.start()
        for _ in range(times):
            cut = watched.restored
            chance.choice((server.cut, lambda: _kill(link.process)))()
            watched.until(restored=cut + 1)
            watched.until(readings=watched.readings + chance.randrange(3))
        until(lambda: _history_has_all(remote, watched.last), PATIENCE)
        last = link.process
        link.stop()
        assert remote.stop()
        watched.require_all_readings()
        assert not Path(f"/proc/{last}").exists()
        until(lambda: not server.children, PATIENCE)
        until(lambda: not _bridges(far_desk), PATIENCE)

    @pytest.mark.thorough
    def test_a_network_that_is_lost_in_silence_is_noticed_and_nothing_is_missing(
        self, host: Running, server: SshServer, link: SshLink
    ) -> None:
        with CountingRelay(server.port) as relay:
            server.move_to(relay.port)
            remote = RemoteSession(link.connect, RealClock())
            watched = Watched(remote)
            remote.start()
            watched.until(readings=1)
            relay.silence()
            watched.until(restored=1)
            watched.until(readings=watched.readings + 1)
            watched.require_all_readings()
            link.stop()
            assert remote.stop()

    def test_a_host_that_ends_and_comes_back_is_attached_again(self, far_desk: Desk, link: SshLink) -> None:
        with far_desk.running("run") as first:
            first.stdout.readline()
            remote = RemoteSession(link.connect, RealClock())
            restored = remote.subscribe(ConnectionRestored)
            remote.start()
            first.stop(signal.SIGTERM)
        with far_desk.running("run") as second:
            second.stdout.readline()
            assert restored.take(PATIENCE)
            assert remote.process == second.process.pid
            link.stop()
            assert remote.stop()
            second.stop(signal.SIGTERM)

    def test_leaving_ends_ssh_within_a_second_also_if_the_network_is_dead(
        self, host: Running, server: SshServer, link: SshLink
    ) -> None:
        remote = RemoteSession(link.connect, RealClock())
        remote.start()
        os.kill(link.process, signal.SIGSTOP)
        pid = link.process
        with soon():
            link.stop()
            assert remote.stop()
        assert not Path(f"/proc/{pid}").exists()


class TestWhyItDoesNotWork:
    def test_no_host_runs_there(self, far_desk: Desk, link: SshLink) -> None:
        with pytest.raises(HostError) as caught:
            link.connect()
        assert str(caught.value).startswith(f"on {COMPUTER}: no host runs with {far_desk.folder / 'host.toml'}: ")
        assert str(caught.value).endswith("Start it there: wasi-host up")

    def test_one_runs_with_other_settings(self, far_desk: Desk, host: Running, server: SshServer) -> None:
        link = SshLink(COMPUTER, far_desk.folder / "it's other.toml")
        with pytest.raises(HostError, match=r"it's other\.toml") as caught:
            link.connect()
        assert str(caught.value).endswith(f"(--config FILE): {far_desk.folder / 'host.toml'}")
        link.stop()

    def test_the_key_is_refused(self, server: SshServer, link: SshLink) -> None:
        server.forget_keys()
        with pytest.raises(HostError) as caught:
            link.connect()
        assert re.fullmatch(
            rf"ssh cannot connect to {COMPUTER}: .*Permission denied \(publickey\)\. Try: ssh {COMPUTER}",
            str(caught.value),
        )

    def test_nobody_listens_there(self, server: SshServer, link: SshLink) -> None:
        os.kill(server.process, signal.SIGTERM)
        until(lambda: _refused(link), PATIENCE)

    def test_it_is_another_computer_than_before(self, server: SshServer, link: SshLink) -> None:
        known = server.folder / "known_hosts"
        known.write_text(
            known.read_text().replace((server.folder / "host_key.pub").read_text().split()[1], _other_key(server))
        )
        with pytest.raises(HostError, match=r"Host key verification failed\. Try: ssh pi"):
            link.connect()

    def test_wasi_host_is_not_installed_there(
        self, far_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with ssh_server(tmp_path / "bare", path="/usr/bin") as server:
            monkeypatch.setenv("PATH", f"{server.programs}:{os.environ['PATH']}")
            link = SshLink(COMPUTER)
            with pytest.raises(
                HostError, match=f"there is no wasi-host on {COMPUTER}, or its folder is not on the PATH"
            ):
                link.connect()
            link.stop()


@pytest.mark.skipif(not IS_INSTALLED, reason="tmux is not installed")
class TestTheScreen:
    def test_shows_the_host_there_and_leaves_it_running(self, far_desk: Desk, host: Running, server: SshServer) -> None:
        command = [str(PROGRAM), "--config", str(far_desk.folder / "host.toml"), "--on", COMPUTER]
        with Tmux(command, far_desk.folder.parent, size=(120, 30)) as terminal:
            terminal.until(f"on {COMPUTER}", re.compile(r"n +\d+"), "1 running")
            server.cut()
            terminal.until("NO CONNECTION")
            until(lambda: "NO CONNECTION" not in terminal.text, PATIENCE)
            terminal.keys("q")
            terminal.until(f"{ENDED} 0")
        until(lambda: not server.children, PATIENCE)
        assert host.stdout.readline(), "it reads on"


def _history_has_all(session: RemoteSession, last: int) -> bool:
    """Whether the history has each number that the driver ``count`` has read, once, and at least up to `last`."""
    report = session.history(HistoryQuery("count", ("n",), 0, time.time_ns(), 10_000))
    lowest, highest = min(each.lowest for each in report.points), max(each.highest for each in report.points)
    return lowest == 1 and sum(each.count for each in report.points) == highest >= last


def _kill(process: int) -> None:
    if process:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _refused(link: SshLink) -> bool:
    try:
        link.connect().close()
    except HostError as error:
        return "Connection refused" in str(error)
    return False


def _other_key(server: SshServer) -> str:
    return (server.folder / "user_key.pub").read_text().split()[1]


def _bridges(far_desk: Desk) -> list[str]:
    """The commands of the bridges to this host that still run. Other tests have bridges of their own."""
    marks = (str(far_desk.folder).encode(), b"\0bridge\0")
    found = []
    for each in Path("/proc").iterdir():
        with suppress(OSError):
            words = (each / "cmdline").read_bytes() if each.name.isdecimal() else b""
            found += [words.decode()] if all(mark in words for mark in marks) else []
    return found
