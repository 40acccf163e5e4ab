"""Tells from a plugin's source what it is: a driver, a display, a page, or a script."""

import ast
import re
from collections.abc import Iterator, Sequence

FUNCTIONS = {"read": "driver", "update": "display", "render": "page"}
"""Functions that a plugin may define, and the interface of each."""
ARGUMENTS = {"read": 0, "update": 1, "render": 1}
"""Arguments with which the host calls each function."""
_DEFINITION = re.compile(r"^def +(?:read *\( *\)|(?:update|render) *\( *\w+ *(?::[^,)]*)?\))", re.MULTILINE)
"""A definition that nearly every plugin has. It saves parsing the source, which takes milliseconds."""
_MAY_LOOP = re.compile(r"^(?:while|try|with)\b", re.MULTILINE)
"""The start of a statement that could be, or contain, a loop of the top level."""


def is_script(source: str) -> bool:
    """Whether the source, which compiles, never ends, or does something and defines no function of a plugin."""
    if _DEFINITION.search(source) and not ("while" in source and _MAY_LOOP.search(source)):
        return False
    body = ast.parse(source).body
    if any(map(_never_ends, body)):
        return True
    return not any(name in FUNCTIONS for name in _bound(body)) and any(map(_does_something, body))


def provided(source: str) -> list[str]:
    """Return the interfaces whose function the source defines at its top level."""
    names = set(_bound(ast.parse(source).body))
    return [interface for name, interface in FUNCTIONS.items() if name in names]


def _at_top_level(body: Sequence[ast.AST]) -> Iterator[ast.stmt]:
    """Yield the statements that run when the source runs, also those inside others such as `if` and `try`."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case) and not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ):
            yield from _at_top_level([*ast.iter_child_nodes(node)])


def _never_ends(statement: ast.stmt) -> bool:
    """Whether it is a loop such as `while True` without `break`: a plugin that has one could never be loaded.

    What an `if` contains may not run: often its condition is that the file is the main program.
    """
    match statement:
        case ast.While(test=ast.Constant(value=value)):
            return bool(value) and not any(isinstance(each, ast.Break) for each in ast.walk(statement))
        case ast.Try(body=inner) | ast.With(body=inner):
            return any(map(_never_ends, inner))
    return False


def _does_something(statement: ast.stmt) -> bool:
    """Whether it is more than a definition, an import, an assignment or a docstring."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return isinstance(statement, ast.While | ast.For | ast.If | ast.With | ast.Try | ast.Match)


def _bound(body: Sequence[ast.stmt]) -> Iterator[str]:
    """The names that the source defines, assigns or imports. A function that the host cannot call is left out."""
    for statement in _at_top_level(body):
        match statement:
            case ast.FunctionDef(name=name, args=parameters) | ast.AsyncFunctionDef(name=name, args=parameters):
                if _takes(parameters, ARGUMENTS.get(name, 0)):
                    yield name
            case ast.Assign(targets=targets):
                yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name for each in names)


def _takes(parameters: ast.arguments, count: int) -> bool:
    """Whether a function with these parameters can be called with this number of arguments."""
    positional = [*parameters.posonlyargs, *parameters.args]
    needed = len(positional) - len(parameters.defaults)
    return needed <= count <= (len(positional) if parameters.vararg is None else count) and None not in (
        parameters.kw_defaults
    )
