"""SPI devices, one for each chip select (/dev/spidevBUS.CHIP_SELECT).

Every function blocks until the transfer ends, and raises `host.BusError` if it fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wit_world.imports import python_wire
from wit_world.imports import spi as _spi

from ._arguments import number
from ._wire import ask
from .data import Data, to_wire

_SELECTS = {"low": _spi.Select.LOW, "high": _spi.Select.HIGH, "none": _spi.Select.NONE}


@dataclass(frozen=True, slots=True)
class Write:
    """Send bytes (also numbers or hex text), and ignore the received ones."""

    data: Data


@dataclass(frozen=True, slots=True)
class Read:
    """Receive this number of bytes, and send zeros meanwhile."""

    length: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send bytes and receive as many at the same time."""

    data: Data


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait with the chip selected. The delays of a transaction may take up to 0.1 s together."""

    seconds: float


def transfer(data: Data, *, bus: int = 0, chip_select: int = 0, speed_hz: int = 500_000, mode: int = 0) -> bytes:
    """Send `data` (up to 4,096 bytes), and return the bytes received at the same time.

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


def transaction(
    operations: Sequence[Write | Read | Transfer | Delay],
    *,
    bus: int = 0,
    chip_select: int = 0,
    speed_hz: int = 500_000,
    mode: int = 0,
    select: Literal["low", "high", "none"] = "low",
    line: int | None = None,
) -> list[bytes]:
    """Do all `operations` while the chip is selected. Returns the bytes of each `Read` and `Transfer`.

    Args:
        operations: 1 to 64, with up to 4,096 bytes together.
        bus: N of /dev/spidevN.M.
        chip_select: M of /dev/spidevN.M.
        speed_hz: clock in hertz, 1 to 125,000,000.
        mode: clock polarity and phase, 0 to 3.
        select: the level that selects the chip; "none" changes no line.
        line: BCM number of a GPIO line that selects the chip in place of the chip select. This needs the permission
            gpio:LINE:out as well.
    """
    plan, data, lengths = [], "", []
    for each in operations:
        if isinstance(each, Delay):
            plan.append(f"d{number('delay in µs', round(each.seconds * 1e6), 32)}")
        elif isinstance(each, Read):
            plan.append(f"r{number('length', each.length, 32)}")
            lengths.append(each.length)
        else:
            chunk = to_wire(each.data)
            data += chunk
            if isinstance(each, Transfer):
                lengths.append(len(chunk))
            plan.append(f"{'t' if isinstance(each, Transfer) else 'w'}{len(chunk)}")
    place = number("bus", bus, 8), number("chip_select", chip_select, 8)
    clock = number("speed_hz", speed_hz, 32), number("mode", mode, 8)
    selection = _SELECTS[select], None if line is None else number("line", line, 8)
    received = ask(python_wire.spi_transaction, *place, " ".join(plan), data, *clock, *selection)
    parts, start = [], 0
    for length in lengths:
        parts.append(received[start : start + length])
        start += length
    return parts
