"""The host's interface for Python plugins: buses, actuators, log, settings, kept state, and what values measure.

A plugin defines one or more of these functions: `read() -> dict` (a driver), `update(readings: dict)` (a display) and
`render(readings: dict) -> str` (a page). It may also define `setup()`, which runs before the first call, and before the
first call after an error.
"""

import json
from functools import cache

from wit_world.imports import settings as _settings

from . import gpio, i2c, iio, leds, log, pwm, relays, spi, state, system, uart
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
from .values import Quantity, describe, quantity

__all__ = [
    "ArbitrationLost",
    "BusError",
    "BusFault",
    "Denied",
    "Error",
    "NoAcknowledge",
    "Quantity",
    "SensorError",
    "Timeout",
    "describe",
    "gpio",
    "i2c",
    "iio",
    "leds",
    "log",
    "pwm",
    "quantity",
    "relays",
    "settings",
    "spi",
    "state",
    "system",
    "uart",
]


@cache
def settings() -> dict[str, object]:
    """Return the table ``[plugins.NAME.settings]`` of host.toml; empty if there is none."""
    return json.loads(_settings.read())
