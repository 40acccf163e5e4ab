"""Reads the registers that a module declares with i2cdevice of Pimoroni (MIT)."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from tests.chip_facts.facts import Facts, Field, Register
from tests.chip_facts.syntax import argument, calls, constants, literal, number


def read(text: str) -> Facts:
    """The facts of a module: its Device, the registers of this, and their fields."""
    tree = ast.parse(text)
    names = constants(tree)
    registers = [register for call in calls(tree, "Register") if (register := _register(call, names))]
    addresses = {value for call in calls(tree, "Device") for value in _numbers(argument(call, 0, "i2c_address"), names)}
    ordered = tuple(sorted(registers, key=lambda register: register.address))
    return Facts(tuple(sorted(addresses)), names.get("CHIP_ID"), (ordered,) if ordered else ())


def _numbers(node: ast.expr | None, names: Mapping[str, int]) -> list[int]:
    entries = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [value for entry in entries if (value := number(entry, names)) is not None]


def _register(call: ast.Call, names: Mapping[str, int]) -> Register | None:
    name, address = literal(argument(call, 0, "name")), number(argument(call, 1, "address"), names)
    if not isinstance(name, str) or address is None:
        return None
    size = (number(argument(call, 3, "bit_width"), names) or 8) // 8
    access = "read-only" if literal(argument(call, 4, "read_only")) is True else None
    fields = tuple(part for inner in calls(call, "BitField") if (part := _field(inner, names)))
    return Register(name, address, size, access, "big" if size > 1 else None, fields=fields)


def _field(call: ast.Call, names: Mapping[str, int]) -> Field | None:
    name, mask = literal(argument(call, 0, "name")), number(argument(call, 1, "mask"), names)
    if not isinstance(name, str) or not mask:
        return None
    low = (mask & -mask).bit_length() - 1
    return Field(name, mask.bit_length() - 1, low, _values(argument(call, 2, "adapter"), names))


def _values(adapter: ast.expr | None, names: Mapping[str, int]) -> dict[int, str]:
    """The names of values, from the dictionary of a LookupAdapter: meaning to number."""
    if not (isinstance(adapter, ast.Call) and adapter.args and isinstance(adapter.args[0], ast.Dict)):
        return {}
    table = adapter.args[0]
    pairs = [(number(value, names), literal(key)) for key, value in zip(table.keys, table.values, strict=True)]
    return {value: str(meaning) for value, meaning in pairs if value is not None and meaning is not None}
