"""Finds in the bytecode of a function which globals it names, and which variables each of its lines sets."""

import opcode
from collections.abc import Iterator
from types import CodeType

MOST = 200
"""Most globals of one function."""
GLOBAL, NAME, LOCAL = "G", "N", "L"
"""Where a line sets a variable. A name is a local of a class statement, and a global at the top of a file."""
Stores = dict[int, tuple[tuple[str, str], ...]]
"""What lines set, by their numbers: `GLOBAL`, `NAME` or `LOCAL` and the name, or the local with an object and the name
of its attribute."""

_OF = opcode.opmap
_GLOBALS = {_OF["LOAD_GLOBAL"]: 1, **{_OF[f"{each}_GLOBAL"]: 0 for each in ("STORE", "DELETE")}}
"""The instructions with a global name, and how many bits of their argument do not belong to its number."""
_GLOBALS |= {_OF[f"{each}_NAME"]: 0 for each in ("LOAD", "STORE", "DELETE")}
_LOADS = frozenset({_OF["LOAD_FAST"], _OF["LOAD_FAST_CHECK"], _OF["LOAD_FAST_BORROW"]})
_TWO_LOADS = frozenset({_OF["LOAD_FAST_LOAD_FAST"], _OF["LOAD_FAST_BORROW_LOAD_FAST_BORROW"]})
_BRANCHES = frozenset(
    number for name, number in _OF.items() if name == "FOR_ITER" or name.startswith(("POP_JUMP_IF", "JUMP_IF"))
)


def global_names(code: CodeType) -> tuple[str, ...]:
    """Return the globals, each once, without those that Python itself uses."""
    found: dict[str, None] = {}
    for _, operation, argument in _instructions(code, 0, len(code.co_code)):
        shift = _GLOBALS.get(operation)
        if shift is not None and argument >> shift < len(code.co_names):
            name = code.co_names[argument >> shift]
            if not (name.startswith("__") and name.endswith("__")):
                found[name] = None
    return tuple(found)[:MOST]


def stores_of(code: CodeType) -> Stores:
    """Return what the lines set whenever they run. A line with a branch is left out: it may set nothing."""
    found: dict[int, dict[tuple[str, str], None]] = {}
    branches = set()
    for start, end, line in code.co_lines():
        for place, operation, argument in _instructions(code, start, end) if line else ():
            if operation in _BRANCHES:
                branches.add(line)
            for each in _stored(code, place, operation, argument):
                found.setdefault(line or 0, {})[each] = None
    return {line: tuple(stores) for line, stores in found.items() if line not in branches}


def _instructions(code: CodeType, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    content, high = code.co_code, 0
    for place in range(start, end, 2):
        operation, argument = content[place], content[place + 1] | high
        high = argument << 8 if operation == opcode.EXTENDED_ARG else 0
        yield place, operation, argument


def _stored(code: CodeType, place: int, operation: int, argument: int) -> Iterator[tuple[str, str]]:
    if operation in {_OF["STORE_FAST"], _OF["STORE_DEREF"]}:
        yield LOCAL, code._varname_from_oparg(argument)
    elif operation in {_OF["STORE_FAST_STORE_FAST"], _OF["STORE_FAST_LOAD_FAST"]}:
        yield LOCAL, code._varname_from_oparg(argument >> 4)
        if operation == _OF["STORE_FAST_STORE_FAST"]:
            yield LOCAL, code._varname_from_oparg(argument & 15)
    elif operation == _OF["STORE_GLOBAL"]:
        yield GLOBAL, code.co_names[argument]
    elif operation == _OF["STORE_NAME"]:
        yield NAME, code.co_names[argument]
    elif operation == _OF["STORE_ATTR"] and (base := _base(code, place)):
        yield base, code.co_names[argument]


def _base(code: CodeType, place: int) -> str:
    """The local variable whose attribute an instruction sets; "" if its object comes from elsewhere."""
    if place < 2:
        return ""
    operation, argument = code.co_code[place - 2], code.co_code[place - 1]
    if operation in _LOADS:
        return f".{code._varname_from_oparg(argument)}"
    return f".{code._varname_from_oparg(argument & 15)}" if operation in _TWO_LOADS else ""
