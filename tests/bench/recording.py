"""What a recording costs: time for each host call, bytes for each poll and each day, and the time of a replay."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count

from hostcore.clock import VirtualClock
from hostcore.config.model import PluginSettings
from hostcore.recording.contents import read_recording
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import Run
from hostcore.runtime.plugin import Plugin
from tests.bench.measure import KILO, MEGA, MICRO, MILLI, Aim, Figure, interleaved, processor_seconds_of, seconds_of
from tests.bench.plain import DISPLAY, shipped_config, shipped_drivers, shipped_plugins
from tests.bench.sandboxed import load, sandbox_on
from tests.sandbox import Sandbox

TITLE = "Recording; on virtual time, on which each look at the clock takes as long as on a PC"
REPETITIONS, CALLS, POLLS = 21, 300, 400
DAY = 86_400.0
AMPLE = 64 << 20
SOURCE = f"""
from host import i2c

def read():
    for _ in range({CALLS}):
        i2c.transfer(0x77, b"", 25, bus=1)
    return {{}}
"""


class _GoingOn(VirtualClock):
    """A clock that has gone on by chance at each look, so that the times of a recording are as hard to compress."""

    def __init__(self) -> None:
        super().__init__()
        self._chance = random.Random(7)

    def monotonic_ns(self) -> int:
        self.advance(self._chance.gammavariate(2, 7e-6))
        return super().monotonic_ns()


def figures() -> Iterator[Figure]:
    """The cost of a host call, then the bytes of each plugin, and the replay."""
    yield _cost()
    day = 0.0
    config = shipped_config()
    for plugin in [*shipped_drivers(config), shipped_plugins(config)[DISPLAY]]:
        size, replay = _of(plugin)
        yield Figure(f"{plugin.name}: a poll", size, KILO)
        minute = 60 / plugin.interval
        yield Figure(f"{plugin.name}: replay of a minute", replay * minute, MILLI, 60.0, "real time", Aim(factor=100))
        day += size * DAY / plugin.interval
    yield Figure("a day of them all", day, MEGA, aim=Aim(most=20 * MEGA))


def _cost() -> Figure:
    with sandbox_on(VirtualClock()) as sandbox:
        recorders: list[Recorder] = []
        off = sandbox.load(SOURCE, "i2c:1:0x77", call_seconds=60.0)
        on = sandbox.load(SOURCE, "i2c:1:0x77", call_seconds=60.0, record=_beginning(sandbox, recorders))
        took = interleaved(REPETITIONS, {"on": processor_seconds_of(on.read), "off": processor_seconds_of(off.read)})
    per_call = {name: seconds / CALLS for name, seconds in took.items()}
    aim = Aim(factor=1 / 1.1)
    return Figure("host call, whole path, recorded", per_call["on"], MICRO, per_call["off"], "not recorded", aim)


def _beginning(sandbox: Sandbox, recorders: list[Recorder]) -> Callable[[Header], Recorder]:
    def begin(header: Header) -> Recorder:
        recorders.append(Recorder(header, sandbox.clock, AMPLE))
        return recorders[-1]

    return begin


def _of(settings: PluginSettings) -> tuple[float, float]:
    """Bytes of a poll, and seconds of its replay."""
    recorders: list[Recorder] = []
    clock = _GoingOn()
    with sandbox_on(clock) as sandbox:
        plugin = load(sandbox, settings, record=_beginning(sandbox, recorders))
        call, begun = _call(plugin), recorders[0].size
        for _ in range(POLLS):
            call()
            clock.advance(settings.interval)
        recorders[0].tape.cut()
        size = (recorders[0].size - begun) / POLLS
        recording = read_recording(recorders[0].snapshot())
        with closing(Run(sandbox.runtime, prepared_of(sandbox.runtime, recording.header), recording)) as run:
            assert all(played.is_exact for played in run.beginning())
            took = seconds_of(lambda: [None for _ in run.newest()])()
    return size, took / POLLS


def _call(plugin: Plugin) -> Callable[[], object]:
    if "driver" in plugin.provides:
        return plugin.read
    numbers = count()
    return lambda: plugin.update(json.dumps({"bme680": {"temperature": 20 + next(numbers) % 90 / 10}}))
