"""What a plugin uses up: memory that grows with each call, and one crash that comes again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from hostcore.clock import NS_PER_S, duration
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.memory_record import MemoryStep
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.rules.silence import is_silent
from hostcore.diagnosis.wording import mebibytes
from hostcore.events import Confidence, Evidence, Finding, PluginCrashed, State
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

WARM_UP_CALLS = 20
"""First calls that are not looked at: modules are imported and caches are filled in them."""
LEAST_STEPS = 6
"""Steps that make a steady growth. An allocator takes memory in steps, so that two or three mean nothing."""
LEAST_GROWTH = 1 << 20
"""The least growth in bytes: an arena of CPython has 1 MiB (CPython, Include/internal/pycore_obmalloc.h)."""
LEAST_SHARE = 0.05
"""The least growth, as a part of the plugin's limit."""
LEAST_NS = 120 * NS_PER_S
"""The least time of a growth, in nanoseconds."""
LEVELLING = 1.4
"""If newer steps are this much further apart than older ones, the growth levels out, as that of a cache does."""
OVERDUE = 2.5
"""If the next step is missing for this many times the mean time between steps, the growth has ended."""
SAME_CRASHES = 3
"""Crashes of the same cause in a row that are a loop."""
LONGEST_CAUSE = 200
"""Characters of a crash's cause that are shown."""
LOOP_NS = 15 * 60 * NS_PER_S
"""The time of these crashes, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class _Growth:
    """A steady growth of a plugin's memory."""

    steps: Sequence[MemoryStep]
    limit: int
    now: MemoryStep

    @property
    def calls(self) -> int:
        return self.steps[-1].calls - self.steps[0].calls

    @property
    def bytes(self) -> int:
        return self.steps[-1].memory_bytes - self.steps[0].memory_bytes

    @property
    def nanoseconds(self) -> int:
        return self.steps[-1].time_ns - self.steps[0].time_ns

    @property
    def seconds_left(self) -> float:
        """Seconds until the limit is reached at this pace."""
        return (self.limit - self.now.memory_bytes) / self.bytes * self.nanoseconds / NS_PER_S

    @property
    def is_steady(self) -> bool:
        """Whether it neither levels out nor has ended, and is more than a warm-up."""
        gaps = [after.calls - before.calls for before, after in pairwise(self.steps)]
        if len(gaps) < LEAST_STEPS or self.nanoseconds < LEAST_NS:
            return False
        mean, half = self.calls / len(gaps), len(gaps) // 2
        older, newer = sum(gaps[:half]) / half, sum(gaps[-half:]) / half
        is_even = max(gaps) < 4 * mean and newer < LEVELLING * older
        goes_on = self.now.calls - self.steps[-1].calls < OVERDUE * mean
        return is_even and goes_on and self.bytes >= max(LEAST_GROWTH, LEAST_SHARE * self.limit)


def growing_memory(case: Case) -> Iterator[Finding]:
    """Find plugins whose memory grows with each call, before they reach their limit."""
    for plugin in case.plugins.values():
        growth = _growth(plugin)
        if growth is not None and growth.is_steady and plugin.state is State.RUNNING:
            yield _growing(plugin, growth)


def _growth(plugin: PluginRecord) -> _Growth | None:
    record = plugin.memory
    if plugin.facts is None or record.last is None or not record.steps:
        return None
    warm = record.steps[0].calls + WARM_UP_CALLS
    steps = [each for each in record.steps if each.calls >= warm]
    return _Growth(steps, plugin.facts.memory_mib << 20, record.last) if len(steps) > 1 else None


def _growing(plugin: PluginRecord, growth: _Growth) -> Finding:
    per_call = growth.bytes / growth.calls
    per_call_text = f"{per_call / 1024:.1f} KiB" if per_call >= 1024 else f"{per_call:.0f} bytes"
    evidence = tuple(
        Evidence(f"{mebibytes(each.memory_bytes)} after {each.calls} calls", each.time_ns, plugin.name)
        for each in (growth.steps[-1], growth.steps[len(growth.steps) // 2], growth.steps[0])
    )
    return Finding(
        "growing-memory",
        f"The memory of {plugin.name} grows by about {per_call_text} with each call, and reaches its limit of "
        f"{mebibytes(growth.limit)} in {duration(growth.seconds_left)} at this pace: likely, it keeps what it should "
        "drop.",
        f"Look in {plugin.name} for lists and dictionaries that only grow. Before the limit, the host lets a new "
        "instance take over, which forgets what is not in host.state; a higher memory_mib only delays that.",
        Confidence.LIKELY,
        evidence,
        plugin.name,
    )


def crash_loops(case: Case) -> Iterator[Finding]:
    """Find plugins that crash for the same reason again and again. A chip that is silent is a reason by itself."""
    for plugin in case.plugins.values():
        loop = _loop(case, plugin)
        if loop and not any(plugin.name in each.plugins and is_silent(case, each) for each in case.i2c_devices()):
            yield _looping(plugin, loop)


def _loop(case: Case, plugin: PluginRecord) -> list[PluginCrashed]:
    """Return the last crashes if all had the same cause, and it has not recovered since; none otherwise."""
    crashes = list(plugin.crashes)
    causes = {(each.report.kind, each.report.problem) for each in crashes[-SAME_CRASHES:]}
    if len(crashes) < SAME_CRASHES or len(causes) > 1 or not plugin.is_at_work:
        return []
    same = [each for each in crashes if (each.report.kind, each.report.problem) in causes]
    is_recent = plugin.state is State.QUARANTINED or case.now_ns - same[-1].time_ns < LOOP_NS
    is_loop = same[-1].time_ns - same[-SAME_CRASHES].time_ns < LOOP_NS
    return same if is_recent and is_loop and not _is_back(case, plugin, same) else []


def _is_back(case: Case, plugin: PluginRecord, crashes: Sequence[PluginCrashed]) -> bool:
    """Whether it works again: it has a reading if it had none between its crashes, or runs longer than it did then."""
    first, last = crashes[0].time_ns, crashes[-1].time_ns
    readings = [each.time_ns for each in plugin.readings]
    if plugin.state is not State.RUNNING:
        return False
    if not any(first < each < last for each in readings) and any(each > last for each in readings):
        return True
    longest = max(after.time_ns - before.time_ns for before, after in pairwise(crashes))
    return case.now_ns - max(last, plugin.since_ns) > 2 * longest


def _looping(plugin: PluginRecord, loop: Sequence[PluginCrashed]) -> Finding:
    count = f"at least {len(loop)}" if len(loop) == plugin.crashes.maxlen else str(len(loop))
    cause = log_line(loop[-1].report.problem, LONGEST_CAUSE)
    evidence = tuple(
        Evidence(f"crashed: {log_line(each.report.problem, LONGEST_CAUSE)}", each.time_ns, plugin.name)
        for each in reversed(loop)
    )
    return Finding(
        "crash-loop",
        f"{plugin.name} crashed {count} times within {duration((loop[-1].time_ns - loop[0].time_ns) / NS_PER_S)} for "
        f"the same reason: {cause}.",
        f"A new start does not help: correct {plugin.name}. Its crash report (wasi-host crashes) has the traceback.",
        Confidence.CERTAIN,
        evidence,
        plugin.name,
    )
