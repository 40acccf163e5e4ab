"""Writes what a person wishes into host.toml: the calibration of a value, and the alarm of its range."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli

from hostcore.alarms.model import AlarmRule, Range
from hostcore.config.edit_values import key_text, literal, with_element, with_value, without
from hostcore.config.model import Config
from hostcore.errors import ConfigError
from hostcore.reload.granting import plugin_settings
from hostcore.reload.settings_file import edit_settings
from hostcore.settings_wish import Calibration, RangeAlarm, SettingsWish
from hostcore.toml.lines import KeyPath

DIGITS = 9
"""Significant digits of an offset: the sum of two numbers in binary has more, and none of these mean anything."""
LONGEST_NAME = 32
"""Characters of an alarm's name."""


def fulfil(path: Path, wish: SettingsWish) -> None:
    """Write a wish into a settings file. Blocks until it is on the disk.

    Raises:
        ConfigError: as for `edit_settings`; or there is no such plugin, the file has a form that cannot be edited, or
            it is for looking only. The file is unchanged by this call.
    """

    def changed(config: Config, text: str) -> str:
        if config.screen.read_only:
            raise ConfigError("has read_only = true in [screen], so no front end changes it", file=str(path))
        match wish:
            case Calibration():
                return _calibrated(config, text, wish)
            case RangeAlarm():
                return _watched(config, text, wish)

    edit_settings(path, changed)


def _calibrated(config: Config, text: str, wish: Calibration) -> str:
    """Change the offset that the value passes last, or add one."""
    adjustments = plugin_settings(config, wish.plugin).adjustments
    measured = next((each.path for each in adjustments if each.published == wish.path), wish.path)
    table: KeyPath = ("plugins", wish.plugin, "adjust", _joined(config, measured))
    key: KeyPath = (*table, "filters")
    filters = _at(tomli.loads(text), key) or []
    if filters and "offset" in filters[-1]:
        offset = _rounded(filters[-1]["offset"] + wish.shift)
        edited = with_value(text, (*key, len(filters) - 1, "offset"), offset)
    else:
        added = {"offset": _rounded(wish.shift)}
        edited = with_element(text, key, added) if filters else with_value(text, key, [added])
    return _or_by_hand(edited, config, f"add {{ offset = {_rounded(wish.shift)!r} }} to filters in {_header(table)}")


def _watched(config: Config, text: str, wish: RangeAlarm) -> str:
    """Change the limits of the alarm that watches the value, add one, or remove it."""
    subject = wish.plugin, wish.path
    present = [
        each for each in config.alarms if (each.plugin, each.path) == subject and isinstance(each.condition, Range)
    ]
    limits = {"below": wish.below, "above": wish.above}
    if present and wish.below is None and wish.above is None:
        table: KeyPath = ("alarms", present[0].name)
        return _or_by_hand(without(text, table), config, f"remove {_header(table)}")
    if wish.below is None and wish.above is None:
        raise ConfigError(f"no alarm watches the range of {'.'.join((wish.plugin, *wish.path))}", file=str(config.path))
    plugin_settings(config, wish.plugin)
    table = ("alarms", present[0].name if present else _new_name(wish, config.alarms))
    reading = {} if present else {"reading": _joined(config, (wish.plugin, *wish.path))}
    values = {**reading, **limits}
    written = ", ".join(f"{key} = {literal(value)}" for key, value in values.items() if value is not None)
    return _or_by_hand(_with_keys(text, table, values), config, f"write {written} into {_header(table)}")


def _with_keys(text: str, table: KeyPath, values: Mapping[str, str | float | None]) -> str | None:
    """Set the keys of a table, and remove those whose value is None. A new key stands before the others."""
    for key, value in reversed(tuple(values.items())):
        if value is not None:
            edited = with_value(text, (*table, key), value)
        else:
            edited = text if _at(tomli.loads(text), (*table, key)) is None else without(text, (*table, key))
        if edited is None:
            return None
        text = edited
    return text


def _new_name(wish: RangeAlarm, alarms: Iterable[AlarmRule]) -> str:
    """A name that no alarm has, from those of the plugin and the value: ``bme680-temperature``."""
    taken = {each.name for each in alarms}
    name = re.sub("[^a-z0-9_-]+", "-", f"{wish.plugin}-{'-'.join(wish.path)}".lower())
    names = (f"{name[: LONGEST_NAME - len(end)]}{end}" for end in ("", *(f"-{count}" for count in range(2, 1000))))
    return next(each for each in names if each not in taken)


def _joined(config: Config, keys: Iterable[str]) -> str:
    """The keys with points between them, as host.toml names a value."""
    for key in keys:
        if not key or "." in key:
            raise ConfigError(
                f"cannot name the value with the key {key!r}: a key without points", file=str(config.path)
            )
    return ".".join(keys)


def _at(settings: Mapping[str, Any], path: KeyPath) -> Any:
    """The value at a path; None if there is none."""
    found: Any = settings
    for key in path:
        found = found.get(str(key)) if isinstance(found, dict) else None
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _header(table: KeyPath) -> str:
    return f"[{'.'.join(key_text(str(each)) for each in table)}]"


def _or_by_hand(edited: str | None, config: Config, advice: str) -> str:
    if edited is None:
        raise ConfigError(f"cannot be edited automatically; {advice} by hand", file=str(config.path))
    return edited
