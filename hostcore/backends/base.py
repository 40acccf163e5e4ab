"""The interfaces of the hardware, which is either a simulated Pi or the devices of the Linux kernel.

Every method may block for as long as the wires take. Failures are `hostcore.errors.BusError`s.
The runtime serialises access; an implementation need not lock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum

from hostcore.backends.i2c import I2cSettings, Levels, Recovery
from hostcore.backends.spi import SpiDevice
from hostcore.errors import UnsupportedError
from hostcore.pulse import Pulse
from hostcore.quick_dataclass import dataclass

I2C_MAX_MESSAGE = 8192
"""The longest I2C message in bytes (Linux i2c-dev refuses longer ones)."""
GPIO_LAST_LINE = 53
"""The highest BCM number of a GPIO line (BCM2835 ARM Peripherals, section 6.1: 54 lines)."""
IIO_NAME = r"[A-Za-z0-9][A-Za-z0-9_.,@+-]{0,63}"
"""The name of a sensor that a kernel driver reads, such as dht11@4 or bme280."""


@dataclass(frozen=True, slots=True)
class I2cWrite:
    """One write message."""

    data: bytes
    """0 to 8,192 bytes; none at all is a quick write: the address alone."""


@dataclass(frozen=True, slots=True)
class I2cRead:
    """One read message."""

    length: int
    """1 to 8,192 bytes."""


I2cOperation = I2cWrite | I2cRead


class I2cBus(ABC):
    """An I2C bus with this machine as its controller."""

    @abstractmethod
    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        """Do `operations` in one transaction, with a repeated start between two of them and one stop at the end.

        Args:
            address: 7-bit address, 0x08 to 0x77.
            operations: at least one.

        Returns:
            What each read returned, in order.

        Raises:
            BusError: the transaction ended early; what came before it may have taken effect.
        """

    def settings(self) -> I2cSettings:
        """Return how the bus is set up, as far as the backend knows. Nothing goes over the wires."""
        return I2cSettings()

    def levels(self) -> Levels | None:
        """Return the present levels of SDA and SCL; None if they cannot be read. Does not disturb the bus."""
        return None

    def unstick(self) -> Recovery:
        """Send up to nine clocks until SDA is high, and then a stop (UM10204 section 3.1.16). Blocks for up to 0.1 s.

        Raises:
            UnsupportedError: the lines of this bus cannot be driven.
            ClaimedByKernelError: a kernel driver uses a device on the bus.
        """
        raise UnsupportedError("the backend cannot drive SDA and SCL of this bus")

    def power_cycle(self, address: int) -> None:  # noqa: B027 - only simulated chips need it
        """Let the chip at an address forget everything, because a fault says that it is unplugged. On real hardware,
        nothing happens: the chip is not unplugged."""


class Pull(StrEnum):
    """The resistor that sets the level of a line that nothing drives."""

    NONE = "none"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Edge:
    """One change of a line's level."""

    time_ns: int
    """Nanoseconds since the host released the line."""
    rising: bool
    """True from low to high. The kernel may get this wrong for fast edges; the times are always right."""


class GpioLine(ABC):
    """One GPIO line."""

    @abstractmethod
    def read(self, pull: Pull) -> bool:
        """Make the line an input and return its level; True is high."""

    @abstractmethod
    def write(self, level: bool) -> None:
        """Make the line an output at `level`."""

    @abstractmethod
    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        """Drive the pulses of `drive`, release the line to its pull-up, and record the edges that follow.

        Args:
            drive: the pulses to drive first, possibly none.
            timeout_ns: how long to record after the release.
            max_edges: stop after this number of edges, 1 to 1,024 (the kernel's limit).
        """


def require_gpio_line(number: int) -> None:
    """Do nothing where a Pi has a GPIO line with this BCM number.

    Raises:
        UnsupportedError: it has none.
    """
    if not 0 <= number <= GPIO_LAST_LINE:
        raise UnsupportedError(f"there is no GPIO line {number}; a Pi has 0 to {GPIO_LAST_LINE}, by BCM number")


@dataclass(frozen=True, slots=True)
class PwmSettings:
    """The pulse-width modulation of a line."""

    duty: float
    """The part of each period in which the line is high, 0 to 1."""
    frequency_hz: float
    """Periods per second, 1 to 10,000."""


class PwmOutput(ABC):
    """One GPIO line with pulse-width modulation."""

    @abstractmethod
    def write(self, duty: float, frequency_hz: float) -> None:
        """Make the line an output that is high for the part `duty` of each period, until it is written again.

        Args:
            duty: 0 (always low) to 1 (always high).
            frequency_hz: periods a second, 1 to 10,000.
        """


class Uart(ABC):
    """One serial port."""

    @abstractmethod
    def read(self, max_length: int, timeout_ns: int) -> bytes:
        """Return the bytes that have arrived. Waits up to `timeout_ns` for the first one; b"" if none arrives."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send `data`; blocks until it is handed to the port."""

    @abstractmethod
    def set_baud(self, baud: int) -> None:
        """Set the speed in bits a second, 50 to 4,000,000."""


class Iio(ABC):
    """The sensors that drivers of the kernel's read themselves (industrial I/O).

    Devices and channels have the kernel's names, values its units (kernel, Documentation/ABI/testing/sysfs-bus-iio).
    """

    @abstractmethod
    def devices(self) -> tuple[str, ...]:
        """The names of all that there are, such as ``dht11@4``."""

    @abstractmethod
    def channels(self, device: str) -> tuple[str, ...]:
        """The names of a device's channels, such as ``temp``."""

    @abstractmethod
    def read(self, device: str, channel: str) -> float:
        """Measure one channel: thousandths of °C for ``temp``, kilopascals for ``pressure``, and so on."""


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """The state of the computer at one moment."""

    cpu_temperature: float
    """Degrees Celsius."""
    load: float
    """Run queue length averaged over one minute (proc(5), /proc/loadavg)."""
    memory_used: int
    """Memory in use, in bytes: the total minus the available memory."""
    memory_total: int
    """Memory in total, in bytes."""
    uptime: float
    """Seconds since boot."""
    idle: float = 0.0
    """Idle seconds since boot, averaged over all cores."""


class System(ABC):
    """The computer the host runs on."""

    @abstractmethod
    def status(self) -> SystemStatus:
        """Read the present status."""


class BackendKind(StrEnum):
    """What backs a bus. The values are what a person sees."""

    SIMULATED = "simulated"
    """The simulated Pi."""
    LINUX = "linux"
    """The kernel's device."""


class Factory(ABC):
    """Opens the hardware of one kind of machine.

    If an opener is asked for the same device again, it returns the same object. It raises `UnsupportedError` for a
    device that does not exist, and names those that do.
    """

    kind: BackendKind

    @abstractmethod
    def i2c_bus(self, bus: int) -> I2cBus:
        """The I2C bus with this number (the N of /dev/i2c-N)."""

    @abstractmethod
    def spi_device(self, bus: int, chip_select: int) -> SpiDevice:
        """The SPI device behind this chip select."""

    @abstractmethod
    def gpio_line(self, line: int) -> GpioLine:
        """The GPIO line with this BCM number, 0 to 53."""

    @abstractmethod
    def pwm(self, line: int) -> PwmOutput:
        """The GPIO line with this BCM number, 0 to 53, for pulse-width modulation."""

    @abstractmethod
    def uart(self, port: str) -> Uart:
        """The serial port with this name, such as ``serial0``."""

    @abstractmethod
    def iio(self) -> Iio:
        """The kernel's own sensors; there may be none."""

    @abstractmethod
    def system(self) -> System:
        """The computer."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""
