"""A bus that this machine should have, but that could not be used at the start."""

from __future__ import annotations

from hostcore.backends.base import (
    BackendKind,
    Factory,
    GpioLine,
    I2cBus,
    Iio,
    PwmOutput,
    System,
    Uart,
)
from hostcore.backends.detect import probe
from hostcore.backends.spi import SpiDevice
from hostcore.errors import UnsupportedError
from hostcore.place import BusName


class MissingBus(Factory):
    """Probes the bus again at each use, because a person may have enabled it, and opens its devices if it is usable.

    An opener raises `UnsupportedError` with the finding of the probe, in the words of ``wasi-host doctor``.

    Args:
        name: the bus.
        linux: opens this machine's hardware.
    """

    kind = BackendKind.LINUX

    def __init__(self, name: BusName, linux: Factory) -> None:
        self._name, self._linux = name, linux

    def i2c_bus(self, bus: int) -> I2cBus:
        return self._usable().i2c_bus(bus)

    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        return self._usable().spi_device(bus, chip_select)

    def gpio_line(self, line: int) -> GpioLine:
        return self._usable().gpio_line(line)

    def pwm(self, line: int) -> PwmOutput:
        return self._usable().pwm(line)

    def uart(self, port: str) -> Uart:
        return self._usable().uart(port)

    def iio(self) -> Iio:
        return self._usable().iio()

    def system(self) -> System:
        return self._usable().system()

    def close(self) -> None:
        self._linux.close()

    def _usable(self) -> Factory:
        finding = probe(self._name)
        if not finding.usable:
            raise UnsupportedError(str(finding))
        return self._linux
