"""Bosch BME680 gas, pressure, temperature and humidity sensor ("data sheet": Bosch's BST-BME680-DS001)."""

from __future__ import annotations

from collections.abc import Mapping

from hostcore.clock import Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.bme680_compensation import Calibration
from hostcore.devices.bme680_measurement import SKIPPED_DATA, Sensors, SetPoint, Settings
from hostcore.devices.environment import Environment
from hostcore.quick_dataclass import dataclass

ADDRESSES = (0x76, 0x77)
"""7-bit I2C addresses, by the level of the SDO pin (data sheet section 6.2)."""

STATUS = 0x1D
"""meas_status_0 (data sheet section 5.3.5)."""
DATA = 0x1F
"""First of the 13 data registers, press_msb to gas_r_lsb (data sheet section 5.3.4)."""
IDAC_HEAT = 0x50
"""First of ten initial heater currents, which only make heating faster (data sheet section 5.3.3.1)."""
RES_HEAT = 0x5A
"""First of ten heater targets (data sheet section 5.3.3.2)."""
GAS_WAIT = 0x64
"""First of ten heating times (data sheet section 5.3.3.3)."""
CTRL_GAS_0 = 0x70
"""heat_off<3> (data sheet section 5.3.3.4)."""
CTRL_GAS_1 = 0x71
"""run_gas<4>, nb_conv<3:0> (data sheet section 5.3.3.5)."""
CTRL_HUM = 0x72
"""osrs_h<2:0> (data sheet section 5.3.2.1)."""
CTRL_MEAS = 0x74
"""osrs_t<7:5>, osrs_p<4:2>, mode<1:0> (data sheet sections 5.3.1.3 and 5.3.2)."""
CONFIG = 0x75
"""filter<4:2> (data sheet section 5.3.2.4)."""
CHIP_ID = 0xD0
RESET = 0xE0
VARIANT_ID = 0xF0
"""0 is the BME680, 1 the BME688 (BME68x Sensor API, bme68x_defs.h; not in the data sheet)."""

CHIP_ID_BME680 = 0x61
"""Content of `CHIP_ID` (data sheet section 5.3.1.2)."""
VARIANT_GAS_LOW = 0x00
"""Content of `VARIANT_ID`."""
RESET_COMMAND = 0xB6
"""Value for `RESET`, with the effect of a power-on reset (data sheet section 5.3.1.1)."""
START_UP_NS = 2_000_000
"""Time from a reset until the calibration is copied from non-volatile memory (data sheet section 1, start-up time)."""

NEW_DATA, GAS_MEASURING, MEASURING = 0x80, 0x40, 0x20
"""Bits of `STATUS`."""
MODE_MASK, FORCED = 0x03, 0x01
"""The mode bits of `CTRL_MEAS`, and their only value besides sleep mode (data sheet section 3.1)."""
SET_POINTS = 10
"""Heater set-points (data sheet section 5.3.3)."""

WRITABLE: Mapping[int, int] = {
    **dict.fromkeys(range(IDAC_HEAT, GAS_WAIT + SET_POINTS), 0xFF),
    CTRL_GAS_0: 0x08,
    CTRL_GAS_1: 0x1F,
    CTRL_HUM: 0x47,
    CTRL_MEAS: 0xFF,
    CONFIG: 0x1D,
}
"""The control registers and their implemented bits (data sheet section 5.2); all others are read-only."""


@dataclass(frozen=True, slots=True)
class _Measurement:
    """A running measurement."""

    gas_from_ns: int
    ends_ns: int
    set_point: int
    data: bytes


class Bme680(I2cTarget):
    """A BME680. It starts in sleep mode, as after power-on.

    The air is measured at the moment when a measurement starts. The data registers change when it ends. The data sheet
    leaves some points open. Here:

    - new_data_0 stays set until a reset. Neither reading nor the start of the next measurement clears it. Pimoroni's
      driver shows this: it starts a measurement, polls this bit for 100 ms only, and yet works with 150 ms of heating,
      because it gets the previous measurement. Only the measuring bit tells whether the data are new.
    - Right after a reset, the calibration reads 0 until it is copied from non-volatile memory.
    - A forced measurement with nb_conv above 9, which is not a set-point, has no gas conversion.
    - The reserved modes 2 and 3 are sleep mode. Registers that are not in the memory map read 0.

    Args:
        clock: the clock of the chip.
        environment: the source of temperature, pressure, humidity and gas resistance.
        calibration: the calibration parameters of this chip.
    """

    title = "BME680"

    def __init__(self, clock: Clock, environment: Environment, calibration: Calibration | None = None) -> None:
        self._clock = clock
        self._environment = environment
        self._calibration = calibration or Calibration()
        self._constants = self._calibration.registers()
        self._register = 0
        self._expects_register = True
        self._reset()
        self._calibrated_from_ns = clock.monotonic_ns()

    def start(self, reading: bool) -> bool:
        self._advance()
        self._expects_register = True
        return True

    def write(self, data: bytes) -> int:
        """Pairs of register address and value. The last address is also that of the next read (section 6.2.1)."""
        for byte in data:
            if self._expects_register:
                self._register = byte
            else:
                self._write_register(self._register, byte)
            self._expects_register = not self._expects_register
        return len(data)

    def read(self, length: int) -> bytes:
        """The registers from the last written address on, with auto-increment (section 6.2.2)."""
        first = self._register
        self._register = (first + length) & 0xFF
        return bytes(self._read_register((first + offset) & 0xFF) for offset in range(length))

    def stop(self) -> None:
        self._expects_register = True

    def _reset(self) -> None:
        self._registers = bytearray(256)
        self._registers[CHIP_ID] = CHIP_ID_BME680
        self._registers[VARIANT_ID] = VARIANT_GAS_LOW
        self._registers[DATA : DATA + len(SKIPPED_DATA)] = SKIPPED_DATA
        self._calibrated_from_ns = self._clock.monotonic_ns() + START_UP_NS
        self._running: _Measurement | None = None
        self._queued_ctrl_meas: int | None = None
        self._reset_filters()

    def _reset_filters(self) -> None:
        self._sensors = Sensors(self._environment, self._calibration, self._registers[CONFIG] >> 2 & 0x07)

    def _read_register(self, register: int) -> int:
        if register == STATUS:
            return self._registers[STATUS] | self._busy_bits()
        if register in self._constants:
            return self._constants[register] if self._clock.monotonic_ns() >= self._calibrated_from_ns else 0
        return self._registers[register]

    def _busy_bits(self) -> int:
        if self._running is None:
            return 0
        return MEASURING | (GAS_MEASURING if self._clock.monotonic_ns() >= self._running.gas_from_ns else 0)

    def _write_register(self, register: int, value: int) -> None:
        """While a mode change waits for the end of a measurement, only a reset has an effect (section 3.1)."""
        if register == RESET and value == RESET_COMMAND:
            self._reset()
        if register not in WRITABLE or self._queued_ctrl_meas is not None:
            return
        if register == CTRL_MEAS:
            self._request_mode(value)
            return
        self._registers[register] = value & WRITABLE[register]
        if register == CONFIG:
            self._reset_filters()

    def _request_mode(self, ctrl_meas: int) -> None:
        if self._running is not None:
            self._queued_ctrl_meas = ctrl_meas
        else:
            self._enter_mode(ctrl_meas, self._clock.monotonic_ns())

    def _enter_mode(self, ctrl_meas: int, at_ns: int) -> None:
        self._registers[CTRL_MEAS] = ctrl_meas
        if ctrl_meas & MODE_MASK == FORCED:
            self._running = self._measure(at_ns)
        else:
            self._registers[CTRL_MEAS] &= ~MODE_MASK

    def _measure(self, at_ns: int) -> _Measurement:
        settings = self._settings()
        return _Measurement(
            gas_from_ns=at_ns + (settings.tph_ns if settings.set_point else settings.total_ns),
            ends_ns=at_ns + settings.total_ns,
            set_point=self._registers[CTRL_GAS_1] & 0x0F,
            data=self._sensors.measure(settings),
        )

    def _settings(self) -> Settings:
        ctrl_meas, ctrl_gas_1 = self._registers[CTRL_MEAS], self._registers[CTRL_GAS_1]
        run_gas, index = ctrl_gas_1 & 0x10, ctrl_gas_1 & 0x0F
        set_point = None
        if run_gas and index < SET_POINTS:
            set_point = SetPoint(
                res_heat=self._registers[RES_HEAT + index],
                gas_wait=self._registers[GAS_WAIT + index],
                heat_off=bool(self._registers[CTRL_GAS_0]),
            )
        return Settings(
            osrs_t=ctrl_meas >> 5,
            osrs_p=ctrl_meas >> 2 & 0x07,
            osrs_h=self._registers[CTRL_HUM] & 0x07,
            set_point=set_point,
        )

    def _advance(self) -> None:
        """Catch up with the clock: a measurement ends, the chip sleeps, a waiting mode change takes effect."""
        while self._running is not None and self._clock.monotonic_ns() >= self._running.ends_ns:
            ended, self._running = self._running, None
            self._registers[STATUS] = NEW_DATA | ended.set_point
            self._registers[DATA : DATA + len(ended.data)] = ended.data
            self._registers[CTRL_MEAS] &= ~MODE_MASK
            if self._queued_ctrl_meas is not None:
                queued, self._queued_ctrl_meas = self._queued_ctrl_meas, None
                self._enter_mode(queued, ended.ends_ns)
