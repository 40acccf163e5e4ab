"""DHT11, DHT22 and AM2302: no answer, damaged pulses, wrong sums, a sensor of the other kind, too little rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from hostcore.clock import NS_PER_S
from hostcore.decoding.pulses import DhtAnswer
from hostcore.diagnosis.capture_record import EDGES, Capture
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import DeviceRecord
from hostcore.diagnosis.rules.silence import is_wanted
from hostcore.diagnosis.wording import about_device, both, percent
from hostcore.events import Confidence, Finding

RECENT_NS = 5 * 60 * NS_PER_S
"""The time that is looked at, in nanoseconds."""
LEAST_CAPTURES = 10
"""Captures that are looked at, even if they are older."""
IN_A_ROW = 3
"""Captures in a row without an answer before the sensor counts as silent."""
WAKING_NS = 5 * NS_PER_S
"""A sensor needs one second after power-on (DHT22 data sheet, section 6). Drivers often ask twice before that."""
LEAST_DAMAGED = 3
OFTEN = 0.25
"""The part of the captures that must be damaged. Single ones are usual: the kernel may be busy."""
LEAST_WRONG_SUMS = 3
OFTEN_WRONG = 0.1
REST_NS = {"DHT11": NS_PER_S, "DHT22": 2 * NS_PER_S}
"""The shortest time between two measurements (DHT11 data sheet, section 5: 1 s; AM2302 manual, section 7.1: 2 s)."""
SHORT_REST = 0.75
"""The part of this time that is short, with room for drivers that are not precise."""
LEAST_SHORT_RESTS = 5


def dht_trouble(case: Case) -> Iterator[Finding]:
    """Find what is wrong with a sensor that answers in pulses."""
    for device in case.devices.values():
        captures = _recent(case, device)
        is_dht = any(each.answer for each in captures) or _is_for_dht(case, device)
        if captures and is_dht and is_wanted(case, device):
            yield from _found(case, device, captures)


def _recent(case: Case, device: DeviceRecord) -> list[Capture]:
    """Return the captures of the last minutes, or at least the last ones of a driver that rarely measures."""
    newest = list(device.captures)
    if len(newest) < 2:
        return newest
    usual_ns = newest[-1].time_ns - newest[-2].time_ns
    if case.now_ns - newest[-1].time_ns > max(RECENT_NS, 3 * usual_ns):
        return []
    recent = [each for each in newest if case.now_ns - each.time_ns < RECENT_NS]
    return max(recent, newest[-LEAST_CAPTURES:], key=len)


def _found(case: Case, device: DeviceRecord, captures: Sequence[Capture]) -> Iterator[Finding]:
    first = (
        _silent(case, device, captures)
        or _short(device, captures)
        or _misshapen(device, captures)
        or _wrong_sums(device, captures)
        or _other_kind(case, device, captures)
    )
    if first:
        yield first
    if rest := _no_rest(case, device, captures):
        yield rest


def _words(case: Case, device: DeviceRecord) -> list[str]:
    """Return the names that tell what the drivers of a line are for: their own, and those of their libraries."""
    facts = [case.plugins[name].facts for name in device.plugins if name in case.plugins]
    return [word for each in facts if each is not None for word in (each.name.lower(), *each.libraries)]


def _is_for_dht(case: Case, device: DeviceRecord) -> bool:
    return any("dht" in word or "am2302" in word for word in _words(case, device))


def _silent(case: Case, device: DeviceRecord, captures: Sequence[Capture]) -> Finding | None:
    silent = captures[-IN_A_ROW:]
    began_ns = next((each.time_ns for each in reversed(captures) if not each.is_silent), device.first_ns)
    if len(silent) < IN_A_ROW or not all(each.is_silent for each in silent) or case.now_ns - began_ns < WAKING_NS:
        return None
    before = " any more" if any(each.answer for each in captures) else ""
    return about_device(
        device,
        "dht-silent",
        f"The sensor at GPIO {device.address} does not answer{before}: likely, its data wire, its power or its pull-up "
        "is missing, or it is at another line.",
        f"Check 3.3 V, GND, and that DATA is at GPIO {device.address} (the BCM number), with 4.7 to 10 kΩ to 3.3 V.",
        Confidence.LIKELY,
        evidence=tuple(each.evidence(f"captured {each.edges} edges, an answer has {EDGES}") for each in silent[::-1]),
    )


def _damaged(captures: Sequence[Capture], damaged: Sequence[Capture]) -> bool:
    return len(damaged) >= LEAST_DAMAGED and len(damaged) >= OFTEN * len(captures)


def _short(device: DeviceRecord, captures: Sequence[Capture]) -> Finding | None:
    short = [each for each in captures if each.is_short]
    if not _damaged(captures, short):
        return None
    counts = sorted(each.edges for each in short)
    return about_device(
        device,
        "dht-lost-edges",
        f"Edges of the sensor at GPIO {device.address} are lost: {len(short)} of {len(captures)} answers have only "
        f"{_span(counts)} of {EDGES} edges. Likely, the pull-up is too weak, or the wire too long.",
        "Use a pull-up of 4.7 kΩ to 3.3 V and a wire of less than a few metres, and check the contact of DATA.",
        Confidence.LIKELY,
        evidence=tuple(each.evidence(f"captured {each.edges} edges of {EDGES}") for each in short[:-4:-1]),
    )


def _misshapen(device: DeviceRecord, captures: Sequence[Capture]) -> Finding | None:
    wrong = [each for each in captures if each.is_misshapen]
    if not _damaged(captures, wrong):
        return None
    low = round(median(each.low_ns for each in wrong) / 1000)
    high = round(median(each.high_ns for each in wrong) / 1000)
    return about_device(
        device,
        "dht-wrong-widths",
        f"The pulses at GPIO {device.address} have the wrong widths: {len(wrong)} of {len(captures)} answers, with "
        f"typically {low} µs low and {high} µs high. A DHT sends 50 µs low, then 26 or 70 µs high.",
        "Likely, it is no DHT11 or DHT22, or something else drives the line. Check the pull-up and the letters on it.",
        Confidence.LIKELY,
        evidence=tuple(
            each.evidence(f"{each.misfits} of its pulses are too short or too long for a bit") for each in wrong[:-4:-1]
        ),
    )


def _wrong_sums(device: DeviceRecord, captures: Sequence[Capture]) -> Finding | None:
    whole = [each for each in captures if each.answer is not None]
    wrong = [each for each in whole if each.is_wrong]
    if len(wrong) < LEAST_WRONG_SUMS or len(wrong) < OFTEN_WRONG * len(whole):
        return None
    return about_device(
        device,
        "dht-checksum",
        f"The checksum of the sensor at GPIO {device.address} is wrong in {len(wrong)} of {len(whole)} answers "
        f"({percent(len(wrong), len(whole))}): likely, the wire is too long, or the pull-up too weak.",
        "Use a pull-up of 4.7 kΩ to 3.3 V, a shorter wire, and 3.3 V that other parts do not disturb.",
        Confidence.LIKELY,
        evidence=tuple(each.evidence(_sum_of(each.answer)) for each in wrong[:-4:-1] if each.answer),
    )


def _sum_of(answer: DhtAnswer) -> str:
    return f"received {answer.data.hex(' ')}: the sum is 0x{answer.sum:02x}, the checksum is 0x{answer.data[4]:02x}"


def _other_kind(case: Case, device: DeviceRecord, captures: Sequence[Capture]) -> Finding | None:
    """The driver takes the answers of a DHT11 for those of a DHT22, or the other way round."""
    good = [each for each in captures if each.is_good][-LEAST_DAMAGED:]
    meant = _meant(case, device)
    if len(good) < LEAST_DAMAGED or not meant:
        return None
    other = "DHT22" if meant == "DHT11" else "DHT11"
    data = [each.answer.data for each in good if each.answer]
    if not all(_fits(other, each) and not _fits(meant, each) for each in data):
        return None
    humidity, temperature = _values(other, data[-1])
    wrong_humidity, wrong_temperature = _values(meant, data[-1])
    return about_device(
        device,
        "dht-other-kind",
        f"The sensor at GPIO {device.address} is likely a {other}, not a {meant}: its answer means {temperature:g} °C "
        f"and {humidity:g} %, but as a {meant}'s {wrong_temperature:g} °C and {wrong_humidity:g} %.",
        f"Set {both(device.plugins)} to {other}. The DHT11 is usually blue, and the DHT22 white.",
        Confidence.LIKELY,
        evidence=tuple(each.evidence(f"received {each.answer.data.hex(' ')}") for each in good[::-1] if each.answer),
    )


def _meant(case: Case, device: DeviceRecord) -> str:
    """Return the kind of sensor that the drivers' names name; "" if they name none, or both."""
    words = " ".join(_words(case, device))
    named = [kind for kind, names in {"DHT11": ("dht11",), "DHT22": ("dht22", "am2302")}.items() if _any(names, words)]
    return named[0] if len(named) == 1 else ""


def _any(names: Sequence[str], text: str) -> bool:
    return any(name in text for name in names)


def _values(kind: str, data: bytes) -> tuple[float, float]:
    """Return humidity in % and temperature in °C (DHT11 data sheet, section 5; AM2302 manual, table 5)."""
    if kind == "DHT11":
        return data[0] + data[1] / 10, (data[2] + (data[3] & 0x7F) / 10) * (-1 if data[3] & 0x80 else 1)
    raw = int.from_bytes(data[2:4], "big")
    return int.from_bytes(data[:2], "big") / 10, (raw & 0x7FFF) / 10 * (-1 if raw & 0x8000 else 1)


def _fits(kind: str, data: bytes) -> bool:
    """Whether a sensor of this kind can send these bytes: it has ranges, and a DHT11 has one decimal digit."""
    humidity, temperature = _values(kind, data)
    if kind == "DHT11":
        is_decimal = data[1] <= 9 and data[3] & 0x7F <= 9
        return is_decimal and 1 <= humidity <= 100 and -20 <= temperature <= 60
    return humidity <= 100 and -40 <= temperature <= 80


def _no_rest(case: Case, device: DeviceRecord, captures: Sequence[Capture]) -> Finding | None:
    """The sensor is asked again before it has measured."""
    kind = _meant(case, device) or "DHT22"
    rest_ns = REST_NS[kind]
    gaps = [after.time_ns - before.time_ns for before, after in pairwise(captures) if before.is_good]
    short = [gap for gap in gaps if gap < SHORT_REST * rest_ns]
    if len(short) < LEAST_SHORT_RESTS or len(short) < len(gaps) / 2:
        return None
    return about_device(
        device,
        "dht-no-rest",
        f"The sensor at GPIO {device.address} is asked every {median(short) / NS_PER_S:.1f} s, but a {kind} needs "
        f"{rest_ns // NS_PER_S} s for a measurement: it repeats old values, or does not answer.",
        f"Let {both(device.plugins)} ask no more often than every {rest_ns // NS_PER_S} s: set its interval in "
        "host.toml.",
        Confidence.LIKELY if _meant(case, device) else Confidence.POSSIBLE,
        evidence=tuple(each.evidence("asked") for each in captures[:-4:-1]),
    )


def _span(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"
