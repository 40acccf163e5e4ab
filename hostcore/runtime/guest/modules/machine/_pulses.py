"""MicroPython's `machine.PWM` and `machine.time_pulse_us`. Source: MicroPython's documentation of `machine`."""

from _line import pulse_start

from machine._pin import Pin

FULL = 0xFFFF
NS_PER_S = 1_000_000_000
LONGEST_WAIT_US = 1_000_000
"""The longest recording of the host."""


class PWM:
    """Pulse-width modulation, 1 to 10,000 Hz. It needs the permission ``pwm:LINE``.

    Args:
        dest: the pin.
        freq: periods per second.
        duty_u16: the part of each period in which the line is high, 0 to 65535.
        duty_ns: the same in nanoseconds.
    """

    def __init__(self, dest: Pin, *, freq: int = 0, duty_u16: int = 0, duty_ns: int | None = None) -> None:
        self._line, self._freq, self._duty = dest._line, 0, 0.0
        self.init(freq=freq, duty_u16=duty_u16, duty_ns=duty_ns)

    def init(self, *, freq: int = 0, duty_u16: int | None = None, duty_ns: int | None = None) -> None:
        """Change what is given. The arguments are those of `PWM`."""
        self._freq = freq or self._freq
        if duty_u16 is not None:
            self._duty = duty_u16 / FULL
        if duty_ns is not None:
            self._duty = duty_ns * self._freq / NS_PER_S
        self._apply()

    def deinit(self) -> None:
        """End the modulation. The line is low afterwards."""
        self._duty = 0.0
        self._apply()

    def freq(self, value: int | None = None) -> int | None:
        """Return the periods per second, or set them."""
        if value is None:
            return self._freq
        self._freq = value
        self._apply()
        return None

    def duty_u16(self, value: int | None = None) -> int | None:
        """Return the duty, 0 to 65535, or set it."""
        if value is None:
            return round(self._duty * FULL)
        self._duty = value / FULL
        self._apply()
        return None

    def duty_ns(self, value: int | None = None) -> int | None:
        """Return the time in nanoseconds that the line is high in each period, or set it."""
        if value is None:
            return round(self._duty * NS_PER_S / self._freq) if self._freq else 0
        self._duty = value * self._freq / NS_PER_S
        self._apply()
        return None

    def _apply(self) -> None:
        if self._freq:
            self._line.modulate(min(1.0, self._duty), self._freq)


def time_pulse_us(pin: Pin, pulse_level: int, timeout_us: int = LONGEST_WAIT_US, /) -> int:
    """Return the microseconds of the next pulse. It needs the permission ``gpio:LINE:pulses``.

    The line has its pull-up meanwhile. A pulse that has begun before this call does not count.

    Args:
        pin: an input.
        pulse_level: the level of the pulse, 0 or 1.
        timeout_us: how long to wait for the pulse and its end, at most 1,000,000.

    Returns:
        The time; -2 if no pulse began in time, -1 if it did not end in time.
    """
    edges = pin._line.capture([], min(timeout_us, LONGEST_WAIT_US) / 1e6, most=4)
    begins = pulse_start(edges, bool(pulse_level))
    if begins is None:
        return -2
    if begins + 1 == len(edges):
        return -1
    return (edges[begins + 1].time_ns - edges[begins].time_ns) // 1000
