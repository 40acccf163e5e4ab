"""CircuitPython's `pwmio`: pulse-width modulation of any line, 1 to 10,000 Hz. It needs the permission ``pwm:LINE``.

It behaves like Adafruit-Blinka 10 on a Raspberry Pi.
"""

import math
from types import TracebackType
from typing import Self

from _line import line
from microcontroller import Pin

FULL = 0xFFFF
"""The duty cycle of a line that is always high."""


class PWMOut:
    """Pulse-width modulation of one line.

    Args:
        pin: a pin of `board`.
        frequency: periods per second.
        duty_cycle: the part of each period in which the line is high, 0 to 65535.
        variable_frequency: has no effect; the frequency can always be changed.
    """

    def __init__(
        self, pin: Pin, *, frequency: float = 500, duty_cycle: float = 0, variable_frequency: bool = False
    ) -> None:
        self._line, self._is_open, self._enabled = line(pin.id), True, True
        self._frequency, self._duty_cycle = _frequency(frequency), _duty(duty_cycle)
        self._apply()

    @property
    def frequency(self) -> float:
        """Periods per second."""
        self._check()
        return self._frequency

    @frequency.setter
    def frequency(self, value: float) -> None:
        self._check()
        self._frequency = _frequency(value)
        self._apply()

    @property
    def period(self) -> float:
        """Seconds of one period."""
        return 1.0 / self.frequency

    @period.setter
    def period(self, value: float) -> None:
        self._check()
        if _number(value, "period") <= 0:
            raise ValueError("period must be positive")
        self.frequency = 1 / value

    @property
    def duty_cycle(self) -> int:
        """The part of each period in which the line is high, 0 to 65535."""
        self._check()
        return self._duty_cycle

    @duty_cycle.setter
    def duty_cycle(self, value: float) -> None:
        self._check()
        self._duty_cycle = _duty(value)
        self._apply()

    @property
    def enabled(self) -> bool:
        """Whether the line is modulated. It is low otherwise."""
        self._check()
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._check()
        if not isinstance(value, bool):
            raise TypeError("enabled must be bool")
        self._enabled = value
        self._apply()

    def deinit(self) -> None:
        """End the modulation. The line is low afterwards."""
        if self._is_open:
            self._enabled = False
            self._apply()
            self._is_open = False

    def __enter__(self) -> Self:
        self._check()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        self.deinit()

    def _check(self) -> None:
        if not self._is_open:
            raise ValueError("Object has been deinitialized")

    def _apply(self) -> None:
        self._line.modulate(self._duty_cycle / FULL if self._enabled else 0.0, round(self._frequency))


def _number(value: float, name: str) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{name} must be int or float")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite")
    return value


def _frequency(value: float) -> float:
    if not 1 <= round(_number(value, "frequency")) <= 1_000_000_000:
        raise ValueError("frequency must round to a positive integer with a period >=1 ns")
    return value


def _duty(value: float) -> int:
    if not 0 <= _number(value, "duty_cycle") <= FULL:
        raise ValueError("duty_cycle must be between 0 and 65535")
    return int(value)
