"""Reads values out of the syntax tree of a module, which is never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping


def constants(tree: ast.AST) -> dict[str, int]:
    """The whole numbers that have a name, in order of their appearance: ``NAME = 0x12`` and ``NAME = const(0x12)``."""
    found: dict[str, int] = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Assign):
            value = number(statement.value, found)
            for target in statement.targets:
                if isinstance(target, ast.Name) and value is not None:
                    found.setdefault(target.id, value)
    return found


def number(node: ast.expr | None, names: Mapping[str, int]) -> int | None:
    """The whole number that an expression stands for. None if it is none, or cannot be known without running it."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(value)):
            return value
        case ast.Name(id=name):
            return names.get(name)
        case ast.Call(func=ast.Name(id="const"), args=[argument]):
            return number(argument, names)
        case ast.BinOp(left=left, op=operator, right=right):
            return _calculated(number(left, names), operator, number(right, names))
    return None


def _calculated(left: int | None, operator: ast.operator, right: int | None) -> int | None:
    if left is None or right is None:
        return None
    match operator:
        case ast.LShift() if 0 <= right <= 512:
            return left << right
        case ast.BitOr():
            return left | right
        case ast.Add():
            return left + right
        case ast.Mult() if max(left, right) < 1 << 64:
            return left * right
    return None


def literal(node: ast.expr | None) -> object:
    """The value of a literal. None for anything else."""
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls of functions or classes that have one of these names, in the order of the text."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in names]
    yield from sorted(found, key=lambda call: (call.lineno, call.col_offset))


def called(call: ast.Call) -> str:
    """The last name of what is called: ``RWBit`` in ``i2c_bit.RWBit(...)``."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument of a call, given by position or by name. None if it is not given."""
    if position < len(call.args):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
