"""Which calls of host functions reach a bus or an output, and so must be the same in a changed driver."""

from __future__ import annotations

from hostcore.compat.demo.contract import PACKAGE as DEMO
from hostcore.replay.transfers import WIRE
from hostcore.runtime.contract import PACKAGE

_EFFECTS = frozenset({"i2c", "spi", "gpio", "uart", "leds", "relays", "pwm"})
"""Interfaces of wit/ whose functions reach something, but for the `_QUESTIONS`."""
_QUESTIONS = frozenset({"leds#count"})
_READINGS = frozenset({"iio#read"})
_DEMO_QUESTIONS = ("gpio-provider#get-", "system-info#", "fan-controller#get-")
"""Beginnings of functions of demo:plugin that only ask the host."""


def is_effect(name: str) -> bool:
    """Whether the function ``interface#function`` reaches a bus or an output."""
    if name.startswith(f"{DEMO}/"):
        return not name.removeprefix(f"{DEMO}/").startswith(_DEMO_QUESTIONS)
    if not name.startswith(PACKAGE):
        return False
    name = name.removeprefix(PACKAGE)
    if name.startswith(WIRE):
        name = name.removeprefix(WIRE).replace("-", "#", 1)
    return name in _READINGS or (name.partition("#")[0] in _EFFECTS and name not in _QUESTIONS)
