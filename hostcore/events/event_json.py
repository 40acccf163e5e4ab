"""Converts events to JSON and back. Values are checked against the types of the dataclasses in `hostcore.events`."""

from __future__ import annotations

import collections.abc
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePath
from reprlib import repr as shortened
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hostcore.permissions import Permission, parse_permission
from hostcore.place import BusName

T = TypeVar("T")
_PLAIN: Mapping[Any, str] = {
    int: "a whole number of 64 bits",
    float: "a number",
    bool: "true or false",
    str: "text",
    dict: "an object",
}
"""How errors name the types that JSON has itself."""
MAX_NUMBER = 1 << 63
"""Whole numbers must be below this, and at or above its negative. Nanosecond times need 64 bits."""

_TEXTS: Mapping[Any, tuple[str, Callable[[str], object]]] = {
    bytes: ("hex text", bytes.fromhex),
    BusName: ("a bus's name", BusName),
    Permission: ("a permission", parse_permission),
    Path: ("a path", Path),
}
"""Types that JSON holds as text: what error messages call them, and their parsers."""
_PERMISSIONS = frozenset(get_args(Permission))


def to_json(value: object) -> Any:
    """Convert `value` for `json.dumps`: permissions and paths to text, dataclasses to objects, bytes to hex, tuples to
    arrays.
    """
    if type(value) in _PERMISSIONS:
        return str(value)
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [to_json(each) for each in value]
    if isinstance(value, PurePath):
        return str(value)
    return value


def to_brief_json(value: object) -> Any:
    """Convert `value` as `to_json` does, but leave out the fields that have their default. `from_json` returns them."""
    if type(value) in _PERMISSIONS or not is_dataclass(value):
        return [to_brief_json(each) for each in value] if isinstance(value, tuple) else to_json(value)
    brief = {}
    for name, default in _defaults(cast(type, type(value))):
        found = getattr(value, name)
        if found is not default and found != default:
            brief[name] = found if type(found) in _PLAIN else to_brief_json(found)
    return brief


@lru_cache(maxsize=256)
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    """Return the name and the default of each field; `MISSING` if it has none."""
    return tuple((field.name, field.default) for field in fields(kind))


def json_text(value: object) -> str:
    """`value` as ASCII JSON on one line. A value that is nested too deeply becomes an object with an ``error``."""
    try:
        return json.dumps(value)
    except (RecursionError, ValueError) as problem:
        return json.dumps({"error": f"not fit for JSON: {problem}"})


def from_json(kind: type[T], found: object, at: str = "") -> T:
    """Convert `found`, which `to_json` made, back to a value of type `kind`.

    Unknown keys are ignored. Missing keys take the field's default. Another version of this program may have written
    the JSON.

    Raises:
        ValueError: `found` does not match `kind`. The message says where, and what was found.
    """
    return cast(T, _read(kind, found, at))


def _read(kind: Any, found: object, at: str) -> object:
    if kind in _TEXTS:
        return _read_text(kind, found, at)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _read_optional(get_args(kind), found, at)
    if origin is tuple:
        return _read_tuple(get_args(kind), found, at)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _read_choice(kind, found, at)
    if is_dataclass(kind):
        return _read_object(cast(type, kind), found, at)
    if origin is collections.abc.Mapping:
        kind = dict  # a reading, which can have anything in it
    if kind is float and type(found) is int:  # JSON does not tell 1 from 1.0
        found = float(found)
    if type(found) is not kind or (kind is int and not -MAX_NUMBER <= cast(int, found) < MAX_NUMBER):
        raise _wrong(found, _PLAIN[kind], at)
    return found


def _read_optional(kinds: tuple[Any, ...], found: object, at: str) -> object:
    (kind,) = (each for each in kinds if each is not types.NoneType)
    return None if found is None else _read(kind, found, at)


def _read_tuple(kinds: tuple[Any, ...], found: object, at: str) -> tuple[object, ...]:
    if not isinstance(found, list):
        raise _wrong(found, "an array", at)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(found)
    if len(found) != len(kinds):
        raise _wrong(found, f"an array of {len(kinds)}", at)
    pairs = zip(kinds, found, strict=True)
    return tuple([_read(kind, each, f"{at}[{index}]") for index, (kind, each) in enumerate(pairs)])


def _read_text(kind: Any, found: object, at: str) -> object:
    form, parse = _TEXTS[kind]
    if isinstance(found, str):
        try:
            return parse(found)
        except ValueError:
            pass
    raise _wrong(found, form, at)


def _read_choice(kind: type[StrEnum], found: object, at: str) -> StrEnum:
    try:
        return kind(cast(str, found))
    except ValueError:
        raise _wrong(found, f"one of {', '.join(kind)}", at) from None


def _read_object(kind: type, found: object, at: str) -> object:
    if not isinstance(found, dict):
        raise _wrong(found, "an object", at)
    values = {}
    for field, hint in _fields(kind):
        if field.name in found:
            value = found[field.name]
            if type(value) is not hint or hint is int:
                value = _read(hint, value, _place(at, field.name))
            values[field.name] = value
        elif field.default is MISSING:
            raise ValueError(f"{_place(at, field.name)} is missing")
    return kind(**values)


def _place(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind))


def _wrong(found: object, wanted: str, at: str) -> ValueError:
    return ValueError(f"{at or 'it'} is {shortened(found)}, not {wanted}")
