"""The host, seen from a Python plugin: its buses, its log, its settings.

A plugin defines `read() -> dict` (a driver), `update(readings: dict)` (a display) or `render(readings: dict) -> str`
(a page), or several of them, and optionally `setup()`, which runs before the first call and again before the first
call after an error.
"""

import json
from functools import cache

from wit_world.imports import settings as _settings

from . import gpio, i2c, iio, leds, log, pwm, relays, spi, system, uart
from .errors import (
    ArbitrationLost,
    BusError,
    BusFault,
    Denied,
    Error,
    NoAcknowledge,
    SensorError,
    Timeout,
)

__all__ = [
    "ArbitrationLost",
    "BusError",
    "BusFault",
    "Denied",
    "Error",
    "NoAcknowledge",
    "SensorError",
    "Timeout",
    "gpio",
    "i2c",
    "iio",
    "leds",
    "log",
    "pwm",
    "relays",
    "settings",
    "spi",
    "system",
    "uart",
]


@cache
def settings() -> dict[str, object]:
    """The table ``[plugins.NAME.settings]`` of host.toml; empty where there is none."""
    return json.loads(_settings.read())
