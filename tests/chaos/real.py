"""Minutes of a host in real time, with all shipped drivers, and with a real broker in trouble."""

from __future__ import annotations

import json
import math
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from hostcore.clock import NS_PER_S, timestamp
from hostcore.events import ReadingPublished
from hostcore.quick_dataclass import dataclass
from tests.bench.plain import simulated_settings
from tests.bench.process import environment, module
from tests.bench.running import lateness
from tests.broker import PASSWORD, USER, Broker
from tests.chaos import host_process
from tests.chaos.account import Account, compare
from tests.chaos.proxy import Drain, Proxy
from tests.chaos.subscriber import Subscriber
from tests.chaos.trouble import Trouble, Troublemaker, configuration, schedule
from tests.waiting import comes_true

INTERVAL = 2.0
"""Seconds between two readings of a driver."""
LONGEST = 2.0
"""Seconds of the longest trouble."""
STRIKING = 10.0
"""Seconds within which enough bytes go through for a cut, on a connection that has just been made again."""
STATE = "state"
"""The folder below which the host keeps its history."""
COMMIT_SECONDS = 2.0
"""Seconds between two writes of the history: soon, so that a run has many."""
PATIENCE = 60.0
"""Seconds until all that waited has come, and until the host has ended."""
SETTLING_NS = 5 * NS_PER_S
"""For how long a host that starts loads its drivers, at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run."""

    account: Account
    cuts: int
    """Connections that were cut in the middle of a message."""
    calm_ms: tuple[float, float]
    """How late readings were while the broker was well: the median, and the time that one of a hundred exceeds."""
    troubled_ms: tuple[float, float]
    """The same, while the broker was in trouble."""

    def __str__(self) -> str:
        calm, troubled = (f"{median:.1f} / {most:.1f} ms" for median, most in (self.calm_ms, self.troubled_ms))
        return (
            f"{self.account}; {self.cuts} cut in the middle of a message\n"
            f"readings were late by (median / p99) {calm} with a broker that is well, {troubled} with one in trouble"
        )


class Process:
    """The process of the host."""

    def __init__(self, folder: Path, broker: Broker, port: int) -> None:
        self.started_ns: list[int] = []
        self._settings, self._file = simulated_settings(folder), folder / "read"
        text = self._settings.read_text(encoding="utf-8")
        self._settings.write_text(
            text.replace("commit_seconds = 60.0", f"commit_seconds = {COMMIT_SECONDS}"), encoding="utf-8"
        )
        self._command = module(
            host_process.__name__, str(self._settings), str(port), str(broker.password_file), str(self._file)
        )
        self._environment = {**environment(), "XDG_STATE_HOME": str(folder / STATE)}

    def start(self) -> None:
        """Start it, and wait until it can be ended."""
        self._process = subprocess.Popen(self._command, env=self._environment, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the host has not started"
        self.started_ns.append(time.time_ns())

    def stop(self) -> None:
        """End it as a service manager would."""
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(PATIENCE)
        assert status == 0, f"the host ended with status {status}"

    def kill(self) -> None:
        """Kill it, which it does not notice."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def read(self) -> list[ReadingPublished]:
        """Return what the drivers have read so far."""
        if not self._file.exists():
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return [ReadingPublished(time_ns, plugin, reading) for time_ns, plugin, reading in map(json.loads, lines)]


def run(folder: Path, *, seed: int, times: int, seconds: float, calm_seconds: float) -> Outcome:
    """Run a host: first with a broker that is well, and then for `seconds` with each kind of trouble some times.

    In the middle, the host itself ends and starts again while it has no broker.
    """
    with stage(folder) as (broker, proxy, subscriber):
        host = Process(folder, broker, proxy.port)
        host.start()
        calm_ns = time.time_ns()
        time.sleep(calm_seconds)
        maker = Troublemaker(broker, proxy, subscriber, random.Random(seed))
        _make_trouble(maker, host, proxy, schedule(seed, times, seconds), seed)
        host.stop()
        end = timestamp(time.time_ns())
        read = host.read()
        host.start()  # it sends what waited at its end
        comes_true(lambda: not compare(read, subscriber.got[:]).lost, PATIENCE)
        host.stop()
        return Outcome(
            compare(read, [each for each in subscriber.got if each.time < end]),
            proxy.cuts,
            _late(host, read, calm_ns, calm_ns + round(calm_seconds * NS_PER_S)),
            _late(host, read, calm_ns + round(calm_seconds * NS_PER_S), time.time_ns()),
        )


def _make_trouble(
    maker: Troublemaker, host: Process, proxy: Proxy, planned: Sequence[tuple[float, Trouble]], seed: int
) -> None:
    chance, began = random.Random(seed), time.monotonic()
    for index, (at, trouble) in enumerate(planned):
        time.sleep(max(0.0, began + at - time.monotonic()))
        maker.begin(trouble)
        time.sleep(chance.uniform(0, LONGEST))
        comes_true(lambda: maker.has_struck, STRIKING)
        if index == len(planned) // 2:
            proxy.close()
            time.sleep(2 * INTERVAL)
            host.stop()
            host.start()
        maker.end()
        proxy.open()


@contextmanager
def stage(folder: Path, persistence: Path | None = None) -> Iterator[tuple[Broker, Proxy, Subscriber]]:
    """A broker, a proxy for the host, and a subscriber. The broker keeps its state in `folder` or `persistence`."""
    broker = Broker(folder, configuration(persistence or folder))
    broker.start()
    proxy, drain = Proxy(broker.ports.plain), Drain(broker.ports.plain)
    drain.open()
    subscriber = Subscriber(drain.port, USER, PASSWORD, f"{host_process.PREFIX}/{host_process.NODE}")
    try:
        subscriber.wait_until_ready()
        proxy.open()
        yield broker, proxy, subscriber
    finally:
        subscriber.stop()
        drain.end()
        proxy.end()
        broker.stop()


def _late(host: Process, read: Sequence[ReadingPublished], since_ns: int, until_ns: int) -> tuple[float, float]:
    """Return how late readings were between two moments, in ms: the median, and what one of a hundred exceeds.

    Each run of the host has a schedule of its own, which begins when it has loaded its drivers.
    """
    late: list[float] = []
    for start_ns, end_ns in pairwise([*host.started_ns, time.time_ns()]):
        first, last = max(since_ns, start_ns + SETTLING_NS), min(until_ns, end_ns)
        late += lateness([each for each in read if first <= each.time_ns < last], INTERVAL)
    late.sort()
    if not late:
        return math.nan, math.nan
    return 1e3 * late[len(late) // 2], 1e3 * late[int(0.99 * (len(late) - 1))]
