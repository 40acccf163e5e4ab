"""Reads the parts of a chip file that name registers and commands: the identity and the measurement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from hostcore.chips.model import (
    MOST_BYTES,
    Answer,
    AnswerCondition,
    Chip,
    Command,
    Condition,
    Field,
    Identity,
    Measurement,
    Register,
)
from hostcore.chips.reading.registers import require_fit
from hostcore.chips.reading.values import read_milliseconds, read_raw, read_source, text
from hostcore.toml.reader import KeyPath, Reader, array, read_keys, read_table, shown
from hostcore.toml.words import nearest, one_of

MOST_NAMES_SHOWN = 8
"""The most names that an error lists."""

_NAME = text(40)
_IDENTITY_KEYS: Mapping[str, Reader] = {
    "register": _NAME,
    "value": read_raw,
    "values": array(read_raw),
    "source": read_source,
}
_MEASUREMENT_KEYS: Mapping[str, Reader] = {
    "start": lambda found, at: found,
    "ready": read_table,
    "busy": read_table,
    "wait_ms": read_milliseconds,
    "results": array(_NAME),
    "source": read_source,
}
_COMPARED_KEYS: Mapping[str, Reader] = {"value": read_raw, "not": read_raw}
_CONDITION_KEYS: Mapping[str, Reader] = {"register": _NAME, "field": _NAME, **_COMPARED_KEYS}
_ANSWER_CONDITION_KEYS: Mapping[str, Reader] = {"answer": _NAME, **_COMPARED_KEYS}
_BEGINNING_KEYS: Mapping[str, Reader] = {"command": _NAME}

Named = TypeVar("Named", Register, Field, Command, Answer)


def read_identity(found: object, at: KeyPath, chip: Chip) -> Identity:
    """Read one table of ``[[identity]]``.

    Args:
        found: the table.
        at: its place.
        chip: the chip with its registers.
    """
    keys = read_keys(found, at, _IDENTITY_KEYS, required=("register", "source"))
    register = _register(keys["register"], at / "register", chip)
    if not register.is_readable or register.is_block:
        raise (at / "register").wrong(register.name, f"a register of up to {MOST_BYTES} bytes that can be read")
    if ("value" in keys) == bool(keys.get("values")):
        raise at.error("allowed is either value or values, with at least one number")
    values = keys["values"] if "values" in keys else (keys["value"],)
    for value in values:
        require_fit(value, 8 * register.size, at / ("values" if "values" in keys else "value"))
    return Identity(register, tuple(values), keys["source"])


def read_measurement(found: object, at: KeyPath, chip: Chip) -> Measurement:
    """Read ``[measurement]``; the arguments are those of `read_identity`."""
    keys: dict[str, Any] = read_keys(found, at, _MEASUREMENT_KEYS, required=("source",))
    for key in keys.keys() & {"ready", "busy"}:
        keys[key] = _state(keys[key], at / key, chip)
    if "start" in keys:
        keys["start"] = _start(keys["start"], at / "start", chip)
    results = enumerate(keys.pop("results", ()))
    return Measurement(**keys, results=tuple(_register(name, at / "results" / index, chip) for index, name in results))


def _start(found: object, at: KeyPath, chip: Chip) -> tuple[Condition | Command, ...]:
    """Read one table, or an array of them: each is a way to begin a measurement."""
    if isinstance(found, list):
        return tuple(_beginning(value, at / index, chip) for index, value in enumerate(found))
    return (_beginning(found, at, chip),)


def _beginning(found: object, at: KeyPath, chip: Chip) -> Condition | Command:
    if "command" not in read_table(found, at):
        return _condition(found, at, chip)
    name = read_keys(found, at, _BEGINNING_KEYS)["command"]
    return _named(name, chip.commands, at / "command", "command")


def _state(found: object, at: KeyPath, chip: Chip) -> Condition | AnswerCondition:
    """Read a condition on a register, or on a value in the answer to a command."""
    if "answer" not in read_table(found, at):
        return _condition(found, at, chip)
    keys = read_keys(found, at, _ANSWER_CONDITION_KEYS)
    values = (value for command in chip.commands for value in command.answer)
    answer = _named(keys["answer"], values, at / "answer", "value in an answer")
    value, negated = _compared(keys, answer.bits.width, at)
    return AnswerCondition(answer.name, value, negated)


def _condition(found: object, at: KeyPath, chip: Chip) -> Condition:
    keys = read_keys(found, at, _CONDITION_KEYS, required=("register",))
    register = _register(keys["register"], at / "register", chip)
    field = _named(keys["field"], register.fields, at / "field", "field") if "field" in keys else None
    value, negated = _compared(keys, field.bits.width if field else 8 * register.size, at)
    return Condition(register, field, value, negated)


def _compared(keys: Mapping[str, Any], width: int, at: KeyPath) -> tuple[int, bool]:
    """Return the number to compare with, and whether it must not be this one."""
    given = [key for key in ("value", "not") if key in keys]
    if len(given) != 1:
        raise at.error("allowed is either value or not")
    require_fit(keys[given[0]], width, at / given[0])
    return keys[given[0]], given == ["not"]


def _register(name: str, at: KeyPath, chip: Chip) -> Register:
    return _named(name, chip.registers, at, "register")


def _named(name: str, things: Iterable[Named], at: KeyPath, kind: str) -> Named:
    """Return the thing with this name.

    Raises:
        ConfigError: there is none.
    """
    by_name: dict[str, Named] = {thing.name: thing for thing in things}
    if name in by_name:
        return by_name[name]
    names = list(by_name)
    listed = names[:MOST_NAMES_SHOWN] + ["another"] * (len(names) > MOST_NAMES_SHOWN) or ["none, it lists none"]
    raise at.error(f"found {shown(name)}, allowed is a {kind} of this file: {one_of(listed)}{nearest(name, names)}")
