"""SPI devices, one for each chip select (/dev/spidevBUS.CHIP_SELECT)."""

from wit_world.imports import python_wire

from ._arguments import number
from ._wire import ask
from .data import Data, to_wire


def transfer(data: Data, *, bus: int = 0, chip_select: int = 0, speed_hz: int = 500_000, mode: int = 0) -> bytes:
    """Send `data` (up to 4,096 bytes), and return the bytes received at the same time. Blocks until the transfer ends.

    Args:
        data: bytes, numbers, or hex text.
        bus: N of /dev/spidevN.M.
        chip_select: M of /dev/spidevN.M.
        speed_hz: clock in hertz, 1 to 125,000,000.
        mode: clock polarity and phase, 0 to 3.
    """
    place = number("bus", bus, 8), number("chip_select", chip_select, 8)
    settings = number("speed_hz", speed_hz, 32), number("mode", mode, 8)
    return ask(python_wire.spi_transfer, *place, to_wire(data), *settings)
