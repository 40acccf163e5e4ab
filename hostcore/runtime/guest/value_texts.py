"""Values as short texts. Making one runs no code of the plugin: its `__repr__` could change what a replay looks at.

Only types of Python itself are looked into, and only through functions of Python itself. A class of the plugin that is
derived from one of them is shown as that one, behind its own name.
"""

import types
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from operator import is_
from typing import Any

LONGEST = 160
"""Most characters of a text."""
MOST_ITEMS = 24
"""Most items of a value that are looked at, with those of the values inside it."""
DEEPEST = 3
"""Most containers in one another that are looked into."""
MOST_BYTES = 32
LARGEST_BITS = 256
"""An integer with more bits is told by their number."""
LONGEST_NAME = 60
_PLAIN = 1 << 64

name_of: Callable[[type], str] = type.__dict__["__name__"].__get__
"""The name of a class. Its metaclass may have a `__name__` of its own, which does anything."""
mro_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_module_dict = types.ModuleType.__dict__["__dict__"].__get__
_exception_arguments = BaseException.__dict__["args"].__get__

ATOMS = frozenset(map(id, (type(None), bool, int, float, str, bytes)))
"""The identities of types of values that never change. The same object is the same value.

Types are looked up by their identities: a metaclass may have a `__hash__` of its own."""
_TUPLE = id(tuple)
_ATOMS_AND_TUPLES = ATOMS | {_TUPLE}
CODE = frozenset(
    map(id, (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type, types.ModuleType, types.CellType))
)
_KIND_NAMES: dict[type, str] = {
    type(None): "none",
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    bytes: "bytes",
    bytearray: "bytes",
    memoryview: "bytes",
    array: "bytes",
    list: "sequence",
    tuple: "sequence",
    deque: "sequence",
    range: "sequence",
    dict: "map",
    set: "set",
    frozenset: "set",
}
"""Kinds of the values of Python's own types."""
_KINDS = {id(own): kind for own, kind in _KIND_NAMES.items()}
_DERIVED = (bool, int, float, str, bytes, bytearray, list, tuple, deque, dict, set, frozenset)
"""Types of which the plugin may derive classes whose values are shown as theirs."""
_BRACKETS = {list: "[]", tuple: "()", deque: "[]", set: "{}", frozenset: "{}"}


_bases: dict[int, tuple[type, type | None]] = {}
"""What values of the plugin's classes are shown as, by the identity of the class, which stays alive."""


def clean(text: str) -> str:
    """A name in one word of a report: printable, without tabs and line breaks, and short."""
    text = text[:LONGEST_NAME]
    return text if text.isprintable() else ascii(text)[1:-1][:LONGEST_NAME]


def is_derived(own: type, base: type) -> bool:
    """Whether a class has `base` among its bases. `in` would ask the metaclass, which may have its own `__eq__`."""
    return any(each is base for each in mro_of(own))


def is_code(value: object) -> bool:
    """Whether it is a function, a class or a module."""
    own = type(value)
    return id(own) in CODE or is_derived(own, type)


def snapshot(value: Any) -> list[Any] | None:
    """What tells whether a container has changed as far as its text shows: its length and its items, if they are atoms
    or tuples of atoms. None for any other value."""
    own = type(value)
    if own is dict:
        items = [len(value), *islice(value, MOST_ITEMS), *islice(value.values(), MOST_ITEMS)]
    elif own is list or own is tuple:
        items = [len(value), *value[:MOST_ITEMS]]
    elif own is set or own is frozenset or own is deque:
        items = [len(value), *islice(value, MOST_ITEMS)]
    else:
        return None
    kinds = set(map(id, map(type, items)))
    if kinds <= ATOMS:
        return items
    if not kinds <= _ATOMS_AND_TUPLES:
        return None
    inside = [each for item in items if type(item) is tuple for each in item[:MOST_ITEMS]]
    return items if ATOMS.issuperset(map(id, map(type, inside))) else None


def is_unchanged(before: list[Any], after: list[Any]) -> bool:
    """Whether two snapshots are of the same content."""
    return len(before) == len(after) and before[0] == after[0] and all(map(is_, before[1:], after[1:]))


def described(value: object) -> tuple[str, str]:
    """The kind and the text of a value."""
    own = type(value)
    if own is float or (own is int and -_PLAIN < value < _PLAIN):  # type: ignore[operator]
        return _KINDS[id(own)], repr(value)
    if own is str and len(value) < LONGEST // 2:  # type: ignore[arg-type]
        return "text", repr(value)[:LONGEST]
    base = _base(own)
    if base is None:
        return ("code", _code(value)) if is_code(value) else _other(value)
    text = _Writer().written(value, 0)
    return _KINDS[id(base)], text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _base(own: type) -> type | None:
    """The type of Python that a value is shown as."""
    if id(own) in _KINDS:
        return own
    found = _bases.get(id(own))
    if found is None:
        found = _bases[id(own)] = own, next((each for each in _DERIVED if is_derived(own, each)), None)
    return found[1]


def _other(value: object) -> tuple[str, str]:
    own = type(value)
    if is_derived(own, BaseException):
        return "other", exception_text(value)
    return "object", f"<{clean(name_of(own))}>"


def exception_text(error: Any) -> str:
    """The class of an exception and the first thing that it says."""
    arguments = _exception_arguments(error)
    name = clean(name_of(type(error)))
    if not arguments:
        return name
    first = arguments[-1] if len(arguments) == 2 and type(arguments[0]) is int else arguments[0]  # OSError has a number
    text = first[:LONGEST] if type(first) is str else described(first)[1]
    return f"{name}: {text if text.isprintable() else ascii(text)[1:-1]}"[: 2 * LONGEST]


def _code(value: Any) -> str:
    own = type(value)
    if own is types.ModuleType:
        name = _module_dict(value).get("__name__")
        return f"module {clean(name) if type(name) is str else '?'}"
    if own is types.FunctionType or own is types.BuiltinFunctionType:
        return f"function {clean(value.__name__)}"
    if own is types.MethodType or own is types.CellType:
        return "method" if own is types.MethodType else "cell"
    return f"class {clean(name_of(value))}"


class _Writer:
    """Writes one value and those inside it, up to a number of items."""

    def __init__(self) -> None:
        self._left = MOST_ITEMS

    def written(self, value: Any, depth: int) -> str:
        """The text of a value inside `depth` containers."""
        own = type(value)
        if own is float or (own is int and -_PLAIN < value < _PLAIN):
            return repr(value)
        base = _base(own)
        if base is None:
            return described(value)[1]
        text = self._as(base, value, depth)
        return text if base is own else f"{clean(name_of(own))}({text})"

    def _as(self, base: type, value: Any, depth: int) -> str:
        if base is int:
            bits = int.bit_length(value)
            return int.__repr__(value) if bits <= LARGEST_BITS else f"<an integer of {bits} bits>"
        if base in {float, bool, type(None)}:
            return str(base.__repr__(value))
        if base is str:
            cut = str.__getitem__(value, slice(LONGEST))
            return repr(cut) if len(cut) == str.__len__(value) else f"{repr(cut)[:-1]}…"
        if base is range:
            return repr(value)
        if base in {bytes, bytearray, memoryview, array}:
            return _bytes(base, value)
        return self._container(base, value, depth)

    def _container(self, base: type, value: Any, depth: int) -> str:
        length = base.__len__(value)
        brackets = _BRACKETS.get(base, "{}")
        if depth >= DEEPEST and length:
            return f"{brackets[0]}…{brackets[1]}"
        parts = self._pairs(value, depth) if base is dict else self._items(base.__iter__(value), depth)
        more = ", …" if len(parts) < length else ""
        comma = "," if base is tuple and length == 1 else ""
        if base in {set, frozenset} and not length:
            return "set()"
        return f"{brackets[0]}{', '.join(parts)}{more or comma}{brackets[1]}"

    def _items(self, values: Iterable[Any], depth: int) -> list[str]:
        parts = []
        for each in values:
            if self._left <= 0:
                break
            self._left -= 1
            parts.append(self.written(each, depth + 1))
        return parts

    def _pairs(self, value: Any, depth: int) -> list[str]:
        parts = []
        for key, content in dict.items(value):
            if self._left <= 0:
                break
            self._left -= 1
            parts.append(f"{self.written(key, depth + 1)}: {self.written(content, depth + 1)}")
        return parts


def _bytes(base: type, value: Any) -> str:
    """Bytes in hexadecimal, and an array as its numbers."""
    name = base.__name__
    try:
        length = len(value) if base is array else base.__len__(value)
        if base is array and value.typecode not in "bB":
            numbers = ", ".join(map(repr, islice(value, MOST_ITEMS)))
            return f"array({numbers}{', …' if length > MOST_ITEMS else ''})"
        cut = bytes(base.__getitem__(value, slice(MOST_BYTES)))
    except (TypeError, ValueError, NotImplementedError):
        return f"<{name}>"  # a memoryview that is released, or has several dimensions
    return f"{name}({cut.hex(' ')}{f' … {length} bytes' if length > MOST_BYTES else ''})"
