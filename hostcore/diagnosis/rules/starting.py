"""Chips that are read but do not measure: nobody started them, they sleep, or a quantity is switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hostcore.chips.model import Command, Condition, Measurement, Register
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Result, Value
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.wording import both, either, observation
from hostcore.events import Confidence, Finding, TransferCompleted

LEAST = 5
"""Results in a row, before they count."""
SPREAD_NS = 3 * NS_PER_S
"""The least time over which they are spread, in nanoseconds."""
RECENT_NS = 60 * NS_PER_S
"""Results that are older do not count, in nanoseconds."""

LONGEST_INTERVAL_NS = 40 * NS_PER_S
"""A chip that was started before the host has a result within this time (SCD4x data sheet, low power: 30 s)."""
MOST_STARTS = 3
"""Ways to start a measurement from which on a sentence names only the first."""
LEAST_QUANTITIES = 2
"""Quantities that are 0 at the same time, one of which is a temperature. In the dark or in clean air, others are 0."""

_Series = dict[str, list[tuple[Result, Value]]]


def never_started(case: Case) -> Iterator[Finding]:
    """Find chips that are read but do not measure."""
    for subject in judged(case):
        series = _series(subject)
        finding = (
            _idle(subject, series)
            or _asleep(subject, series)
            or _only_zeros(subject, series)
            or _never_asked(subject)
            or _never_ready(subject)
        )
        if finding is not None:
            yield finding


def _series(subject: Subject) -> _Series:
    """The newest values of each result that was read often enough, oldest first."""
    since_ns = subject.case.now_ns - RECENT_NS
    found: _Series = {}
    for result in subject.record.results:
        if result.transfer.time_ns >= since_ns:
            for value in result.values:
                found.setdefault(value.name, []).append((result, value))
    return {
        name: pairs[-LEAST:]
        for name, pairs in found.items()
        if len(pairs) >= LEAST and pairs[-1][0].transfer.time_ns - pairs[0][0].transfer.time_ns >= SPREAD_NS
    }


def _idle(subject: Subject, series: _Series) -> Finding | None:
    """Results have the value of a chip that has never measured."""
    can_tell = {name for name, pairs in series.items() if _idle_of(pairs[-1][1]) is not None}
    idle = {name for name in can_tell if all(_is_idle(value) for _, value in series[name])}
    if not idle:
        return None
    name = max(sorted(idle), key=lambda each: len(series[each][-1][1].data))
    result, value = series[name][-1]
    shown = f"{name} reads 0x{value.data.hex()}, its value before the first measurement"
    if idle == can_tell:
        return _never(subject, shown, result.transfer, subject.sure)
    wanted = sorted(name for name in idle if _idle_of(series[name][-1][1]) and _is_published(subject, name))
    return _switched_off(subject, wanted, series) if wanted else None


def _idle_of(value: Value) -> int | None:
    return value.source.idle if isinstance(value.source, Register) else None


def _is_idle(value: Value) -> bool:
    return isinstance(value.source, Register) and value.source.raw(value.data) == value.source.idle


def _is_published(subject: Subject, name: str) -> bool:
    """Whether readings of the device's drivers have a number whose key looks like the name of a result."""
    return any(subject.publishes(plugin, name.lower()[:4]) for plugin in subject.plugins)


def _switched_off(subject: Subject, names: Sequence[str], series: _Series) -> Finding:
    result, value = series[names[0]][-1]
    return subject.finding(
        "not-measured",
        f"The {subject.chip} does not measure {both(names)}: {names[0]} reads 0x{value.data.hex()}, its value without "
        f"a measurement. {_skipped(subject)}".rstrip(),
        f"Switch this measurement on in the settings that {subject.driver} writes.",
        Confidence.LIKELY,
        evidence=(observation(result.transfer),),
    )


def _skipped(subject: Subject) -> str:
    """The settings that leave something out, for a person."""
    found = [
        f"{use.register.name}.{field.name}"
        for use in subject.record.registers.values()
        if (raw := use.raw) is not None
        for field in use.register.fields
        if field.words(raw) == "skipped"
    ]
    return f"The setting {both(found)} says that it is skipped." if found else ""


def _asleep(subject: Subject, series: _Series) -> Finding | None:
    """The settings say that the chip sleeps, and its results never change."""
    measurement = subject.record.chip.measurement
    starts = measurement.start if measurement else ()
    conditions = [each for each in starts if isinstance(each, Condition)]
    if not series or not conditions or len(conditions) < len(starts):
        return None
    if any(_may_measure(subject, each) for each in conditions):
        return None
    pairs = [pair for each in series.values() for pair in each]
    if _was_woken(subject, min(result.transfer.time_ns for result, _ in pairs)):
        return None
    changes = any(len({value.data for _, value in each}) > 1 for each in series.values())
    if changes or any(result.is_ready for result, _ in pairs):
        return None
    result, value = pairs[-1]
    return _never(subject, f"{value.name} always reads 0x{value.data.hex()}", result.transfer, Confidence.LIKELY)


def _was_woken(subject: Subject, since_ns: int) -> bool:
    """Whether the driver has started a measurement since a moment: it lets the chip sleep between its readings."""
    return any(each.start.time_ns >= since_ns for each in subject.record.cycles)


def _may_measure(subject: Subject, condition: Condition) -> bool:
    """Whether a setting that makes the chip measure is there, or may be there."""
    use = subject.record.registers.get(condition.register.address)
    is_written = use is not None and bool(use.written)
    measurement = subject.record.chip.measurement
    if measurement is not None and measurement.is_trigger(condition) and not is_written:
        return subject.case.chips.has_gaps
    if use is not None and use.value:
        return condition.holds(condition.register.raw(use.written or use.value))
    reset = condition.register.reset
    return reset is None or subject.case.chips.has_gaps or condition.holds(reset)


def _only_zeros(subject: Subject, series: _Series) -> Finding | None:
    """A chip with commands was told to measure, and all its results are 0: it was not initialised."""
    commands = {command for command in subject.record.chip.commands if command.starts}
    measures_heat = any(pairs[-1][1].source.scale.unit == "°C" for pairs in series.values())
    if (
        len(series) < LEAST_QUANTITIES
        or not measures_heat
        or not any(each.name in subject.record.sent for each in commands)
    ):
        return None
    if any(any(value.data) for pairs in series.values() for _, value in pairs):
        return None
    result, _ = next(iter(series.values()))[-1]
    return subject.finding(
        "never-started",
        f"The {subject.chip} measures nothing: {both(sorted(series))} are 0 in every answer.",
        f"Let {subject.driver} initialise the chip in its setup, and again after a loss of power.",
        Confidence.LIKELY,
        evidence=(observation(result.transfer),),
    )


def _never_asked(subject: Subject) -> Finding | None:
    """A chip with commands is read, but no command ever started a measurement, and it always answers the same."""
    record = subject.record
    measurement = record.chip.measurement
    starts = measurement.start if measurement else ()
    if not starts or subject.case.chips.has_gaps or any(isinstance(each, Condition) for each in starts):
        return None
    if any(each.name in record.sent for each in starts if isinstance(each, Command)):
        return None
    reads = list(record.unasked)[-LEAST:] or [each.transfer for each in record.results][-LEAST:]
    answers = {each.messages[-1].data for each in reads}
    if len(reads) < LEAST or reads[-1].time_ns - reads[0].time_ns < SPREAD_NS or len(answers) > 1:
        return None
    if subject.case.now_ns - reads[-1].time_ns > RECENT_NS:
        return None
    return _never(subject, f"every read returns {answers.pop()[:8].hex(' ')}", reads[-1], Confidence.LIKELY)


def _never_ready(subject: Subject) -> Finding | None:
    """A chip says that it has no result, whenever its driver asks, and no command ever started a measurement."""
    unready, measurement = subject.record.unready, subject.record.chip.measurement
    starts = measurement.start if measurement else ()
    if unready is None or not starts or subject.case.chips.has_gaps:
        return None
    if any(isinstance(each, Condition) or each.name in subject.record.sent for each in starts):
        return None
    is_long = unready.last.time_ns - unready.first_ns >= LONGEST_INTERVAL_NS and unready.count >= LEAST
    if not is_long or subject.case.now_ns - unready.last.time_ns > RECENT_NS:
        return None
    return _never(subject, "it says that it has no result", unready.last, Confidence.LIKELY)


def _never(subject: Subject, shown: str, transfer: TransferCompleted, sure: Confidence) -> Finding:
    measurement = subject.record.chip.measurement
    begins = f" {_begins(measurement)}" if measurement and measurement.start else ""
    return subject.finding(
        "never-started",
        f"The {subject.chip} does not measure: {shown}.{begins}{_setting(subject)}",
        f"Let {subject.driver} start the measurement in its setup, and again after a loss of power.",
        sure,
        evidence=(observation(transfer),),
    )


def _begins(measurement: Measurement) -> str:
    """How a measurement begins, for a person."""
    words = [each.words for each in measurement.start if isinstance(each, Condition)]
    words += [f"the command {each.name}" for each in measurement.start if isinstance(each, Command)]
    after = either(words) if len(words) < MOST_STARTS else f"{words[0]}, or another such start"
    return f"It measures only after {after}."


def _setting(subject: Subject) -> str:
    """What is known of the register that starts a measurement, for a person."""
    measurement = subject.record.chip.measurement
    for condition in measurement.start if measurement else ():
        if isinstance(condition, Condition):
            use = subject.record.registers.get(condition.register.address)
            name = f"{condition.register.name} (0x{condition.register.address:02x})"
            if use is None or not use.writes:
                return f" Nothing has written to {name}."
            return f" {name} was set to 0x{use.written.hex()}."
    return ""
