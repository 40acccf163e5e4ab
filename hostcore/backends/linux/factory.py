"""This computer's own hardware, through the devices of the Linux kernel.

A library is imported when the first device of its kind is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TypeVar, cast

from hostcore.backends.base import (
    BackendKind,
    Factory,
    GpioLine,
    I2cBus,
    Iio,
    PwmOutput,
    System,
    Uart,
    require_gpio_line,
)
from hostcore.backends.linux.file import Closable
from hostcore.backends.linux.gpio import LinuxGpioLine, Pins
from hostcore.backends.linux.gpiochip import GpioChip, header_chip
from hostcore.backends.linux.pin_libraries import has_pin_library
from hostcore.backends.linux.pulses import PulseLine
from hostcore.backends.linux.system import LinuxSystem
from hostcore.backends.spi import SpiDevice
from hostcore.errors import UnsupportedError
from hostcore.late_part import LatePart

D = TypeVar("D")


def open_pulse_line(number: int) -> PulseLine:
    """Open a line of the header for a capture.

    Raises:
        UnsupportedError: there is no header, gpiod is not installed, or the line is in use.
    """
    with _installed("pulses", "gpiod"):
        from hostcore.backends.linux.gpiod import GpiodLine  # noqa: PLC0415 - see above
    chip = header_chip()
    if not isinstance(chip, GpioChip):
        raise chip.error()
    return GpiodLine(chip, number)


class LinuxFactory(Factory):
    """Opens this computer's hardware."""

    kind = BackendKind.LINUX

    def __init__(self) -> None:
        self._pins = LatePart(_pins)
        self._opened: dict[str, object] = {}

    def i2c_bus(self, bus: int) -> I2cBus:
        from hostcore.backends.linux.i2c import LinuxI2cBus  # noqa: PLC0415

        return self._kept(f"i2c-{bus}", lambda: LinuxI2cBus(bus))

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        from hostcore.backends.linux.spi import LinuxSpiDevice  # noqa: PLC0415

        return self._kept(f"spi-{bus}.{chip_select}", lambda: LinuxSpiDevice(bus, chip_select))

    def gpio_line(self, line: int) -> GpioLine:
        require_gpio_line(line)
        return self._kept(f"gpio-{line}", lambda: LinuxGpioLine(line, self._header, open_pulse_line))

    def pwm(self, line: int) -> PwmOutput:
        require_gpio_line(line)
        from hostcore.backends.linux.pwm import LinuxPwmOutput  # noqa: PLC0415

        return self._kept(f"pwm-{line}", lambda: LinuxPwmOutput(line, self._header))

    def uart(self, port: str) -> Uart:
        with _installed("serial ports", "pyserial"):
            from hostcore.backends.linux.uart import LinuxUart  # noqa: PLC0415
        return self._kept(f"uart-{port}", lambda: LinuxUart(port))

    def iio(self) -> Iio:
        from hostcore.backends.linux.iio import LinuxIio  # noqa: PLC0415

        return self._kept("iio", LinuxIio)

    def system(self) -> System:
        return self._kept("system", LinuxSystem)

    def close(self) -> None:
        for device in self._opened.values():
            if isinstance(device, Closable):
                device.close()
        self._opened.clear()
        if self._pins.made is not None:
            self._pins.made.close()
            self._pins = LatePart(_pins)

    def _header(self) -> Pins:
        return self._pins.part

    def _kept(self, name: str, opener: Callable[[], D]) -> D:
        """The device with this name, opened once: a serial port can only be opened once."""
        if name not in self._opened:
            self._opened[name] = opener()
        return cast("D", self._opened[name])


def _pins() -> Pins:
    if has_pin_library() or find_spec("gpiod") is None:
        with _installed("GPIO lines", "gpiozero"):
            from hostcore.backends.linux.gpiozero import GpiozeroPins  # noqa: PLC0415
        return GpiozeroPins()
    from hostcore.backends.linux.gpiod_pins import GpiodPins  # noqa: PLC0415

    return GpiodPins()


@contextmanager
def _installed(what: str, library: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        from hostcore.extras import install_command  # noqa: PLC0415 - rarely needed, and takes 30 ms

        raise UnsupportedError(f"{what} need {library}, which is not installed: `{install_command('pi')}`") from error
