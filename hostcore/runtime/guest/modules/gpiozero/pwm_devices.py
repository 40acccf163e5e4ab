"""gpiozero's outputs with pulse-width modulation. Source: gpiozero 2.0.1, `output_devices.py`.

They need the permission ``pwm:LINE``, and no other.
"""

from typing import Any

from gpiozero.exc import OutputDeviceBadValue
from gpiozero.output_devices import Blinking, repeated
from gpiozero.pins import HostFactory

FRAMES_PER_SECOND = 25
"""Steps of a fade."""


class PWMOutputDevice(Blinking):
    """An output with pulse-width modulation. It needs the permission ``pwm:LINE``, and no other.

    Args:
        pin: its name.
        active_high: whether the pin is high when the device is on.
        initial_value: its value at first, 0 to 1.
        frequency: periods per second, 1 to 10,000.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        active_high: bool = True,
        initial_value: float = 0,
        frequency: float | None = 100,
        pin_factory: HostFactory | None = None,
    ) -> None:
        if not 0 <= initial_value <= 1:
            raise OutputDeviceBadValue("initial_value must be between 0 and 1")
        super().__init__(pin, active_high=active_high, initial_value=None, pin_factory=pin_factory)
        self.frequency = frequency
        self.value = initial_value

    @property
    def value(self) -> float:
        """The part of each period in which the device is on, 0 to 1."""
        return float(self._read())

    @value.setter
    def value(self, value: float) -> None:
        self._stop_blink()
        self._write(value)

    def toggle(self) -> None:
        """Make its value 1 minus its value."""
        self.value = 1 - self.value

    @property
    def is_active(self) -> bool:
        """Whether its value is not 0."""
        return self.value != 0

    @property
    def frequency(self) -> float | None:
        """Periods per second; None without modulation."""
        return self._open_pin().frequency

    @frequency.setter
    def frequency(self, value: float | None) -> None:
        self._open_pin().frequency = value

    def blink(  # noqa: PLR0917 - the original's parameters
        self,
        on_time: float = 1,
        off_time: float = 1,
        fade_in_time: float = 0,
        fade_out_time: float = 0,
        n: int | None = None,
        background: bool = True,
    ) -> None:
        """Switch it on and off, and fade between.

        Args:
            on_time: seconds on.
            off_time: seconds off.
            fade_in_time: seconds to become brighter.
            fade_out_time: seconds to become darker.
            n: how often; None does not end.
            background: whether to return at once. Then it goes on while the plugin sleeps or waits.
        """
        steps = [*_fade(fade_in_time), (1.0, on_time)]
        steps += [(1 - value, seconds) for value, seconds in _fade(fade_out_time)]
        self._follow(repeated([*steps, (0.0, off_time)], n), background)

    def pulse(
        self, fade_in_time: float = 1, fade_out_time: float = 1, n: int | None = None, background: bool = True
    ) -> None:
        """Fade in and out. The arguments are those of `blink`."""
        self.blink(0, 0, fade_in_time, fade_out_time, n, background)

    def _start(self, initial_value: Any) -> None:
        self._open_pin().use_as_pwm_output()

    def _read(self) -> float:
        state = self._open_pin().state
        return float(state if self.active_high else 1 - state)

    def _write(self, value: float) -> None:
        if not 0 <= value <= 1:
            raise OutputDeviceBadValue("PWM value must be between 0 and 1")
        self._open_pin().state = float(value if self.active_high else 1 - value)


class PWMLED(PWMOutputDevice):
    """A light with brightness."""

    @property
    def is_lit(self) -> bool:
        """Whether it is on."""
        return self.is_active


def _fade(seconds: float) -> list[tuple[float, float]]:
    frame = 1 / FRAMES_PER_SECOND
    return (
        [(index * frame / seconds, frame) for index in range(int(FRAMES_PER_SECOND * seconds))] if seconds > 0 else []
    )
