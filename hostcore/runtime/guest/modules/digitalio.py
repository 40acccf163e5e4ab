"""CircuitPython's `digitalio`: inputs and outputs. It behaves like Adafruit-Blinka 10 on a Raspberry Pi, except:

- A new `DigitalInOut` is an input, but the line is only touched when it is read or its direction is set. A driver that
  makes it an output at once needs no permission to read it.
- `value` of an output is the level that was last set.
- The data pin of a `neopixel.NeoPixel` is not driven: `[leds]` in host.toml says where the strip is.
"""

from sys import _getframe
from types import TracebackType
from typing import Self

from _line import Line, line
from _line import Pull as _Resistor
from microcontroller import Pin


class _Named:
    """A constant. Its text is the place where a driver finds it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"digitalio.{type(self).__name__}.{self._name}"


class DriveMode(_Named):
    """How an output drives its line."""

    PUSH_PULL: "DriveMode"
    OPEN_DRAIN: "DriveMode"


class Direction(_Named):
    """What a line is."""

    INPUT: "Direction"
    OUTPUT: "Direction"


class Pull(_Named):
    """The resistor of an input."""

    UP: "Pull"
    DOWN: "Pull"


DriveMode.PUSH_PULL, DriveMode.OPEN_DRAIN = DriveMode("PUSH_PULL"), DriveMode("OPEN_DRAIN")
Direction.INPUT, Direction.OUTPUT = Direction("INPUT"), Direction("OUTPUT")
Pull.UP, Pull.DOWN = Pull("UP"), Pull("DOWN")
_RESISTORS: dict[Pull | None, _Resistor] = {None: "none", Pull.UP: "up", Pull.DOWN: "down"}


class DigitalInOut:
    """A line that is read or set.

    Args:
        pin: a pin of `board`.
    """

    def __init__(self, pin: Pin) -> None:
        self._line: Line | None = line(pin.id)
        self._pin: Pin | None = pin
        self._direction, self._mode = Direction.INPUT, DriveMode.PUSH_PULL
        self._pull: Pull | None = None
        if self._line.is_output:
            self._line.make_input()

    def switch_to_output(self, value: bool = False, drive_mode: DriveMode = DriveMode.PUSH_PULL) -> None:
        """Make it an output: low at first, then `value`."""
        self.direction = Direction.OUTPUT
        self.value = value
        self.drive_mode = drive_mode

    def switch_to_input(self, pull: Pull | None = None) -> None:
        """Make it an input with this resistor."""
        self._direction = Direction.INPUT
        self.pull = pull

    def deinit(self) -> None:
        """Free the object. The line stays as it is."""
        self._line = self._pin = None

    @property
    def direction(self) -> Direction:
        """`Direction.INPUT` or `Direction.OUTPUT`. A new output is low; a new input has no resistor."""
        return self._direction

    @direction.setter
    def direction(self, value: Direction) -> None:
        if value is Direction.OUTPUT:
            self._direction = value
            if _getframe(1).f_globals.get("__name__") != "neopixel":
                self._open_line().write(False)
            self._mode = DriveMode.PUSH_PULL
        elif value is Direction.INPUT:
            self.switch_to_input()
        else:
            raise AttributeError("Not a Direction")

    @property
    def value(self) -> bool:
        """The level; True is high."""
        return self._open_line().read()

    @value.setter
    def value(self, val: bool) -> None:
        if self._direction is not Direction.OUTPUT:
            raise AttributeError("Not an output")
        self._open_line().write(bool(val))

    @property
    def pull(self) -> Pull | None:
        """The resistor of an input."""
        if self._direction is not Direction.INPUT:
            raise AttributeError("Not an input")
        return self._pull

    @pull.setter
    def pull(self, pul: Pull | None) -> None:
        if self._direction is not Direction.INPUT:
            raise AttributeError("Not an input")
        if pul not in _RESISTORS:
            raise AttributeError("Not a Pull")
        self._open_line().make_input(_RESISTORS[pul])
        self._pull = pul

    @property
    def drive_mode(self) -> DriveMode:
        """How an output drives the line. A Raspberry Pi only has `DriveMode.PUSH_PULL`."""
        if self._direction is not Direction.OUTPUT:
            raise AttributeError("Not an output")
        return self._mode

    @drive_mode.setter
    def drive_mode(self, mod: DriveMode) -> None:
        if mod is DriveMode.OPEN_DRAIN:
            raise AttributeError("a Raspberry Pi has no open-drain outputs")
        self._mode = mod

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.deinit()

    def _open_line(self) -> Line:
        if self._line is None:
            raise AttributeError("the DigitalInOut was freed by deinit()")
        return self._line
