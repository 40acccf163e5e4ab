"""Reads TOML tables into dataclasses. The annotation of a field says which values its key may have.

A `Reader` converts one value of a file for the host. If the value is not allowed, its error names file, line, key, what
was found and what is allowed. If a field's type is not enough, the annotation contains the reader:
``interval: Annotated[float, number(0.05, 3600, "seconds")]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Annotated, Any, cast, get_args, get_origin

from hostcore.errors import ConfigError
from hostcore.late_pattern import late_pattern
from hostcore.place import BusName
from hostcore.quick_dataclass import MISSING, fields
from hostcore.toml.words import LONGEST_SHOWN, nearest, one_of

_BARE_KEY = late_pattern(r"[A-Za-z0-9_-]{1,60}")


class KeyPath:
    """A place in a settings file. It makes the errors that name this place.

    Args:
        file: the file's path, as the person gave it.
        text: the file's content.
        path: the keys and array indices that lead to the place.
    """

    __slots__ = ("file", "path", "text")

    def __init__(self, file: str, text: str, path: tuple[str | int, ...] = ()) -> None:
        self.file, self.text, self.path = file, text, path

    def __truediv__(self, step: str | int) -> KeyPath:
        """Return the place of a key or an array element within this one."""
        return KeyPath(self.file, self.text, (*self.path, step))

    @property
    def line(self) -> int | None:
        """The line, from 1 on; None if no single line is wrong. Scans the whole text."""
        from hostcore.toml.lines import line_of  # noqa: PLC0415 - only errors need it

        return line_of(self.text, self.path)

    @property
    def key(self) -> str:
        """The dotted key, such as ``simulation.chips[0].address``."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{_key_text(step)}" for step in self.path)
        return "".join(steps).removeprefix(".")

    def error(self, problem: str) -> ConfigError:
        """Return an error that names this place."""
        return ConfigError(problem, file=self.file, line=self.line, key=self.key, path=self.path)

    def wrong(self, found: object, allowed: str) -> ConfigError:
        """Return the error for a value that is not allowed here."""
        return self.error(f"found {shown(found)}, allowed is {allowed}")

    def missing(self, keys: Iterable[str]) -> ConfigError:
        """Return the error for a table that lacks required keys."""
        return self.error(f"missing here: {', '.join(keys)}")


Reader = Callable[[object, KeyPath], Any]
"""Converts a value that was found at a place, or raises `ConfigError`."""

_NOUNS: Mapping[type, str] = {dict: "a table", list: "an array"}


def shown(found: object) -> str:
    """Return a value as an error message quotes it: short, on one line, and with its type recognizable."""
    match found:
        case bool():
            return str(found).lower()
        case int():
            return str(found) if found.bit_length() <= 64 else f"a number of {found.bit_length()} bits"
        case float():
            return str(found)
        case str():
            return repr(found if len(found) <= LONGEST_SHOWN else found[:LONGEST_SHOWN] + "…")
        case _:
            return _NOUNS.get(type(found), f"a {type(found).__name__}")


def _key_text(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else shown(key)


def integer(low: int, high: int, unit: str = "") -> Reader:
    """Return a reader for a whole number within a range, both ends included."""

    def read(found: object, at: KeyPath) -> int:
        if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
            raise at.wrong(found, f"a whole number from {low} to {high} {unit}".rstrip())
        return found

    return read


def number(low: float, high: float, unit: str = "") -> Reader:
    """Return a reader for a number within a range, both ends included. It refuses infinity and NaN."""

    def read(found: object, at: KeyPath) -> float:
        if not isinstance(found, int | float) or isinstance(found, bool) or not low <= found <= high:
            raise at.wrong(found, f"a number from {low:.12g} to {high:.12g} {unit}".rstrip())
        return float(found)

    return read


def choice(options: Collection[str]) -> Reader:
    """Return a reader for one of these texts."""

    def read(found: object, at: KeyPath) -> str:
        if not isinstance(found, str) or found not in options:
            advice = nearest(found, options) if isinstance(found, str) else ""
            raise at.wrong(found, one_of(map(repr, options)) + advice)
        return found

    return read


def parsed(parse: Callable[[str], object]) -> Reader:
    """Return a reader for a text that `parse` converts. The ValueError of `parse` says what is allowed."""

    def read(found: object, at: KeyPath) -> object:
        try:
            return parse(read_text(found, at))
        except ValueError as refusal:
            raise at.wrong(found, str(refusal)) from None

    return read


def read_text(found: object, at: KeyPath) -> str:
    """Read a text that is not empty."""
    if not isinstance(found, str) or not found:
        raise at.wrong(found, "a text that is not empty")
    return found


def read_boolean(found: object, at: KeyPath) -> bool:
    """Read true or false."""
    if not isinstance(found, bool):
        raise at.wrong(found, "true or false")
    return found


def read_path(found: object, at: KeyPath) -> Path:
    """Read the path of a file or folder; ``~`` is the home folder. Relative paths stay relative."""
    if not isinstance(found, str) or not found or "\0" in found:
        raise at.wrong(found, "the path of a file or folder")
    try:
        return Path(found).expanduser()
    except RuntimeError:
        raise at.wrong(found, "a path; the home folder in this one is not known") from None


def read_table(found: object, at: KeyPath) -> Mapping[str, object]:
    """Read a table with any keys."""
    if not isinstance(found, dict):
        raise at.wrong(found, "a table")
    return found


def read_keys(
    found: object, at: KeyPath, readers: Mapping[str, Reader], *, required: Iterable[str] = ()
) -> dict[str, Any]:
    """Read a table that may have the keys of `readers` and no others. Returns the values of the keys that it has."""
    table = read_table(found, at)
    for key in table:
        if key not in readers:
            raise (at / key).error(f"unknown key{nearest(key, readers)}; allowed here: {', '.join(readers)}")
    missing = [key for key in required if key not in table]
    if missing:
        raise at.missing(missing)
    return {key: readers[key](value, at / key) for key, value in table.items()}


def array(element: Reader) -> Reader:
    """Return a reader of an array into a tuple."""

    def read(found: object, at: KeyPath) -> tuple[Any, ...]:
        if not isinstance(found, list):
            raise at.wrong(found, "an array, such as [...]")
        return tuple(element(value, at / index) for index, value in enumerate(found))

    return read


def record(cls: type, readers: Mapping[str, Reader], **known: object) -> Reader:
    """Return a reader of a table into a dataclass. The keys of fields without a default are required.

    Args:
        cls: the dataclass.
        readers: the reader of each key.
        known: the values of fields that are not keys of the table.
    """
    required = [f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING]

    def read(found: object, at: KeyPath) -> Any:
        return cls(**known, **read_keys(found, at, readers, required=[key for key in required if key in readers]))

    return read


class _Readers(Mapping[str, Reader]):
    """The reader of each field of a dataclass, from its annotation. It is made for the keys that a file has.

    Annotations are texts. A start reads few of 200 keys, and evaluating them all would take it 4 ms.
    """

    def __init__(self, cls: type, names: Sequence[str]) -> None:
        self._cls, self._names = cls, names

    def __getitem__(self, name: str) -> Reader:
        if name not in self._names:
            raise KeyError(name)
        return _reader_of_field(self._cls, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def _reader_of_field(cls: type, name: str) -> Reader:
    annotation = cls.__annotations__[name]
    return reader_of(eval(annotation, vars(sys.modules[cls.__module__])))  # of this project's own code


def readers_of(cls: type, *, without: Container[str] = ()) -> Mapping[str, Reader]:
    """Return the reader of each field of a dataclass, from its annotation, apart from some."""
    return _Readers(cls, [each.name for each in fields(cls) if each.name not in without])


def annotated(cls: type, **known: object) -> Reader:
    """Return a reader of a table into a dataclass with annotated fields; `known` is that of `record`."""
    return record(cls, readers_of(cls, without=known), **known)


def changes_to(cls: type) -> Reader:
    """Return a reader of a table with some fields of a dataclass, for `dataclasses.replace`."""
    return lambda found, at: MappingProxyType(read_keys(found, at, readers_of(cls)))


def named(cls: type, name_of: Callable[[str], str]) -> Reader:
    """Return a reader of a table of tables into a tuple of dataclasses. The key becomes the field `name`.

    Args:
        cls: the dataclass, with annotated fields.
        name_of: converts the key into the name, or raises ValueError, whose message says what is allowed.
    """

    def read(found: object, at: KeyPath) -> tuple[Any, ...]:
        return tuple(read_entry(name, value, at / name) for name, value in read_table(found, at).items())

    def read_entry(key: str, found: object, at: KeyPath) -> object:
        try:
            name = name_of(key)
        except ValueError as refusal:
            raise at.wrong(key, str(refusal)) from None
        return annotated(cls, name=name)(found, at)

    return read


_PLAIN: Mapping[object, Reader] = {bool: read_boolean, str: read_text, Path: read_path, BusName: parsed(BusName)}


def reader_of(hint: Any) -> Reader:
    """Return the reader for a type. Numbers need an `Annotated` reader, because they need a range."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return cast(Reader, arguments[1])
    if NoneType in arguments:
        return reader_of(arguments[0])
    if origin is tuple:
        return array(reader_of(arguments[0]))
    if hint in _PLAIN:
        return _PLAIN[hint]
    if issubclass(hint, StrEnum):
        text = choice([member.value for member in hint])
        return lambda found, at: hint(text(found, at))
    return annotated(hint)
