"""Reads `[simulation]` of host.toml: the chips, as the catalogue describes them, and the signals of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from hostcore.config.values import chips_folder
from hostcore.devices.catalog import CHIPS, REGISTERS, ChipKind, ChipOption, OptionValue, SimulatedChip
from hostcore.devices.environment import HOURS_PER_DAY, LIMITS, Quantity, Signal, Step
from hostcore.permissions import LAST_LINE
from hostcore.place import GPIO, I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, LAST_BUS, PORT_PATTERN, BusName
from hostcore.toml.reader import (
    KeyPath,
    Reader,
    array,
    choice,
    integer,
    number,
    parsed,
    read_keys,
    read_table,
    read_text,
    record,
    shown,
)
from hostcore.toml.words import nearest, one_of

if TYPE_CHECKING:
    from hostcore.chips.model import Chip

LONGEST_SCENARIO = 1e9
"""The latest moment of a step, in seconds after the start: about thirty years."""


def port_name(text: str) -> str:
    """Return `text` if a serial port can have this name. The ValueError for other texts says what is allowed."""
    if re.fullmatch(PORT_PATTERN, text) is None:
        raise ValueError("the name of a serial port, such as 'serial0'")
    return text


def address_of(name: str, addresses: Sequence[int]) -> Reader:
    """Return a reader for the I2C address of a chip that can have these addresses."""
    own = one_of(f"0x{address:02x}" for address in addresses)

    def read(found: object, at: KeyPath) -> int:
        if isinstance(found, int) and found in addresses:
            return found
        is_byte = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= 0xFF
        raise at.error(
            f"found {f'0x{found:02x}' if is_byte else shown(found)}, allowed is {own} for a {name} "
            f"(7-bit I2C addresses are 0x{I2C_FIRST_ADDRESS:02x} to 0x{I2C_LAST_ADDRESS:02x})"
        )

    return read


def option_of(option: ChipOption) -> Reader:
    """Return a reader for an option of a chip."""

    def read(found: object, at: KeyPath) -> OptionValue:
        for value in option.allowed:
            if type(found) is type(value) and found == value:
                return value
        raise at.wrong(found, one_of(map(shown, option.allowed)))

    return read


def _wiring(kind: ChipKind, by_line: bool) -> Mapping[str, Reader]:
    """Return the readers of the keys that say where a chip of this kind is connected. All are required.

    Args:
        kind: the kind of chip.
        by_line: whether a GPIO line selects the chip, if it is one for SPI.
    """
    match kind.kind:
        case "i2c":
            return {"bus": integer(0, LAST_BUS), "address": address_of(kind.name, kind.addresses)}
        case "spi":
            select = {"line": integer(0, LAST_LINE)} if by_line else {"chip_select": integer(0, LAST_BUS)}
            return {"bus": integer(0, LAST_BUS), **select}
        case "line":
            return {"line": integer(0, LAST_LINE)}
        case "uart":
            return {"port": parsed(port_name)}


_KINDS = {kind.name: kind for kind in CHIPS}
_KIND = choice([*_KINDS, f"{REGISTERS}NAME"])


def read_chip(found: object, at: KeyPath) -> SimulatedChip:
    """Read one ``[[simulation.chips]]``. The kind of chip decides which other keys it has."""
    table = read_table(found, at)
    if "chip" not in table:
        raise at.missing(["chip"])
    name = table["chip"]
    if isinstance(name, str) and name.startswith(REGISTERS):
        return _described(name, table, at)
    kind = _KINDS[_KIND(name, at / "chip")]
    wiring = _wiring(kind, "line" in table)
    options = {option.name: option_of(option) for option in kind.choices}
    values = read_keys(found, at, {"chip": _KIND, **wiring, **options}, required=["chip", *wiring])
    chosen = tuple((name, values.pop(name)) for name in options if name in values)
    return SimulatedChip(**values, options=chosen)


def _described(name: str, table: Mapping[str, object], at: KeyPath) -> SimulatedChip:
    """Read a chip that is made of its chip file, which may be one beside the settings file."""
    description = _chip_of(name.removeprefix(REGISTERS), at / "chip")
    wiring = {"bus": integer(0, LAST_BUS), "address": address_of(name, description.addresses)}
    values = read_keys(table, at, {"chip": read_text, **wiring}, required=["chip", *wiring])
    return SimulatedChip(**values, description=description)


def _chip_of(key: str, at: KeyPath) -> Chip:
    """Return the chip of a chip file.

    Raises:
        ConfigError: there is no such file, or it cannot be used.
    """
    from hostcore.chips.library import SHIPPED, Library  # noqa: PLC0415 - few hosts need it

    library = Library((SHIPPED, chips_folder(Path(at.file))))
    chip = library.chip(key)
    if library.problems:
        raise at.error(f"its chip file cannot be used: {library.problems[0]}")
    if chip is None:
        raise at.error(
            f"found {shown(REGISTERS + key)}, allowed is the name of a chip file; `wasi-host chip list` names all of "
            f"them{nearest(key, library.names())}"
        )
    return chip


def bus_of(chip: SimulatedChip) -> BusName:
    """Return the name of the chip's bus in ``[buses]``."""
    if chip.line is not None and chip.bus is None:
        return GPIO
    if chip.port is not None:
        return BusName.uart(chip.port)
    assert chip.bus is not None, "a chip that is on neither a line nor a port is on a numbered bus"
    return BusName.i2c(chip.bus) if chip.address is not None else BusName.spi(chip.bus)


def socket_of(chip: SimulatedChip) -> str:
    """Return the chip's place on its bus, for a person. No two chips can have the same place."""
    if chip.line is not None:
        return f"line {chip.line}"
    if chip.port is not None:
        return f"port {chip.port}"
    if chip.address is not None:
        return f"address 0x{chip.address:02x} of i2c-{chip.bus}"
    return f"chip select {chip.chip_select} of spi-{chip.bus}"


def _signal(quantity: Quantity) -> Reader:
    low, high = LIMITS[quantity]
    value, deviation = number(low, high), number(0, high - low)
    step = record(Step, {"at": number(0, LONGEST_SCENARIO, "seconds"), "to": value})
    return record(
        Signal,
        {
            "base": value,
            "daily": deviation,
            "peak_hour": number(0, HOURS_PER_DAY, "hours"),
            "noise": deviation,
            "steps": array(step),
        },
    )


def read_environment(found: object, at: KeyPath) -> Mapping[Quantity, Signal]:
    """Read ``[simulation.environment]``: one table for each quantity that differs from the defaults."""
    signals = read_keys(found, at, {quantity.value: _signal(quantity) for quantity in Quantity})
    return MappingProxyType({Quantity(name): signal for name, signal in signals.items()})
