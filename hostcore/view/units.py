"""The unit of a number, from the last word of its key; the readings themselves carry none."""

from __future__ import annotations

QUANTITIES = {
    "temperature": "°C", "humidity": "%", "pressure": "hPa", "illuminance": "lx", "resistance": "Ω", "voltage": "V",
    "current": "A", "power": "W", "energy": "Wh", "frequency": "Hz", "distance": "m", "altitude": "m", "speed": "m/s",
    "co2": "ppm", "uptime": "s", "duration": "s", "angle": "°", "weight": "g",
}  # fmt: skip
"""Words that name a quantity, in the unit that drivers publish it in."""
SUFFIXES = {
    "percent": "%", "pct": "%", "c": "°C", "mb": "MB", "kb": "kB", "s": "s", "ms": "ms", "us": "µs", "hz": "Hz",
    "v": "V", "mv": "mV", "a": "A", "ma": "mA", "w": "W", "mm": "mm", "cm": "cm", "m": "m", "lux": "lx", "lx": "lx",
    "hpa": "hPa", "pa": "Pa", "ohm": "Ω", "ppm": "ppm", "ppb": "ppb", "db": "dB", "kg": "kg", "g": "g",
}  # fmt: skip
"""Words that name the unit itself."""


def unit_of(key: str) -> str:
    """The unit of a number published under `key`, or ""."""
    words = key.lower().split("_")
    if len(words) > 1 and words[-1] in SUFFIXES:
        return SUFFIXES[words[-1]]
    return QUANTITIES.get(words[-1], "")
