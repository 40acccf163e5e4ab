"""Stepping through a traced replay: what a step costs to trace, to keep, and to go back to.

Tracing is in CPU time, because it takes seconds in which other processes run.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial

from hostcore.clock import VirtualClock
from hostcore.config.model import PluginSettings
from hostcore.recording.model import Recording
from hostcore.replay.prepared import prepared_of
from hostcore.stepping.navigation import Direction, Folds, into, next_transfer, out, over
from hostcore.stepping.trace import Trace
from hostcore.stepping.tracer import Tracer
from tests.bench.measure import MEGA, MICRO, MILLI, Aim, Figure, interleaved
from tests.bench.plain import shipped_config, shipped_plugins
from tests.bench.sandboxed import forget, sandbox_on
from tests.replaying import Recorded, replayed
from tests.sandbox import Sandbox

TITLE = "Stepping through a traced replay"
REPETITIONS = 3
CALLS = 30
PLACES = 1_000
"""Random places to step back from."""
READINGS = '{"bme680": {"temperature": 21.5, "humidity": 40, "pressure": 1013.2}}'
PLUGINS = ("bh1750", "bme680", "oled")


def figures() -> Iterator[Figure]:
    """Time and memory of a step for each plugin, then the worst steps back in the longest trace."""
    clock = VirtualClock()
    with sandbox_on(clock) as sandbox:
        traces = [_trace(sandbox, clock, shipped_plugins(shipped_config())[name]) for name in PLUGINS]
        for _, found in traces:
            yield from found
        longest = max((trace for trace, _ in traces), key=len)
        yield from _going_back(longest)


def _trace(sandbox: Sandbox, clock: VirtualClock, plugin: PluginSettings) -> tuple[Trace, list[Figure]]:
    recording = _recording(sandbox, clock, plugin)
    untraced = _cpu(lambda: list(replayed(sandbox, recording)))
    kept: list[Trace] = []

    def traced() -> None:
        trace = Tracer(sandbox.runtime, prepared_of(sandbox.runtime, recording.header), recording).window()
        kept[:] = [trace] if trace else []

    took = interleaved(REPETITIONS, {"traced": _cpu(traced), "untraced": untraced})
    trace = kept[0]
    count, calls = len(trace), len(trace.calls)
    step = (took["traced"] - took["untraced"]) / count
    what = f"{plugin.name}: a traced step ({1 / step:,.0f} a second)"
    tracemalloc.start()
    traced()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return trace, [
        Figure(what, step, MICRO),
        Figure(f"{plugin.name}: a call of {count // calls} steps", took["traced"] / calls, MILLI,
               took["untraced"] / calls, "without tracing"),
        Figure(f"{plugin.name}: memory for 100,000 steps", size / count * 100_000, MEGA, aim=Aim(most=100 * MEGA)),
    ]  # fmt: skip


def _cpu(work: Callable[[], object]) -> Callable[[], float]:
    def timed() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return timed


def _recording(sandbox: Sandbox, clock: VirtualClock, plugin: PluginSettings) -> Recording:
    recorder = Recorded(sandbox)
    running = sandbox.load_file(
        plugin.path, *map(str, plugin.permissions), log=forget, settings=plugin.settings, record=recorder.begin
    )
    for _ in range(CALLS):
        clock.advance(2.0)
        if "driver" in running.provides:
            running.read()
        else:
            running.update(READINGS)
    return recorder.recording


def _going_back(trace: Trace) -> Iterator[Figure]:
    """The worst time of each step back, with all that a screen shows at the place."""
    folds, places = Folds(), random.Random(7).choices(range(len(trace)), k=PLACES)
    ways = {
        "line": partial(into, direction=Direction.BACK, folds=folds),
        "line over calls": partial(over, direction=Direction.BACK, folds=folds),
        "caller": partial(out, direction=Direction.BACK, folds=folds),
        "transfer": partial(next_transfer, direction=Direction.BACK, folds=folds),
    }
    for name, back in ways.items():
        worst = 0.0
        for place in places:
            began = time.perf_counter()
            found = back(trace, place)
            if found is not None:
                _shown(trace, found)
            worst = max(worst, time.perf_counter() - began)
        what = f"back to the {name}, worst of {PLACES:,} in {len(trace):,}"
        yield Figure(what, worst, MILLI, aim=Aim(most=50 * MILLI))


def _shown(trace: Trace, step: int) -> None:
    """Find all that a screen shows of a step."""
    trace.step(step)
    trace.stack(step)
    for each in [*trace.locals(step), *trace.globals(step)]:
        trace.origin(each.variable, step)
        if each.value.object:
            trace.attributes(step, each.value.object)
