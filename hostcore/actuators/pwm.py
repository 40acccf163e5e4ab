"""Lines with pulse-width modulation: which were set, so that none goes on when the host ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from hostcore.actuators.caller import Caller, the_host
from hostcore.buses.shared import Hardware
from hostcore.clock import Clock
from hostcore.errors import BusError, UnsupportedError
from hostcore.events import Event, PwmSet
from hostcore.hostcall import Trap
from hostcore.place import GPIO, Place


class PwmLines:
    """Pulse-width modulation of all GPIO lines. For all threads; a line is taken when it is first set.

    Args:
        hardware: has the lines.
        clock: times the events.
        publish: takes them.
    """

    def __init__(self, hardware: Hardware, clock: Clock, publish: Callable[[Event], None]) -> None:
        self._hardware, self._clock, self._publish = hardware, clock, publish
        self._set: dict[int, tuple[float, float]] = {}
        """Duty and frequency by line."""
        self._lock = threading.Lock()
        self._ended = False

    def write(self, caller: Caller, line: int, duty: float, frequency_hz: float) -> None:
        """Set a line, in ranges as `hostcore.backends.base.PwmOutput` has them.

        Raises:
            BusError: the line cannot be had or cannot do it.
        """
        with self._lock:
            if self._ended:
                raise UnsupportedError("the host stops; pulse-width modulation stays off")
            self._write(caller, line, duty, frequency_hz)

    def stop(self) -> None:
        """Set every line to 0 that was ever set."""
        with self._lock:
            self._ended = True
            for line, (_, frequency_hz) in list(self._set.items()):
                with suppress(BusError, Trap):  # a line that is gone modulates nothing
                    self._write(the_host(self._clock), line, 0.0, frequency_hz)

    def _write(self, caller: Caller, line: int, duty: float, frequency_hz: float) -> None:
        place = Place(GPIO, line)
        output = self._hardware.pwm(place)
        with caller.holding(self._hardware, place):
            output.write(duty, frequency_hz)
        if self._set.get(line) != (duty, frequency_hz):
            self._set[line] = duty, frequency_hz
            self._publish(PwmSet(self._clock.wall_ns(), caller.plugin, line, duty, frequency_hz))
