"""Runs a driver in the sandbox, with permission for everything: what is tried is the library, not the permissions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.backends.base import Factory
from hostcore.clock import NS_PER_S, Clock
from hostcore.runtime.plugin import Plugin
from tests.sandbox import Sandbox

HEADER = range(2, 28)
"""The GPIO lines on the header of a Raspberry Pi."""
PERMISSIONS = (
    *("i2c:1:0x08-0x77", "spi:0.0", "spi:0.1", "uart:serial0", "leds"),
    *(f"gpio:{line}:{mode}" for line in HEADER for mode in ("in", "out", "pulses")),
)

UPTIME_NS = 3600 * NS_PER_S
"""The time since the Pi was started, in nanoseconds. Some libraries take a time near 0 for the time of a reading."""


@contextmanager
def running(path: Path, machine: Factory, clock: Clock, cache_folder: Path) -> Iterator[Plugin]:
    """Load a driver on this machine, for the time of a ``with`` block.

    Raises:
        PluginError: the driver cannot be imported.
    """
    sandbox = Sandbox(path.parent, cache_folder, clock, machine=machine)
    try:
        yield sandbox.load_file(path, *PERMISSIONS)
    finally:
        sandbox.close()
