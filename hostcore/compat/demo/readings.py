"""Combines the records that `poll` functions return into one reading, and adds the keys that old pages look up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hostcore.compat.demo.contract import BME680_POLL, DHT22_POLL, PI_POLL
from hostcore.events import Reading
from hostcore.quick_dataclass import dataclass

ID = "sensor_id"
"""The field that names a record's sensor."""
NAMES = {DHT22_POLL: "dht22", BME680_POLL: "bme680", PI_POLL: "pi"}
"""The key under which pages of the contract look up the first record of each `poll`."""
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
"""The keys that pages look up there, and the field of the record for each."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One `poll` function of a component."""

    function: str
    """``demo:plugin/INTERFACE#poll``."""
    plain: Callable[[Any], Any]
    """Converts the function's result to an object, or a list of objects, for JSON."""


@dataclass(frozen=True, slots=True)
class Polled:
    """The results of all `poll` functions of a component."""

    reading: Reading
    """One object for each sensor, by the sensor's id. Fields of records without an id are merged in directly."""
    aliases: Mapping[str, Mapping[str, tuple[str, ...]]]
    """For the first record of each function, the keys that pages of the contract look up, and where each of its values
    lies in the reading. The settings may adjust the value there."""


def gather(answers: Iterable[tuple[Poll, Any]]) -> Polled:
    """Combine the results of all `poll` functions: one record each, or a list of records.

    Raises:
        ValueError: two records have the same sensor id, or there is no record. The message is one line.
    """
    reading: dict[str, Any] = {}
    aliases: dict[str, Mapping[str, tuple[str, ...]]] = {}
    polls = []
    for poll, answer in answers:
        polls.append(poll)
        plain = poll.plain(answer)
        records = plain if isinstance(plain, list) else [plain]
        for number, record in enumerate(records, 1):
            place = _add(reading, poll, number, record, is_listed=records is plain)
            if number == 1:
                aliases[NAMES[poll.function]] = _alias(poll, record, place)
    if not reading:
        raise ValueError(f"{' and '.join(map(_short, polls))} returned no reading")
    return Polled(reading, aliases)


def _add(
    reading: dict[str, Any], poll: Poll, number: int, record: dict[str, Any], *, is_listed: bool
) -> tuple[str, ...]:
    """Add a record, and return the keys that lead to it."""
    if not is_listed and ID not in record:
        reading.update(record)
        return ()
    sensor = str(record.pop(ID, f"{NAMES[poll.function]}_{number}"))
    if sensor in reading:
        raise ValueError(f"{_short(poll)} returned a second record of {sensor[:80]!r}")
    reading[sensor] = record
    return (sensor,)


def _alias(poll: Poll, record: Reading, place: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return {alias: (*place, field) for alias, field in ALIASES[poll.function].items() if field in record}


def _short(poll: Poll) -> str:
    return poll.function.partition("/")[2].replace("#", ".")
