"""Tells from a plugin's source what it is: a driver, a display, a page, or a script."""

import ast
import re
from collections.abc import Iterator

FUNCTIONS = {"read": "driver", "update": "display", "render": "page"}
"""Functions that a plugin may define, and the interface of each."""
_DEFINITION = re.compile(rf"^(?:async +)?def +(?:{'|'.join(FUNCTIONS)})\b", re.MULTILINE)
"""A definition that nearly every plugin has. It saves parsing the source, which takes milliseconds."""


def is_script(source: str) -> bool:
    """Whether the source, which compiles, defines no function of a plugin, but does something when it runs."""
    if _DEFINITION.search(source):
        return False
    body = ast.parse(source).body
    return not any(name in FUNCTIONS for name in _bound(body)) and any(map(_does_something, body))


def provided(source: str) -> list[str]:
    """Return the interfaces whose function the source defines at its top level."""
    names = set(_bound(ast.parse(source).body))
    return [interface for name, interface in FUNCTIONS.items() if name in names]


def _does_something(statement: ast.stmt) -> bool:
    """Whether it is more than a definition, an import, an assignment or a docstring."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return isinstance(statement, ast.While | ast.For | ast.If | ast.With | ast.Try)


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements define, assign or import, also inside `if` and `try`."""
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (each.id for each in targets if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name for each in names)
            case ast.If(body=inner, orelse=other) | ast.Try(body=inner, orelse=other):
                yield from _bound([*inner, *other])
