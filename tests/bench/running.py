"""A host that measures itself while it runs, on the real clock: ``python -m tests.bench.running KIND COUNT SECONDS``.

KIND is one of these:

- ``plugins``: COUNT shipped drivers of a BH1750, each with a chip of its own and a reading every two seconds.
- ``buses``: COUNT I2C buses with a busy driver each, whose transfers take a millisecond.
- ``calls``: the same, but the transfers take no time.
- ``slow``: as ``buses``, beside one more bus, whose transfers take 100 ms.
- ``shipped``: all shipped plugins with their settings (COUNT is 0).

After all have read for the first time, it runs for SECONDS, and prints a line of JSON, a `Measured`.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from hostcore.clock import NS_PER_S
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.events import ReadingFailed, ReadingPublished
from hostcore.host import Host
from tests.bench.plain import shipped_config, shipped_drivers, shipped_plugins, simulated_settings
from tests.bench.process import clean_bytes, dirty_by_kind, dirty_bytes, first_line, module
from tests.bench.resident import BUS, plugins_on_buses

INTERVAL, BUSY_INTERVAL = 2.0, 0.05
"""Seconds from one turn of a driver to the next."""
DRIVER = "bh1750"
TRANSFERS = 50
"""Transfers of each reading of a busy driver: they take longer than `BUSY_INTERVAL`, so that it never rests."""
SETTINGS = """
[host]
plugins_folder = "none"
interval = {interval}

[limits]
bus_share = 1.0
"""
BUSY = f'''"""Reads the chip without a rest."""
import time
from host import i2c, settings

bus = settings()["bus"]

def read():
    began = time.monotonic()
    for _ in range({TRANSFERS}):
        i2c.read(0x23, 2, bus=bus)
    return {{"seconds": time.monotonic() - began}}
'''
DELAY = """
[[simulation.faults]]
kind = "delay"
bus = "i2c-{bus}"
amount = {ms}
"""
SHORT_MS, LONG_MS = 1, 100
"""How long a transfer takes. One of 10 bytes takes a millisecond at 100 kHz."""
BUSY_PLUGIN = """
[plugins.busy{bus}]
path = {path}
permissions = ["i2c:{bus}:0x23"]
settings = {{ bus = {bus} }}
limits = {{ call_seconds = 60.0 }}

[[simulation.chips]]
chip = "bh1750"
bus = {bus}
address = 0x23
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process prints. Times are in seconds."""

    started: float
    """From the start of the host until all plugins have read for the first time, imports not included."""
    cpu: float
    """Processor time of one second."""
    dirty: int
    """Bytes that only this process has, and has written to."""
    dirty_by_kind: Mapping[str, int]
    """`dirty`, divided by what it is for."""
    clean: int
    """Bytes that only this process has mapped from files, and has not written to. The system can drop them."""
    late_median: float
    late_99: float
    late_most: float
    """How late readings were: against the turn of the same driver that was the earliest in its schedule. The median,
    the value that one of a hundred exceeds, and the largest."""
    readings: int
    spent: Mapping[str, float]
    """By plugin, the median time of a transfer. Only of busy drivers."""
    quickest: float
    """The least of these times; 0 if there are none."""


def measure(kind: str, count: int, seconds: float) -> Measured:
    """Run this module in a process of its own. Blocks until it ends."""
    _, line = first_line(module(__spec__.name, kind, str(count), str(seconds)))
    return Measured(**json.loads(line))


def main() -> None:
    """Run the command line's KIND."""
    kind, count, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "host.toml"
        if kind == "shipped":
            file = simulated_settings(Path(folder))
        elif kind == "plugins":
            driver = shipped_plugins(shipped_config())[DRIVER]
            file.write_text(SETTINGS.format(interval=INTERVAL) + plugins_on_buses(driver, count))
        else:
            short = 0 if kind == "calls" else SHORT_MS
            file.write_text(_busy(Path(folder), [short] * count + [LONG_MS] * (kind == "slow")))
        measured = _watch(load_config(file), seconds)
    print(json.dumps(asdict(measured)), flush=True)


def _busy(folder: Path, delays: Sequence[int]) -> str:
    """Settings of a bus, its chip and its busy driver for each of these delays, in milliseconds."""
    driver = folder / "busy.py"
    driver.write_text(BUSY)
    path, text = json.dumps(str(driver)), SETTINGS.format(interval=BUSY_INTERVAL)
    for bus, delay in enumerate(delays):
        text += BUS.format(bus=bus) + BUSY_PLUGIN.format(bus=bus, path=path)
        text += DELAY.format(bus=bus, ms=delay) if delay else ""
    return text


def _watch(config: Config, seconds: float) -> Measured:
    began, interval = time.perf_counter(), config.host.interval
    host = Host(config)
    events = host.stream.subscribe(ReadingPublished, ReadingFailed, capacity=100_000)
    host.start()
    try:
        awaited = {driver.name for driver in shipped_drivers(config)}
        while awaited:
            awaited -= {_read(item.event).plugin for item in events.take()}
        started = time.perf_counter() - began
        time.sleep(interval)  # the loads are over, and the processor is free
        events.take(0)
        cpu, wall = time.process_time(), time.perf_counter()
        time.sleep(seconds)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        readings = [_read(item.event) for item in events.take(0)]
        late = sorted(lateness(readings, interval))
        return Measured(
            started=started,
            cpu=cpu / wall,
            dirty=dirty_bytes(),
            dirty_by_kind=dirty_by_kind(),
            clean=clean_bytes(),
            late_median=statistics.median(late),
            late_99=late[int(0.99 * (len(late) - 1))],
            late_most=late[-1],
            readings=len(readings),
            spent=_spent(readings, statistics.median),
            quickest=min(_spent(readings, min).values(), default=0.0),
        )
    finally:
        host.stop()


def _read(event: object) -> ReadingPublished:
    assert isinstance(event, ReadingPublished), f"a driver failed: {event}"
    return event


def _by_plugin(readings: Sequence[ReadingPublished]) -> dict[str, list[ReadingPublished]]:
    found: dict[str, list[ReadingPublished]] = {}
    for reading in readings:
        found.setdefault(reading.plugin, []).append(reading)
    return found


def lateness(readings: Sequence[ReadingPublished], interval: float) -> Iterator[float]:
    """Seconds from when each reading would have come at best, according to its driver's schedule."""
    for each in _by_plugin(readings).values():
        phases = [(reading.time_ns - each[0].time_ns) / NS_PER_S for reading in each]
        offsets = [phase - round(phase / interval) * interval for phase in phases]
        yield from (offset - min(offsets) for offset in offsets)


def _spent(readings: Sequence[ReadingPublished], of: Callable[[Iterable[float]], float]) -> dict[str, float]:
    busy = [reading for reading in readings if "seconds" in reading.reading]
    return {
        plugin: of(float(reading.reading["seconds"]) for reading in each) / TRANSFERS
        for plugin, each in _by_plugin(busy).items()
    }


if __name__ == "__main__":
    main()
