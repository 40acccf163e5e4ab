"""A simulated BME680 on a bench, and the raw codes that it measures."""

from __future__ import annotations

from dataclasses import dataclass

from hostcore.clock import VirtualClock
from hostcore.devices.bme680 import Bme680
from hostcore.devices.environment import Environment, Quantity, Signal, Step

STATUS, DATA, GAS_LSB = 0x1D, 0x1F, 0x2B
RES_HEAT, GAS_WAIT, CTRL_GAS_0, CTRL_GAS_1 = 0x5A, 0x64, 0x70, 0x71
CTRL_HUM, CTRL_MEAS, CONFIG, CHIP_ID, RESET, VARIANT = 0x72, 0x74, 0x75, 0xD0, 0xE0, 0xF0
NEW_DATA, GAS_MEASURING, MEASURING, GAS_VALID, HEAT_STABLE = 0x80, 0x40, 0x20, 0x20, 0x10

FORCED_16X = 0b101_101_01

ROOM = Signal(22.0)

WARMING_ROOM = Signal(22.0, steps=(Step(at=100.0, to=40.0),))
RES_HEAT_320 = 106
WAIT_100_MS = 0b01_011001


@dataclass(frozen=True, slots=True)
class Codes:
    """The raw codes in the data registers."""

    pressure: int
    temperature: int
    humidity: int
    gas: int
    gas_range: int


class Bench:
    """A chip in a room of 22 °C, 1000 hPa, 45 %RH, 100 kohm, and the wires to it."""

    def __init__(self, temperature: Signal = ROOM) -> None:
        self.clock = VirtualClock()
        signals = {
            Quantity.TEMPERATURE: temperature,
            Quantity.PRESSURE: Signal(1000.0),
            Quantity.HUMIDITY: Signal(45.0),
            Quantity.GAS_RESISTANCE: Signal(100_000.0),
        }
        self.chip = Bme680(self.clock, Environment(self.clock, signals))

    def write(self, *pairs: int) -> None:
        assert self.chip.start(reading=False)
        assert self.chip.write(bytes(pairs)) == len(pairs)
        self.chip.stop()

    def read(self, register: int, length: int = 1) -> bytes:
        assert self.chip.start(reading=False)
        assert self.chip.write(bytes((register,))) == 1
        assert self.chip.start(reading=True)
        data = self.chip.read(length)
        self.chip.stop()
        return data

    def status(self) -> int:
        return self.read(STATUS)[0]

    def measure(self, ctrl_meas: int = FORCED_16X) -> Codes:
        self.write(CTRL_MEAS, ctrl_meas)
        self.clock.advance(10.0)
        return self.codes()

    def codes(self) -> Codes:
        data = self.read(DATA, 13)
        return Codes(
            pressure=int.from_bytes(data[0:3], "big") >> 4,
            temperature=int.from_bytes(data[3:6], "big") >> 4,
            humidity=int.from_bytes(data[6:8], "big"),
            gas=int.from_bytes(data[11:13], "big") >> 6,
            gas_range=data[12] & 0x0F,
        )

    def gas_flags(self) -> int:
        return self.read(GAS_LSB)[0] & (GAS_VALID | HEAT_STABLE)
