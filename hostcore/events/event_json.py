"""Converts events to JSON and back. Values are checked against the types of the dataclasses in `hostcore.events`."""

from __future__ import annotations

import collections.abc
import json
import math
import types
from collections.abc import Callable, Hashable, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePath
from reprlib import repr as shortened
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hostcore.permissions import Permission, parse_permission
from hostcore.place import BusName
from hostcore.quick_dataclass import MISSING, fields, is_dataclass

T = TypeVar("T")
_PLAIN: Mapping[Any, str] = {
    int: "a whole number of 64 bits",
    float: "a finite number",
    bool: "true or false",
    str: "text",
    dict: "an object",
}
"""How errors name the types that JSON has itself."""
_BOUNDED = (int, float)
"""Types of which not every value of JSON is allowed."""
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
    try:
        return cast(T, _reader(cast(Hashable, kind))(found))
    except _MisfitError as misfit:
        raise ValueError(misfit.told(at)) from None


class _MisfitError(Exception):
    """Something does not match its type. The places round it are added on its way out, so that a match costs nothing.

    Args:
        problem: what is wrong, after the place.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self._problem, self._place = problem, ""

    def within(self, place: str) -> None:
        """Note that it lies in this field, or at this place of an array (``[0]``)."""
        dot = "." if self._place and not self._place.startswith("[") else ""
        self._place = f"{place}{dot}{self._place}"

    def told(self, at: str) -> str:
        """Return the whole message, for a value at `at`."""
        if at:
            self.within(at)
        return f"{self._place or 'it'} {self._problem}"


_Reader = Callable[[Any], object]
"""Converts JSON to a value of one type. Raises `_MisfitError`."""


@lru_cache(maxsize=512)
def _reader(kind: Any) -> _Reader:
    """Return what reads a type. It is made once: looking at types takes longer than reading."""
    if kind in _TEXTS:  # Permission is a union, but is one text
        return _text_reader(kind)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _optional_reader(get_args(kind))
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    return _single_reader(dict if origin is collections.abc.Mapping else kind)  # a reading can have anything in it


def _single_reader(kind: Any) -> _Reader:
    if is_dataclass(kind):
        return _object_reader(cast(type, kind))
    if issubclass(kind, StrEnum):
        return _choice_reader(kind)
    return {int: _read_int, float: _read_float}.get(kind) or _plain_reader(kind)


def _read_int(found: Any) -> object:
    if type(found) is not int or not -MAX_NUMBER <= found < MAX_NUMBER:
        raise _wrong(found, _PLAIN[int])
    return found


def _read_float(found: Any) -> object:
    if type(found) not in (int, float):  # JSON does not tell 1 from 1.0
        raise _wrong(found, _PLAIN[float])
    try:
        number = float(found)
    except OverflowError:
        raise _wrong(found, _PLAIN[float]) from None
    if not math.isfinite(number):  # Python's JSON has NaN and infinity, and 1e999
        raise _wrong(found, _PLAIN[float])
    return number


def _plain_reader(kind: type) -> _Reader:
    def read(found: Any) -> object:
        if type(found) is not kind:
            raise _wrong(found, _PLAIN[kind])
        return found

    return read


def _optional_reader(kinds: tuple[Any, ...]) -> _Reader:
    (kind,) = (each for each in kinds if each is not types.NoneType)
    read_value = _reader(kind)
    return lambda found: None if found is None else read_value(found)


def _tuple_reader(kinds: tuple[Any, ...]) -> _Reader:
    readers = [_reader(kind) for kind in kinds if kind is not Ellipsis]
    is_any_length = kinds[-1] is Ellipsis

    def read(found: Any) -> object:
        if not isinstance(found, list):
            raise _wrong(found, "an array")
        if not is_any_length and len(found) != len(readers):
            raise _wrong(found, f"an array of {len(readers)}")
        index, values = 0, []
        try:
            for index, each in enumerate(found):
                values.append(readers[0 if is_any_length else index](each))
        except _MisfitError as misfit:
            misfit.within(f"[{index}]")
            raise
        return tuple(values)

    return read


def _text_reader(kind: Any) -> _Reader:
    form, parse = _TEXTS[kind]

    def read(found: Any) -> object:
        if isinstance(found, str):
            try:
                return parse(found)
            except ValueError:
                pass
        raise _wrong(found, form)

    return read


def _choice_reader(kind: type[StrEnum]) -> _Reader:
    def read(found: Any) -> object:
        try:
            return kind(found)
        except ValueError:
            raise _wrong(found, f"one of {', '.join(kind)}") from None

    return read


def _object_reader(kind: type) -> _Reader:
    hints = get_type_hints(kind)
    entries = [(each.name, hints[each.name], _reader(hints[each.name]), each.default) for each in fields(kind)]

    def read(found: Any) -> object:
        if not isinstance(found, dict):
            raise _wrong(found, "an object")
        name, values = "", {}
        try:
            for name, hint, read_value, default in entries:
                if name in found:
                    value = found[name]
                    is_read = type(value) is hint and hint not in _BOUNDED
                    values[name] = value if is_read else read_value(value)
                elif default is MISSING:
                    raise _MisfitError("is missing")
        except _MisfitError as misfit:
            misfit.within(name)
            raise
        return kind(**values)

    return read


def _wrong(found: object, wanted: str) -> _MisfitError:
    return _MisfitError(f"is {shortened(found)}, not {wanted}")
