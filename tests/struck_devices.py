"""Uses devices of a backend under one fault on demand. The emulated machine runs this in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hostcore.backends.base import Factory, I2cRead, I2cWrite
from hostcore.buses.shared import Buses
from hostcore.clock import NS_PER_MS, NS_PER_S, Clock
from hostcore.errors import BusError
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import GPIO, BusName, Place
from hostcore.pulse import Pulse

I2C = BusName("i2c-1")
BME680, BH1750, LINE = 0x76, 0x23, 4
ID, CTRL_MEAS, STATUS = 0xD0, 0x74, 0x1D
IDENTITY, MODE = b"\x61", b"\x25"
START = (Pulse(False, 1_000_000),)
OPTIONS: dict[FaultKind, dict[str, Any]] = {
    FaultKind.DELAY: {"amount": 20},
    FaultKind.STRETCHING: {"amount": 36},
    FaultKind.OTHER_IDENTITY: {"register": ID, "value": 0x60},
    FaultKind.SECOND_CHIP: {"register": ID, "value": 0x58},
    FaultKind.LATE_READY: {"amount": 60_000, "register": STATUS, "value": 0x20},
}
"""The settings of the faults that need some."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a user of the devices sees. Bytes, or the class of an error and its number."""

    struck: bytes | tuple[str, int | None]
    """From the chip with the fault: its identity, or its status if the chip is late."""
    neighbour: bytes | tuple[str, int | None]
    """From the other chip on the bus."""
    waited_ms: float
    after: bytes | tuple[str, int | None]
    """From the chip, when the fault is off again."""


def i2c(kind: FaultKind, factory: Factory, clock: Clock) -> Seen:
    """Read from the chips on I2C bus 1 while one of them, or the bus, has a fault."""
    buses = Buses({I2C: factory}, clock)
    address = None if Fault(kind, I2C).traits.is_of_bus else BME680
    buses.set_faults([Fault(kind, I2C, address, **OPTIONS.get(kind, {}))])
    if kind is FaultKind.LATE_READY:
        _transfer(buses, BME680, bytes((CTRL_MEAS,)) + MODE)
    began_ns = clock.monotonic_ns()
    struck = _transfer(buses, BME680, bytes((STATUS if kind is FaultKind.LATE_READY else ID,)), 1)
    waited_ms = (clock.monotonic_ns() - began_ns) / NS_PER_MS
    neighbour = _transfer(buses, BH1750, b"\x01")
    buses.set_faults([])
    return Seen(struck, neighbour, waited_ms, _transfer(buses, BME680, bytes((ID,)), 1))


def edges(kind: FaultKind, factory: Factory, clock: Clock) -> int:
    """Record the answer of the sensor on the GPIO line while the line has a fault. Returns the number of edges."""
    buses = Buses({GPIO: factory}, clock)
    buses.set_faults([Fault(kind, GPIO, LINE)])
    return len(buses.gpio_line(Place(GPIO, LINE)).capture(START, _limit_ns(kind), 100))


def _limit_ns(kind: FaultKind) -> int:
    """Only a line without an answer is recorded until the limit. A busy computer may be late with an answer."""
    return NS_PER_S // 10 if kind is FaultKind.UNPLUGGED else 10 * NS_PER_S


def _transfer(buses: Buses, address: int, sent: bytes, length: int = 0) -> bytes | tuple[str, int | None]:
    operations = [I2cWrite(sent), *([I2cRead(length)] if length else [])]
    try:
        return b"".join(buses.i2c_bus(Place(I2C)).transaction(address, operations))
    except BusError as error:
        return type(error).__name__, error.errno
