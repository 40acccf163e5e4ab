"""Pulse-width modulation of a Raspberry Pi's GPIO lines, through gpiozero."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.backends.base import PwmOutput
from hostcore.backends.linux.gpio import Pins


class LinuxPwmOutput(PwmOutput):
    """One line of the header. Its frequencies, and how steady they are, depend on gpiozero's pin factory.

    Args:
        number: BCM number of the line.
        pins: returns gpiozero's pins; called whenever the line is written.
    """

    def __init__(self, number: int, pins: Callable[[], Pins]) -> None:
        self._number, self._pins = number, pins

    def write(self, duty: float, frequency_hz: float) -> None:
        self._pins().modulate(self._number, duty, frequency_hz)
