"""gpiozero's outputs. Source: gpiozero 2.0.1, `output_devices.py`.

`blink`, `beep` and `source` go on in the background only while the plugin sleeps or waits, because the sandbox has no
threads (`background`).
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from background import Job, announce

from gpiozero.devices import Device, GPIODevice
from gpiozero.exc import BadWaitTime
from gpiozero.pins import HostFactory

Steps = Iterator[tuple[float, float]]
"""Values, and the seconds that each lasts."""


class SourceMixin:
    """A device that copies the values of another one, or of an iterable."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._source: Iterable[Any] | None = None
        self._source_job: Job | None = None
        self._source_delay = 0.01
        super().__init__(*arguments, **options)

    def close(self) -> None:
        """Copy no more values, and free the pins."""
        job, self._source_job = getattr(self, "_source_job", None), None
        if job is not None:
            job.stop()
        super().close()  # type: ignore[misc] # Device.close

    @property
    def source_delay(self) -> float:
        """Seconds between two values."""
        return self._source_delay

    @source_delay.setter
    def source_delay(self, value: float) -> None:
        if value < 0:
            raise BadWaitTime("source_delay must be 0 or greater")
        self._source_delay = float(value)

    @property
    def source(self) -> Iterable[Any] | None:
        """Where the values come from: a device, or an iterable."""
        return self._source

    @source.setter
    def source(self, value: Iterable[Any] | Device | None) -> None:
        if self._source_job is not None:
            self._source_job.stop()
            self._source_job = None
        self._source = value.values if isinstance(value, Device) else value
        if self._source is None:
            return
        announce("gpiozero: values are copied from a source")
        given = iter(self._source)

        def copy() -> float | None:
            for each in given:
                self.value = each
                return self._source_delay
            return None

        self._source_job = Job(copy)


class OutputDevice(SourceMixin, GPIODevice):
    """An output.

    Args:
        pin: its name.
        active_high: whether the pin is high when the device is on.
        initial_value: whether it is on at first; None leaves the pin's level as it is.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        active_high: bool = True,
        initial_value: bool | None = False,
        pin_factory: HostFactory | None = None,
    ) -> None:
        super().__init__(pin, pin_factory=pin_factory)
        self.active_high = active_high
        self._start(initial_value)

    def on(self) -> None:
        """Switch it on."""
        self._write(True)

    def off(self) -> None:
        """Switch it off."""
        self._write(False)

    def toggle(self) -> None:
        """Switch it off if it is on, and on if it is off."""
        if self.is_active:
            self.off()
        else:
            self.on()

    @property
    def value(self) -> Any:
        """1 if it is on, otherwise 0."""
        return self._read()

    @value.setter
    def value(self, value: Any) -> None:
        self._write(value)

    @property
    def active_high(self) -> bool:
        """Whether the pin is high when the device is on."""
        return self._active_state

    @active_high.setter
    def active_high(self, value: bool) -> None:
        self._active_state = bool(value)

    def _start(self, initial_value: Any) -> None:
        if initial_value is None:
            self._open_pin().function = "output"
        else:
            self._open_pin().output_with_state(bool(initial_value) == self._active_state)

    def _write(self, value: Any) -> None:
        self._open_pin().state = bool(value) == self._active_state

    def _shown(self) -> tuple[str, ...]:
        return ("active_high",)


class Blinking(OutputDevice):
    """An output whose value can follow steps."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._blink_job: Job | None = None
        super().__init__(*arguments, **options)

    def close(self) -> None:
        """End the blinking, and free the pin."""
        self._stop_blink()
        super().close()

    def on(self) -> None:
        """Switch it on."""
        self.value = 1

    def off(self) -> None:
        """Switch it off."""
        self.value = 0

    @property
    def value(self) -> Any:
        """1 if it is on, otherwise 0. Setting it ends the blinking."""
        return self._read()

    @value.setter
    def value(self, value: Any) -> None:
        self._stop_blink()
        self._write(value)

    def _follow(self, steps: Steps, background: bool) -> None:
        self._stop_blink()

        def step() -> float | None:
            for value, seconds in steps:
                self._write(value)
                return seconds
            return None

        self._blink_job = Job(step)
        if background:
            announce("gpiozero: blinking goes on in the background")
            self._blink_job.do_if_due()
        else:
            self._blink_job.wait()

    def _stop_blink(self) -> None:
        job, self._blink_job = getattr(self, "_blink_job", None), None
        if job is not None:
            job.stop()


class DigitalOutputDevice(Blinking):
    """An output that can blink."""

    def blink(self, on_time: float = 1, off_time: float = 1, n: int | None = None, background: bool = True) -> None:
        """Switch it on and off.

        Args:
            on_time: seconds on.
            off_time: seconds off.
            n: how often; None does not end.
            background: whether to return at once. Then it goes on while the plugin sleeps or waits.
        """
        self._follow(repeated([(True, on_time), (False, off_time)], n), background)


class LED(DigitalOutputDevice):
    """A light."""

    @property
    def is_lit(self) -> bool:
        """Whether it is on."""
        return self.is_active


class Buzzer(DigitalOutputDevice):
    """A buzzer that sounds while it is on."""

    beep = DigitalOutputDevice.blink


def repeated(steps: list[tuple[float, float]], times: int | None) -> Steps:
    """Return the steps, several times, or without an end."""
    for _ in count() if times is None else range(times):
        yield from steps
