"""Finds the global names that a function uses, in its bytecode. `co_names` has those of all attributes as well."""

import opcode
from types import CodeType

MOST = 200
"""Most names of one function."""
_SHIFTS = {
    opcode.opmap["LOAD_GLOBAL"]: 1,  # the lowest bit of its argument says something else
    opcode.opmap["STORE_GLOBAL"]: 0,
    opcode.opmap["DELETE_GLOBAL"]: 0,
    opcode.opmap["LOAD_NAME"]: 0,
    opcode.opmap["STORE_NAME"]: 0,
    opcode.opmap["DELETE_NAME"]: 0,
}
"""The instructions with a global name, and how many bits of their argument do not belong to its number."""


def global_names(code: CodeType) -> tuple[str, ...]:
    """Return the names, each once, without those that Python itself uses."""
    found: dict[str, None] = {}
    content, names, high = code.co_code, code.co_names, 0
    for place in range(0, len(content), 2):
        operation, argument = content[place], content[place + 1] | high
        high = argument << 8 if operation == opcode.EXTENDED_ARG else 0
        shift = _SHIFTS.get(operation)
        if shift is not None and argument >> shift < len(names):
            name = names[argument >> shift]
            if not (name.startswith("__") and name.endswith("__")):
                found[name] = None
    return tuple(found)[:MOST]
