"""What the plugin was granted, for modules that look for buses and devices."""

import json
from dataclasses import dataclass

from wit_world.imports import python_wire


@dataclass(frozen=True, slots=True)
class Granted:
    """Buses and LEDs of host.toml, whoever may use them, and the I2C addresses that the plugin may use."""

    i2c: int | None
    """The first bus, None if there is none; so are the next two."""
    spi: int | None
    uart: str | None
    i2c_buses: tuple[int, ...]
    """The numbers of all I2C buses, sorted."""
    addresses: dict[int, tuple[int, ...]]
    """7-bit addresses, sorted, by the number of the bus."""
    leds: str | None
    """The order in which the LEDs of host.toml expect the parts of a colour, such as "GRB". None without LEDs."""


def granted() -> Granted:
    """Ask the host. The answer can change while the plugin runs."""
    found = json.loads(python_wire.granted())
    addresses = {int(bus): tuple(each) for bus, each in found["addresses"].items()}
    return Granted(found["i2c"], found["spi"], found["uart"], tuple(found["i2c_buses"]), addresses, found["leds"])
