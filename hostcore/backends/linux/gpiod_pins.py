"""The levels of a Raspberry Pi's GPIO lines through gpiod, where gpiozero has no library for the pins.

That is so with Python 3.13: PyPI has gpiod for it, but neither lgpio nor RPi.GPIO without a C compiler.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import gpiod
from gpiod.line import Bias, Direction, Value

from hostcore.backends.base import Pull
from hostcore.backends.linux.gpiochip import GpioChip, claimed, header_chip
from hostcore.backends.linux.node import described
from hostcore.errors import BusFaultError, UnsupportedError
from hostcore.place import GPIO, Place

_BIASES = {Pull.NONE: Bias.DISABLED, Pull.UP: Bias.PULL_UP, Pull.DOWN: Bias.PULL_DOWN}
_INPUTS = {pull: gpiod.LineSettings(direction=Direction.INPUT, bias=bias) for pull, bias in _BIASES.items()}
_LEVELS = {False: Value.INACTIVE, True: Value.ACTIVE}
_OUTPUT = gpiod.LineSettings(direction=Direction.OUTPUT)
"""Stands for an output at any level, which changes without a new configuration."""


class GpiodPins:
    """The lines of the header's chip. Each is held from its first use until it is released.

    Raises:
        UnsupportedError: there is no header.
    """

    def __init__(self) -> None:
        chip = header_chip()
        if not isinstance(chip, GpioChip):
            raise chip.error()
        self._path = str(chip.path)
        self._requests: dict[int, gpiod.LineRequest] = {}
        self._modes: dict[int, gpiod.LineSettings] = {}

    def input(self, number: int, pull: Pull) -> bool:
        """Make a line an input if it is not one yet, and read it."""
        with _bus_errors(number):
            if self._modes.get(number) is not _INPUTS[pull]:
                self._configure(number, _INPUTS[pull])
                self._modes[number] = _INPUTS[pull]
            return self._requests[number].get_value(number) is Value.ACTIVE

    def output(self, number: int, level: bool) -> None:
        """Make a line an output if it is not one yet, and set its level. No other level comes before it."""
        with _bus_errors(number):
            if self._modes.get(number) is _OUTPUT:
                self._requests[number].set_value(number, _LEVELS[level])
                return
            self._configure(number, gpiod.LineSettings(direction=Direction.OUTPUT, output_value=_LEVELS[level]))
            self._modes[number] = _OUTPUT

    def modulate(self, number: int, duty: float, frequency_hz: float) -> None:
        """Make a line an output, if `duty` is 0 or 1. See `PwmOutput.write`.

        Raises:
            UnsupportedError: any other duty, because gpiod sets levels only.
        """
        if duty not in (0, 1):
            problem = "gpiod cannot do pulse-width modulation; lgpio can: `sudo apt install python3-lgpio`, for a host"
            raise UnsupportedError(f"{problem} in an environment with --system-site-packages", Place(GPIO, number))
        self.output(number, bool(duty))

    def release(self, number: int) -> None:
        """Free a line for other programs and libraries."""
        self._modes.pop(number, None)
        if number in self._requests:
            self._requests.pop(number).release()

    def close(self) -> None:
        """Free all lines."""
        for number in list(self._requests):
            self.release(number)

    def _configure(self, number: int, settings: gpiod.LineSettings) -> None:
        if number in self._requests:
            self._requests[number].reconfigure_lines({number: settings})
        else:
            self._requests[number] = gpiod.request_lines(self._path, {number: settings}, consumer="wasi-host")


@contextmanager
def _bus_errors(number: int) -> Iterator[None]:
    """Turns the exceptions of gpiod into bus errors."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise claimed(number) from error
        raise BusFaultError(described(error), Place(GPIO, number)) from error
    except ValueError as error:  # gpiod's for a line that the chip lacks
        raise UnsupportedError(str(error), Place(GPIO, number)) from error
