"""Chips that are read before they are ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from hostcore.clock import NS_PER_MS, NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Cycle, Result
from hostcore.diagnosis.rules.known_chips import Subject, is_at_work, judged
from hostcore.diagnosis.wording import observation
from hostcore.events import Confidence, Finding, TransferCompleted

LEAST_CYCLES = 3
"""Measurements in a row that were read too early, before they count."""
MOST_CYCLES = 10
"""The newest measurements that are looked at."""
MOSTLY = 0.8
"""The part of these that was read too early, before it counts."""
RECENT_NS = 5 * 60 * NS_PER_S
"""The time that is looked at, in nanoseconds."""
FAR_TOO_EARLY = 0.6
"""The part of the data sheet's longest time before which a read is too early. A driver may wait for the typical time,
which is about two thirds of it."""
ANY_SETTING = 0.1
"""The same for measurements that a register starts: most chips have settings that make them faster."""
SHORTEST_NS = 2 * NS_PER_MS
"""Waiting times below this pass by themselves, on the way through a driver."""
LEAST_STALE = 5
"""Results in a row that are old, as the chip says, before they count."""


def read_early(case: Case) -> Iterator[Finding]:
    """Find drivers that do not wait until their chips have measured."""
    for subject in judged(case):
        finding = _before_the_end(subject) or _ignores_state(subject)
        if finding is not None:
            yield finding


def _before_the_end(subject: Subject) -> Finding | None:
    """The last read of each measurement came before there was a result."""
    since_ns = subject.case.now_ns - RECENT_NS
    closed = [each for each in list(subject.record.cycles)[:-1] if each.start.time_ns >= since_ns]
    recent = [each for each in closed if last_read(each) is not None][-MOST_CYCLES:]
    early = [each for each in recent if _is_early(each)]
    if len(early) < LEAST_CYCLES or len(early) < MOSTLY * len(recent) or early[-1] is not recent[-1]:
        return None
    cycle = early[-1]
    read = last_read(cycle)
    if read is None or not is_at_work(subject.case, read.plugin):
        return None
    if cycle.refused is not None and _gets_readings(subject, read):
        return None
    return _early_finding(subject, cycle, read)


def _gets_readings(subject: Subject, read: TransferCompleted) -> bool:
    """Whether the driver gives readings all the same: it reads again until the chip answers."""
    return subject.case.plugins[read.plugin].failed == 0


def last_read(cycle: Cycle) -> TransferCompleted | None:
    """Return the last read of a measurement's results, refused or not."""
    return cycle.refused or (cycle.last.transfer if cycle.last else None)


def waited_ns(cycle: Cycle, read: TransferCompleted) -> int:
    """Return the nanoseconds from the start of a measurement to a read."""
    return max(0, read.got_bus_ns - cycle.start.left_bus_ns)


def _is_early(cycle: Cycle) -> bool:
    read = last_read(cycle)
    if read is None:
        return False
    is_refused = cycle.refused is not None
    if not is_refused and cycle.last is not None and cycle.last.is_busy:
        return True
    passed_ns = waited_ns(cycle, read)
    if cycle.needed_ns < SHORTEST_NS or passed_ns + read.duration_ns >= cycle.needed_ns:
        return False
    if is_refused:
        return True
    says_done = cycle.last is not None and (cycle.last.is_ready or cycle.last.is_busy is False)
    return not says_done and passed_ns < (FAR_TOO_EARLY if cycle.command else ANY_SETTING) * cycle.needed_ns


def _early_finding(subject: Subject, cycle: Cycle, read: TransferCompleted) -> Finding:
    is_busy = cycle.refused is None and cycle.last is not None and cycle.last.is_busy
    passed_ms, needed_ms = waited_ns(cycle, read) / NS_PER_MS, cycle.needed_ns / NS_PER_MS
    outcome = "The chip refuses that." if cycle.refused else "It gets an old value."
    outcome = "The chip says that it still measures." if is_busy else outcome
    when = f"{passed_ms:.0f} ms after" if passed_ms >= 1 else "right after"
    needs = f" The data sheet says up to {needed_ms:g} ms." if needed_ms else ""
    return subject.finding(
        "read-early",
        f"{read.plugin} reads the {subject.chip} {when} it starts a measurement, before there is a result. "
        f"{outcome}{needs}",
        f"Wait for {needed_ms:g} ms between the start and the read." if needed_ms else _poll(subject),
        subject.sure if is_busy or cycle.refused else Confidence.LIKELY,
        evidence=(observation(cycle.start), observation(read)),
        plugin=read.plugin,
    )


def _ignores_state(subject: Subject) -> Finding | None:
    """The driver reads the chip's state, which says that there is no new result, and takes the old one again."""
    since_ns = subject.case.now_ns - RECENT_NS
    results = [each for each in subject.record.results if each.transfer.time_ns >= since_ns][-MOST_CYCLES:]
    pairs = pairwise(results)
    stale = [each for before, each in pairs if _is_stale(each) and each.values == before.values]
    if len(stale) < LEAST_STALE or len(stale) < MOSTLY * (len(results) - 1) or not _publishes(subject, stale):
        return None
    return subject.finding(
        "read-early",
        f"{subject.driver} takes results from the {subject.chip} although it says that there is no new one: the same "
        f"bytes came {len(stale)} times.",
        _poll(subject),
        Confidence.LIKELY,
        evidence=(observation(stale[-1].transfer),),
    )


def _is_stale(result: Result) -> bool:
    return result.is_ready is False or result.is_busy is True


def _publishes(subject: Subject, results: Sequence[Result]) -> bool:
    """Whether readings were made while these results were read."""
    since_ns = results[0].transfer.time_ns
    return any(sum(each.time_ns >= since_ns for each in plugin.readings) >= LEAST_STALE for plugin in subject.plugins)


def _poll(subject: Subject) -> str:
    """What to wait for, for a person."""
    measurement = subject.record.chip.measurement
    if measurement is not None and measurement.ready is not None:
        return f"Read the state until {measurement.ready.words}, then read the result."
    if measurement is not None and measurement.busy is not None:
        return f"Wait while {measurement.busy.words}, then read the result."
    return "Wait until the measurement is done."
