"""A GPIO line of a Raspberry Pi's header: levels through gpiozero or gpiod, pulses through gpiod."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from hostcore.backends.base import Edge, GpioLine, Pull
from hostcore.backends.linux.pulses import PulseLine, capture
from hostcore.errors import BusFaultError
from hostcore.place import GPIO, Place
from hostcore.pulse import Pulse


class Pins(Protocol):
    """The levels of all lines."""

    def input(self, number: int, pull: Pull) -> bool:
        """Make a line an input and read it."""

    def output(self, number: int, level: bool) -> None:
        """Make a line an output at a level."""

    def modulate(self, number: int, duty: float, frequency_hz: float) -> None:
        """Make a line an output with pulse-width modulation."""

    def release(self, number: int) -> None:
        """Free a line for other programs and libraries."""

    def close(self) -> None:
        """Free all lines."""


class LinuxGpioLine(GpioLine):
    """One line of the header.

    Args:
        number: BCM number of the line.
        pins: returns the pins; called whenever a level is read or written.
        open_pulse_line: opens the line for a capture.
    """

    def __init__(self, number: int, pins: Callable[[], Pins], open_pulse_line: Callable[[int], PulseLine]) -> None:
        self._number = number
        self._pins, self._open_pulse_line = pins, open_pulse_line
        self._used_pins: Pins | None = None

    def read(self, pull: Pull) -> bool:
        return self._levels().input(self._number, pull)

    def write(self, level: bool) -> None:
        self._levels().output(self._number, level)

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        if self._used_pins is not None:
            self._used_pins.release(self._number)
        line = self._open_pulse_line(self._number)
        try:
            return capture(line, drive, timeout_ns, max_edges)
        except OSError as error:
            raise BusFaultError(str(error), Place(GPIO, self._number)) from error
        finally:
            line.close()

    def _levels(self) -> Pins:
        self._used_pins = self._pins()
        return self._used_pins
