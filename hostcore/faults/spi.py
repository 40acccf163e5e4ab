"""An SPI device with faults on demand, above any backend."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.backends.spi import SpiDelay, SpiDevice, SpiOperation, SpiSettings, is_answered, length_of
from hostcore.faults.active import NS_PER_MS, Faulty, Waiting
from hostcore.faults.answers import flipped
from hostcore.faults.model import FaultKind
from hostcore.faults.schedule import Schedule


class FaultySpiDevice(Faulty, SpiDevice):
    """An SPI device. Without it, MISO is low, by the Pi's pull-down (BCM2835 ARM Peripherals, section 6.2, GPIO9).

    Args:
        device: the device.
        schedules: its faults.
        waiting: lets time pass.
    """

    def __init__(self, device: SpiDevice, schedules: Sequence[Schedule], waiting: Waiting) -> None:
        super().__init__(schedules, waiting)
        self._device = device

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        struck = self._strike()
        if struck.has(FaultKind.UNPLUGGED):
            waits = [each.microseconds for each in operations if isinstance(each, SpiDelay)]
            self._waiting.let_pass(sum(waits) * 1000 / NS_PER_MS)
            return tuple(bytes(length_of(each)) for each in operations if is_answered(each))
        received = self._device.transaction(operations, settings)
        for fault, schedule in struck.of(FaultKind.BIT_FLIPS):
            received = tuple(flipped(each, round(fault.strength), schedule.chance) for each in received)
        return received
