"""gpiozero's `DistanceSensor`, for the HC-SR04 and similar ones. Source: gpiozero 2.0.1, `input_devices.py`.

It needs the permissions ``gpio:TRIGGER:out`` and ``gpio:ECHO:pulses``. The kernel measures the echo. If the sensor
answers before the host listens, the measurement does not count.
"""

import time

import host
from _line import pulse_start

from gpiozero.devices import GPIODevice
from gpiozero.input_devices import SmoothedInputDevice
from gpiozero.pins import HostFactory, HostPin

TRIGGER_SECONDS = 10e-6
"""Shortest pulse that starts a measurement (ElecFreaks, HC-SR04 user guide)."""
ECHO_SECONDS = 0.1
"""How long to wait for the end of the echo. Without an obstacle it takes 38 ms (the user guide)."""
SAMPLE_SECONDS = 0.06
"""Time between two measurements, so that an old echo is not heard (the user guide)."""


class DistanceSensor(SmoothedInputDevice):
    """An ultrasonic sensor with a pin for the trigger and one for the echo.

    Args:
        echo: name of the pin for the echo.
        trigger: name of the pin for the trigger.
        queue_len: the number of measurements in the value.
        max_distance: metres of the value 1.
        threshold_distance: metres; it is on if the distance is larger.
        partial: whether fewer measurements are enough.
    """

    def __init__(
        self,
        echo: int | str | None = None,
        trigger: int | str | None = None,
        *,
        queue_len: int = 9,
        max_distance: float = 1,
        threshold_distance: float = 0.3,
        partial: bool = False,
        pin_factory: HostFactory | None = None,
    ) -> None:
        self._trigger: GPIODevice | None = None
        self.speed_of_sound = 343.26  # m/s at 20 °C
        super().__init__(
            echo,
            pull_up=False,
            queue_len=queue_len,
            sample_wait=SAMPLE_SECONDS,
            partial=partial,
            ignore={None},
            pin_factory=pin_factory,
        )
        try:
            if max_distance <= 0:
                raise ValueError("invalid maximum distance (must be positive)")
            self._max_distance = max_distance
            self.threshold = threshold_distance / max_distance
            self._trigger = GPIODevice(trigger, pin_factory=pin_factory)
            self._trigger._open_pin().output_with_state(False)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Free both pins."""
        trigger, self._trigger = getattr(self, "_trigger", None), None
        if trigger is not None:
            trigger.close()
        super().close()

    @property
    def max_distance(self) -> float:
        """Metres of the value 1."""
        return self._max_distance

    @max_distance.setter
    def max_distance(self, value: float) -> None:
        if value <= 0:
            raise ValueError("invalid maximum distance (must be positive)")
        threshold, self._max_distance = self.threshold_distance, value
        self.threshold_distance = threshold

    @property
    def threshold_distance(self) -> float:
        """Metres; it is on if the distance is larger."""
        return self.threshold * self.max_distance

    @threshold_distance.setter
    def threshold_distance(self, value: float) -> None:
        self.threshold = value / self.max_distance

    @property
    def distance(self) -> float:
        """The distance in metres, at most `max_distance`. Raises `host.SensorError` if there is no echo."""
        return self.value * self._max_distance

    @property
    def trigger(self) -> HostPin | None:
        """The pin for the trigger."""
        return None if self._trigger is None else self._trigger.pin

    @property
    def echo(self) -> HostPin | None:
        """The pin for the echo."""
        return self.pin

    @property
    def in_range(self) -> bool:
        """Whether the distance is not larger than `threshold_distance`."""
        return not self.is_active

    when_out_of_range = SmoothedInputDevice.when_activated
    when_in_range = SmoothedInputDevice.when_deactivated
    wait_for_out_of_range = SmoothedInputDevice.wait_for_active
    wait_for_in_range = SmoothedInputDevice.wait_for_inactive

    def _use_as_input(self, pull: str) -> None:
        """Do nothing: each recording makes the pin an input, and needs no permission to read it."""

    def _read(self) -> float | None:
        """Measure once: the distance as a part of `max_distance`, at most 1. None without a whole echo."""
        if self._trigger is None:
            return None
        pin = self._trigger._open_pin()
        pin.state = True
        time.sleep(TRIGGER_SECONDS)
        pin.state = False
        edges = self._open_pin().capture(ECHO_SECONDS, most=4)
        begins = pulse_start(edges, True)
        if begins is None or begins + 1 == len(edges):
            return None
        echo_seconds = (edges[begins + 1].time_ns - edges[begins].time_ns) / 1e9
        return min(1.0, echo_seconds * self.speed_of_sound / 2 / self._max_distance)

    def _without_measurements(self) -> float:
        raise host.SensorError(f"no echo on {self.pin!r} for the trigger on {self.trigger!r}: check wiring and power")
