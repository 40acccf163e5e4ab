"""Runs what every plugin runs, while the component is built, so that its instances need not change their memory for it.

CPython changes the code that it runs: it specializes instructions, numbers functions and types, and fills caches. Each
change gives an instance a page of its own. Code that is warm already stays as it is.
"""

import linecache
import sys
from types import ModuleType
from typing import Any

import host
from host import _wire
from plugin_code import PluginCode, compiled
from wit_world.imports import python_wire, settings

TIMES = 40
"""How often a driver is loaded, and read after each load. CPython specializes most code at its second run, and tries
again after 16 and more runs where that failed."""
READINGS = 4
PATH = "warm.py"
DRIVER = '''
"""A driver."""
import time

import host
from host import SensorError, i2c

START = b"\\x01"
host.describe("light", unit="lx", device_class="illuminance", state_class="measurement", decimals=1)

class Sensor:
    def __init__(self, address):
        self.address = address

    def setup(self):
        i2c.write(self.address, START, bus=None)

    def value(self):
        high, low = i2c.transfer(self.address, b"\\x20", 2)
        return (high << 8 | low) / 1.2

def setup():
    global sensor
    settings = host.settings()
    sensor = Sensor(settings.get("address", 0x23))
    sensor.setup()

def read() -> dict[str, float]:
    counts = int.from_bytes(i2c.read(0x23, 2), "big")
    if counts < 0:
        raise SensorError("none")
    return {"light": round(sensor.value(), 1), "counts": counts, "list": [1, 2.5, "text", None, True]}
'''
"""A driver as most are."""


def _answer(*arguments: Any) -> bytes:
    """Answer a transfer: as many bytes as it reads, its last argument."""
    return bytes(arguments[-1])


def _nothing(*_arguments: Any) -> None:
    """Answer a function without a result."""


ANSWERS: tuple[tuple[ModuleType, str, Any], ...] = (
    (python_wire, "i2c_transfer", _answer),
    (python_wire, "values_describe", _nothing),
    (settings, "read", lambda: '{"address": 35, "bus": 1}'),
)
"""The host's functions that the driver calls. There is no host while the component is built."""


def warm_up() -> None:
    """Load the driver and take its readings, again and again. Leaves nothing but warm code."""
    kept = [getattr(module, name) for module, name, _ in ANSWERS]
    for module, name, answer in ANSWERS:
        setattr(module, name, answer)
    try:
        code = compiled(PATH, DRIVER)
        for _ in range(TIMES):
            _use(code)
    finally:
        for (module, name, _), function in zip(ANSWERS, kept, strict=True):
            setattr(module, name, function)
        _wire.plugin_file = ""
        linecache.cache.pop(PATH, None)
        sys.modules.pop("plugin", None)
        host.settings.cache_clear()


def _use(code: str) -> None:
    host.settings.cache_clear()
    plugin = PluginCode()
    plugin.load(PATH, DRIVER, code)
    for _ in range(READINGS):
        plugin.read()
