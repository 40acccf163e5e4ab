"""Reads ``[alarms]`` of host.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hostcore.alarms.model import AlarmRule, Condition, Equals, InTrouble, Range, Rate, Stale, Trouble
from hostcore.config.actuators import MOST_LEDS
from hostcore.config.values import check_plugin_name
from hostcore.quantities.catalog import LONGEST_KEY
from hostcore.toml.reader import (
    KeyPath,
    Reader,
    choice,
    integer,
    number,
    read_boolean,
    read_keys,
    read_table,
    read_text,
)
from hostcore.toml.words import one_of

MOST_ALARMS = 100
LARGEST = 1e12
"""The largest number of a condition, positive or negative."""
LONGEST_TIME = 86_400 * 7
"""Seconds."""
LONGEST_TEXT, LONGEST_MESSAGE = 60, 200
"""Characters of a value, and of a message."""
_NAME = "[a-z][a-z0-9_-]{0,31}"
_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "above, below": frozenset({"above", "below"}),
        "rise, fall": frozenset({"rise", "fall"}),
        "equals": frozenset({"equals"}),
        "stale": frozenset({"stale"}),
        "state": frozenset({"state"}),
    }
)
"""The kinds of conditions, and their keys."""
_WITH_HYSTERESIS = ("above, below", "rise, fall")
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {"for": "delay", "keep_firing_for": "clear_delay", "upper": "above", "lower": "below", "deadband": "hysteresis"}
)
"""Words of other programs for what has another name here."""


def read_alarms(found: object, at: KeyPath) -> tuple[AlarmRule, ...]:
    """Read the table of all alarms. A key is the name of an alarm."""
    table = read_table(found, at)
    if len(table) > MOST_ALARMS:
        raise at.wrong(len(table), f"up to {MOST_ALARMS} alarms")
    return tuple(_read_alarm(name, value, at / name) for name, value in table.items())


def _read_alarm(name: str, found: object, at: KeyPath) -> AlarmRule:
    if re.fullmatch(_NAME, name) is None:
        raise at.wrong(name, "an alarm's name: a small letter, then up to 31 small letters, digits, '_' or '-'")
    table = read_table(found, at)
    for key in table.keys() & ELSEWHERE.keys():
        raise (at / key).error(f"unknown key; here it is called {ELSEWHERE[key]}")
    read = read_keys(table, at, _READERS)
    plugin, path = _subject(read, at)
    condition = _condition(read, at)
    if path and isinstance(condition, InTrouble):
        raise at.error(f'found a state of a value, allowed is that of a plugin: plugin = "{plugin}"')
    if not path and not isinstance(condition, InTrouble | Stale):
        raise at.error(f'found {_kind(read, at)} of a plugin, allowed is that of a value: reading = "{plugin}.KEY"')
    rest = {key: read[key] for key in ("delay", "clear_delay", "message", "bell", "relay", "led") if key in read}
    return AlarmRule(name, plugin, path, condition, **rest)


def _subject(read: Mapping[str, Any], at: KeyPath) -> tuple[str, tuple[str, ...]]:
    """The plugin that an alarm watches, and the keys down to a value of it."""
    if ("reading" in read) == ("plugin" in read):
        raise at.error('allowed is one of reading, such as "bme680.temperature", and plugin, such as "bme680"')
    plugin, *path = read["reading"] if "reading" in read else (read["plugin"],)
    return plugin, tuple(path)


def _kind(read: Mapping[str, Any], at: KeyPath) -> str:
    """The one kind of condition that an alarm has."""
    kinds = [kind for kind, keys in _KINDS.items() if keys & read.keys()]
    if len(kinds) != 1:
        raise at.error(f"found {' and '.join(kinds) or 'no condition'}, allowed is one condition: {one_of(_KINDS)}")
    return kinds[0]


def _condition(read: Mapping[str, Any], at: KeyPath) -> Condition:
    kind = _kind(read, at)
    if "hysteresis" in read and kind not in _WITH_HYSTERESIS:
        raise (at / "hysteresis").error(f"{kind} has no hysteresis, only above, below, rise and fall have one")
    hysteresis = read.get("hysteresis", 0.0)
    match kind:
        case "above, below":
            return _range(Range(read.get("above"), read.get("below"), hysteresis), at)
        case "rise, fall":
            return _rate(Rate(read.get("rise"), read.get("fall"), hysteresis), at)
        case "equals":
            return Equals(read["equals"])
        case "stale":
            return Stale(read["stale"])
        case _:
            return InTrouble(Trouble(read["state"]))


def _range(found: Range, at: KeyPath) -> Range:
    if found.above is not None and found.below is not None:
        if found.above <= found.below:
            raise (at / "above").wrong(
                found.above, f"more than below ({found.below:g}): the values between the two are those that are well"
            )
        if 2 * found.hysteresis >= found.above - found.below:
            raise (at / "hysteresis").wrong(
                found.hysteresis, f"less than half of what lies between below and above, {found.above - found.below:g}"
            )
    return found


def _rate(found: Rate, at: KeyPath) -> Rate:
    for limit in (found.rise, found.fall):
        if limit is not None and found.hysteresis >= limit:
            raise (at / "hysteresis").wrong(found.hysteresis, f"less than {limit:g}, or the alarm is never cleared")
    return found


def _read_reading(found: object, at: KeyPath) -> tuple[str, ...]:
    text = read_text(found, at)
    parts = tuple(text.split("."))
    if len(parts) < 2 or not all(parts) or len(text) > LONGEST_KEY:
        raise at.wrong(
            found,
            f'a plugin and the keys down to its value, joined by points, such as "bme680.temperature", with up to '
            f"{LONGEST_KEY} characters",
        )
    _check_plugin(parts[0], found, at)
    return parts


def _read_plugin(found: object, at: KeyPath) -> str:
    return _check_plugin(read_text(found, at), found, at)


def _check_plugin(name: str, found: object, at: KeyPath) -> str:
    try:
        return check_plugin_name(name)
    except ValueError as refusal:
        raise at.wrong(found, str(refusal)) from None


def _read_value(found: object, at: KeyPath) -> bool | str:
    if isinstance(found, bool) or (isinstance(found, str) and 0 < len(found) <= LONGEST_TEXT):
        return found
    raise at.wrong(found, f"true, false or a text of up to {LONGEST_TEXT} characters; for numbers, use above and below")


def _read_message(found: object, at: KeyPath) -> str:
    text = read_text(found, at)
    if len(text) > LONGEST_MESSAGE or not text.isprintable():
        raise at.wrong(found, f"a text of up to {LONGEST_MESSAGE} printable characters on one line")
    return text


_number, _slack = number(-LARGEST, LARGEST), number(0, LARGEST)
_per_minute = number(1e-9, LARGEST, "a minute")
_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "reading": _read_reading,
        "plugin": _read_plugin,
        "above": _number,
        "below": _number,
        "rise": _per_minute,
        "fall": _per_minute,
        "equals": _read_value,
        "stale": number(1, LONGEST_TIME, "seconds"),
        "state": choice([each.value for each in Trouble]),
        "hysteresis": _slack,
        "delay": number(0, LONGEST_TIME, "seconds"),
        "clear_delay": number(0, LONGEST_TIME, "seconds"),
        "message": _read_message,
        "bell": read_boolean,
        "relay": read_text,
        "led": integer(0, MOST_LEDS - 1),
    }
)
KEYS = frozenset(_READERS)
"""Every key of an alarm."""
