"""The package `adafruit-extended-bus`: buses by their numbers."""

from _spi_wires import Wires
from busio import I2C, SPI
from host._granted import granted

__all__ = ["ExtendedI2C", "ExtendedSPI"]


class ExtendedI2C(I2C):
    """The I2C bus i2c-`bus_id`.

    Args:
        bus_id: the number of the bus.
        frequency: no effect: the kernel sets the speed of a bus.

    Raises:
        ValueError: host.toml has no such bus.
    """

    def __init__(self, bus_id: int, frequency: int = 400_000) -> None:
        if bus_id not in granted().i2c_buses:
            raise ValueError(f"No device found for /dev/i2c-{bus_id}: host.toml has no bus i2c-{bus_id}")
        self._bus = bus_id


class ExtendedSPI(SPI):
    """The SPI device spidev`bus_id`.`chip_select`. Each transfer drives its chip select, as in the original.

    That the device exists is found by the first transfer.

    Args:
        bus_id: the number of the bus.
        chip_select: the number of the chip select.
    """

    def __init__(self, bus_id: int, chip_select: int) -> None:
        self._wires = Wires(bus_id, "low", failed=self.unlock, chip_select=chip_select)
