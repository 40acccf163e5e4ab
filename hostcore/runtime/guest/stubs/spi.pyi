"""SPI devices, one for each chip select (/dev/spidevBUS.CHIP_SELECT).

Every function blocks until the transfer ends, and raises `host.BusError` if it fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .data import Data

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
