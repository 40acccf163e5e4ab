"""The module `spidev`: SPI devices, with the methods, results and errors of py-spidev 3.8 on a Raspberry Pi.

A Pi's controller has words of 8 bits, sends the highest bit first, and cannot loop back. Other settings raise the
OSError that the kernel raises there. Three-wire mode is refused in the same way: the host does not offer it.
"""

import errno
import io
import re
from collections.abc import Buffer, Sequence
from types import TracebackType
from typing import Any, Literal, Self

import host

__version__ = "3.8"

LONGEST = 4096
"""Bytes of the longest transfer: SPIDEV_MAXPATH of py-spidev, and spidev's usual bufsiz."""
TEXTS = {
    errno.ENOENT: "No such file or directory",
    errno.EBADF: "Bad file descriptor",
    errno.EINVAL: "Invalid argument",
}
"""Linux's texts (strerror(3)). WASI has other texts for these numbers."""
FASTEST_HZ = 125_000_000
"""The clock of a newly opened device on a Pi (Raspberry Pi kernel, device tree, spi-max-frequency of spidev)."""


def _flag(name: str, doc: str, *, can_be_true: bool = True) -> property:
    """A setting that is True or False."""

    def change(device: "SpiDev", value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"The {name} attribute must be boolean")
        device._opened()
        if value and not can_be_true:
            raise _error(errno.EINVAL)
        device._flags = device._flags | {name} if value else device._flags - {name}

    return property(lambda device: name in device._flags, change, doc=doc)


class SpiDev:
    """A device /dev/spidevBUS.CLIENT. All its settings are sent with each transfer, and no other object sees them.

    Args:
        bus: number of the bus. -1 opens no device.
        client: number of the chip select.
    """

    __slots__ = ("_bits_per_word", "_flags", "_max_speed_hz", "_mode", "_place", "_read0")

    def __init__(self, bus: int = -1, client: int | None = None) -> None:
        self._place: tuple[int, int] | None = None
        self._read0 = False
        self._forget()
        if bus >= 0:
            if client is None:
                raise TypeError("open() missing required argument 'device' (pos 2)")
            self.open(bus, client)

    def open(self, bus: int, device: int) -> None:
        """Open /dev/spidevBUS.DEVICE.

        Raises:
            FileNotFoundError: host.toml or the machine has no such device.
            host.Denied: host.toml does not grant it.
        """
        path = f"/dev/spidev{bus}.{device}"
        if not (0 <= bus < 256 and 0 <= device < 256):
            raise _missing(path)
        try:
            host.spi.transfer(b"", bus=bus, chip_select=device)  # sends nothing, but finds out whether it could
        except host.BusError as error:
            raise _missing(f"{path}: {error}") from error
        self._forget()
        self._place = bus, device
        self._bits_per_word, self._max_speed_hz = 8, FASTEST_HZ

    def open_path(self, path: str) -> None:
        """Open a device by its path, such as ``/dev/spidev0.0``."""
        found = re.fullmatch(r"/dev/spidev(\d{1,3})\.(\d{1,3})", path)
        if found is None:
            raise _missing(path)
        self.open(int(found[1]), int(found[2]))

    def close(self) -> None:
        """Close the device."""
        self._place = None
        self._forget()

    def fileno(self) -> int:
        """Return -1 for a closed device. An open one has no file here, so this raises `io.UnsupportedOperation`."""
        if self._place is None:
            return -1
        raise io.UnsupportedOperation("fileno: the sandbox has no device files; use the methods of SpiDev")

    def readbytes(self, len: int) -> list[int]:  # noqa: A002 - the original's name
        """Receive up to 4,096 bytes; at least one. Sends zeros."""
        self._opened()
        return [*self._exchange([host.spi.Read(min(max(len, 1), LONGEST))])[0]]

    def writebytes(self, values: Sequence[int]) -> None:
        """Send up to 4,096 bytes."""
        self._exchange([host.spi.Write(_bounded(values))])

    def writebytes2(self, values: Buffer | Sequence[int]) -> None:
        """Send any number of bytes. After each 4,096, the chip is deselected for a moment."""
        data = bytes(values) if isinstance(values, Buffer) else _data(values)
        for start in range(0, len(data), LONGEST):
            self._exchange([host.spi.Write(data[start : start + LONGEST])])

    def xfer(self, values: Any, speed_hz: int = 0, delay_usecs: int = 0, bits_per_word: int = 0, /) -> Any:
        """Send and receive at the same time.

        Args:
            values: up to 4,096 bytes as numbers.
            speed_hz: clock in hertz; 0 is `max_speed_hz`.
            delay_usecs: microseconds to wait before the chip is deselected.
            bits_per_word: 0 or 8.

        Returns:
            A tuple for a tuple, otherwise a list. A list that was given holds the received bytes, too.
        """
        data = _bounded(values)
        received = self._transfer(data, speed_hz, delay_usecs, bits_per_word)
        if isinstance(values, tuple):
            return tuple(received)
        if isinstance(values, list):
            values[:] = received
            return values
        return [*received]

    xfer2 = xfer
    """The same as `xfer`. The chip stays selected in both."""

    def xfer3(
        self, values: Sequence[int], speed_hz: int = 0, delay_usecs: int = 0, bits_per_word: int = 0, /
    ) -> tuple[int, ...]:
        """Like `xfer` for any number of bytes. After each 4,096, the chip is deselected for a moment."""
        data = _data(values)
        parts = [data[start : start + LONGEST] for start in range(0, len(data), LONGEST)]
        return tuple(b"".join(self._transfer(part, speed_hz, delay_usecs, bits_per_word) for part in parts))

    @property
    def mode(self) -> int:
        """Clock polarity (bit 1) and phase (bit 0)."""
        return self._mode

    @mode.setter
    def mode(self, value: int) -> None:
        if not isinstance(value, int):
            raise TypeError("The mode attribute must be an integer")
        if value & 0xFF > 3:
            raise TypeError("The mode attribute must be an integerbetween 0 and 3.")
        self._opened()
        self._mode = value & 0xFF

    @property
    def max_speed_hz(self) -> int:
        """Clock of the transfers, in hertz."""
        return self._max_speed_hz

    @max_speed_hz.setter
    def max_speed_hz(self, value: int) -> None:
        if not isinstance(value, int):
            raise TypeError("The max_speed_hz attribute must be an integer")
        speed = value & 0xFFFF_FFFF
        if speed != self._max_speed_hz:
            self._opened()
            if not speed:
                raise _error(errno.EINVAL)
            self._max_speed_hz = speed

    @property
    def bits_per_word(self) -> int:
        """Bits of a word: 8."""
        return self._bits_per_word

    @bits_per_word.setter
    def bits_per_word(self, value: int) -> None:
        if not isinstance(value, int):
            raise TypeError("The bits_per_word attribute must be an integer")
        if not 8 <= value & 0xFF <= 32:
            raise TypeError("invalid bits_per_word (8 to 32)")
        if value & 0xFF != self._bits_per_word:
            self._opened()
            raise _error(errno.EINVAL)

    cshigh = _flag("cshigh", "Whether the chip is selected while its chip select is high.")
    no_cs = _flag("no_cs", "Whether the chip select stays at rest.")
    lsbfirst = _flag("lsbfirst", "Whether the lowest bit comes first: always False.", can_be_true=False)
    threewire = _flag("3wire", "Whether one wire carries both directions: always False.", can_be_true=False)
    loop = _flag("loop", "Whether the controller receives what it sends: always False.", can_be_true=False)

    @property
    def read0(self) -> bool:
        """Has no effect here: a chip select that is active while high returns to low after each transfer anyway."""
        return self._read0

    @read0.setter
    def read0(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError("The read0 attribute must be boolean")
        self._read0 = value

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> Literal[False]:
        self.close()
        return False

    def _forget(self) -> None:
        self._mode = self._bits_per_word = self._max_speed_hz = 0
        self._flags: frozenset[str] = frozenset()

    def _opened(self) -> tuple[int, int]:
        if self._place is None:
            raise _error(errno.EBADF)
        return self._place

    def _transfer(self, data: bytes, speed_hz: int, delay_usecs: int, bits_per_word: int) -> bytes:
        self._opened()
        if bits_per_word not in (0, 8):
            raise _error(errno.EINVAL)
        operations: list[Any] = [host.spi.Transfer(data)]
        if delay_usecs:
            operations.append(host.spi.Delay(delay_usecs / 1e6))
        return self._exchange(operations, speed_hz)[0]

    def _exchange(self, operations: list[Any], speed_hz: int = 0) -> list[bytes]:
        bus, chip_select = self._opened()
        return host.spi.transaction(
            operations,
            bus=bus,
            chip_select=chip_select,
            speed_hz=min(speed_hz or self._max_speed_hz, FASTEST_HZ),
            mode=self._mode,
            select="none" if self.no_cs else "high" if self.cshigh else "low",
        )


def _data(values: Sequence[int]) -> bytes:
    """The bytes of a sequence of numbers. Only the lowest 8 bits of each count, as in the original."""
    try:
        numbers = [*values]
    except TypeError:
        raise TypeError("expected a sequence") from None
    if not numbers:
        raise TypeError("Empty argument list.")
    for number in numbers:
        if not isinstance(number, int):
            raise TypeError(f"Non-Int/Long value in arguments: {id(number) & 0xFFFF_FFFF:x}.")
    return bytes(number & 0xFF for number in numbers)


def _bounded(values: Sequence[int]) -> bytes:
    data = _data(values)
    if len(data) > LONGEST:
        raise OverflowError(f"Argument list size exceeds {LONGEST} bytes.")
    return data


def _error(number: int) -> OSError:
    return OSError(number, TEXTS[number])


def _missing(what: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, f"{TEXTS[errno.ENOENT]}: {what}")
