"""The list of packages that `make drivers` tries: the files of the folder `pypi`.

Each file maps the names of packages on PyPI to tables with these keys:

    bus         what the chip is connected to: "i2c", "spi", "uart" or "gpio"; "none" for a package that only computes
    import      the imports of a driver
    setup       statements that make the objects, as the package's README does
    read        an expression, the reading; "" if the package has none
    needs       what the package needs that the sandbox does not have: "Pillow", "threads", "sockets" or "native code"
    registers   what the register file holds from a register on, in hex, where the fill does not do: chip IDs, states
    device      the same for the chip at an address alone: device.1e = { 0f = "3d" }
    fill        the byte in all other registers, in hex
    refuses     a register that does not acknowledge what is written to it, in hex
    keeps       whether a register keeps what is written to it
    pointer     bytes of a register's number
    words       the words that a chip without registers answers with, in hex
    checksum    what such a chip sends after each word: "sensirion", "htu" or "smbus" (see `register_file`)
    sends       what the device sends over and over, as text; `sends_hex` is the same in hex
    simulated   the plugin of this project whose chip is the same one
    same        for each item of that plugin's reading, the expression that must have the same value
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tests.drivers.register_file import Contents

FOLDER = Path(__file__).parent / "pypi"
ADAFRUIT = "adafruit-circuitpython-"
WIRED = frozenset({"i2c", "spi", "uart"})
"""The buses on which a register file can take the place of a chip."""


@dataclass(frozen=True)
class Package:
    """A package, and how a driver with it takes a reading."""

    name: str
    bus: str
    imports: str
    setup: str = ""
    read: str = ""
    needs: str = ""
    contents: Contents = field(default_factory=Contents)
    devices: Mapping[int, Contents] = field(default_factory=dict)
    simulated: str = ""
    same: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_adafruit(self) -> bool:
        """Whether it is one of Adafruit's CircuitPython libraries."""
        return self.name.startswith(ADAFRUIT)

    @property
    def can_read_registers(self) -> bool:
        """Whether a reading is possible without the chip. A part on a line that answers in pulses must be there."""
        return bool(self.read) and not (self.simulated and self.bus == "gpio")

    @property
    def whole_reading(self) -> dict[str, str]:
        """The items of a reading: its text, because it can have any type. Empty if there is none."""
        return {"reading": f"repr(({self.read}))"} if self.read else {}

    def plugin(self, reading: Mapping[str, str]) -> str:
        """Return a plugin with this reading, item by item an expression, and the metadata that names the package."""
        setup = "\n".join(f"    {line}" for line in ["global sensor", *self.setup.splitlines()])
        items = ", ".join(f"{name!r}: {expression}" for name, expression in reading.items())
        return (
            f'# /// script\n# dependencies = ["{self.name}"]\n# ///\n{self.imports}\n\n\n'
            f"def setup():\n{setup}\n\n\ndef read():\n    return {{{items}}}\n"
        )


def read_packages(folder: Path = FOLDER) -> tuple[Package, ...]:
    """Read the list, in the order of the names.

    Raises:
        ValueError: a table has an unknown key, or a package is listed twice.
    """
    found: dict[str, Package] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{path.name}: {name} is listed twice")
            found[name] = _package(name, table)
    return tuple(sorted(found.values(), key=lambda each: (not each.is_adafruit, each.name.lower())))


def _package(name: str, table: dict[str, Any]) -> Package:
    imports = table.pop("import")
    devices = {int(address, 16): registers for address, registers in table.pop("device", {}).items()}
    sends = table.pop("sends", "").encode() or bytes.fromhex(table.pop("sends_hex", ""))
    held = {key: table.pop(key) for key in _CONTENTS if key in table}
    if unknown := table.keys() - {each.name for each in fields(Package)}:
        raise ValueError(f"{name} has unknown keys: {', '.join(sorted(unknown))}")
    return Package(
        name,
        imports=imports,
        contents=_contents(**held, sends=sends),
        devices={address: _contents(**{**held, "registers": registers}) for address, registers in devices.items()},
        **table,
    )


_CONTENTS = tuple(each.name for each in fields(Contents))


def _contents(
    registers: Mapping[str, str] = {}, fill: str = "80", words: str = "", refuses: str | None = None, **others: Any
) -> Contents:
    found = {int(first, 16): bytes.fromhex(held) for first, held in registers.items()}
    refused = None if refuses is None else int(refuses, 16)
    return Contents(found, int(fill, 16), bytes.fromhex(words), refuses=refused, **others)
