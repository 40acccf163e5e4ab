"""Pulse-width modulation of GPIO lines. It ends on all lines when the host stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from hostcore.actuators.account import Account, Wanted
from hostcore.backends.base import PwmOutput, PwmSettings
from hostcore.buses.effects import Asked, Done
from hostcore.buses.shared import Buses
from hostcore.errors import BusError, UnsupportedError
from hostcore.events import Event, PwmSet
from hostcore.hostcall import Trap
from hostcore.place import GPIO, Place


class PwmLines:
    """Pulse-width modulation of all GPIO lines. Thread-safe. A line is opened when it is first set.

    Args:
        buses: all buses.
        host: the host's own account.
        publish: takes the events.
    """

    def __init__(self, buses: Buses, host: Account, publish: Callable[[Event], None]) -> None:
        self._buses, self._host, self._publish = buses, host, publish
        self._set: dict[int, tuple[float, float]] = {}
        """Duty and frequency by line."""
        self._lock = threading.Lock()
        self._ended = False

    def write(self, account: Account, wanted: Wanted, line: int, duty: float, frequency_hz: float) -> None:
        """Set a line. The ranges are those of `hostcore.backends.base.PwmOutput`. Blocks until the line is free.

        Args:
            account: the account of the effect.
            wanted: returns the permission that it needs.
            line: the line's BCM number.
            duty: the part of each period in which the line is high, 0 to 1.
            frequency_hz: periods per second.

        Raises:
            BusError: it is not permitted, or the line is not available or failed.
        """
        self._write(account, wanted, line, duty, frequency_hz)

    def stop(self) -> None:
        """End the pulse-width modulation of all lines that were ever set."""
        with self._lock:
            self._ended = True
            lines = list(self._set.items())
        for line, (_, frequency_hz) in lines:
            with suppress(BusError, Trap):  # a line that no longer exists needs no end
                self._write(self._host, None, line, 0.0, frequency_hz)

    def _write(self, account: Account, wanted: Wanted | None, line: int, duty: float, frequency_hz: float) -> None:
        def write(output: PwmOutput) -> Done[None]:
            with self._lock:
                if self._ended and account is not self._host:
                    raise UnsupportedError("the host is stopping; pulse-width modulation stays off")
                before = self._set.get(line)
                self._set.setdefault(line, (0.0, frequency_hz))  # it has to be ended, even if this fails
            output.write(duty, frequency_hz)
            if before != (duty, frequency_hz):
                self._set[line] = duty, frequency_hz
                now, is_simulated = self._buses.clock.wall_ns(), GPIO in self._buses.simulated
                who = account.by_person, account.through
                self._publish(PwmSet(now, account.plugin, line, duty, frequency_hz, is_simulated, *who))
            return Done(None)

        account.perform(Place(GPIO, line), wanted, self._buses.pwm, write, Asked(pwm=PwmSettings(duty, frequency_hz)))
