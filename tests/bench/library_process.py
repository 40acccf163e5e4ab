"""A program that measures itself: ``python -m tests.bench.library_process KIND COUNT FOLDER``.

It loads COUNT drivers of the BME680 until each has read three times. KIND is ``library`` (with Adafruit's library, in
the sandbox), ``own`` (our own driver, in the sandbox) or ``plain`` (the library on Adafruit-Blinka, in plain CPython).
It prints ``SECONDS PRIVATE``: the seconds to the first reading of the first driver, and private memory in bytes.

Blinka runs as on a Raspberry Pi 4, down to its class for a bus of Linux. Only the module below that class, which
calls the kernel (`Adafruit_PureIO.smbus`), is replaced: it reaches the simulated bus.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from hostcore.backends.base import I2cBus, I2cRead, I2cWrite
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.runtime.loader import WHEELS
from tests.bench.plain import cache_folder
from tests.bench.process import private_bytes
from tests.bench.sandboxed import forget, sandbox_on
from tests.drivers.pinned import PinnedWheels
from tests.plain_python import PLUGINS
from tests.sandbox import simulated_pi

READINGS = 3
PERMISSION = "i2c:1:0x77"
UPTIME_NS = 3600 * NS_PER_S
"""The library takes a time near 0 for the time of its last reading."""
SOURCE = """import adafruit_bme680
import board


def setup():
    global sensor
    sensor = adafruit_bme680.Adafruit_BME680_I2C(board.I2C())


def read():
    return {
        "temperature": sensor.temperature,
        "humidity": sensor.relative_humidity,
        "pressure": sensor.pressure,
        "gas_resistance": sensor.gas,
    }
"""
METADATA = '# /// script\n# dependencies = ["adafruit-circuitpython-bme680"]\n# ///\n'
DRIVERS = ("library", "own")
"""The drivers in the sandbox."""


def write_driver(kind: str, folder: Path, wheels: PinnedWheels) -> Path:
    """Write one of `DRIVERS`, with its lock. Returns its path."""
    if kind == "own":
        return PLUGINS / "bme680.py"
    path = folder / "library.py"
    path.write_text(METADATA + SOURCE, encoding="utf-8")
    wheels.fetch(path)
    return path


def main() -> None:
    """Run the command line's KIND."""
    kind, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    seconds = _plain(folder / "plain") if kind == "plain" else _sandboxed(kind, count, folder)
    print(seconds, private_bytes(), flush=True)
    os._exit(0)  # nothing of the figures is in the end of the process


def _sandboxed(kind: str, count: int, folder: Path) -> float:
    path = write_driver(kind, folder, PinnedWheels(cache_folder() / WHEELS))
    sandbox = sandbox_on(VirtualClock(UPTIME_NS)).__enter__()
    began = time.perf_counter()
    plugins = [sandbox.load_file(path, PERMISSION, log=forget) for _ in range(count)]
    plugins[0].read()
    seconds = time.perf_counter() - began
    for plugin in plugins * READINGS:
        plugin.read()
    return seconds


def _plain(libraries: Path) -> float:
    sys.path.insert(0, str(libraries))
    os.environ.update(BLINKA_FORCEBOARD="RASPBERRY_PI_4B", BLINKA_FORCECHIP="BCM2XXX")
    clock = VirtualClock(UPTIME_NS)
    bus = simulated_pi(clock).i2c_bus(1)
    vars(time).update(sleep=clock.advance, monotonic=lambda: clock.monotonic_ns() / NS_PER_S)
    began = time.perf_counter()
    from Adafruit_PureIO import smbus  # type: ignore[import-not-found]

    _connect(smbus, bus)
    driver: dict[str, Any] = {}
    exec(SOURCE, driver)
    driver["setup"]()
    driver["read"]()
    seconds = time.perf_counter() - began
    for _ in range(READINGS - 1):
        driver["read"]()
    return seconds


def _connect(smbus: ModuleType, bus: I2cBus) -> None:
    """Let Blinka's bus of Linux reach the simulated bus."""

    class SMBus:
        def __init__(self, _number: int) -> None:
            pass

        def write_quick(self, address: int) -> None:
            bus.transaction(address, [I2cWrite(b"")])

        def write_bytes(self, address: int, data: bytes) -> None:
            bus.transaction(address, [I2cWrite(bytes(data))])

        def read_bytes(self, address: int, length: int) -> bytes:
            return bus.transaction(address, [I2cRead(length)])[0]

        def read_i2c_block_data(self, address: int, register: bytes, length: int) -> bytes:
            return bus.transaction(address, [I2cWrite(bytes(register)), I2cRead(length)])[0]

    vars(smbus).update(SMBus=SMBus)


if __name__ == "__main__":
    main()
