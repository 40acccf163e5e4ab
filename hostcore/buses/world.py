"""The simulated world for a person: they hold quantities of its environment, and everybody is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from hostcore.clock import Clock
from hostcore.config.simulation import bus_of
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import LIMITS, UNITS, Environment, Quantity
from hostcore.errors import HostError
from hostcore.events import HOST, Event, HeldQuantity, Level, LogWritten, QuantitiesHeld
from hostcore.events.facts import BusFacts, ChipFacts, QuantityFacts
from hostcore.log.safe_text import log_line
from hostcore.threads import HostThread

RESTATE_S = 30.0
"""Seconds after which a front end that has lost events is told again what is held."""
NOT_SIMULATED = (
    "no bus of this host is simulated, so what its chips measure cannot be set; "
    'to simulate a bus, set backend = "simulated" in its table of [buses] in host.toml, and start the host again'
)
"""Why nothing can be held on a real machine."""


class World:
    """Holds quantities of the simulated environment at a value. Thread-safe.

    Nothing ends it but a person and the end of the host: no real device can be concerned.

    Args:
        environment: the environment; None if no bus is simulated.
        clock: the time of the events.
        publish: takes an event for each change.
    """

    def __init__(self, environment: Environment | None, clock: Clock, publish: Callable[[Event], None]) -> None:
        self._environment, self._clock, self._publish = environment, clock, publish
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._restating: HostThread | None = None

    def hold(self, name: str, value: float | None) -> None:
        """Hold a quantity at a value, in its unit; None lets it follow its own course again. Returns at once.

        Raises:
            HostError: no bus is simulated, there is no such quantity, the value is out of range, or no thread can be
                started. Nothing changed.
        """
        if self._environment is None:
            raise HostError(NOT_SIMULATED)
        quantity = _quantity(name)
        with self._lock:
            if self._restating is None:
                restating = HostThread(self._restate, "simulated world", self._environment)
                restating.start()
                self._restating = restating
            self._environment.hold(quantity, value)
            self._tell(self._environment)
        course = "follows its own course again" if value is None else f"held at {value:.10g} {UNITS[quantity]}"
        text = log_line(f"by a person: simulated {quantity} {course}")
        self._publish(LogWritten(self._clock.wall_ns(), HOST, Level.INFO, text, by_host=True))

    def stop(self) -> None:
        """Tell no more of it. Returns within a moment."""
        self._stopping.set()
        if self._restating is not None:
            self._restating.join()

    def _restate(self, environment: Environment) -> None:
        while not self._stopping.wait(RESTATE_S):
            with self._lock:
                self._tell(environment)

    def _tell(self, environment: Environment) -> None:
        held = tuple(HeldQuantity(each.value, at) for each, at in environment.held.items())
        self._publish(QuantitiesHeld(self._clock.wall_ns(), held))


def quantity_facts(environment: Environment | None) -> tuple[QuantityFacts, ...]:
    """Return the facts about all quantities of an environment; none if there is no environment."""
    signals = environment.signals if environment is not None else {}
    return tuple(QuantityFacts(each.value, UNITS[each], *LIMITS[each], signal) for each, signal in signals.items())


def chip_facts(chips: Iterable[SimulatedChip], buses: Iterable[BusFacts]) -> tuple[ChipFacts, ...]:
    """Return the facts about those chips of host.toml whose bus is simulated.

    Args:
        chips: the chips of host.toml. If their bus is real, they do not exist.
        buses: the choice of each bus.
    """
    simulated = {each.name for each in buses if not each.is_real}
    wired = ((bus_of(each), each) for each in chips)
    return tuple(ChipFacts(each.chip, bus, _fault_address(each)) for bus, each in wired if bus in simulated)


def _fault_address(chip: SimulatedChip) -> int | None:
    """Return the address of a fault that strikes a chip. A chip on an SPI bus that a line selects has none."""
    if chip.bus is None:
        return chip.line
    return chip.chip_select if chip.address is None else chip.address


def _quantity(name: str) -> Quantity:
    try:
        return Quantity(name)
    except ValueError:
        known = ", ".join(Quantity)
        raise HostError(f"found {name!r}, allowed is a quantity of the simulated environment: {known}") from None
