"""`busio.I2C`."""

from collections.abc import Buffer

from _i2c_scan import answering
from host import i2c
from microcontroller import Pin
from microcontroller.pin import i2cPorts

from ._lock import Lockable

FIRST = 1
"""The port of Blinka that is the first bus of the host (host.toml)."""


class I2C(Lockable):
    """An I2C bus. Every transfer blocks until it is complete, and raises `host.BusError`, an OSError.

    As in Blinka, a transfer after `deinit` raises AttributeError, and no transfer needs the lock.

    Args:
        scl: the pin of the clock, `board.SCL`.
        sda: the pin of the data, `board.SDA`.
        frequency: no effect: the kernel sets the speed of a bus.

    Raises:
        ValueError: there is no bus on these pins.
    """

    def __init__(self, scl: Pin, sda: Pin, frequency: int = 100_000) -> None:
        self.init(scl, sda, frequency)

    def init(self, scl: Pin, sda: Pin, frequency: int) -> None:
        """Use the bus on these pins. Raises like the class."""
        for number, port_scl, port_sda in i2cPorts:
            if (scl, sda) == (port_scl, port_sda):
                self._bus = None if number == FIRST else number
                return
        raise ValueError(f"No Hardware I2C on (scl,sda)={(scl, sda)}\nValid I2C ports: {i2cPorts}.")

    def deinit(self) -> None:
        """Free the bus."""
        vars(self).pop("_bus", None)

    def scan(self) -> list[int]:
        """Return the addresses at which a device answers, of those that the plugin may use."""
        return answering(self._bus)

    def readfrom_into(self, address: int, buffer: Buffer, *, start: int = 0, end: int | None = None) -> None:
        """Fill `buffer[start:end]` from the device."""
        part = _part(buffer, start, end)
        if len(part):
            part[:] = i2c.read(address, len(part), bus=self._bus)

    def writeto(self, address: int, buffer: Buffer | str, *, start: int = 0, end: int | None = None) -> None:
        """Write `buffer[start:end]`. Without data, only the address is sent."""
        content = bytes(map(ord, buffer)) if isinstance(buffer, str) else buffer
        i2c.write(address, bytes(_part(content, start, end)), bus=self._bus)

    def writeto_then_readfrom(
        self,
        address: int,
        buffer_out: Buffer,
        buffer_in: Buffer,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
        stop: bool = False,
    ) -> None:
        """Write `buffer_out`, and fill `buffer_in` after a repeated start; with `stop`, after a stop and a start."""
        if stop:
            self.writeto(address, buffer_out, start=out_start, end=out_end)
            self.readfrom_into(address, buffer_in, start=in_start, end=in_end)
            return
        part = _part(buffer_in, in_start, in_end)
        operations = (i2c.Write(bytes(_part(buffer_out, out_start, out_end))), i2c.Read(len(part)))
        (part[:],) = i2c.transaction(address, operations, bus=self._bus)


def _part(buffer: Buffer, start: int, end: int | None) -> memoryview:
    whole = memoryview(buffer).cast("B")
    return whole[start : len(whole) if end is None else end]
