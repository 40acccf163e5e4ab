"""The quantity of a value whose driver states none, from the words of its key."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.quantities.quantity import Quantity
from hostcore.quantities.vocabulary import ANY_UNIT, DEVICE_CLASSES, fits
from hostcore.quick_dataclass import replace

MEASUREMENT = "measurement"

WORDS = {
    "temperature": "°C", "temp": "°C", "humidity": "%", "pressure": "hPa", "illuminance": "lx", "lux": "lx",
    "resistance": "Ω", "voltage": "V", "current": "A", "power": "W", "energy": "Wh", "frequency": "Hz", "distance": "m",
    "altitude": "m", "speed": "m/s", "co2": "ppm", "uptime": "s", "duration": "s", "angle": "°", "weight": "g",
}  # fmt: skip
"""Words that name a quantity, in the unit that drivers publish it in."""
SUFFIXES = {
    "percent": "%", "pct": "%", "c": "°C", "mb": "MB", "kb": "kB", "s": "s", "ms": "ms", "us": "µs", "hz": "Hz",
    "v": "V", "mv": "mV", "a": "A", "ma": "mA", "w": "W", "mm": "mm", "cm": "cm", "m": "m", "lux": "lx", "lx": "lx",
    "hpa": "hPa", "pa": "Pa", "ohm": "Ω", "ppm": "ppm", "ppb": "ppb", "db": "dB", "kg": "kg", "g": "g", "seconds": "s",
}  # fmt: skip
"""Words that name the unit itself."""
CLASSES = {
    "temperature": "temperature", "temp": "temperature", "humidity": "humidity", "pressure": "pressure",
    "illuminance": "illuminance", "lux": "illuminance", "voltage": "voltage", "current": "current", "power": "power",
    "frequency": "frequency", "distance": "distance", "speed": "speed", "co2": "carbon_dioxide", "uptime": "duration",
    "duration": "duration", "weight": "weight",
}  # fmt: skip
"""Words that name a quantity, and Home Assistant's class of it. Energy has none: it can be a total or not."""


PRINTED = {unit: unit for known in DEVICE_CLASSES.values() for unit in known.units if unit != ANY_UNIT} | {
    "C": "°C", "*C": "°C", "'C": "°C", "℃": "°C", "F": "°F", "*F": "°F", "'F": "°F", "℉": "°F", "lux": "lx",
    "Lux": "lx", "ohm": "Ω", "Ohm": "Ω", "ohms": "Ω", "Ohms": "Ω", "Ω": "Ω", "kΩ": "kΩ", "°": "°",
}  # fmt: skip
"""Units behind the numbers that scripts print, and what each means."""


def guessed(path: Sequence[str]) -> Quantity:
    """Guess the quantity of the number at `path`, the keys down to it. Places in a list say nothing of it."""
    words = _words(next((each for each in reversed(path) if not each.isdecimal()), ""))
    is_suffixed = len(words) > 1 and words[-1] in SUFFIXES
    unit = SUFFIXES[words[-1]] if is_suffixed else WORDS.get(words[-1], "")
    return replace(_measured(unit, words[-2:] if is_suffixed else words[-1:]), is_guessed=True)


def printed(name: str, unit: str) -> Quantity | None:
    """Return the quantity of a number that a script prints with its name and a unit. None if the unit is not known.

    The unit is stated. Only the class is made of the words of the name.
    """
    known = PRINTED.get(unit)
    return _measured(known, _words(name)) if known else None


def _words(key: str) -> list[str]:
    return key.lower().replace(" ", "_").split("_")


def _measured(unit: str, words: Sequence[str]) -> Quantity:
    """A number in this unit, of the class that the last of the words names and the unit fits."""
    found = (CLASSES.get(word, "") for word in reversed(words))
    device_class = next((each for each in found if each and fits(each, unit)), "")
    return Quantity(unit, device_class, MEASUREMENT if unit and "energy" not in words else "")
