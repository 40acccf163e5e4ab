"""What a screen in another process costs: the time until it shows something, and the bytes that cross to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore import __version__
from hostcore.clock import NS_PER_S, RealClock, VirtualClock
from hostcore.config.history import history_file
from hostcore.control.attaching import connection_to
from hostcore.control.lines_in import LinesIn
from hostcore.control.message_lines import request_line
from hostcore.control.remote_session import RemoteSession
from hostcore.control.session_lines import LONGEST_LINE
from hostcore.control.session_messages import PROTOCOL, AttachRequest
from hostcore.control.ssh import SshLink
from hostcore.events import Level, LogWritten, Message, Outcome, PageRendered, ReadingPublished, TransferCompleted
from hostcore.events.keeping import KIB
from hostcore.place import BusName
from hostcore.view.view import View
from tests.attached import ServedSession
from tests.bench.measure import KILO, MEGA, MILLI, Aim, Figure, interleaved
from tests.bench.plain import simulated_settings
from tests.bench.process import module
from tests.counting_relay import CountingRelay
from tests.recorded import DAY, Recording
from tests.scripted_session import host_facts
from tests.ssh_server import COMPUTER, ssh_server
from tests.terminal_process import TerminalProcess

TITLE = "A screen attached to a host in another process; bytes are those of one second"
REPETITIONS = 5
WATCHED = 20.0
"""Seconds over which bytes are counted."""
SETTLED = 8.0
"""Seconds until everything has been drawn once."""
WASI_HOST = str(Path(sys.executable).with_name("wasi-host"))
BUS = BusName("i2c-1")
INTERVAL = 2
"""Seconds between two readings of that day."""
READINGS = {
    "bme680": ("temperature", "humidity", "pressure", "gas_resistance"),
    "bh1750": ("illuminance",),
    "aht20": ("temperature", "humidity"),
    "dht22": ("temperature", "humidity"),
    "pi_monitor": ("cpu_temperature", "load", "memory_used_mb", "uptime_seconds"),
}
"""The numbers of the shipped drivers in it."""
NEWEST = b"499.8"
"""The last temperature of the full backlog, on the screen."""


def figures() -> Iterator[Figure]:
    """Attaching to the six shipped drivers, their events, and a backlog that is full."""
    with tempfile.TemporaryDirectory() as folder, _host(Path(folder)) as settings:
        command = [WASI_HOST, "--config", str(settings)]
        took = interleaved(REPETITIONS, {"attach": lambda: _first_frame(command)})
        yield Figure(
            "process start to the first frame, a day of history", took["attach"], MILLI, aim=Aim(most=500 * MILLI)
        )
        plain, compressed = _bytes_per_second(settings)
        yield Figure("six plugins every 2 s: bytes", plain, KILO)
        what = "    compressed as ssh -C does"
        yield Figure(what, compressed, KILO, plain, "not compressed", Aim(most=KILO))
        yield from _over_ssh(Path(folder), settings, _drawn(command))
    yield from _full_backlog()


@contextmanager
def _host(folder: Path) -> Iterator[Path]:
    """Run a host with its own folders for sockets and locks, for this process, too."""
    os.environ.update(XDG_RUNTIME_DIR=str(folder), XDG_STATE_HOME=str(folder / "state"))
    settings = simulated_settings(folder)
    _record_day(settings)
    host = subprocess.Popen([WASI_HOST, "--config", str(settings), "run"], stdout=subprocess.PIPE)
    try:
        assert host.stdout is not None
        for _ in range(3):
            host.stdout.readline()
        threading.Thread(target=host.stdout.read, daemon=True).start()
        yield settings
    finally:
        host.terminate()
        host.wait()


def _record_day(settings: Path) -> None:
    """Put the day before now into the history of a host that does not run."""
    file = history_file(settings)
    assert file is not None
    file.parent.mkdir(mode=0o700, parents=True)
    recording = Recording(file.parent, clock=VirtualClock(wall_start_ns=time.time_ns() - DAY * NS_PER_S))
    for number in range(DAY // INTERVAL):
        recording.clock.advance(INTERVAL)
        for plugin, keys in READINGS.items():
            recording.read(dict.fromkeys(keys, number / 8), plugin, simulated=True)
        recording.commit_if_due()
    recording.recorder.close()
    recording.file.rename(file)


def _first_frame(command: list[str]) -> float:
    began = time.perf_counter()
    with TerminalProcess(command, (120, 40), PYTHONDONTWRITEBYTECODE="") as screen:  # with compiled bytecode
        screen.read_until(b"PID ", b"Leave")
        return time.perf_counter() - began


def _bytes_per_second(settings: Path) -> tuple[float, float]:
    """Return the bytes of the live events, and those bytes compressed with one stream, flushed with each delivery."""
    with connection_to(settings) as connection:
        connection.sendall(request_line(AttachRequest(PROTOCOL, __version__, without=("PageRendered",))))
        _drain(connection, 2.0)
        compressor = zlib.compressobj()
        plain = packed = 0
        latest = time.perf_counter() + WATCHED
        while (left := latest - time.perf_counter()) > 0:
            connection.settimeout(left)
            try:
                part = connection.recv(1 << 16)
            except TimeoutError:
                break
            plain += len(part)
            packed += len(compressor.compress(part)) + len(compressor.flush(zlib.Z_SYNC_FLUSH))
    return plain / WATCHED, packed / WATCHED


def _drawn(command: list[str]) -> float:
    """Return the bytes per second that the screen itself writes: what would cross if it ran on the other computer."""
    with TerminalProcess(command, (120, 40), PYTHONDONTWRITEBYTECODE="") as screen:
        screen.read_until(b"PID ", b"Leave")
        screen.read_for(SETTLED)
        return len(screen.read_for(WATCHED)) / WATCHED


def _over_ssh(folder: Path, settings: Path, drawn: float) -> Iterator[Figure]:
    """Count what crosses the network between a real ssh and a real sshd."""
    with ssh_server(folder / "ssh") as server, CountingRelay(server.port) as relay:
        server.move_to(relay.port)
        os.environ["PATH"] = f"{server.programs}:{os.environ['PATH']}"
        link = SshLink(COMPUTER, settings)
        remote = RemoteSession(link.connect, RealClock(), (PageRendered,))
        remote.start()
        time.sleep(2.0)  # the backlog crosses
        before = relay.count
        time.sleep(WATCHED)
        crossed = (relay.count - before) / WATCHED
        what = "    over ssh, with all that ssh adds"
        yield Figure(what, crossed, KILO, drawn, "the drawn screen", Aim(most=KILO))
        link.stop()
        remote.stop()


def _drain(connection: socket.socket, seconds: float) -> None:
    """Take the greeting and the backlog."""
    latest, arriving = time.perf_counter() + seconds, LinesIn(connection, LONGEST_LINE)
    while (left := latest - time.perf_counter()) > 0:
        arriving.take(left)


def _full_backlog() -> Iterator[Figure]:
    served = ServedSession()
    for number in range(4_000):
        messages = (Message(True, b"\x20"), Message(False, bytes(8)))
        values = {"temperature": number / 8, "humidity": 50.0, "pressure": 1013.25}
        served.session.publish(
            [
                ReadingPublished(number, f"driver{number % 6}", values),
                TransferCompleted(number, "driver", BUS, 0x23, messages, Outcome.OK, "", 900, 0, number, 3),
                LogWritten(number, "driver", Level.INFO, f"the value of the register is {number}"),
            ]
        )
    took = interleaved(REPETITIONS, {"folded": lambda: _folded(served), "frame": lambda: _full_frame(served)})
    count = len(served.backlog.since(0).items)
    yield Figure(f"a full backlog of {count} events, sent and folded", took["folded"], MILLI, aim=Aim(most=1.0))
    yield Figure("    process start to a frame that shows all of it", took["frame"], MILLI, aim=Aim(most=500 * MILLI))
    yield Figure("    its memory, estimated", served.backlog.bytes, MEGA, aim=Aim(most=7 * KIB * KIB))
    served.join()


def _full_frame(served: ServedSession) -> float:
    """Attach with a process of its own, and wait for the newest value on the screen."""
    with served.connect() as connection:
        began = time.perf_counter()
        command = module("tests.bench.screen_resident", "attached", str(connection.fileno()))
        with TerminalProcess(
            command, (120, 40), inherited=(connection.fileno(),), PYTHONDONTWRITEBYTECODE=""
        ) as screen:
            screen.read_until(b"PID ", b"Leave", NEWEST)
            return time.perf_counter() - began


def _folded(served: ServedSession) -> float:
    """Attach, and fold everything into a view."""
    began = time.perf_counter()
    remote = served.front_end()
    view = View(host_facts(), ())
    subscription = remote.subscribe(capacity=20_000)
    remote.start()
    missing = len(served.backlog.since(0).items)
    while missing > 0:
        batch = subscription.take(1.0)
        view.fold(item.event for item in batch)
        missing -= len(batch)
    took = time.perf_counter() - began
    remote.stop()
    return took
