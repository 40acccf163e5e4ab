"""Reads a chip file into a `Chip`. Each error names file, line, key, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hostcore.chips.model import AutoIncrement, Chip, Numbers, SpiWiring, Wiring, Writes
from hostcore.chips.reading.commands import read_commands, read_crc
from hostcore.chips.reading.links import read_identity, read_measurement
from hostcore.chips.reading.registers import check_places, read_registers
from hostcore.chips.reading.values import (
    LAST_REGISTER,
    member,
    read_address,
    read_byte_order,
    read_distribution,
    read_milliseconds,
    read_numbers,
    read_source,
    text,
)
from hostcore.errors import ConfigError
from hostcore.files import read_bounded
from hostcore.late_pattern import late_pattern
from hostcore.quick_dataclass import replace
from hostcore.toml.document import decode, parse, reading
from hostcore.toml.reader import KeyPath, Reader, array, choice, integer, read_boolean, read_keys, read_table, record

LARGEST_FILE = 256 * 1024
"""The largest chip file in bytes. The largest shipped one has a tenth of it."""
FILE_NAME = late_pattern(r"[a-z0-9]{1,32}")
"""A chip's file without ``.toml``."""
FILE_KIND = "a chip file, such as chips/lis3dh.toml"

_HERTZ = integer(1_000, 100_000_000, "hertz")
_BUS_KEYS: Mapping[str, Reader] = {
    "register_bytes": integer(0, 2, "bytes"),
    "numbers": member(Numbers),
    "byte_order": read_byte_order,
    "auto_increment": member(AutoIncrement),
    "writes": member(Writes),
    "increment_bit": integer(1, LAST_REGISTER),
    "repeated_start": choice(("optional", "needed")),
    "fastest_hz": _HERTZ,
    "stretches_ms": read_milliseconds,
    "refuses_quick_write": read_boolean,
    "refuses_early_read": read_boolean,
    "power_on_ms": read_milliseconds,
    "source": read_source,
}
_SPI_KEYS: Mapping[str, Reader] = {
    "modes": array(integer(0, 3)),
    "fastest_hz": _HERTZ,
    "read_bit": integer(1, 0xFF),
    "source": read_source,
}
_KEYS: Mapping[str, Reader] = {
    "name": text(40),
    "maker": text(60),
    "purpose": text(40),
    "source": read_source,
    "also": array(text(40)),
    "libraries": array(read_distribution),
    "addresses": array(read_address),
    "popularity": integer(0, 100),
    "reserved": array(read_numbers),
    "complete": read_boolean,
    "bus": read_table,
    "spi": record(SpiWiring, _SPI_KEYS),
    "identity": array(read_table),
    "registers": read_table,
    "commands": read_commands,
    "crc": read_crc,
    "measurement": read_table,
}
_REQUIRED = ("name", "maker", "purpose", "source", "addresses", "bus")


def read_chip_file(path: Path) -> Chip:
    """Read and check a chip file.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or contains something that is not allowed.
    """
    return parse_chip(path.stem, read_text_of(path))


def read_text_of(path: Path) -> KeyPath:
    """Return the top of a chip file, with its text.

    Raises:
        ConfigError: the file cannot be read, or no chip file can have its name.
    """
    with reading(path, FILE_KIND):
        content = read_bounded(path, LARGEST_FILE)
    if path.suffix != ".toml" or FILE_NAME.fullmatch(path.stem) is None:
        problem = "found this name of a file, allowed are 1 to 32 small letters and digits, then .toml; rename it"
        raise ConfigError(problem, file=str(path))
    return KeyPath(str(path), decode(path, content))


def parse_chip(key: str, at: KeyPath) -> Chip:
    """Check the text of a chip file.

    Args:
        key: the name of its file without ``.toml``.
        at: the top of the file, with its text.

    Raises:
        ConfigError: like `read_chip_file`.
    """
    return chip_of(key, parse(at), at)


def chip_of(key: str, tables: Mapping[str, object], at: KeyPath) -> Chip:
    """Check the tables of a chip file. The arguments and errors are those of `parse_chip`."""
    keys = read_keys(tables, at, _KEYS, required=_REQUIRED)
    bus = _wiring(keys.pop("bus"), at / "bus")
    registers = read_registers(keys.pop("registers", {}), at / "registers", bus)
    identity, measurement = keys.pop("identity", ()), keys.pop("measurement", None)
    chip = Chip(key=key, **keys, bus=bus, registers=registers)
    _check(chip, at)
    return replace(
        chip,
        identity=tuple(read_identity(table, at / "identity" / index, chip) for index, table in enumerate(identity)),
        measurement=None if measurement is None else read_measurement(measurement, at / "measurement", chip),
    )


def _wiring(found: object, at: KeyPath) -> Wiring:
    keys = read_keys(found, at, _BUS_KEYS, required=("register_bytes", "source"))
    by_bit = keys.get("auto_increment") is AutoIncrement.BIT
    if by_bit != ("increment_bit" in keys):
        raise at.error('allowed is increment_bit together with auto_increment = "bit", and not without it')
    if keys.get("writes") is Writes.PAIRS and keys["register_bytes"] != 1:
        raise at.error('allowed is writes = "pairs" only together with register_bytes = 1')
    return Wiring(needs_repeated_start=keys.pop("repeated_start", "optional") == "needed", **keys)


def _check(chip: Chip, at: KeyPath) -> None:
    """Require that the parts of a chip fit together."""
    if not chip.addresses or len(chip.addresses) != len(set(chip.addresses)):
        raise (at / "addresses").error("allowed is at least one address, and each once")
    numbers = {register.name: chip.numbers(register) for register in chip.registers}
    check_places(chip.registers, chip.bus, numbers, at / "registers")
    if chip.complete and not chip.registers:
        raise (at / "complete").error("found true, allowed is false in a file without registers")
