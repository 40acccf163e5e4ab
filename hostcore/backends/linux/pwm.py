"""Pulse-width modulation of a Raspberry Pi's GPIO lines, through gpiozero."""

from __future__ import annotations

from collections.abc import Callable

from gpiozero import PinPWMUnsupported, PWMOutputDevice

from hostcore.backends.base import PwmOutput
from hostcore.backends.linux.gpio import Pins
from hostcore.backends.linux.gpiozero import bus_errors
from hostcore.errors import UnsupportedError


class LinuxPwmOutput(PwmOutput):
    """One line of the header. Its frequencies, and how steady they are, depend on gpiozero's pin factory.

    Args:
        number: BCM number of the line.
        pins: returns gpiozero's pins; called whenever the line is written.
    """

    def __init__(self, number: int, pins: Callable[[], Pins]) -> None:
        self._number, self._pins = number, pins
        self._device: PWMOutputDevice | None = None

    def write(self, duty: float, frequency_hz: float) -> None:
        pins = self._pins()
        with bus_errors(self._number):
            if self._device is None:
                pins.release(self._number)
                self._device = _opened(self._number, duty, frequency_hz)
            else:
                self._device.frequency = frequency_hz
                self._device.value = duty

    def close(self) -> None:
        """Free the line; the next write takes it again."""
        device, self._device = self._device, None
        if device is not None:
            with bus_errors(self._number):
                device.close()


def _opened(number: int, duty: float, frequency_hz: float) -> PWMOutputDevice:
    try:
        return PWMOutputDevice(number, initial_value=duty, frequency=frequency_hz)
    except PinPWMUnsupported:
        raise UnsupportedError(
            f"GPIO line {number}: the library that gpiozero reaches the pins through cannot do pulse-width modulation; "
            "`pip install lgpio` brings one that can"
        ) from None
