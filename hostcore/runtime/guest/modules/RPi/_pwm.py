"""`RPi.GPIO.PWM`. Source: RPi.GPIO 0.7.1, `py_pwm.c` and `soft_pwm.c`."""

# ruff: noqa: N802 - the names are those of the original

from weakref import WeakValueDictionary

import lives

from RPi._channels import OUT, Channels, line_of

_in_use: "WeakValueDictionary[int, PWM]" = WeakValueDictionary()


class PWM:
    """Pulse-width modulation of one channel. It ends with `stop`, or when the object is deleted.

    Args:
        channel: an output.
        frequency: periods per second, 1 to 10,000.
    """

    _is_running = False

    def __init__(self, channel: int, frequency: float, /) -> None:
        line = line_of(channel)
        holder = _in_use.get(line.number)
        if holder is not None and holder._life == lives.current():
            raise RuntimeError("A PWM object already exists for this GPIO channel")
        if Channels.directions.get(line.number) != OUT:
            raise RuntimeError("You must setup() the GPIO channel as an output first")
        self._life: int = lives.current()
        self._line, self._duty = line, 0.0
        self._frequency = _frequency(frequency)
        if holder is not None:
            holder.stop()
        _in_use[line.number] = self

    def start(self, dutycycle: float, /) -> None:
        """Begin: the line is high for `dutycycle` percent of each period."""
        self._duty = _duty(dutycycle)
        self._is_running = True
        self._apply()

    def ChangeDutyCycle(self, dutycycle: float, /) -> None:
        """Change the duty cycle, 0 to 100."""
        self._duty = _duty(dutycycle)
        self._apply()

    def ChangeFrequency(self, frequency: float, /) -> None:
        """Change the periods per second."""
        self._frequency = _frequency(frequency)
        self._apply()

    def stop(self) -> None:
        """End the modulation. The line is low afterwards."""
        if _in_use.get(self._line.number) is self:
            del _in_use[self._line.number]
        self._end()

    def __del__(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._is_running:
            self._is_running = False
            self._line.write(False)

    def _apply(self) -> None:
        if self._is_running:
            self._line.modulate(self._duty / 100, self._frequency)


def _frequency(value: float) -> float:
    if float(value) <= 0:
        raise ValueError("frequency must be greater than 0.0")
    return float(value)


def _duty(value: float) -> float:
    if not 0 <= float(value) <= 100:
        raise ValueError("dutycycle must have a value from 0.0 to 100.0")
    return float(value)
