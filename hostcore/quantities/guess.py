"""The quantity of a value whose driver states none, from the words of its key."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.quantities.quantity import Quantity
from hostcore.quantities.vocabulary import fits

MEASUREMENT = "measurement"

WORDS = {
    "temperature": "°C", "temp": "°C", "humidity": "%", "pressure": "hPa", "illuminance": "lx", "resistance": "Ω",
    "voltage": "V", "current": "A", "power": "W", "energy": "Wh", "frequency": "Hz", "distance": "m", "altitude": "m",
    "speed": "m/s", "co2": "ppm", "uptime": "s", "duration": "s", "angle": "°", "weight": "g",
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


def guessed(path: Sequence[str]) -> Quantity:
    """Guess the quantity of the number at `path`, the keys down to it. Places in a list say nothing of it."""
    key = next((each for each in reversed(path) if not each.isdecimal()), "")
    words = key.lower().split("_")
    is_suffixed = len(words) > 1 and words[-1] in SUFFIXES
    unit = SUFFIXES[words[-1]] if is_suffixed else WORDS.get(words[-1], "")
    found = (CLASSES.get(word, "") for word in reversed(words[-2:] if is_suffixed else words[-1:]))
    device_class = next((each for each in found if each and fits(each, unit)), "")
    state_class = MEASUREMENT if unit and "energy" not in words else ""
    return Quantity(unit, device_class, state_class, is_guessed=True)
