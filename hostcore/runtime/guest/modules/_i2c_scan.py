"""Looks for devices on an I2C bus, for `busio` and `machine`."""

import host
from host import i2c
from host._granted import granted


def answering(bus: int | None) -> list[int]:
    """Return the addresses at which a device answers, of those that the plugin may use. Blocks for a probe of each.

    A quick write goes first, and if it fails, a read of one byte, as Adafruit-Blinka does.

    Args:
        bus: the number of the bus; None is the first bus of the host (host.toml).
    """
    found = granted()
    number = found.i2c if bus is None else bus
    return [] if number is None else [each for each in found.addresses.get(number, ()) if _answers(number, each)]


def _answers(bus: int, address: int) -> bool:
    for probe in (lambda: i2c.write(address, b"", bus=bus), lambda: i2c.read(address, 1, bus=bus)):
        try:
            probe()
        except (host.BusError, host.Denied):
            continue
        return True
    return False
