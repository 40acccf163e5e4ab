"""What values measure: their units and classes, in the words of Home Assistant."""

import json
from dataclasses import dataclass

from wit_world.imports import python_wire
from wit_world.imports import values as _values

from ._arguments import number, text
from ._wire import ask

_LARGEST = 255
"""Stands for all numbers that are no byte."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a value measures, and how it is written."""

    unit: str
    """Such as "°C"; "" if the value has none."""
    device_class: str
    """Home Assistant's class, such as "temperature"; "" if none fits."""
    state_class: str
    """"measurement", "measurement_angle", "total" or "total_increasing"; "" if the value is no number."""
    decimals: int | None
    """Digits after the point; None for those that the value has."""
    name: str
    """For people, such as "Air temperature"; "" if the key is its name."""
    is_guessed: bool
    """Whether the host guessed it from the key."""


def describe(
    key: str,
    *,
    unit: str = "",
    device_class: str = "",
    state_class: str = "",
    decimals: int | None = None,
    name: str = "",
) -> None:
    """State what a value of this driver's readings measures. Call this at the top level of the file, or in `setup()`.

    The host leaves out a part that is not allowed, and says so in the plugin's log.

    Args:
        key: the value's key, with the keys around it: ``"temperature"``, ``"air.temperature"``, ``"channels.0"``.
        unit: such as ``"°C"``; at most 16 characters.
        device_class: Home Assistant's class, such as ``"temperature"``. It allows only certain units.
        state_class: ``"measurement"``, ``"measurement_angle"``, ``"total"`` or ``"total_increasing"``.
        decimals: digits after the point to show, 0 to 9; None for those that the value has.
        name: for people, such as ``"Air temperature"``; at most 60 characters.
    """
    quantity = _values.Quantity(
        _sendable("unit", unit),
        _sendable("device_class", device_class),
        _sendable("state_class", state_class),
        None if decimals is None else _byte("decimals", decimals),
        _sendable("name", name),
    )
    ask(python_wire.values_describe, _sendable("key", key), quantity)


def quantity(plugin: str, key: str) -> Quantity:
    """Return what a value of any plugin measures, for displays and pages.

    Args:
        plugin: its key in the readings.
        key: the value's key, as in `describe`.
    """
    return Quantity(*json.loads(python_wire.values_find(_sendable("plugin", plugin), _sendable("key", key))))


def _byte(name: str, value: int) -> int:
    """Check that `value` is a whole number. The host complains of the largest byte as of a number beyond a byte."""
    return number(name, value, 8) if not isinstance(value, int) or 0 <= value < _LARGEST else _LARGEST


def _sendable(name: str, value: str) -> str:
    """Check that `value` is text. A lone surrogate in it is escaped, because it cannot leave the sandbox."""
    return text(name, value).encode("utf-8", "backslashreplace").decode()
