"""Whole numbers in the source of a library, and which of them are I2C addresses."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS


def is_address_name(name: str) -> bool:
    """Whether a parameter of this name takes an I2C address."""
    return name in ("address", "addr", "i2c_address", "i2c_addr", "device_address")


def is_address(number: int) -> bool:
    return I2C_FIRST_ADDRESS <= number <= I2C_LAST_ADDRESS


def last_name(node: ast.expr) -> str:
    """The name at the end of ``a`` or ``a.b``; "" for other expressions."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def numbers(body: Iterable[ast.stmt]) -> Iterator[tuple[str, list[int]]]:
    """Yield the names that a body gives to whole numbers, or to a list of them."""
    for node in body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found = numbers_of(node.value, {}) if isinstance(node, ast.Assign | ast.AnnAssign) and node.value else []
        if found:
            yield from ((target.id, found) for target in targets if isinstance(target, ast.Name))


def numbers_of(node: ast.expr, known: Mapping[str, list[int]]) -> list[int]:
    """The whole numbers that an expression stands for: a literal, ``const(literal)``, a list, or a known name."""
    if isinstance(node, ast.Constant):
        return [node.value] if type(node.value) is int else []
    if isinstance(node, ast.List | ast.Tuple):
        return [each.value for each in node.elts if isinstance(each, ast.Constant) and type(each.value) is int]
    if isinstance(node, ast.Call) and last_name(node.func) == "const" and len(node.args) == 1:
        return numbers_of(node.args[0], {})
    return known.get(last_name(node), [])


def addresses_in_calls(tree: ast.Module, classes: set[str], known: Mapping[str, list[int]]) -> list[int]:
    """The addresses that the module passes to a bus device, or in an example to one of its own classes."""
    found: list[int] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = last_name(node.func)
        if name == "I2CDevice" and len(node.args) > 1:
            found += numbers_of(node.args[1], known)
        elif name in classes and node.args:
            found += numbers_of(node.args[0], {})
    return found
