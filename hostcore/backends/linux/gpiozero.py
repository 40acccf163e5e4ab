"""The levels of a Raspberry Pi's GPIO lines, through gpiozero."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from gpiozero import Device, GPIOZeroError, PinPWMUnsupported

from hostcore.backends.base import Pull
from hostcore.backends.linux.gpiochip import claimed
from hostcore.errors import BusError, BusFaultError, UnsupportedError
from hostcore.place import GPIO, Place

_UNKNOWN, _OUTPUT, _MODULATED = "", "output", "modulated"
_NO_PWM = "the library through which gpiozero reaches the pins cannot do pulse-width modulation; "
_PULLS = {Pull.NONE: "floating", Pull.UP: "up", Pull.DOWN: "down"}


class GpiozeroPins:
    """The pins of gpiozero, with the pin factory that gpiozero chooses.

    The first level that an output has is the one that was asked for. gpiozero 2.0 would drive a line low first if its
    pin factory is lgpio, and a relay that a low level switches on would click.

    Raises:
        UnsupportedError: gpiozero cannot access the pins of this machine.
    """

    def __init__(self) -> None:
        self._factory = _pin_factory()
        self._modes: dict[int, str] = {}
        """The mode of each line in use: `_OUTPUT`, `_MODULATED`, gpiozero's name of an input's pull, or `_UNKNOWN`."""

    def input(self, number: int, pull: Pull) -> bool:
        """Make a line an input if it is not one yet, and read it."""
        with bus_errors(number):
            pin, mode = self._taken(number), _PULLS[pull]
            if self._modes[number] != mode:
                self._end_modulation(number, pin)
                pin.function, pin.pull = "input", mode
                self._modes[number] = mode
            return bool(pin.state)

    def output(self, number: int, level: bool) -> None:
        """Make a line an output if it is not one yet, and set its level."""
        with bus_errors(number):
            pin = self._taken(number)
            if self._modes[number] == _OUTPUT:
                pin.state = level
            else:
                self._end_modulation(number, pin)
                self._claim_output(number, pin, level)
                self._modes[number] = _OUTPUT

    def modulate(self, number: int, duty: float, frequency_hz: float) -> None:
        """Make a line an output that is high for the part `duty` of each period. See `PwmOutput.write`."""
        if duty in (0, 1):  # without periods, so that the line never has the other level
            self.output(number, bool(duty))
            return
        with bus_errors(number):
            pin = self._taken(number)
            if self._modes[number] != _MODULATED:
                self._modes[number] = _UNKNOWN
                self._claim_output(number, pin, duty >= 0.5)
            if chip := self._lgpio():
                chip.library.tx_pwm(chip.handle, number, frequency_hz, duty * 100)
            else:
                pin.frequency = frequency_hz
                pin.state = duty
            self._modes[number] = _MODULATED

    def release(self, number: int) -> None:
        """Free a line for other programs and libraries."""
        if number not in self._modes:
            return
        with bus_errors(number):
            pin = self._factory.pin(number)
            self._end_modulation(number, pin)
            del self._modes[number]
            pin.close()
            if chip := self._lgpio():
                chip.library.gpio_free(chip.handle, number)  # closing such a pin in gpiozero does not free it

    def close(self) -> None:
        """Free all lines."""
        for number in [number for number, mode in self._modes.items() if mode == _MODULATED]:
            self.release(number)
        self._modes.clear()
        self._factory.close()
        Device.pin_factory = None  # gpiozero would use the closed factory again

    def _taken(self, number: int) -> Any:
        """The pin of a line. Most pin factories claim the line at once."""
        pin = self._factory.pin(number)
        self._modes.setdefault(number, _UNKNOWN)
        return pin

    def _claim_output(self, number: int, pin: Any, level: bool) -> None:
        if chip := self._lgpio():
            chip.library.gpio_claim_output(chip.handle, number, int(level))
        else:
            pin.output_with_state(level)

    def _end_modulation(self, number: int, pin: Any) -> None:
        """Leave the line's mode. The line keeps a level until it gets its next mode."""
        mode, self._modes[number] = self._modes[number], _UNKNOWN
        if mode != _MODULATED:
            return
        if chip := self._lgpio():
            chip.library.tx_pwm(chip.handle, number, 0, 0)
        else:
            pin.frequency = None

    def _lgpio(self) -> _Lgpio | None:
        """lgpio and its handle of the chip, if it is gpiozero's pin factory."""
        handle = getattr(self._factory, "_handle", None)
        return _Lgpio(sys.modules["lgpio"], handle) if "lgpio" in sys.modules and handle is not None else None


class _Lgpio(NamedTuple):
    """lgpio (abyz.me.uk/lg/py_lgpio.html), which gpiozero has opened."""

    library: Any
    handle: int


def _pin_factory() -> Any:
    """The pin factory that gpiozero chooses.

    Its first choice, lgpio, creates a file in the working directory. If LG_WD names a folder, lgpio creates the file
    there, but also makes this folder the working directory.
    """
    if "LG_WD" not in os.environ:
        os.environ["LG_WD"] = tempfile.mkdtemp(prefix="wasi-host-")
        atexit.register(shutil.rmtree, os.environ["LG_WD"], ignore_errors=True)
    before = Path.cwd()
    try:
        with warnings.catch_warnings(record=True) as tried, bus_errors():
            Device.ensure_pin_factory()
            return Device.pin_factory
    except BusError as error:
        reasons = "; ".join(str(warning.message) for warning in tried)
        advice = "" if find_spec("lgpio") else ". `pip install lgpio` may help"
        raise UnsupportedError(f"{error.problem} {reasons}{advice}", error.place) from error
    finally:
        os.chdir(before)


@contextmanager
def bus_errors(number: int | None = None) -> Iterator[None]:
    """Turns the exceptions of gpiozero and of the libraries below it into bus errors."""
    place = Place(GPIO, number)
    try:
        yield
    except PinPWMUnsupported as error:
        raise UnsupportedError(_NO_PWM + _pwm_advice(), place) from error
    except GPIOZeroError as error:
        raise UnsupportedError(str(error), place) from error
    except OSError as error:
        raise BusFaultError(str(error), place) from error
    except Exception as error:  # the errors of lgpio have no common base class
        if type(error).__module__ != "lgpio":
            raise
        lgpio: Any = sys.modules["lgpio"]
        if number is not None and lgpio.error_text(lgpio.GPIO_BUSY) in str(error):  # it gives no number
            raise claimed(number) from error
        raise UnsupportedError(f"{error}; `gpioinfo` says whether something else has it", place) from error


def _pwm_advice() -> str:
    if find_spec("lgpio"):
        return "lgpio can and is installed, but gpiozero does not use it, likely because you may not open the GPIO chip"
    return "`pip install lgpio` brings one that can"
