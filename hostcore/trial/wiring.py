"""Wires the chips that a driver is for to the simulated Pi of a trial, where host.toml wires none."""

from __future__ import annotations

from hostcore.chips.library import Library
from hostcore.chips.model import Chip
from hostcore.config.model import Config, PluginSettings
from hostcore.devices.catalog import REGISTERS, SimulatedChip, kind_of
from hostcore.permissions import I2cPermission
from hostcore.place import BusName


def missing_chips(
    config: Config, plugin: PluginSettings, libraries: tuple[str, ...], chips: Library
) -> tuple[SimulatedChip, ...]:
    """Return a chip for each I2C address that a driver may use, if its name or its libraries say which chip it is for.

    Args:
        config: the settings. The chips that they wire stay as they are.
        plugin: the driver. A permission for a range of addresses names no chip.
        libraries: the distributions that it names.
        chips: the chip files.
    """
    taken = {(each.bus, each.address) for each in config.simulation.chips}
    candidates = chips.for_driver(plugin.name, libraries)
    found: dict[tuple[int, int], SimulatedChip] = {}
    for each in plugin.permissions:
        if not isinstance(each, I2cPermission) or each.first != each.last or (each.bus, each.first) in taken:
            continue
        chip = next((chip for chip in candidates if each.first in chip.addresses), None)
        if chip is not None and config.bus(BusName.i2c(each.bus)) is not None:
            found[each.bus, each.first] = _simulated(chip, each.bus, each.first)
    return tuple(found.values())


def _simulated(chip: Chip, bus: int, address: int) -> SimulatedChip:
    """Return a chip with a model of its own, if there is one, or else one that is made of its chip file."""
    own = kind_of(chip.key)
    if own is not None and address in own.addresses:
        return SimulatedChip(own.name, bus=bus, address=address)
    return SimulatedChip(f"{REGISTERS}{chip.key}", bus=bus, address=address, description=chip)
