"""A simulated Pi for one run of a trial, with the runtime of a real host."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from hostcore.access.decisions import Access, Denial
from hostcore.actuators import Actuators
from hostcore.buses.choice import sources
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.config.loading import cache_folder
from hostcore.config.model import Backend, Config
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import DEFAULT_SIGNALS, LIMITS, Quantity, Signal, Step
from hostcore.events import Event
from hostcore.events.transfers import Outcome, TransferCompleted
from hostcore.faults.model import Fault
from hostcore.kept_state.state import KeptState
from hostcore.parts import injector
from hostcore.permissions import Permission
from hostcore.place import Place
from hostcore.plugin.gate import host_gate
from hostcore.plugin.kit import Kit
from hostcore.quick_dataclass import replace
from hostcore.runtime.loader import Runtime
from hostcore.runtime.plugin import PluginSpec
from hostcore.trial.clock import TrialClock
from hostcore.trial.model import Uses
from hostcore.workshop import Workshop

MOVES = MappingProxyType(
    {
        Quantity.TEMPERATURE: 3.0,
        Quantity.HUMIDITY: 6.0,
        Quantity.PRESSURE: -15.0,
        Quantity.ILLUMINANCE: 90.0,
        Quantity.GAS_RESISTANCE: -15_000.0,
        Quantity.CPU_TEMPERATURE: 4.0,
    }
)
"""How far each quantity moves while a fault is on, so that an old reading can be told from a new one."""


def simulated(config: Config, moves_at_s: float, added: tuple[SimulatedChip, ...] = ()) -> Config:
    """Return the settings of a trial: every bus simulated, no faults of its own, and a room that changes once.

    Args:
        config: the settings of the person.
        moves_at_s: the moment of the change, in seconds since the start.
        added: chips beside those of the settings.
    """
    signals = {**DEFAULT_SIGNALS, **config.simulation.environment}
    environment = {quantity: _moving(signal, quantity, moves_at_s) for quantity, signal in signals.items()}
    return replace(
        config,
        buses=tuple(replace(bus, backend=Backend.SIMULATED) for bus in config.buses),
        simulation=replace(
            config.simulation,
            chips=(*config.simulation.chips, *added),
            environment=MappingProxyType(environment),
            faults=(),
        ),
    )


def _moving(signal: Signal, quantity: Quantity, moves_at_s: float) -> Signal:
    low, high = LIMITS[quantity]
    return replace(signal, steps=(Step(moves_at_s, min(max(low, signal.base + MOVES[quantity]), high)),))


class TrialPi:
    """A simulated Pi and a runtime on a clock of their own, for one run. For one thread.

    Args:
        config: the settings, see `simulated`.
        faults: the faults, with their times.
        workshop: builds and compiles.

    Attributes:
        clock: the clock.
        runtime: runs the driver.
        denied: what the driver wanted to use and may not.
        struck: how many transfers were struck by a fault.
    """

    def __init__(self, config: Config, faults: Sequence[Fault], workshop: Workshop) -> None:
        self.clock = TrialClock()
        self._state = KeptState()
        self.denied: list[Permission] = []
        self.struck = 0
        self._used, self._read, self._captured = set[Place](), set[Place](), set[Place]()
        self._buses = Buses(sources(config, self.clock), self.clock, injector(config, self.clock))
        self._buses.set_faults(faults)
        self._actuators = Actuators(
            config.leds,
            config.relays,
            buses=self._buses,
            host=host_gate(self._buses, self._note),
            publish=self._note,
        )
        self.runtime = Runtime(
            cache_folder(config),
            self.clock,
            self._buses,
            workshop,
            actuators=self._actuators,
            compiling=config.compiling,
            wheels=config.libraries.folder,
        )

    @property
    def uses(self) -> Uses:
        """The devices that the driver used without an error so far."""
        return Uses(frozenset(self._used), frozenset(self._read), frozenset(self._captured))

    def kit(self, spec: PluginSpec) -> Kit:
        """Return the means of a new instance."""
        share = BusShare(spec.limits.bus_share, self.clock.monotonic_ns())
        access = Access(spec.name, spec.permissions, denied=self._deny)
        return Kit(access, share, self.runtime.limit(spec), self._note, self._state)

    def close(self) -> None:
        """End everything. Close the driver first."""
        self._actuators.stop()
        self.runtime.close()
        self._buses.close()

    def _deny(self, denial: Denial) -> None:
        if denial.count == 1:
            self.denied.append(denial.permission)

    def _note(self, event: Event) -> None:
        if not isinstance(event, TransferCompleted):
            return
        self.struck += event.is_injected
        if event.outcome is not Outcome.OK:
            return
        place = Place(event.bus, event.address)
        self._used.add(place)
        if any(not message.written for message in event.messages):
            self._read.add(place)
        if event.edges:
            self._captured.add(place)
