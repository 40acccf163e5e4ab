"""Readings that cannot be: they jump where they should pass zero, or several are out of every range at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.wording import both
from hostcore.events import Confidence, Evidence, Finding
from hostcore.quick_dataclass import dataclass

SPANS = (65536.0, 6553.6, 655.36, 4096.0, 16384.0, 512.0, 256.0, 25.6, 16777216.0, 1048576.0)
"""The values of the whole range of numbers of 8, 16, 20 and 24 bits, in the usual steps of 1, 1/10, 1/100, 1/4, 1/16,
1/128 and 1/256. A negative value that is taken without its sign is too large by one of these."""
SIGNED = ("temp", "dew", "acc", "gyro", "current", "shunt", "volt", "power")
"""What the keys of quantities contain that can be negative. Others go round: an angle passes from its end to zero."""
AXES = ("x", "y", "z")
"""Keys of quantities that can be negative, too."""
NOT_ABSOLUTE = ("raw", "trend", "alt", "delta", "change", "count", "rate", "offset", "status", "sea")
"""What the keys of numbers contain that are not the quantity itself."""
NEAR = 0.02
"""How near to zero and to the end of the span the values are, as a part of it."""
SMOOTH = 0.01
"""The largest step between two values that follow each other, as a part of the span, if the jumps are taken away."""
LEAST_EACH = 3
"""Different values on each side of the jump."""
LEAST_JUMPS = 2
LEAST_IMPOSSIBLE = 3
"""Readings with impossible numbers among the last ones."""
LAST = 10
"""The last readings that are looked at. There have to be as many: other rules, which know the cause, come first."""
AIR = ("air sensor", "humidity sensor", "pressure sensor")
"""Purposes of chips that measure the air."""


@dataclass(frozen=True, slots=True)
class _Range:
    """What a quantity of the air can be, in any of the units in which drivers publish it."""

    word: str
    low: float
    high: float
    factors: tuple[float, ...] = (1.0,)

    def excludes(self, value: float) -> bool:
        """Whether no air has this value in any unit."""
        return not any(self.low * factor <= value <= self.high * factor for factor in self.factors)


RANGES = (
    _Range("temp", -80.0, 190.0),
    _Range("hum", -5.0, 110.0),
    _Range("press", 200.0, 1300.0, (1.0, 100.0, 0.1, 0.001, 0.0295, 0.75)),
)
"""Wider than any sensor of the air measures. Temperature in °C or °F; pressure in hPa, Pa, kPa, bar, inHg or mmHg."""


def wrong_signs(case: Case) -> Iterator[Finding]:
    """Find readings that jump to the end of their range where they pass zero."""
    for plugin in case.plugins.values():
        if not plugin.is_at_work or not plugin.readings:
            continue
        for key in plugin.readings[-1].numbers:
            span = _span([value for _, value in plugin.series(key)]) if _can_be_negative(key) else None
            if span is not None:
                yield _jumps(case, plugin, key, span)


def impossible_numbers(case: Case) -> Iterator[Finding]:
    """Find drivers several of whose numbers are out of every range."""
    for plugin in case.plugins.values():
        chips = case.chips_for(plugin.name)
        if not plugin.is_at_work or not any(chip.purpose in AIR for chip in chips):
            continue
        samples = list(plugin.readings)[-LAST:]
        wrong = [each for each in samples if len(_impossible(each.numbers)) > 1]
        if len(samples) == LAST and len(wrong) >= LEAST_IMPOSSIBLE and wrong[-1] is samples[-1]:
            yield _impossible_finding(case, plugin, _impossible(wrong[-1].numbers))


def _can_be_negative(key: str) -> bool:
    last = key.lower().rpartition(".")[2]
    return last in AXES or any(word in last for word in SIGNED)


def _span(values: Sequence[float]) -> float | None:
    """The span by which some values are too large, if that makes all of them follow each other."""
    highest = max(values, default=0.0)
    for span in SPANS:
        if not (1 - NEAR) * span <= highest <= span:
            continue
        high = {value for value in values if value > (1 - NEAR) * span}
        low = {value for value in values if abs(value) < NEAR * span}
        if min(len(high), len(low)) < LEAST_EACH or any(value not in high and value not in low for value in values):
            continue
        unwrapped = [value - span if value in high else value for value in values]
        steps = [abs(later - earlier) for earlier, later in pairwise(unwrapped)]
        jumps = sum((earlier in high) != (later in high) for earlier, later in pairwise(values))
        if jumps >= LEAST_JUMPS and max(steps) <= SMOOTH * span:
            return span
    return None


def _jumps(case: Case, plugin: PluginRecord, key: str, span: float) -> Finding:
    series = plugin.series(key)
    (before_ns, before), (after_ns, after) = next(
        (one, other)
        for one, other in zip(reversed(series[:-1]), reversed(series[1:]), strict=True)
        if abs(one[1] - other[1]) > span / 2
    )
    return Finding(
        "wrong-sign",
        f"{key} of {plugin.name} jumps from {before:.6g} to {after:.6g}, as if it passed zero: the driver takes "
        "negative numbers for large positive ones.",
        f"Let {plugin.name} take the bytes as a two's complement, such as int.from_bytes(data, ..., signed=True).",
        Confidence.LIKELY,
        (Evidence(f"{key} = {before:.6g}", before_ns, plugin.name), Evidence(f"{key} = {after:.6g}", after_ns)),
        plugin.name,
        reading=key,
        is_simulated=_is_simulated(case, plugin),
    )


def _impossible(numbers: Mapping[str, float]) -> list[str]:
    """The numbers of a reading that no air has, for a person."""
    return [
        f"{key} {value:.6g}"
        for key, value in numbers.items()
        if any(each.word in key.lower() and each.excludes(value) for each in RANGES)
        and not any(word in key.lower() for word in NOT_ABSOLUTE)
    ]


def _impossible_finding(case: Case, plugin: PluginRecord, wrong: Sequence[str]) -> Finding:
    return Finding(
        "impossible-numbers",
        f"Several numbers of {plugin.name} cannot be: {both(wrong[:3])}. Likely, it reads its results or its "
        "calibration from the wrong place, or takes the bytes in the wrong order.",
        f"Compare the registers that {plugin.name} reads, and the order of their bytes, with the data sheet.",
        Confidence.LIKELY,
        (Evidence("; ".join(wrong[:3]), plugin.readings[-1].time_ns, plugin.name),),
        plugin.name,
        is_simulated=_is_simulated(case, plugin),
    )


def _is_simulated(case: Case, plugin: PluginRecord) -> bool:
    """Whether a plugin uses a device of the simulated Pi."""
    return any(device.is_simulated for device in case.devices.values() if plugin.name in device.plugins)
