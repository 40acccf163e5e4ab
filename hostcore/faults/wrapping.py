"""Wraps a device so that the faults of its place strike it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hostcore.backends.base import GpioLine, I2cBus, Iio, Uart
from hostcore.backends.spi import SpiDevice
from hostcore.faults.i2c import FaultyI2cBus
from hostcore.faults.line import FaultyLine
from hostcore.faults.others import FaultyIio, FaultyUart
from hostcore.faults.spi import FaultySpiDevice

if TYPE_CHECKING:
    from hostcore.faults.active import Waiting
    from hostcore.faults.model import Fault
    from hostcore.faults.schedule import Schedule
    from hostcore.faults.site import SiteFacts, Sites
    from hostcore.place import Place


def wrapped(place: Place, device: Any, schedules: Sequence[Schedule], waiting: Waiting, sites: Sites) -> object:
    """Return a device with faults around it; the device itself if no fault can strike one of its kind."""
    match device:
        case I2cBus():
            bus = place.bus

            def facts(fault: Fault, address: int) -> SiteFacts:
                return sites.facts(fault, bus, address)

            return FaultyI2cBus(device, bus, schedules, waiting, facts)
        case SpiDevice():
            return FaultySpiDevice(device, schedules, waiting)
        case GpioLine():
            return FaultyLine(device, schedules, waiting)
        case Uart():
            return FaultyUart(device, schedules, waiting)
        case Iio():
            return FaultyIio(device, schedules, waiting)
    return device
