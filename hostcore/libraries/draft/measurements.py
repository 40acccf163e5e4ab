"""Finds the members of a class that look like measurements, by the words of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from hostcore.libraries.draft.outline import LibraryClass, Member, MemberKind
from hostcore.quick_dataclass import dataclass

_QUANTITIES = """
accel acceleration accelerometer altitude angle aqi co co2 color colour current dewpoint distance eco2 gas gasses gpio
gyro gyroscope heading humidity illuminance latitude light longitude lux mag magnetic magnetometer moisture no2 nox o2
pm10 pm25 position power pressure proximity resistance speed temp temperature tvoc uv uva uvb uvi uvs voc voltage weight
white
"""
QUANTITIES = frozenset(_QUANTITIES.split())
"""Words that name what a sensor measures."""
_SETTINGS = """
address alert available bits calibration clear compensation config configuration default degrees disable enable enabled
f fahrenheit feet filter flag gain heater high id index interrupt is kelvin level limit low max min minutes mode offset
oversample oversampling overscan persistence profile psm range rate raw ready reference reset resolution scale seconds
set shutdown start status stop threshold time timing type update window
"""
SETTINGS = frozenset(_SETTINGS.split())
"""Words that name a setting, a state, or the same value in a unit that few people want."""
WHOLE_NAMES = ("distance", "range")
"""Names that are a measurement although a word of them is not."""
ALIASES = {"relative_humidity": "humidity", "range": "distance", "temp": "temperature", "accel": "acceleration"}
"""Other names of a quantity, and the name that a reading should have."""
UPDATES = ("update_sensor", "get_sensor_data", "update", "refresh")
"""Methods that take a measurement and keep it in attributes."""
DATA_PARTS = ("data", "reading", "readings", "values", "measurement", "measurements", "sample")
"""Attributes that hold an object with the newest measurements."""
_VERBS = ("get_", "read_", "measure_")
_UNITS = ("_celsius", "_c", "_data")
_WORD = re.compile(r"[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*(?![a-z])")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value for a reading."""

    key: str
    """Its name in the reading."""
    access: str
    """How to take it from the object, such as ``temperature`` or ``get_temperature()``."""
    summary: str = ""
    """What the library says about it."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """The measurements of a class."""

    update: str = ""
    """The method to call before they are taken; "" if there is none."""
    values: tuple[Measurement, ...] = ()
    whole: str = ""
    """The method that returns a whole reading as a dict; "" if there is none."""

    @property
    def count(self) -> int:
        """How many there are, about."""
        return len(self.values) or (2 if self.whole else 0)


def measurements(of: LibraryClass, known: Mapping[str, LibraryClass]) -> Measurements:
    """Return the members that look like measurements.

    Args:
        of: the class.
        known: all classes of the library by name, for the parts of an object.
    """
    values = tuple(_without_aliases(_direct(of.members)))
    if values:
        return Measurements(values=values)
    whole = of.member("read")
    if whole is not None and whole.kind is MemberKind.METHOD and whole.returns.lower().startswith("dict"):
        return Measurements(whole="read")
    update = next((name for name in UPDATES if of.member(name) is not None), "")
    return Measurements(update=update, values=tuple(_kept(of, known)) if update else ())


def _direct(members: Iterable[Member]) -> Iterator[Measurement]:
    for member in members:
        if _is_measurement(member):
            call = "()" if member.kind is MemberKind.METHOD else ""
            yield Measurement(_key_of(member.name), member.name + call, member.summary)


def _is_measurement(member: Member) -> bool:
    name = member.name
    if member.kind is MemberKind.ATTRIBUTE or member.returns in ("bool", "None"):
        return False
    if member.kind is MemberKind.METHOD and not name.startswith(_VERBS) and name not in QUANTITIES:
        return False
    if member.is_settable and "gpio" not in name:
        return False
    return name in WHOLE_NAMES or _names_quantity(name)


def _names_quantity(name: str) -> bool:
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & QUANTITIES) and not words & SETTINGS


def _kept(of: LibraryClass, known: Mapping[str, LibraryClass]) -> Iterator[Measurement]:
    """Yield the measurements that an update keeps: in the attributes of a part for data, or of the object."""
    part = next((pair for pair in of.parts if pair[0] in DATA_PARTS and pair[1] in known), None)
    prefix, holder = (f"{part[0]}.", known[part[1]]) if part else ("", of)
    for member in holder.members:
        if member.kind is MemberKind.ATTRIBUTE and _names_quantity(member.name):
            yield Measurement(_key_of(member.name), prefix + member.name)


def _key_of(name: str) -> str:
    key = name.lower()
    for verb in _VERBS:
        key = key.removeprefix(verb)
    for unit in _UNITS:
        key = key.removesuffix(unit)
    return ALIASES.get(key, key)


def _without_aliases(found: Iterable[Measurement]) -> Iterable[Measurement]:
    """Keep one of several measurements that would have the same key: the one with that name, or the first."""
    chosen: dict[str, Measurement] = {}
    for each in found:
        if each.key not in chosen or each.access == each.key:
            chosen[each.key] = each
    return chosen.values()
