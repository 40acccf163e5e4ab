"""ASAIR AHT20 temperature and humidity sensor (data sheet: "AHT20 Product Manuals", version 1.1)."""

from __future__ import annotations

from hostcore.clock import Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.environment import Environment, Quantity

INITIALISE = b"\xbe\x08\x00"
"""Command: load the calibration (section 5.3)."""
TRIGGER = b"\xac\x33\x00"
"""Command: measure once (section 5.3)."""
SOFT_RESET = b"\xba"
"""Command: restart as if powered anew (section 5.5)."""

POWER_ON_NS = 40_000_000
"""From power-on until the chip can be talked to (section 5.4, step 1)."""
SOFT_RESET_NS = 20_000_000
"""How long a soft reset lasts, at most (section 5.5)."""
INITIALISE_NS = 10_000_000
"""How long the initialisation takes (section 5.4, step 1)."""
MEASURE_NS = 80_000_000
"""How long a measurement takes (section 5.4, step 3)."""

BUSY = 0x80
"""Status bit 7: measuring (section 5.3, "Status bit description")."""
CALIBRATED = 0x08
"""Status bit 3: the calibration is loaded (section 5.3)."""
RESERVED = 0x10
"""Status bit 4: reserved; chips report 1 here, and drivers compare with 0x18."""

TEMPERATURE_RANGE = (-40.0, 85.0)
"""What the chip can measure, °C (section 1.2)."""
FULL_SCALE = 1 << 20
"""Both signals are 20 bits (section 6)."""

CRC_POLYNOMIAL = 0x31
"""x^8 + x^5 + x^4 + 1 (section 5.4, step 4)."""
CRC_INITIAL = 0xFF
"""What the check byte's calculation starts from (section 5.4, step 4)."""


def crc8(data: bytes) -> int:
    """The chip's check byte over `data`."""
    crc = CRC_INITIAL
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ CRC_POLYNOMIAL if crc & 0x80 else crc << 1) & 0xFF
    return crc


class Aht20(I2cTarget):
    """An AHT20 that has to be initialised before it measures.

    A read always starts at the status byte, whether or not 0x71 was written before, and goes on with the last finished
    measurement (zeros before the first) and the check byte; past that it gives 0xFF, the level of the released line.
    While it measures or initialises, the busy bit is set and the data are the old ones.

    The data sheet tells the host to check the calibrated bit and to initialise the chip where it is not set, but not
    what an uncalibrated chip would do. This one starts uncalibrated and then ignores the trigger: it never gets busy,
    and its data stay zeros (-50 °C, 0 %RH), which no working sensor reports. While busy it ignores everything but a
    soft reset. Unknown and incomplete commands are acknowledged and ignored; during power-on and soft reset nothing is
    acknowledged.

    Args:
        clock: what it reads the time from.
        environment: where its temperature and humidity come from.
        powered_ns: when it was powered, as `clock.monotonic_ns`; None is now.
    """

    def __init__(self, clock: Clock, environment: Environment, powered_ns: int | None = None) -> None:
        self._clock = clock
        self._environment = environment
        self._restart((clock.monotonic_ns() if powered_ns is None else powered_ns) + POWER_ON_NS)

    def _restart(self, awake_ns: int) -> None:
        self._awake_ns = awake_ns
        self._calibrated = False
        self._data = bytes(5)
        self._pending: bytes = b""
        self._pending_until_ns = 0
        self._sensed = bytes(5)

    def start(self, reading: bool) -> bool:
        return self._clock.monotonic_ns() >= self._awake_ns

    def write(self, data: bytes) -> int:
        self._finish_command()
        if data == SOFT_RESET:
            self._restart(self._clock.monotonic_ns() + SOFT_RESET_NS)
        elif not self._pending:
            if data == INITIALISE:
                self._begin(INITIALISE, INITIALISE_NS)
            elif data == TRIGGER and self._calibrated:
                self._begin(TRIGGER, MEASURE_NS)
                self._sensed = self._sense()
        return len(data)

    def read(self, length: int) -> bytes:
        self._finish_command()
        status = RESERVED | (CALIBRATED if self._calibrated else 0) | (BUSY if self._pending else 0)
        frame = bytes([status]) + self._data
        return (frame + bytes([crc8(frame)])).ljust(length, b"\xff")[:length]

    def stop(self) -> None:
        pass

    def _begin(self, command: bytes, duration_ns: int) -> None:
        self._pending = command
        self._pending_until_ns = self._clock.monotonic_ns() + duration_ns

    def _finish_command(self) -> None:
        """Take over what the command under way has done by now."""
        if not self._pending or self._clock.monotonic_ns() < self._pending_until_ns:
            return
        if self._pending == INITIALISE:
            self._calibrated = True
        else:
            self._data = self._sensed
        self._pending = b""

    def _sense(self) -> bytes:
        """Humidity and temperature as the 40 bits of a frame (section 6)."""
        lowest, highest = TEMPERATURE_RANGE
        temperature = min(max(lowest, self._environment.value(Quantity.TEMPERATURE)), highest)
        humidity = min(max(0.0, self._environment.value(Quantity.HUMIDITY)), 100.0)
        humidity_signal = min(round(humidity / 100 * FULL_SCALE), FULL_SCALE - 1)
        temperature_signal = round((temperature + 50) / 200 * FULL_SCALE)
        return (humidity_signal << 20 | temperature_signal).to_bytes(5, "big")
