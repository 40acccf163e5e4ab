"""A serial port and the kernel's own sensors with faults on demand, above any backend."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from hostcore.backends.base import Iio, Uart
from hostcore.errors import BusTimeoutError
from hostcore.faults.active import ON_DEMAND, Faulty, Waiting
from hostcore.faults.answers import flipped
from hostcore.faults.model import FaultKind
from hostcore.faults.schedule import Schedule
from hostcore.place import IIO, Place


class FaultyUart(Faulty, Uart):
    """A serial port. Without its part, nothing arrives.

    Args:
        port: the port.
        schedules: its faults.
        waiting: lets time pass.
    """

    def __init__(self, port: Uart, schedules: Sequence[Schedule], waiting: Waiting) -> None:
        super().__init__(schedules, waiting)
        self._port = port

    def read(self, max_length: int, timeout_ns: int) -> bytes:
        struck = self._strike()
        received = self._port.read(max_length, timeout_ns)
        if struck.has(FaultKind.UNPLUGGED):
            return b""
        for fault, schedule in struck.of(FaultKind.BIT_FLIPS):
            received = flipped(received, round(fault.strength), schedule.chance)
        return received

    def write(self, data: bytes) -> None:
        if not self._strike().has(FaultKind.UNPLUGGED):
            self._port.write(data)

    def set_baud(self, baud: int) -> None:
        self._port.set_baud(baud)


class FaultyIio(Faulty, Iio):
    """The kernel's own sensors. Without a part, measuring fails with ETIMEDOUT, as Linux drivers/iio/humidity/dht11.c
    does.

    Args:
        sensors: the sensors.
        schedules: their faults.
        waiting: lets time pass.
    """

    def __init__(self, sensors: Iio, schedules: Sequence[Schedule], waiting: Waiting) -> None:
        super().__init__(schedules, waiting)
        self._sensors = sensors

    def devices(self) -> tuple[str, ...]:
        return self._sensors.devices()

    def channels(self, device: str) -> tuple[str, ...]:
        return self._sensors.channels(device)

    def read(self, device: str, channel: str) -> float:
        if self._strike().has(FaultKind.UNPLUGGED):
            error = BusTimeoutError(f"{device} did not answer ({ON_DEMAND})", Place(IIO))
            raise error from OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        return self._sensors.read(device, channel)
