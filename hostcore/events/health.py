"""The health of the I2C buses and of the computer's supply."""

from __future__ import annotations

from hostcore.backends.i2c import KernelDevice
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass
from hostcore.rates import Trend


@dataclass(frozen=True, slots=True)
class BusHealthMeasured:
    """The health of an I2C bus was measured and is not what it was. What this computer does not tell is None."""

    time_ns: int
    bus: BusName
    configured_hz: int | None = None
    """The clock that the bus is set to, in Hz."""
    measured_hz: int | None = None
    """The clock that the fastest of the last transfers show at least, in Hz, to two digits."""
    sda: bool | None = None
    """The level of the data line while no plugin used the bus; True is high."""
    scl: bool | None = None
    """The level of the clock line at the same time."""
    stretch_limit_ms: int | None = None
    """For how long a device may stretch the clock, in milliseconds."""
    kernel_devices: tuple[KernelDevice, ...] = ()
    """The devices that the kernel knows on the bus, in the order of addresses."""
    adapter: str = ""
    """The kernel's name of the adapter; "" if it is not known."""
    is_simulated: bool = False
    """Whether the bus is one of the simulated Pi."""

    @property
    def is_stuck(self) -> bool:
        """Whether something holds a line of the bus low, so that no transfer can succeed."""
        return self.sda is False or self.scl is False

    @property
    def stuck_lines(self) -> tuple[str, ...]:
        """The lines that something holds low: ``SDA``, ``SCL``, both or none."""
        return tuple(name for name, level in (("SDA", self.sda), ("SCL", self.scl)) if level is False)


@dataclass(frozen=True, slots=True)
class AddressFailures:
    """How many transfers with one I2C address fail."""

    bus: BusName
    address: int
    """7 bits."""
    minute_total: int
    """Transfers of the last minute."""
    minute_failed: int
    """Those of them that failed by the fault of the wires or the device."""
    ten_minutes_total: int
    ten_minutes_failed: int
    trend: Trend
    """How the last minute differs from the nine before."""
    last_good_ns: int
    """When the last transfer without an error began; 0 if there was none."""
    last_error: str
    """Why the last one that failed did; one line of text, or ""."""


@dataclass(frozen=True, slots=True)
class MachineMeasured:
    """The supply of the computer was measured and is not what it was. What this computer does not tell is None."""

    time_ns: int
    undervoltage: bool | None = None
    """Whether the supply fell below 4.63 V within the last seconds (Raspberry Pi documentation, "Power supply
    warnings")."""
    was_undervoltage: bool | None = None
    """Whether it did at any time since the host started."""
