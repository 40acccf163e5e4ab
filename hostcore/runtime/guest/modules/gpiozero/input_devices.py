"""gpiozero's inputs. Source: gpiozero 2.0.1, `input_devices.py`.

`value` of a smoothed input is measured when it is asked for, because the sandbox has no threads to fill its queue.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from gpiozero.devices import GPIODevice
from gpiozero.exc import BadQueueLen, BadWaitTime, InputDeviceError, PinInvalidBounce, PinInvalidState
from gpiozero.mixins import EventsMixin, HoldMixin
from gpiozero.pins import HostFactory

_PULLS = {None: "floating", True: "up", False: "down"}


class InputDevice(GPIODevice):
    """An input.

    Args:
        pin: its name.
        pull_up: True for a pull-up: it is on when the pin is low. False for a pull-down: it is on when the pin is high.
            None for no resistor.
        active_state: whether it is on when the pin is high; only without a resistor.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        pull_up: bool | None = False,
        active_state: bool | None = None,
        pin_factory: HostFactory | None = None,
    ) -> None:
        super().__init__(pin, pin_factory=pin_factory)
        try:
            self._use_as_input(_PULLS[pull_up])
            self._active_state = self._chosen_state(pull_up, active_state)
        except BaseException:
            self.close()
            raise

    @property
    def pull_up(self) -> bool | None:
        """Whether the resistor pulls the pin up; None without a resistor."""
        pull = self._open_pin().pull
        return None if pull == "floating" else pull == "up"

    def _use_as_input(self, pull: str) -> None:
        self._open_pin().input_with_pull(pull)

    def _chosen_state(self, pull_up: bool | None, active_state: bool | None) -> bool:
        name = self._open_pin().info.name
        if pull_up is not None:
            if active_state is not None:
                raise PinInvalidState(f'Pin {name} is not floating, but "active_state" is not None')
            return not pull_up
        if active_state is None:
            raise PinInvalidState(f'Pin {name} is defined as floating, but "active_state" is not defined')
        return bool(active_state)

    def _shown(self) -> tuple[str, ...]:
        return ("pull_up",)


class DigitalInputDevice(EventsMixin, InputDevice):
    """An input with events.

    Args:
        pin: its name.
        pull_up: as for `InputDevice`.
        active_state: as for `InputDevice`.
        bounce_time: seconds after a change in which others do not count.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        pull_up: bool | None = False,
        active_state: bool | None = None,
        bounce_time: float | None = None,
        pin_factory: HostFactory | None = None,
    ) -> None:
        super().__init__(pin, pull_up=pull_up, active_state=active_state, pin_factory=pin_factory)
        if bounce_time is not None and bounce_time < 0:
            self.close()
            raise PinInvalidBounce("bounce must be 0 or greater")
        self._bounce_seconds = bounce_time or 0.0


class Button(HoldMixin, DigitalInputDevice):
    """A button between a pin and ground, or 3.3 V with ``pull_up=False``.

    Args:
        pin: its name.
        pull_up: as for `InputDevice`.
        active_state: as for `InputDevice`.
        bounce_time: seconds after a change in which others do not count.
        hold_time: seconds after which it is held.
        hold_repeat: whether `when_held` is called again after each `hold_time`.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        pull_up: bool | None = True,
        active_state: bool | None = None,
        bounce_time: float | None = None,
        hold_time: float = 1,
        hold_repeat: bool = False,
        pin_factory: HostFactory | None = None,
    ) -> None:
        super().__init__(
            pin, pull_up=pull_up, active_state=active_state, bounce_time=bounce_time, pin_factory=pin_factory
        )
        self.hold_time = hold_time
        self.hold_repeat = hold_repeat

    is_pressed = DigitalInputDevice.is_active
    pressed_time = DigitalInputDevice.active_time
    when_pressed = DigitalInputDevice.when_activated
    when_released = DigitalInputDevice.when_deactivated
    wait_for_press = DigitalInputDevice.wait_for_active
    wait_for_release = DigitalInputDevice.wait_for_inactive


class SmoothedInputDevice(EventsMixin, InputDevice):
    """An input whose value is an average of its last measurements.

    Args:
        pin: its name.
        pull_up: as for `InputDevice`.
        active_state: as for `InputDevice`.
        threshold: it is on if its value is larger.
        queue_len: the number of measurements.
        sample_wait: seconds between two of them.
        partial: whether fewer of them are enough.
        average: makes the value of them.
        ignore: measurements that do not count.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        pull_up: bool | None = False,
        active_state: bool | None = None,
        threshold: float = 0.5,
        queue_len: int = 5,
        sample_wait: float = 0.0,
        partial: bool = False,
        average: Callable[[Iterable[Any]], float] = median,
        ignore: Iterable[Any] | None = None,
        pin_factory: HostFactory | None = None,
    ) -> None:
        super().__init__(pin, pull_up=pull_up, active_state=active_state, pin_factory=pin_factory)
        try:
            if queue_len < 1:
                raise BadQueueLen("queue_len must be at least one")
            if sample_wait < 0:
                raise BadWaitTime("sample_wait must be 0 or greater")
            self.threshold = threshold
        except BaseException:
            self.close()
            raise
        self._queue: deque[tuple[float, Any]] = deque(maxlen=queue_len)
        """Times and measurements."""
        self._sample_wait, self._partial = float(sample_wait), bool(partial)
        self._average, self._ignore = average, frozenset(ignore or ())
        self.poll_seconds = max(self.poll_seconds, self._sample_wait)

    @property
    def queue_len(self) -> int:
        """The number of measurements."""
        self._check_open()
        return self._queue.maxlen or 0

    @property
    def partial(self) -> bool:
        """Whether fewer measurements are enough."""
        self._check_open()
        return self._partial

    @property
    def threshold(self) -> float:
        """It is on if its value is larger."""
        return self._threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        if not 0.0 < value < 1.0:
            raise InputDeviceError("threshold must be between zero and one exclusive")
        self._threshold = float(value)

    @property
    def value(self) -> float:
        """The average of the last measurements. Takes one more; takes all, if the last ones are too old."""
        self._check_open()
        self._forget_old()
        for attempt in range(max(1, self.queue_len - len(self._queue)) if not self._partial else 1):
            if attempt or self._queue:
                time.sleep(self._sample_wait)
            measured = self._read()
            if measured not in self._ignore:
                self._queue.append((time.monotonic(), measured))
        if not self._queue:
            return self._without_measurements()
        return self._average([measured for _, measured in self._queue])

    @property
    def is_active(self) -> bool:
        """Whether its value is larger than `threshold`."""
        return bool(self.value > self.threshold)

    def _forget_old(self) -> None:
        """Forget measurements from before the time that two full queues take."""
        oldest = time.monotonic() - 2 * self.queue_len * max(self.poll_seconds, self._sample_wait)
        while self._queue and self._queue[0][0] < oldest:
            self._queue.popleft()

    def _without_measurements(self) -> float:
        return 0.0


class MotionSensor(SmoothedInputDevice):
    """A passive infrared sensor.

    Args:
        pin: its name.
        pull_up: as for `InputDevice`.
        active_state: as for `InputDevice`.
        queue_len: as for `SmoothedInputDevice`.
        sample_rate: measurements per second.
        threshold: as for `SmoothedInputDevice`.
        partial: as for `SmoothedInputDevice`.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        pull_up: bool | None = False,
        active_state: bool | None = None,
        queue_len: int = 1,
        sample_rate: float = 10,
        threshold: float = 0.5,
        partial: bool = False,
        pin_factory: HostFactory | None = None,
    ) -> None:
        super().__init__(
            pin,
            pull_up=pull_up,
            active_state=active_state,
            threshold=threshold,
            queue_len=queue_len,
            sample_wait=1 / sample_rate,
            partial=partial,
            pin_factory=pin_factory,
        )

    motion_detected = SmoothedInputDevice.is_active
    when_motion = SmoothedInputDevice.when_activated
    when_no_motion = SmoothedInputDevice.when_deactivated
    wait_for_motion = SmoothedInputDevice.wait_for_active
    wait_for_no_motion = SmoothedInputDevice.wait_for_inactive
