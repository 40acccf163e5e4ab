"""Many calls of one plugin instance on virtual time, with the memory of guest and host."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hostcore.clock import VirtualClock
from hostcore.config.recording import RecordingSettings
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.replay.checkpoints import ReplayedCheckpoints
from hostcore.replay.worker import Worker
from hostcore.runtime.plugin import Plugin
from tests.bench.plain import DISPLAY, shipped_config, shipped_drivers, shipped_plugins
from tests.bench.process import dirty_bytes
from tests.bench.sandboxed import forget, load, sandbox_on
from tests.waiting import until

FRAMES = "frames"
"""Name of the job for a display that only sends full frames."""
RECORDED = "recorded"
"""Name of the job for the display with its recording and checkpoints, as a host has them."""
FRAME_WRITER = """
from host import i2c

FRAMES = [b"\\x40" + bytes([shade]) * 1024 for shade in (0x00, 0x55, 0xFF)]
turn = 0

def update(readings):
    global turn
    i2c.write(0x3C, FRAMES[turn % 3])
    turn += 1
"""
CHECKPOINT_SECONDS = 60.0
"""Most seconds that a checkpoint takes, on a busy computer."""
SAMPLES = 20
"""Number of samples."""
INTERVAL = 2.0
"""Virtual seconds between two calls, as in host.toml."""
SETTLED = SAMPLES // 10
"""The sample after which nothing may grow. Python's caches are full by then."""
GUEST_MAY_GROW, HOST_MAY_GROW = 128 << 10, 1 << 20
"""Bytes by which memory may vary, because of malloc and Python's arenas: two pages of WebAssembly."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory at one moment, in bytes."""

    calls: int
    guest: int
    """The instance's linear memory."""
    host: int
    """Bytes that only the host's process has written to. Includes the guest's memory, as far as it was written to."""


@dataclass(frozen=True, slots=True)
class Endured:
    """The result of one job."""

    job: str
    samples: tuple[Sample, ...]
    reported: int
    """Calls that reported an error."""
    death: str
    """Why the instance crashed, or ""."""

    @property
    def is_flat(self) -> bool:
        """Whether nothing has grown."""
        settled, end = self.samples[min(SETTLED, len(self.samples) - 1)], self.samples[-1]
        return end.guest - settled.guest <= GUEST_MAY_GROW and end.host - settled.host <= HOST_MAY_GROW

    @property
    def is_well(self) -> bool:
        """Whether there is no problem."""
        return self.is_flat and not self.death and not self.reported


def jobs() -> list[str]:
    """Every shipped driver, the display, the writer of frames, and the display that is recorded."""
    return [*(driver.name for driver in shipped_drivers(shipped_config())), DISPLAY, FRAMES, RECORDED]


def endure(job: str, calls: int, tick: Callable[[int], None]) -> Endured:
    """Call one instance `calls` times.

    Args:
        job: one of `jobs`.
        calls: number of calls.
        tick: receives the number of calls since its last call.
    """
    clock = VirtualClock()
    reported, done = 0, 0
    worker = Worker()
    with _plugin(job, clock, worker) as plugin:
        call = _call(plugin)
        samples = [_sample(0, plugin, worker)]
        try:
            for sample in range(1, SAMPLES + 1):
                while done < calls * sample // SAMPLES:
                    reported += _reports(call)
                    clock.advance(INTERVAL)
                    done += 1
                tick(done - samples[-1].calls)
                samples.append(_sample(done, plugin, worker))
        except PluginCrashedError as crash:
            return Endured(job, tuple(samples), reported, f"died at call {done + 1:,}: {crash.problem}")
    return Endured(job, tuple(samples), reported, "")


def _sample(calls: int, plugin: Plugin, worker: Worker) -> Sample:
    """Measure when no checkpoint is being made, which takes two copies of the memory for a moment."""
    until(lambda: worker.is_idle, CHECKPOINT_SECONDS)
    return Sample(calls, plugin.memory_bytes(), dirty_bytes())


@contextmanager
def _plugin(job: str, clock: VirtualClock, worker: Worker) -> Iterator[Plugin]:
    """The plugin of a job. `worker` makes the checkpoints of its recording, if there is one."""
    with sandbox_on(clock) as sandbox:
        if job == FRAMES:
            yield sandbox.load(FRAME_WRITER, "i2c:1:0x3c:write", log=forget)
        elif job == RECORDED:
            checkpoints = ReplayedCheckpoints(sandbox.runtime, worker)

            def begin(header: Header) -> Recorder:
                return Recorder(header, clock, RecordingSettings().plugin_kib << 10, checkpoints)

            yield load(sandbox, shipped_plugins(shipped_config())[DISPLAY], record=begin)
            worker.stop(CHECKPOINT_SECONDS)
        else:
            yield load(sandbox, shipped_plugins(shipped_config())[job])


def _call(plugin: Plugin) -> Callable[[], object]:
    if "driver" in plugin.provides:
        return plugin.read
    readings = iter(_rounds())
    return lambda: plugin.update(next(readings))


def _rounds() -> Iterator[str]:
    """Rounds of readings for a display. They change, as real readings do."""
    number = 0
    while True:
        number += 1
        reading = {"temperature": 20 + number % 90 / 10, "humidity": 40 + number % 70 / 10, "count": number}
        yield json.dumps({"timestamp": "2026-01-31T08:00:00.123Z", DISPLAY: reading, "bme680": reading})


def _reports(call: Callable[[], object]) -> bool:
    try:
        call()
    except PluginReportedError:
        return True
    return False
