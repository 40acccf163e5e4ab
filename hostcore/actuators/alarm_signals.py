"""The relays and LEDs of alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from hostcore.actuators import Actuators
from hostcore.actuators.account import described
from hostcore.errors import UnsupportedError
from hostcore.hostcall import Trap
from hostcore.log.safe_text import log_line


class AlarmSignals:
    """Switches relays and LEDs for alarms, on the host's own account. For one thread.

    A relay is switched when an alarm is raised and when the last one that wants it is cleared. Between the two, a
    plugin or a person may switch it off. A relay that cannot be switched is tried again at the next call.

    Args:
        actuators: all of the host's.
        warn: takes one line for a person: why something cannot be switched, once.
    """

    def __init__(self, actuators: Actuators, warn: Callable[[str], None]) -> None:
        self._actuators, self._warn = actuators, warn
        self._relays: dict[str, str] = {}
        """The relays that are on for alarms, each with its alarm."""
        self._leds: frozenset[int] = frozenset()
        self._told: dict[str, str] = {}

    def show(self, relays: Mapping[str, str], leds: frozenset[int]) -> None:
        """Switch exactly these on, and what was on before off. Never raises; does not wait for a bus.

        Args:
            relays: the names of relays, each with the name of the alarm that wants it on.
            leds: the numbers of LEDs.
        """
        for name in sorted(relays.keys() ^ self._relays.keys()):
            alarm = relays.get(name) or self._relays[name]
            if self._attempt(f"relay {name}", partial(self._actuators.relays.signal, name, name in relays, alarm)):
                if name in relays:
                    self._relays[name] = alarm
                else:
                    del self._relays[name]
        self._relays |= {name: alarm for name, alarm in relays.items() if name in self._relays}
        if leds != self._leds and self._attempt("LED", lambda: self._signal(leds)):
            self._leds = leds

    def _signal(self, leds: frozenset[int]) -> None:
        if self._actuators.leds is not None:
            self._actuators.leds.signal(leds)
        elif leds:
            raise UnsupportedError("this host was started without [leds] in host.toml")

    def _attempt(self, what: str, action: Callable[[], None]) -> bool:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - a defect must not end the alarms
            problem = log_line(f"an alarm cannot switch the {what}: {described(error)}")
            if not isinstance(error, Trap) and self._told.get(what) != problem:
                self._told[what] = problem
                self._warn(problem)
            return False
        self._told.pop(what, None)
        return True
