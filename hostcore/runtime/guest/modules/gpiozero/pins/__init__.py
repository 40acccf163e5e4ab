"""The pins of gpiozero: one object for each line that a device uses. Source: gpiozero 2.0.1, `pins/__init__.py`."""

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

import lives
from _line import Pull, line

from gpiozero.exc import (
    GPIOPinInUse,
    PinFixedPull,
    PinInvalidFunction,
    PinInvalidPin,
    PinInvalidPull,
    PinInvalidState,
    PinPWMFixedValue,
    PinSetInput,
)

if TYPE_CHECKING:
    from host.gpio import Edge

    from gpiozero.devices import Device

BOARD_LINES = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
"""BCM number by pin of the header."""
WIRING_PI_LINES = (
    17, 18, 27, 22, 23, 24, 25, 4, 2, 3, 8, 7, 10, 9, 11, 14, 15, -1, -1, -1, -1, 5, 6, 13, 19, 26, 12, 16, 20, 21, 0, 1
)  # fmt: skip
"""BCM number by wiringPi's number."""
LAST_LINE = 27
FIXED_PULL_UP = {2, 3}
"""Lines of the header with a resistor of 1.8 kΩ, for I2C."""
_PULLS: dict[str, Pull] = {"floating": "none", "up": "up", "down": "down"}


class PinInfo(NamedTuple):
    """What is known about a pin."""

    number: int
    name: str
    pull: str
    """"up" if the board has a resistor there, otherwise empty."""


class HostPin:
    """A line of the host. Each property has the meaning that it has in gpiozero.

    Args:
        number: BCM number of the line.
    """

    def __init__(self, number: int) -> None:
        self.info = PinInfo(number, f"GPIO{number}", "up" if number in FIXED_PULL_UP else "")
        self._line = line(number)
        self._function = "input"
        self._pull = self.info.pull or "floating"
        self._pwm: tuple[float, float] | None = None
        """Frequency and duty."""

    def __repr__(self) -> str:
        return self.info.name

    @property
    def number(self) -> int:
        """BCM number of the line."""
        return self.info.number

    @property
    def function(self) -> str:
        """ "input" or "output". A new output keeps the level that it had as an output before."""
        return self._function

    @function.setter
    def function(self, value: str) -> None:
        if value not in {"input", "output"}:
            raise PinInvalidFunction(f'invalid function "{value}" for pin {self!r}')
        if value == "output":
            self._line.write(self._line.level)
        else:
            self._line.make_input(_PULLS[self._pull])
        self._function = value

    @property
    def pull(self) -> str:
        """ "floating", "up" or "down"."""
        return self._pull

    @pull.setter
    def pull(self, value: str) -> None:
        if self._function != "input":
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if self.info.pull and value != self.info.pull:
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        if value not in _PULLS:
            raise PinInvalidPull(f'invalid pull "{value}" for pin {self!r}')
        self._line.make_input(_PULLS[value])
        self._pull = value

    @property
    def state(self) -> float | bool:
        """The level; the duty, 0 to 1, of a pin with pulse-width modulation."""
        return self._line.read() if self._pwm is None else self._pwm[1]

    @state.setter
    def state(self, value: float) -> None:
        if self._pwm is not None:
            self._modulate(self._pwm[0], value)
        elif self._function == "input":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        else:
            self._line.write(bool(value))

    @property
    def frequency(self) -> float | None:
        """Periods per second of the pulse-width modulation; None without it. The pin is low afterwards."""
        return None if self._pwm is None else self._pwm[0]

    @frequency.setter
    def frequency(self, value: float | None) -> None:
        if value:
            self._modulate(value, 0.0 if self._pwm is None else self._pwm[1])
        elif self._pwm is not None:
            self._modulate(self._pwm[0], 0.0)
            self._pwm = None

    def use_as_pwm_output(self) -> None:
        """Make it an output, as soon as it gets a frequency."""
        self._function = "output"

    def output_with_state(self, state: bool) -> None:
        """Make it an output with this level."""
        self._line.write(state)
        self._function = "output"

    def input_with_pull(self, pull: str) -> None:
        """Make it an input with this resistor."""
        if self.info.pull and pull != self.info.pull:
            raise PinFixedPull(f"{self!r} has a physical pull-{self.info.pull} resistor")
        self._line.make_input(_PULLS[pull])
        self._function, self._pull = "input", pull

    def capture(self, seconds: float, most: int) -> "list[Edge]":
        """Make it an input with a pull-up, and return the edges that follow."""
        return self._line.capture([], seconds, most)

    def close(self) -> None:
        """Make it an input without a resistor. After pulse-width modulation it remains low."""
        self._line.release()
        self._function, self._pwm, self._pull = "input", None, self.info.pull or "floating"

    def _modulate(self, frequency: float, duty: float) -> None:
        if self._function != "output":
            raise PinPWMFixedValue(f"cannot start PWM on pin {self!r}")
        if not 0 <= duty <= 1:
            raise PinInvalidState(f'invalid state "{duty}" for pin {self!r}')
        self._line.modulate(duty, frequency)
        self._pwm = (frequency, duty)


@dataclass(slots=True, weakref_slot=True)
class _Use:
    pin: HostPin
    user: "ref[Device]"
    life: int


class HostFactory:
    """The source of all pins: the host. Every other factory of gpiozero is the same here."""

    _uses: dict[int, _Use]

    def __init__(self, *_arguments: object, **_options: object) -> None:
        self._uses = _USES

    def reserve(self, user: "Device", name: object) -> HostPin:
        """Return the pin with this name, for one device."""
        number = _number(name)
        use = self._uses.get(number)
        holder = use.user() if use is not None else None
        if use is not None and holder is not None:
            if use.life == lives.current():
                raise GPIOPinInUse(f"pin {use.pin!r} is already in use by {holder!r}")
            holder.close()
        pin = HostPin(number)
        self._uses[number] = _Use(pin, ref(user), lives.current())
        return pin

    def release(self, pin: HostPin) -> None:
        """Let other devices use the pin."""
        use = self._uses.get(pin.number)
        if use is not None and use.pin is pin:
            del self._uses[pin.number]

    def reset(self) -> None:
        """Let other devices use all pins."""
        self._uses.clear()

    def close(self) -> None:
        """Let other devices use all pins."""
        self.reset()

    def ticks(self) -> float:
        """Return the time in seconds, for `ticks_diff`."""
        return time.monotonic()

    def ticks_diff(self, later: float, earlier: float) -> float:
        """Return the seconds between two times."""
        return later - earlier


_USES: dict[int, _Use] = {}


def _number(name: object) -> int:
    """Return the BCM number of the pin with this name: 17, "17", "GPIO17", "BCM17", "BOARD11", "J8:11" or "WPI0"."""
    found = re.fullmatch(r"(GPIO|BCM|BOARD|J8:|WPI)?(0|[1-9]\d?)", str(name)) if isinstance(name, int | str) else None
    number = -1
    if found and not isinstance(name, bool):
        kind, given = found[1], int(found[2])
        if kind in {"BOARD", "J8:"}:
            number = BOARD_LINES.get(given, -1)
        elif kind == "WPI":
            number = WIRING_PI_LINES[given] if given < len(WIRING_PI_LINES) else -1
        else:
            number = given
    if not 0 <= number <= LAST_LINE:
        raise PinInvalidPin(f"{name} is not a valid pin name")
    return number
