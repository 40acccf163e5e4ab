"""An SPI bus of the simulated Pi. A chip takes part in a transfer while its chip select or its GPIO line selects it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from hostcore.backends.spi import (
    SpiDelay,
    SpiDevice,
    SpiOperation,
    SpiSelect,
    SpiSettings,
    is_answered,
    sent_by,
)
from hostcore.clock import Clock
from hostcore.devices.base import LineTarget, SpiTarget
from hostcore.pulse import Pulse


class SimulatedSpiBus:
    """The wires that all chips of an SPI bus share.

    Args:
        clock: the clock of delays.
        wake: ends a delay early; set when the machine is closed.
    """

    def __init__(self, clock: Clock, wake: threading.Event) -> None:
        self._clock, self._wake = clock, wake
        self.selected: list[SpiTarget] = []
        """The chips that are selected at present."""

    def exchange(self, data: bytes, settings: SpiSettings) -> bytes:
        """Send to all selected chips, and receive from them. MISO is low, by the Pi's pull-down, if no chip drives it
        (BCM2835 ARM Peripherals, section 6.2, GPIO9). If several chips do, this model lets a low level win."""
        answers = [chip.exchange(data, settings.speed_hz, settings.mode) for chip in self.selected]
        received = answers[0] if answers else bytes(len(data))
        for answer in answers[1:]:
            received = bytes(one & other for one, other in zip(received, answer, strict=True))
        return received

    def wait(self, microseconds: int) -> None:
        """Let time pass."""
        self._clock.wait_until(self._clock.monotonic_ns() + microseconds * 1000, self._wake)

    def deselect(self, chip: SpiTarget) -> None:
        """Deselect a chip that was selected."""
        self.selected.remove(chip)
        chip.deselect()


class SimulatedSpiDevice(SpiDevice):
    """A chip select of a simulated SPI bus.

    Args:
        bus: its bus.
        target: the chip on this chip select; None if there is none.

    Attributes:
        target: the same.
    """

    def __init__(self, bus: SimulatedSpiBus, target: SpiTarget | None) -> None:
        self._bus, self.target = bus, target

    def transaction(self, operations: Sequence[SpiOperation], settings: SpiSettings) -> tuple[bytes, ...]:
        chip = self.target if settings.line is None and settings.select is SpiSelect.LOW else None
        if chip is not None:
            self._bus.selected.append(chip)
        received = []
        try:
            for each in operations:
                if isinstance(each, SpiDelay):
                    self._bus.wait(each.microseconds)
                    continue
                answer = self._bus.exchange(sent_by(each), settings)
                if is_answered(each):
                    received.append(answer)
        finally:
            if chip is not None:
                self._bus.deselect(chip)
        return tuple(received)


class ChipSelectLine(LineTarget):
    """A GPIO line that selects a chip while it is low. A pull-up keeps it high while nothing drives it.

    Args:
        bus: the chip's bus.
        target: the chip.
    """

    def __init__(self, bus: SimulatedSpiBus, target: SpiTarget) -> None:
        self._bus, self._target = bus, target
        self._level = True

    def level(self) -> bool:
        return True

    def drive(self, level: bool | None) -> None:
        was, self._level = self._level, level is not False
        if was and not self._level:
            self._bus.selected.append(self._target)
        elif self._level and not was:
            self._bus.deselect(self._target)

    def answer(self, request: Sequence[Pulse]) -> Sequence[Pulse]:
        for pulse in request:
            self.drive(pulse.level)
        self.drive(None)
        return ()
