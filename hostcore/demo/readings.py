"""The records that `poll` functions return, as one reading of this host, and under the keys that old pages look for."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hostcore.demo.contract import BME680_POLL, DHT22_POLL, PI_POLL
from hostcore.events import Reading

ID = "sensor_id"
"""The field that names the sensor which a record is of."""
NAMES = {DHT22_POLL: "dht22", BME680_POLL: "bme680", PI_POLL: "pi"}
"""The key under which pages of the contract look for the first record of each `poll`."""
ALIASES: Mapping[str, Mapping[str, str]] = {
    DHT22_POLL: {"temp": "temperature", "humidity": "humidity"},
    BME680_POLL: {
        "temp": "temperature",
        "humidity": "humidity",
        "pressure": "pressure",
        "gas": "gas_resistance",
        "iaq": "iaq_score",
    },
    PI_POLL: {name: name for name in ("cpu_temp", "memory_used_mb", "memory_total_mb", "uptime_seconds")},
}
"""What they look for there, and the record's field that it is."""
_FLOAT = struct.Struct("<f")
_SINGLE_DIGITS = range(6, 10)
"""Significant digits: 6 survive a way through an f32, 9 tell any two apart (IEEE 754, FLT_DIG and FLT_DECIMAL_DIG)."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One `poll` function of a component."""

    function: str
    """``demo:plugin/INTERFACE#poll``."""
    fields: tuple[str, ...]
    """The names of its records' fields, as WIT has them."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What all `poll` functions of a component returned."""

    reading: Reading
    """An object for each sensor, by its id; the fields themselves of records without one."""
    aliases: Mapping[str, Reading]
    """The first record of each function, as pages of the contract look for it."""


def gather(answers: Iterable[tuple[Poll, Any]]) -> Polled:
    """Put together what the functions returned: one record, or a list of them, each a tuple of its fields' values.

    Raises:
        ValueError: two records have the same sensor id, or there is none at all; one line for a person.
    """
    reading: dict[str, Any] = {}
    aliases: dict[str, Reading] = {}
    polls = []
    for poll, answer in answers:
        polls.append(poll)
        records = [_record(poll, each) for each in (answer if isinstance(answer, list) else [answer])]
        if records:
            aliases[NAMES[poll.function]] = _alias(poll, records[0])
        for number, record in enumerate(records, 1):
            _add(reading, poll, number, record, is_listed=isinstance(answer, list))
    if not reading:
        raise ValueError(f"{' and '.join(map(_short, polls))} returned no reading")
    return Polled(reading, aliases)


def _add(reading: dict[str, Any], poll: Poll, number: int, record: dict[str, Any], *, is_listed: bool) -> None:
    if not is_listed and ID not in record:
        reading.update(record)
        return
    sensor = str(record.pop(ID, f"{NAMES[poll.function]}_{number}"))
    if sensor in reading:
        raise ValueError(f"{_short(poll)} returned a second record of {sensor[:80]!r}")
    reading[sensor] = record


def _record(poll: Poll, values: Sequence[Any]) -> dict[str, Any]:
    return {name.replace("-", "_"): _plain(value) for name, value in zip(poll.fields, values, strict=True)}


def _alias(poll: Poll, record: Reading) -> Reading:
    return {alias: record[field] for alias, field in ALIASES[poll.function].items() if field in record}


def _short(poll: Poll) -> str:
    return poll.function.partition("/")[2].replace("#", ".")


def _plain(value: Any) -> Any:
    """A WIT value as JSON can hold it; an f32 with as many digits as it has: 22.7, not 22.700000762939453."""
    if isinstance(value, float):
        return _shortest(value)
    if isinstance(value, (list, bytes)):
        return [_plain(each) for each in value]
    return value


def _shortest(value: float) -> float:
    try:
        for digits in _SINGLE_DIGITS:
            candidate = float(f"{value:.{digits}g}")
            if _FLOAT.unpack(_FLOAT.pack(candidate))[0] == value:
                return candidate
    except OverflowError:  # an f64 beyond every f32
        pass
    return value
