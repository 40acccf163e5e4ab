"""What a backend knows of an I2C bus beside its transfers: its settings, its levels, and how it was freed."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of the two lines of an I2C bus; True is high. An idle bus has both high (UM10204 section 3.1.1)."""

    sda: bool
    """The data line."""
    scl: bool
    """The clock line."""

    @property
    def low(self) -> tuple[str, ...]:
        """The names of the lines that are low."""
        return tuple(name for name, is_high in (("SDA", self.sda), ("SCL", self.scl)) if not is_high)

    def __str__(self) -> str:
        return f"SDA {_word(self.sda)}, SCL {_word(self.scl)}"


IDLE = Levels(sda=True, scl=True)
"""The levels of a bus that works and on which nothing happens."""


@dataclass(frozen=True, slots=True)
class KernelDevice:
    """A device on an I2C bus that the kernel knows."""

    address: int
    """7 bits."""
    name: str
    """The kernel's name of the device, such as ``ds1307``."""
    driver: str
    """The kernel driver that uses it, such as ``rtc-ds1307``; "" if none does."""


@dataclass(frozen=True, slots=True)
class I2cSettings:
    """How the kernel has set up an I2C bus. What it does not tell is None."""

    adapter: str = ""
    """The kernel's name of the adapter; "" if it is not known."""
    clock_hz: int | None = None
    """The clock that the bus is set to, in Hz."""
    stretch_limit_ms: int | None = None
    """For how long a device may stretch the clock, in milliseconds."""
    kernel_devices: tuple[KernelDevice, ...] = ()
    """The devices that the kernel knows on the bus, in the order of addresses."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a bus by clocks and a stop."""

    before: Levels
    after: Levels
    clocks: int
    """The clocks that were sent, 0 to 9. 0 if SDA was high, or SCL low."""


def _word(is_high: bool) -> str:
    return "high" if is_high else "low"
