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
from pathlib import Path
from typing import Any

from gpiozero import Device, GPIOZeroError

from hostcore.backends.base import Pull
from hostcore.errors import BusError, BusFaultError, UnsupportedError
from hostcore.place import GPIO, Place

_UNKNOWN, _OUTPUT = "", "output"
_PULLS = {Pull.NONE: "floating", Pull.UP: "up", Pull.DOWN: "down"}


class GpiozeroPins:
    """The pins of gpiozero, with the pin factory that gpiozero chooses.

    Raises:
        UnsupportedError: gpiozero cannot access the pins of this machine.
    """

    def __init__(self) -> None:
        self._factory = _pin_factory()
        self._modes: dict[int, str] = {}
        """The mode of each line in use: `_OUTPUT`, gpiozero's name of an input's pull, or `_UNKNOWN`."""

    def input(self, number: int, pull: Pull) -> bool:
        """Make a line an input if it is not one yet, and read it."""
        with bus_errors(number):
            pin, mode = self._taken(number), _PULLS[pull]
            if self._modes[number] != mode:
                self._modes[number] = _UNKNOWN
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
                self._modes[number] = _UNKNOWN
                pin.output_with_state(level)
                self._modes[number] = _OUTPUT

    def release(self, number: int) -> None:
        """Free a line for other programs and libraries."""
        if self._modes.pop(number, None) is None:
            return
        with bus_errors(number):
            self._factory.pin(number).close()
            if "lgpio" in sys.modules and (handle := getattr(self._factory, "_handle", None)) is not None:
                sys.modules["lgpio"].gpio_free(handle, number)  # closing such a pin in gpiozero does not free it

    def _taken(self, number: int) -> Any:
        """The pin of a line. Most pin factories claim the line at once."""
        pin = self._factory.pin(number)
        self._modes.setdefault(number, _UNKNOWN)
        return pin

    def close(self) -> None:
        """Free all lines."""
        self._modes.clear()
        self._factory.close()
        Device.pin_factory = None  # gpiozero would use the closed factory again


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
        raise UnsupportedError(f"{error.problem} {reasons}. `pip install lgpio` may help", error.place) from error
    finally:
        os.chdir(before)


@contextmanager
def bus_errors(number: int | None = None) -> Iterator[None]:
    """Turns the exceptions of gpiozero and of the libraries below it into bus errors."""
    place = Place(GPIO, number)
    try:
        yield
    except GPIOZeroError as error:
        raise UnsupportedError(str(error), place) from error
    except OSError as error:
        raise BusFaultError(str(error), place) from error
    except Exception as error:  # the errors of lgpio have no common base class
        if type(error).__module__ != "lgpio":
            raise
        raise UnsupportedError(f"{error}; `gpioinfo` says whether something else has it", place) from error
