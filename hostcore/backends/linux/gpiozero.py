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
    """The lines as gpiozero has them, whatever pin factory it chose.

    Raises:
        UnsupportedError: gpiozero has no way to the pins of this machine.
    """

    def __init__(self) -> None:
        self._factory = _pin_factory()
        self._modes: dict[int, str] = {}
        """What the lines in use are: `_OUTPUT`, an input with a pull as gpiozero names it, or not known."""

    def input(self, number: int, pull: Pull) -> bool:
        """Make a line an input, where it is not one yet, and read it."""
        with bus_errors(number):
            pin, mode = self._taken(number), _PULLS[pull]
            if self._modes[number] != mode:
                self._modes[number] = _UNKNOWN
                pin.function, pin.pull = "input", mode
                self._modes[number] = mode
            return bool(pin.state)

    def output(self, number: int, level: bool) -> None:
        """Make a line an output, where it is not one yet, at a level."""
        with bus_errors(number):
            pin = self._taken(number)
            if self._modes[number] == _OUTPUT:
                pin.state = level
            else:
                self._modes[number] = _UNKNOWN
                pin.output_with_state(level)
                self._modes[number] = _OUTPUT

    def release(self, number: int) -> None:
        """Let go of a line, so that the kernel gives it to somebody else."""
        if self._modes.pop(number, None) is None:
            return
        with bus_errors(number):
            self._factory.pin(number).close()
            if "lgpio" in sys.modules and (handle := getattr(self._factory, "_handle", None)) is not None:
                sys.modules["lgpio"].gpio_free(handle, number)  # gpiozero's close of such a pin keeps it claimed

    def _taken(self, number: int) -> Any:
        """gpiozero's pin; most pin factories claim the line at once."""
        pin = self._factory.pin(number)
        self._modes.setdefault(number, _UNKNOWN)
        return pin

    def close(self) -> None:
        """Let go of all lines."""
        self._modes.clear()
        self._factory.close()
        Device.pin_factory = None  # it cannot be used again, and gpiozero would not notice


def _pin_factory() -> Any:
    """gpiozero's choice of a pin factory.

    Its first choice, lgpio, leaves a file in the working directory; or in the folder that LG_WD names, but then it
    makes that the working directory.
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
    """Turns what gpiozero and the libraries under it raise into errors of a bus."""
    place = Place(GPIO, number)
    try:
        yield
    except GPIOZeroError as error:
        raise UnsupportedError(str(error), place) from error
    except OSError as error:
        raise BusFaultError(str(error), place) from error
    except Exception as error:  # lgpio's own errors have no base class of their own
        if type(error).__module__ != "lgpio":
            raise
        raise UnsupportedError(f"{error}; `gpioinfo` says whether something else has it", place) from error
