"""Values that never change: the chip sends the same bytes, or the driver publishes the same number."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.chips.model import Register
from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_facts import Value
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.rules.jumping_numbers import AIR
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.wording import both, observation
from hostcore.events import Confidence, Finding

LEAST = 60
"""Measurements with the same bytes, before they count."""
LEAST_NS = 60 * NS_PER_S
"""The least time over which they are spread, in nanoseconds."""
NOISY_BITS = 16
"""From this many bits on, the last digits of a result in the air are noise. Two of them are never the same for long."""
UNITS = ("°C", "hPa", "Pa", "kPa", "%", "%RH")
"""Units of the air. Other quantities can stay the same, such as the light at night."""
LEAST_READINGS = 20
"""Equal readings from different bytes, before they count."""
NAME = 4
"""Letters at the beginning of a value's name by which a reading is known to be that value."""
LEAST_CHANGE = 0.5
"""By how much the chip's value must have changed meanwhile, in its unit: more than any driver rounds."""


def stuck_values(case: Case) -> Iterator[Finding]:
    """Find measured values that never change, although they should have noise."""
    for subject in judged(case):
        finding = _same_bytes(subject)
        if finding is not None:
            yield finding
        for plugin in subject.plugins:
            if plugin.is_at_work and (finding := _same_reading(subject, plugin)) is not None:
                yield finding


def _same_bytes(subject: Subject) -> Finding | None:
    if subject.device.is_simulated and subject.case.facts.is_still:
        return None
    results = subject.record.results
    newest = {value.name: value for result in results for value in result.values}
    noisy = {name: value for name, value in newest.items() if _is_noisy(subject, value)}
    if len(noisy) < 2 or subject.case.now_ns - results[-1].transfer.time_ns > LEAST_NS:
        return None
    held = [subject.record.steady.get(name) for name in noisy]
    if any(each is None or each.count < LEAST or _age_ns(subject, each.since_ns) < LEAST_NS for each in held):
        return None
    if any(_means_nothing(value) for value in noisy.values()):
        return None
    first = next(iter(noisy.values()))
    times = min(each.count for each in held if each is not None)
    return subject.finding(
        "stuck-value",
        f"{both(sorted(noisy))} of the {subject.chip} have not changed by one bit in {times} measurements, where there "
        "should be noise: the chip does not measure any more.",
        f"Switch the chip's power off and on, and let {subject.driver} start the measurement again.",
        Confidence.LIKELY,
        evidence=(observation(results[-1].transfer, f"{first.name} is always {first.data.hex(' ')}"),),
    )


def _age_ns(subject: Subject, since_ns: int) -> int:
    return subject.record.results[-1].transfer.time_ns - since_ns


def _is_noisy(subject: Subject, value: Value) -> bool:
    source = value.source
    width = source.bits.width if source.bits else 8 * len(value.data)
    is_air = source.scale.unit in UNITS or (not source.scale.unit and subject.record.chip.purpose in AIR)
    return is_air and width >= NOISY_BITS


def _means_nothing(value: Value) -> bool:
    """Whether it is a value without a measurement, of which other rules tell."""
    is_idle = isinstance(value.source, Register) and value.source.raw(value.data) == value.source.idle
    return is_idle or value.data in (bytes(len(value.data)), b"\xff" * len(value.data))


def _same_reading(subject: Subject, plugin: PluginRecord) -> Finding | None:
    """The chip's values change, and the readings do not."""
    readings = list(plugin.readings)[-LEAST_READINGS:]
    if len(readings) < LEAST_READINGS or any(each.numbers != readings[0].numbers for each in readings):
        return None
    if not readings[0].numbers or readings[0].time_ns < subject.case.chips.loaded_ns(plugin.name):
        return None
    for name, values in _measured(subject, plugin, readings[0].time_ns).items():
        low, high = min(values), max(values)
        is_enough = len(values) >= LEAST_READINGS - 1  # the first reading came from a value before it
        if is_enough and high - low >= LEAST_CHANGE and subject.publishes(plugin, name.lower()[:NAME]):
            unit = next(v.source.scale.unit for r in subject.record.results for v in r.values if v.name == name)
            return subject.finding(
                "same-reading",
                f"{plugin.name} always publishes the same reading, but {name} of the {subject.chip} went from "
                f"{low:.6g} to {high:.6g} {unit} meanwhile.",
                f"Look for a value in {plugin.name} that is kept from the first reading on.",
                Confidence.LIKELY,
                evidence=(observation(subject.record.results[-1].transfer),),
                plugin=plugin.name,
            )
    return None


def _measured(subject: Subject, plugin: PluginRecord, since_ns: int) -> dict[str, list[float]]:
    """The values that a plugin read since a moment, by name, as far as the chip file gives them a unit."""
    found: dict[str, list[float]] = {}
    for result in subject.record.results:
        if result.transfer.time_ns >= since_ns and result.transfer.plugin == plugin.name and not result.is_damaged:
            for value in result.values:
                if value.source.scale.unit in UNITS:
                    found.setdefault(value.name, []).append(value.source.scale.value(value.number))
    return found
