"""The choice of backends for some settings, and the first use of each bus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hostcore.backends.base import BackendKind, Factory
from hostcore.buses.choice import choose_buses
from hostcore.clock import RealClock
from hostcore.config.loading import parse_config
from hostcore.errors import BusError
from hostcore.events.facts import BusFacts
from hostcore.place import BusKind, BusName


@dataclass(frozen=True, slots=True)
class ChosenBus:
    """A bus of some settings."""

    facts: BusFacts
    failure: str
    """The error of its first use; "" if it opened."""


def chosen(settings: str) -> dict[BusName, ChosenBus]:
    """Choose the buses of `settings`, and use each bus once."""
    buses = choose_buses(parse_config(Path("host.toml"), settings), RealClock())
    return {
        each.name: ChosenBus(each, _failure(each.name, buses.sources[each.name], each.backend)) for each in buses.facts
    }


def _failure(name: BusName, source: Factory, backend: BackendKind) -> str:
    assert source.kind is backend
    openers: dict[BusKind, Callable[[], object]] = {
        BusKind.I2C: lambda: source.i2c_bus(name.number),
        BusKind.SPI: lambda: source.spi_device(name.number, 0),
        BusKind.GPIO: lambda: source.gpio_line(4),
        BusKind.UART: lambda: source.uart(name.unit),
        BusKind.IIO: source.iio,
        BusKind.SYSTEM: source.system,
    }
    try:
        openers[name.kind]()
    except BusError as error:
        return str(error)
    finally:
        source.close()
    return ""
