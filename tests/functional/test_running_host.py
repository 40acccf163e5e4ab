"""``wasi-host i2c`` and ``wasi-host scan`` while a host runs: it does their transfers, among those of its plugins."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind, I2cRead
from hostcore.cli.bus import opened
from hostcore.config.loading import load_config
from hostcore.control.client import RunningHost, find_host, running_hosts
from hostcore.control.folder import address_in, opened_folder, socket_folder
from hostcore.control.messages import (
    FactsRequest,
    GrantedPermission,
    HostReport,
    Operation,
    Report,
    ScanReport,
    TransferReport,
    TransferRequest,
)
from hostcore.control.server import ControlServer
from hostcore.errors import AccessDeniedError, HostError
from hostcore.events import Message, Outcome, Presence, Probed, ScanCompleted, TransferCompleted
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.events.stream import Subscription
from hostcore.host import Host
from hostcore.place import BusName
from hostcore.session import Order
from tests import waiting
from tests.command import PATIENCE, PROGRAM, Desk
from tests.command import Outcome as Ended
from tests.emulation import preload
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory
from tests.lit_bus import lit_bus
from tests.waiting import soon

pytest_plugins = ["tests.emulation.machine"]
until = partial(waiting.until, seconds=PATIENCE)

BME680 = """
[[simulation.chips]]
chip = "bme680"
bus = 1
address = 0x77
"""
LIGHT = """
from host import i2c
def read():
    i2c.write(0x23, "20")
    return {"light": 1}
"""


@pytest.fixture(autouse=True)
def no_other_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets of this test alone."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("hostcore.control.delayed_start.DELAY_SECONDS", 0)


LATE_THREADS = {"watcher", "health", "history", "control", "diagnosis"}
"""What a host starts when it rests. A command in this process must not be taken for their cause (`Desk.run_here`)."""


class Running:
    """A host in this process, on a simulated bus with a BME680 and a plugin that uses a BH1750."""

    def __init__(self, desk: Desk, cache_folder: Path) -> None:
        self.desk = desk
        self.config = desk.write("host.toml", lit_bus(cache_folder, BME680))
        desk.write("plugins/light.py", LIGHT)
        self.host = Host(load_config(self.config))
        self.transfers: Subscription = self.host.subscribe(TransferCompleted)
        self.scans: Subscription = self.host.subscribe(ScanCompleted)
        self.host.start()
        until(self.found)
        until(lambda: {each.name for each in threading.enumerate()} >= LATE_THREADS)

    def found(self) -> RunningHost | None:
        return find_host(self.config, BusFacts(BusName("i2c-1"), BackendKind.SIMULATED))

    def i2c(self, *arguments: str) -> Ended:
        return self.desk.run_here("i2c", *arguments)

    def of_the_command(self) -> list[TransferCompleted]:
        """The transfers of commands since the last look."""
        taken = [item.event for item in self.transfers.take(0)]
        return [each for each in taken if isinstance(each, TransferCompleted) and each.plugin == "wasi-host i2c"]


@pytest.fixture
def running(tmp_path: Path, cache_folder: Path) -> Iterator[Running]:
    (tmp_path / "desk").mkdir()
    made = Running(Desk(tmp_path / "desk", cache_folder), cache_folder)
    yield made
    assert made.host.stop()


class TestThroughARunningHost:
    def test_a_transfer_is_done_by_the_host_and_told_like_a_plugins(self, running: Running) -> None:
        ended = running.i2c("read", "1", "0x77", "0xd0")
        assert (ended.status, ended.out) == (0, "0x61\n")
        assert "i2c-1, simulated, through the running host (PID " in ended.err
        (told,) = running.of_the_command()
        assert (told.bus, told.address, told.outcome) == ("i2c-1", 0x77, Outcome.OK)
        assert told.messages == (Message(True, b"\xd0"), Message(False, b"\x61"))

    def test_what_is_written_is_still_there_at_the_next_command(self, running: Running) -> None:
        assert running.i2c("write", "1", "0x77", "0x5a", "0x59").status == 0
        assert running.i2c("read", "1", "0x77", "0x5a").out == "0x59\n"
        assert running.i2c("dump", "1", "0x77", "0x5a-0x5a").out.splitlines()[1].split()[1] == "59"

    def test_nobody_at_the_address_is_told_as_ever(self, running: Running) -> None:
        ended = running.i2c("read", "1", "0x50")
        assert ended.status == 1
        assert "wasi-host: I2C bus 1, address 0x50: no device acknowledged" in ended.err
        (told,) = running.of_the_command()
        assert told.outcome is Outcome.NO_ACKNOWLEDGE

    def test_a_running_plugins_device_is_read_but_not_written_unless_forced(self, running: Running) -> None:
        assert running.i2c("read", "1", "0x23").status == 0
        assert running.i2c("dump", "1", "0x23", "0x00-0x01").status == 0
        assert [each.address for each in running.of_the_command()] == [0x23] * 3
        assert "0x23 on i2c-1 belongs to light (permissions in" in running.i2c("write", "1", "0x23", "0x01").err
        assert running.of_the_command() == []
        assert running.i2c("write", "--force", "1", "0x23", "0x01").status == 0
        assert [each.address for each in running.of_the_command()] == [0x23]

    def test_the_host_itself_refuses_whatever_the_command_believes(self, running: Running) -> None:
        host = running.found()
        assert host is not None
        with pytest.raises(AccessDeniedError, match="belongs to light"):
            host.ask(TransferRequest(1, 0x23, (Operation(None, 1),)), TransferReport, PATIENCE)

    def test_a_stopped_plugin_owns_nothing(self, running: Running) -> None:
        running.host.order("light", Order.STOP)
        until(lambda: (host := running.found()) and not host.report.grants)
        assert running.i2c("read", "1", "0x23", "-", "2").status == 0

    def test_a_scan_is_the_hosts_own_and_the_sessions_see_it(self, running: Running) -> None:
        ended = running.desk.run_here("scan", "1", "--json")
        found = json.loads(ended.out)
        assert [each["address"] for each in found["found"]] == ["0x23", "0x77"]
        assert found["found"][0]["plugins"] == [{"plugin": "light", "permission": "i2c:1:0x23"}]
        (told,) = (item.event for item in running.scans.take(0))
        assert isinstance(told, ScanCompleted)
        assert (told.bus, told.mode) == ("i2c-1", "auto")

    def test_the_doctor_knows_it(self, running: Running) -> None:
        out = " ".join(running.desk.run_here("doctor").out.split())
        assert (
            f"Running hosts ok PID {os.getpid()}: {running.config}; `wasi-host i2c` and `scan` reach i2c-1 through it"
            in out
        )

    def test_the_doctor_tells_it_from_one_that_has_other_buses(
        self, running: Running, tmp_path: Path, cache_folder: Path
    ) -> None:
        (tmp_path / "elsewhere").mkdir()
        other = Desk(tmp_path / "elsewhere", cache_folder)
        other.write("host.toml", '[buses.i2c-1]\nbackend = "simulated"\n')
        out = " ".join(other.run_here("doctor").out.split())
        assert f"ok PID {os.getpid()}: {running.config}; it has other buses than these" in out

    def test_after_the_host_has_ended_commands_do_it_themselves(self, running: Running) -> None:
        folder = socket_folder()
        assert folder is not None
        assert list(folder.iterdir())
        with soon(2.0):
            assert running.host.stop()
        assert list(folder.iterdir()) == []
        assert running.i2c("read", "1", "0x77", "0xd0").err == "wasi-host: this is i2c-1, simulated\n"


class TestBesideAHostThatDoesNotAnswerAsItShould:
    """A socket whose owner hangs up, or makes up its answers."""

    @pytest.fixture
    def desk(self, tmp_path: Path, cache_folder: Path) -> Desk:
        (tmp_path / "desk").mkdir()
        made = Desk(tmp_path / "desk", cache_folder)
        made.write("host.toml", lit_bus(cache_folder, BME680))
        return made

    @pytest.fixture
    def answers(self, desk: Desk) -> Iterator[list[Report]]:
        """What the host answers from now on, the first to whoever asks who it is."""
        config, bus = os.path.realpath(desk.folder / "host.toml"), BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)
        made: list[Report] = [HostReport(1, config, (bus,), ("",), (GrantedPermission("\x1b[2J", "i2c:1:0x23"),))]
        folder = socket_folder()
        assert folder is not None
        server = ControlServer(folder, lambda request: made[not isinstance(request, FactsRequest)], pytest.fail)
        server.start()
        until(lambda: any(isinstance(each, RunningHost) and each.report.config == config for each in running_hosts()))
        yield made
        assert server.stop()

    @pytest.mark.parametrize("received", [(), (b"",), (b"ab",), (b"a", b"b")])
    def test_other_bytes_than_were_asked_for_are_an_error(
        self, desk: Desk, answers: list[Report], received: tuple[bytes, ...]
    ) -> None:
        answers.append(TransferReport(received))
        with (
            opened(desk.folder / "host.toml", "1") as bus,
            pytest.raises(HostError, match=r"PID 1\) sent an answer to another request"),
        ):
            bus.transaction(0x77, I2cRead(1))

    @pytest.mark.parametrize("addresses", [(), (-5,), (0x78,), (0x50, 0x50), (0x51, 0x50)])
    def test_so_are_other_addresses_than_there_are(
        self, desk: Desk, answers: list[Report], addresses: tuple[int, ...]
    ) -> None:
        answers.append(ScanReport(tuple(Probed(each, Presence.PRESENT, "") for each in addresses)))
        with (
            opened(desk.folder / "host.toml", "1") as bus,
            pytest.raises(HostError, match="sent an answer to another request"),
        ):
            bus.scan(ScanMode.AUTO)

    def test_nothing_that_it_says_acts_on_the_terminal(self, desk: Desk, answers: list[Report]) -> None:
        answers.append(ScanReport((Probed(0x23, Presence.GHOST, "\x1b]0;x\x07"), Probed(0x24, Presence.FAULT, "\x9b"))))
        told = desk.run_here("scan", "1").out
        assert told.isascii()
        assert all(each.isprintable() for each in told.splitlines())
        assert r"plugin \x1b[2J (i2c:1:0x23)" in told

    def test_one_that_says_nothing_is_named_by_who_goes_past_it_and_by_the_doctor(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        folder = tmp_path / "run" / "wasi-host"
        folder.mkdir(mode=0o700)
        with opened_folder(folder) as handle, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(address_in(handle, "0.socket"))
            listener.listen()
            hangs_up = threading.Thread(target=lambda: [listener.accept()[0].close() for _ in range(3)])
            hangs_up.start()
            ended = desk.run_here("i2c", "read", "1", "0x77", "0xd0")
            refused = desk.run_here("i2c", "write", "-y", "1", "0x23", "0x01")
            doctor = " ".join(desk.run_here("doctor").out.split())
            hangs_up.join(PATIENCE)
        named = f"PID {os.getpid()}"
        assert ended.out == "0x61\n"
        assert ended.err.startswith(f"wasi-host: {named} does not answer: ")
        assert "; it may use this bus\n" in ended.err
        assert (refused.status, refused.out) == (1, "")
        assert "0x23 on i2c-1 belongs to light" in refused.err
        assert f"!! {named}: does not answer: " in doctor


def test_a_host_and_a_command_with_other_settings_share_a_real_bus(
    kernel: EmulatedKernel, tmp_path: Path, cache_folder: Path
) -> None:
    adapter = I2cAdapter({0x50: Memory(b"\x2a")})
    kernel.plug("i2c-1", adapter)
    (tmp_path / "one" / "plugins").mkdir(parents=True)
    (tmp_path / "two").mkdir()
    theirs, ours = tmp_path / "one" / "host.toml", tmp_path / "two" / "host.toml"
    theirs.write_text(f'[host]\ncache_folder = "{cache_folder}"\n[buses.i2c-1]\n')
    ours.write_text("[buses.i2c-1]\n")
    host = subprocess.Popen(
        [PROGRAM, "--config", theirs, "run"], env=preload.environment(kernel.root), stderr=subprocess.PIPE
    )
    try:
        folder = tmp_path / "run" / "wasi-host"
        until(lambda: list(folder.glob("*.socket")))
        scanned = preload.run(kernel.root, str(PROGRAM), "--config", str(ours), "scan", "1", "-y")
        assert f"This is the real bus i2c-1 (/dev/i2c-1), through the running host (PID {host.pid})." in scanned.stdout
        read = preload.run(kernel.root, str(PROGRAM), "--config", str(ours), "i2c", "read", "1", "0x50", "0x00")
        assert (read.returncode, read.stdout) == (0, "0x2a\n")
        assert adapter.open_files == 1, "the command never opened the bus"
    finally:
        host.terminate()
        host.communicate(timeout=PATIENCE)
