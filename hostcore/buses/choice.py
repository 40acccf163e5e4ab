"""Chooses the backend of each bus of host.toml, with the reason.

The Linux backend is loaded only if there is a device for it, so that a computer without hardware starts quickly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial

from hostcore.backends.base import BackendKind, Factory
from hostcore.clock import Clock
from hostcore.config.model import Backend, BusSettings, Config
from hostcore.devices.environment import Environment
from hostcore.errors import ConfigError
from hostcore.events.facts import BusFacts
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ChosenBuses:
    """The backend of each bus."""

    sources: Mapping[BusName, Factory]
    """The factory of each bus, by name, in the order of host.toml."""
    facts: tuple[BusFacts, ...]
    """The same choices for a person, with the reason for each."""
    environment: Environment | None = None
    """The environment of the simulated chips; None if no bus is simulated."""


def choose_buses(config: Config, clock: Clock) -> ChosenBuses:
    """Choose the backend of each bus. Looks at a few device files, but opens no bus.

    Args:
        config: the settings.
        clock: the clock of the simulated Pi.

    Raises:
        ConfigError: the file asks for the backend "linux", but this is not Linux.
    """
    facts = tuple(_find(config, bus) for bus in config.buses)
    environment = None if all(each.is_real for each in facts) else _environment(config, clock)
    makers: dict[BackendKind, Callable[[], Factory]] = {BackendKind.LINUX: _linux}
    if environment is not None:
        makers[BackendKind.SIMULATED] = partial(_simulated, config, clock, environment)
    made = {kind: makers[kind]() for kind in {each.backend for each in facts}}
    return ChosenBuses({each.name: _source(each, made[each.backend]) for each in facts}, facts, environment)


def sources(config: Config, clock: Clock) -> Mapping[BusName, Factory]:
    """Return the factory of each bus, by name; see `choose_buses`."""
    return choose_buses(config, clock).sources


def _find(config: Config, bus: BusSettings) -> BusFacts:
    match bus.backend:
        case Backend.SIMULATED:
            return BusFacts(bus.name, BackendKind.SIMULATED)
        case Backend.LINUX:
            _require_linux(config, bus)
            return BusFacts(bus.name, BackendKind.LINUX)
        case Backend.AUTO:
            return _choose(bus)


def _choose(bus: BusSettings) -> BusFacts:
    """Choose for "auto". A bus is simulated only on a machine that has no bus to which a sensor can be wired."""
    if sys.platform != "linux":
        return BusFacts(bus.name, BackendKind.SIMULATED, f"this is {sys.platform}, not Linux")
    from hostcore.backends.linux.machine import inner_bus, is_wanted, kernel_file  # noqa: PLC0415 - see above

    if not is_wanted(bus.name):
        device = kernel_file(bus.name)
        if inner := inner_bus(device):
            return BusFacts(bus.name, BackendKind.SIMULATED, f'{inner} is inside this PC; backend = "linux" uses it')
        return BusFacts(bus.name, BackendKind.SIMULATED, f"this machine has no /{device}, and no other bus for sensors")
    from hostcore.backends.detect import probe  # noqa: PLC0415 - see above

    finding = probe(bus.name)
    reason = f"{finding.reason}; {finding.advice}" if finding.advice else finding.reason
    return BusFacts(bus.name, BackendKind.LINUX, reason, finding.usable)


def _source(facts: BusFacts, chosen: Factory) -> Factory:
    if facts.is_usable:
        return chosen
    from hostcore.backends.missing import MissingBus  # noqa: PLC0415 - see above

    return MissingBus(facts.name, chosen)


def _require_linux(config: Config, bus: BusSettings) -> None:
    if sys.platform != "linux":
        raise ConfigError(
            f'found "linux", but this is {sys.platform}; allowed here is "auto" or "simulated"',
            file=str(config.path),
            key=f"buses.{bus.name}.backend",
        )


def _environment(config: Config, clock: Clock) -> Environment:
    return Environment(clock, config.simulation.environment, config.simulation.seed)


def _simulated(config: Config, clock: Clock, environment: Environment) -> Factory:
    from hostcore.backends.simulated.factory import SimulatedFactory  # noqa: PLC0415 - a real Pi needs no simulation

    simulation = config.simulation
    i2c = [bus.name.number for bus in config.buses if bus.name.kind is BusKind.I2C]
    return SimulatedFactory(clock, environment, simulation.chips, i2c, seed=simulation.seed)


def _linux() -> Factory:
    from hostcore.backends.linux.factory import LinuxFactory  # noqa: PLC0415 - see above

    return LinuxFactory()
