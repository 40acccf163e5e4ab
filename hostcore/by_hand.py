"""Outputs by hand: a person drives what the settings define, through the gate, as plugins do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hostcore.access.decisions import Access, Reservations
from hostcore.actuation import Actuation, LightLeds, SetPwm, SwitchRelay
from hostcore.actuators import Actuators
from hostcore.buses.call_limit import TimeLimit
from hostcore.buses.shared import Buses
from hostcore.errors import AccessDeniedError, BusTimeoutError, UnsupportedError
from hostcore.events import HOST, PERSON, Event, Level, LogWritten
from hostcore.hostcall import Trap
from hostcore.log.safe_text import log_line
from hostcore.permissions import LedsPermission, Permission, PwmPermission, RelayPermission
from hostcore.place import GPIO, BusName
from hostcore.plugin.actuators import PluginActuators
from hostcore.plugin.gate import person_gate

WAIT_SECONDS = 1.0
"""Seconds that a person's use of an output may wait for its bus."""

Grants = Callable[[], Iterable[tuple[str, Permission]]]
"""Returns each permission of the present plugins, with the plugin's name."""


_actor: ContextVar[str] = ContextVar("actor", default=PERSON)
"""Who drives outputs on this thread, for the log and the events."""


@contextmanager
def acting(actor: str) -> Iterator[None]:
    """Make a context in which log and events name someone else than a person for what this thread does with outputs."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


class OutputsByHand:
    """Drives the outputs for people. Thread-safe.

    A plugin may drive the same output afterwards, and a person may do so after a plugin: the last one wins.

    Args:
        actuators: all actuators of the host.
        buses: all buses.
        grants: returns the permissions of the plugins, which define the modulated lines.
        reservations: knows to whom each line belongs.
        publish: takes the events.
    """

    def __init__(
        self,
        actuators: Actuators,
        buses: Buses,
        *,
        grants: Grants,
        reservations: Reservations,
        publish: Callable[[Event], None],
    ) -> None:
        self._actuators, self._buses = actuators, buses
        self._grants, self._reservations, self._publish = grants, reservations, publish

    def actuate(self, actuation: Actuation) -> None:
        """Do it. Blocks until the bus is free and the output is set, for a second at most.

        Raises:
            BusError: nothing defines such an output, a value is out of range, or the bus failed.
        """
        limit = TimeLimit(self._buses.clock, WAIT_SECONDS)
        limit.begin()
        access = Access(PERSON, [self._permission(actuation)])
        through = "" if _actor.get() == PERSON else _actor.get()
        outputs = PluginActuators(person_gate(self._buses, access, limit, self._publish, through), self._actuators)
        try:
            _perform(outputs, actuation)
        except Trap:
            raise BusTimeoutError(f"{actuation}: the bus was not free within {WAIT_SECONDS:g} s; try again") from None
        self._log(actuation)

    def _permission(self, actuation: Actuation) -> Permission:
        """Return the permission that a person has by virtue of the settings."""
        match actuation:
            case SwitchRelay():
                self._actuators.relays.read(actuation.relay)  # refuses a name that host.toml does not have
                return RelayPermission(actuation.relay)
            case SetPwm():
                return self._modulated(actuation.line)
            case LightLeds():
                return LedsPermission()

    def _modulated(self, line: int) -> PwmPermission:
        """Return the permission for a line that a plugin may modulate, and that belongs to nobody else."""
        users = {plugin for plugin, each in self._grants() if isinstance(each, PwmPermission) and each.line == line}
        if not users:
            raise UnsupportedError(
                f"host.toml lets no plugin modulate GPIO line {line}, so a person may not either; "
                f'add "pwm:{line}" to the permissions of the plugin that uses it'
            )
        wanted = PwmPermission(line)
        owner = self._reservations.owner("", wanted)
        if owner and owner not in users:
            raise AccessDeniedError(f"GPIO line {line} belongs to {owner}, so it cannot be modulated")
        return wanted

    def _log(self, actuation: Actuation) -> None:
        simulated = " (simulated)" if self._bus_of(actuation) in self._buses.simulated else ""
        text = log_line(f"by {_actor.get()}: {actuation}{simulated}")
        self._publish(LogWritten(self._buses.clock.wall_ns(), HOST, Level.INFO, text, by_host=True))

    def _bus_of(self, actuation: Actuation) -> BusName:
        strip = self._actuators.leds
        return strip.place.bus if isinstance(actuation, LightLeds) and strip is not None else GPIO


def _perform(outputs: PluginActuators, actuation: Actuation) -> None:
    match actuation:
        case SwitchRelay():
            outputs.relay_set(actuation.relay, actuation.on)
        case SetPwm():
            outputs.pwm_set(actuation.line, actuation.duty, actuation.frequency_hz)
        case LightLeds():
            last = outputs.leds_count() - 1 if actuation.last is None else actuation.last
            if not 0 <= actuation.first <= last:
                raise UnsupportedError(f"there are no LEDs {actuation.first} to {last}; name the lower number first")
            for index in range(last, actuation.first - 1, -1):  # if there is no such LED, the first call says so
                outputs.leds_set(index, *actuation.color)
            outputs.leds_show()
