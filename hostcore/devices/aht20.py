"""ASAIR AHT20 temperature and humidity sensor (data sheet: "AHT20 Product Manuals", version 1.1)."""

from __future__ import annotations

from hostcore.clock import Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.environment import Environment, Quantity

INITIALISE = b"\xbe\x08\x00"
"""Command: load the calibration (section 5.3)."""
OLD_INITIALISE = 0xE1
"""First byte of the AHT10's initialisation ("AHT10 Technical Manual", section 5.3). AHT20s of the first years take it,
later ones do not acknowledge it (the library adafruit-circuitpython-ahtx0 relies on this to tell them apart)."""
TRIGGER = b"\xac\x33\x00"
"""Command: measure once (section 5.3)."""
SOFT_RESET = b"\xba"
"""Command: restart, as after power-on (section 5.5)."""

POWER_ON_NS = 40_000_000
"""Time from power-on until the chip answers (section 5.4, step 1)."""
SOFT_RESET_NS = 20_000_000
"""Longest time of a soft reset (section 5.5)."""
INITIALISE_NS = 10_000_000
"""Time of the initialisation (section 5.4, step 1)."""
MEASURE_NS = 80_000_000
"""Time of a measurement (section 5.4, step 3)."""

BUSY = 0x80
"""Status bit 7: measuring (section 5.3, "Status bit description")."""
CALIBRATED = 0x08
"""Status bit 3: the calibration is loaded (section 5.3)."""
RESERVED = 0x10
"""Status bit 4: reserved. Chips report 1 here, and drivers compare the status with 0x18."""

TEMPERATURE_RANGE = (-40.0, 85.0)
"""Range of the temperature, °C (section 1.2)."""
FULL_SCALE = 1 << 20
"""Both values have 20 bits (section 6)."""

CRC_POLYNOMIAL = 0x31
"""x^8 + x^5 + x^4 + 1 (section 5.4, step 4)."""
CRC_INITIAL = 0xFF
"""Start value of the check byte's calculation (section 5.4, step 4)."""


def crc8(data: bytes) -> int:
    """The check byte of the chip for `data`."""
    crc = CRC_INITIAL
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ CRC_POLYNOMIAL if crc & 0x80 else crc << 1) & 0xFF
    return crc


class Aht20(I2cTarget):
    """An AHT20 that has to be initialised before it measures.

    A read starts at the status byte, even if 0x71 was not written before. It continues with the last finished
    measurement (zeros before the first one) and the check byte. All further bytes are 0xFF, the level of a released
    line. While the chip measures or initialises, the busy bit is set and the data do not change.

    The data sheet says that the host must check the calibrated bit and initialise the chip if it is not set. It does
    not say how an uncalibrated chip behaves. This one starts uncalibrated and then ignores the trigger: it never gets
    busy, and its data stay zeros (-50 °C, 0 %RH), which no working sensor reports. A busy chip ignores all commands
    except a soft reset. Unknown and incomplete commands are acknowledged and ignored, but not the AHT10's 0xE1, which
    newer chips refuse. During power-on and soft reset nothing is acknowledged.

    Args:
        clock: the clock of the chip.
        environment: the source of temperature and humidity.
        powered_ns: time of power-on, on `clock.monotonic_ns`. None is now.
    """

    title = "AHT20"

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
        if data[0] == OLD_INITIALISE:
            return 0
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
        """Take over the result of the running command if it is complete by now."""
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
