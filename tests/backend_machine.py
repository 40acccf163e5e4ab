"""The machine that every backend is tested with."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hostcore.backends.base import (
    Factory,
)
from hostcore.clock import NS_PER_S, Clock
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Quantity, Signal
from hostcore.pulse import Pulse
from tests.wiring import Part, WiredChip

BME680, BH1750, SSD1306, NOBODY = 0x76, 0x23, 0x3C, 0x50
CHIP_ID_REGISTER, CHIP_ID = b"\xd0", b"\x61"
DHT22_LINE, FREE_LINE = 4, 27
DHT22_START = (Pulse(False, 1_000_000),)
DHT22_EDGES = 84
HOUR_NS = 3600 * NS_PER_S
CAPTURE_NS = 10 * NS_PER_S
"""A capture ends soon after the last edge. A busy computer may be late with the first one."""

CHIPS = (
    SimulatedChip("bme680", bus=1, address=BME680),
    SimulatedChip("bh1750", bus=1, address=BH1750),
    SimulatedChip("ssd1306", bus=1, address=SSD1306),
    SimulatedChip("dht22", line=DHT22_LINE),
    SimulatedChip("loopback-spi", bus=0, chip_select=0),
    SimulatedChip("loopback-spi", bus=0, chip_select=1),
    SimulatedChip("loopback-uart", port="serial0"),
)
AIR = {Quantity.TEMPERATURE: Signal(-3.4), Quantity.HUMIDITY: Signal(65.2)}


BENCH_CHIP = WiredChip(1, BME680, CHIP_ID_REGISTER, CHIP_ID)
needs = pytest.mark.needs
"""Marks tests with the parts that have to be wired for them."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine under test."""

    factory: Factory
    clock: Clock
    chip: WiredChip = BENCH_CHIP
    i2c_addresses: tuple[int, ...] = (BME680, BH1750, SSD1306)
    """The addresses on the chip's bus at which devices are."""
    i2c_buses: tuple[int, ...] = (1, 3)
    lines: tuple[int, int] = (FREE_LINE, DHT22_LINE)
    """Two GPIO lines. Nothing drives the first one."""
    spi: tuple[int, int] = (0, 0)
    port: str = "serial0"
    parts: frozenset[Part] = frozenset(Part)
    """What is wired."""

    def require(self, node: pytest.Item) -> None:
        """Skip a test that needs something that is not wired."""
        for marker in node.iter_markers("needs"):
            for part in marker.args:
                if part not in self.parts:
                    pytest.skip(f"{part}; see docs/pi.md")
