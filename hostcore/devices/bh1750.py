"""ROHM BH1750FVI ambient light sensor (data sheet: "BH1750FVI Technical Note", 2009.04 Rev.B)."""

from __future__ import annotations

from hostcore.clock import Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.environment import Environment, Quantity
from hostcore.quick_dataclass import dataclass

POWER_DOWN = 0x00
"""Opcode: stop measuring and sleep ("Instruction Set Architecture")."""
POWER_ON = 0x01
"""Opcode: wait for a measurement command."""
RESET = 0x07
"""Opcode: clear the data register; not accepted in the power-down state."""

H_TIME_NS = 120_000_000
"""Typical time of a conversion in a high-resolution mode; at most 180 ms ("Electrical Characteristics")."""
L_TIME_NS = 16_000_000
"""Typical time of a conversion in low-resolution mode; at most 24 ms ("Electrical Characteristics")."""

COUNTS_PER_LUX = 1.2
"""Typical measurement accuracy ("Electrical Characteristics")."""
MTREG_DEFAULT = 69
"""Measurement time register at power-on ("Measurement result adjustment function")."""
MTREG_LOWEST = 31
"""Smallest value in the data sheet. The chip takes smaller values for this one."""
MTREG_HIGHEST = 254
"""Largest value in the data sheet. The chip takes larger values for this one."""
COUNT_MAX = 0xFFFF
"""Largest value of the data register. It means that the light is too strong for the mode."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One of the measurement modes ("Instruction Set Architecture")."""

    continuous: bool
    """Whether it measures repeatedly (True), or once and then powers down."""
    time_ns: int
    """Time of one conversion with the default measurement time register, in nanoseconds."""
    gain: int = 1
    """The counts are those of H-resolution mode, multiplied by this."""
    step: int = 1
    """The counts are a multiple of this."""


_H, _H2, _L = 0b00, 0b01, 0b11
_MODES = {
    prefix | resolution: Mode(prefix == 0x10, time_ns, gain, step)
    for prefix in (0x10, 0x20)
    for resolution, time_ns, gain, step in ((_H, H_TIME_NS, 1, 1), (_H2, H_TIME_NS, 2, 1), (_L, L_TIME_NS, 1, 4))
}


@dataclass(slots=True)
class _Measurement:
    """A running measurement."""

    mode: Mode
    mtreg: int
    started_ns: int
    first_count: int
    finished: int = 0

    @property
    def conversion_ns(self) -> int:
        return self.mode.time_ns * self.mtreg // MTREG_DEFAULT


class Bh1750(I2cTarget):
    """A BH1750. It starts powered down, as after power-on.

    It takes one opcode per transaction ("I2C Bus Access": "not able to accept plural command without stop condition")
    and refuses further bytes. Unknown opcodes are acknowledged and ignored. The data register keeps its old value until
    a conversion is complete. The light is measured when a measurement starts. In a continuous mode it is measured again
    when the register is read, if a conversion has ended since. Reads beyond the two data bytes give 0xFF, the level of
    a released line. In low-resolution mode the counts are multiples of 4, which is its resolution of 4 lx.

    Args:
        clock: the clock of the chip.
        environment: the source of illuminance.
    """

    title = "BH1750"

    def __init__(self, clock: Clock, environment: Environment) -> None:
        self._clock = clock
        self._environment = environment
        self._powered = False
        self._mtreg = MTREG_DEFAULT
        self._data = 0
        self._measurement: _Measurement | None = None
        self._took_opcode = False

    def start(self, reading: bool) -> bool:
        return True

    def write(self, data: bytes) -> int:
        if not data or self._took_opcode:
            return 0
        self._took_opcode = True
        self._finish_conversions()
        self._execute(data[0])
        return 1

    def read(self, length: int) -> bytes:
        self._finish_conversions()
        return self._data.to_bytes(2, "big").ljust(length, b"\xff")[:length]

    def stop(self) -> None:
        self._took_opcode = False

    def _execute(self, opcode: int) -> None:
        if opcode in _MODES:
            self._measure(_MODES[opcode])
        elif opcode in (POWER_DOWN, POWER_ON):
            self._powered = opcode == POWER_ON
            self._measurement = None
        elif opcode == RESET and self._powered:
            self._data = 0
        elif opcode & 0b1111_1000 == 0b0100_0000:
            self._mtreg = (opcode & 0b111) << 5 | self._mtreg & 0b1_1111
        elif opcode & 0b1110_0000 == 0b0110_0000:
            self._mtreg = self._mtreg & 0b1110_0000 | opcode & 0b1_1111

    def _measure(self, mode: Mode) -> None:
        """Start a measurement. It does not need a power-on command before ("Measurement Procedure")."""
        self._powered = True
        mtreg = min(max(MTREG_LOWEST, self._mtreg), MTREG_HIGHEST)
        self._measurement = _Measurement(mode, mtreg, self._clock.monotonic_ns(), self._count(mode, mtreg))

    def _finish_conversions(self) -> None:
        """Take over the result of the last conversion that is complete by now."""
        measurement = self._measurement
        if measurement is None:
            return
        ended = (self._clock.monotonic_ns() - measurement.started_ns) // measurement.conversion_ns
        if ended == measurement.finished:
            return
        measurement.finished = ended
        if measurement.mode.continuous and ended > 1:
            self._data = self._count(measurement.mode, measurement.mtreg)
        else:
            self._data = measurement.first_count
        if not measurement.mode.continuous:
            self._powered = False
            self._measurement = None

    def _count(self, mode: Mode, mtreg: int) -> int:
        lux = self._environment.value(Quantity.ILLUMINANCE)
        count = int(lux * COUNTS_PER_LUX * mode.gain * mtreg / MTREG_DEFAULT)
        return min(count, COUNT_MAX) // mode.step * mode.step
