"""Reads the declarations of adafruit_register in a module of Adafruit (MIT)."""

from __future__ import annotations

import ast
import re
import struct
from collections import Counter
from dataclasses import replace

from tests.chip_facts.facts import Facts, Field, Register, merged
from tests.chip_facts.syntax import argument, called, calls, constants, literal, number

BIT = ("RWBit", "ROBit")
BITS = ("RWBits", "ROBits")
WHOLE = ("UnaryStruct", "ROUnaryStruct", "Struct")
ADDRESS_WORDS = ("ADDR", "ADDRESS")


def read(text: str) -> Facts:
    """The facts of a module. A register is named by its constant, a field by its attribute."""
    tree = ast.parse(text)
    names = constants(tree)
    registers: dict[int, Register] = {}
    for attribute, call in _declarations(tree):
        register = _register(attribute, call, names)
        if register is not None:
            before = registers.get(register.address)
            registers[register.address] = merged(before, register) if before else register
    prefix = _prefix(list(names))
    described = tuple(
        replace(register, name=_plain(register.name, prefix)) for _, register in sorted(registers.items())
    )
    unused = {
        _plain(name, prefix): value
        for name, value in names.items()
        if name.isupper() and 0 <= value <= 0xFF and value not in registers
    }
    return Facts(_addresses(names), None, (described,) if described else (), unused)


def _declarations(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    """The attributes of classes that are declarations, in the order of the text."""
    values = {id(call): call for call in calls(tree, *BIT, *BITS, *WHOLE)}
    return [
        (statement.targets[0].id, values[id(statement.value)])
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Assign) and id(statement.value) in values
        if isinstance(statement.targets[0], ast.Name)
    ]


def _register(attribute: str, call: ast.Call, names: dict[str, int]) -> Register | None:
    kind = called(call)
    where = argument(call, 1 if kind in BITS else 0, "register_address")
    address = number(where, names)
    if address is None:
        return None
    name = where.id if isinstance(where, ast.Name) else f"REGISTER_{address:02X}"
    access = "read-only" if kind.startswith("RO") else "read-write"
    if kind in WHOLE:
        return _whole(name, address, access, literal(argument(call, 1, "struct_format")))
    first = 2 if kind in BIT else 3
    size = number(argument(call, first, "register_width"), names) or 1
    little = literal(argument(call, first + 1, "lsb_first")) is not False
    low = number(argument(call, first - 1, "bit" if kind in BIT else "lowest_bit"), names)
    width = 1 if kind in BIT else number(argument(call, 0, "num_bits"), names)
    if low is None or width is None:
        return None
    signed = kind in BITS and literal(argument(call, 5, "signed")) is True
    part = Field(attribute.strip("_"), low + width - 1, low, signed=signed)
    return Register(name, address, size, access, _order(size, little), fields=(part,))


def _whole(name: str, address: int, access: str, layout: object) -> Register | None:
    """A register that is read as a number, or as several numbers in a row."""
    if not isinstance(layout, str):
        return None
    try:
        size = struct.calcsize(layout if layout[:1] in "<>!=" else "=" + layout)
    except struct.error:
        return None
    little = not layout.startswith((">", "!"))
    return Register(name, address, size, access, _order(size, little), signed=layout[-1:] in "bhilq")


def _order(size: int, little: bool) -> str | None:
    if size == 1:
        return None
    return "little" if little else "big"


def _prefix(names: list[str]) -> str:
    """The word that most constants start with: ``_MPU6050_``."""
    starts = Counter(match[0] for name in names if (match := re.match(r"_?[A-Z0-9]+_", name)))
    word, times = starts.most_common(1)[0] if starts else ("", 0)
    return word if times * 2 > len(names) else ""


def _plain(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).strip("_").removeprefix("REG_").removeprefix("REGISTER_").upper() or name


def _addresses(names: dict[str, int]) -> tuple[int, ...]:
    found = {value for name, value in names.items() if name.upper().endswith(ADDRESS_WORDS) and 0x08 <= value <= 0x77}
    return tuple(sorted(found))
