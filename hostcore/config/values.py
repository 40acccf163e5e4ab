"""Reads single values of host.toml: names, hashes, folders, and a plugin's own settings."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

from hostcore.permissions import Permission, claims, parse_permission
from hostcore.toml.reader import KeyPath, read_table

RESERVED_NAMES = {"timestamp": "the time of the readings", "host": "the host itself", "wasi-host": "the host itself"}
"""Names that no plugin can have, nor the same with more or fewer ``-`` and ``_``, and what they mean instead."""
DEEPEST_SETTINGS = 16
"""The most levels of tables and arrays in a plugin's settings."""

_PLUGIN_NAME = "[a-z][a-z0-9_-]{0,31}"
_RESERVED = {re.sub("[-_]", "", name): name for name in RESERVED_NAMES}
_SHA256 = "[0-9a-fA-F]{64}"


def check_plugin_name(name: str) -> str:
    """Return `name` if a plugin can have it. The ValueError for other names says what is allowed."""
    looks_like = _RESERVED.get(re.sub("[-_]", "", name))
    if re.fullmatch(_PLUGIN_NAME, name) is None or looks_like is not None:
        but = f"; but not {looks_like!r} or a name like it, which is {RESERVED_NAMES[looks_like]}" if looks_like else ""
        raise ValueError(f"a plugin's name: a small letter, then up to 31 small letters, digits, '_' or '-'{but}")
    return name


def parse_shared(text: str) -> Permission:
    """Return the permission for `text` if it can be shared. The ValueError for other texts says what is allowed."""
    permission = parse_permission(text)
    if not claims(permission):
        raise ValueError(
            "a device that otherwise belongs to one plugin: I2C addresses to write to, an SPI chip select, "
            "a GPIO line's :out, :pulses or pulse-width modulation, or a serial port"
        )
    return permission


def parse_sha256(text: str) -> str:
    """Return a SHA-256 in small letters. The ValueError for other texts says what is allowed."""
    if re.fullmatch(_SHA256, text) is None:
        raise ValueError("a SHA-256 as 64 hex digits, as sha256sum prints it")
    return text.lower()


def chips_folder(settings_file: Path) -> Path:
    """Return the folder of a person's own chip files: ``chips`` beside the settings file. It need not exist."""
    return settings_file.parent / "chips"


def read_json(found: object, at: KeyPath) -> str:
    """Read a table into the text of a JSON object. It may contain only values that JSON has."""
    _check_json(read_table(found, at), at, DEEPEST_SETTINGS)
    return json.dumps(found, ensure_ascii=False)


def _check_json(found: object, at: KeyPath, levels: int) -> None:
    match found:
        case bool() | str():
            return
        case int() if found.bit_length() < 64:
            return
        case float() if math.isfinite(found):
            return
        case dict() | list() if levels == 0:
            raise at.error(f"found more than the allowed {DEEPEST_SETTINGS} levels of tables and arrays")
        case dict():
            for key, value in found.items():
                _check_json(value, at / key, levels - 1)
        case list():
            for index, value in enumerate(found):
                _check_json(value, at / index, levels - 1)
        case _:
            raise at.wrong(found, "a value that JSON has: text, a finite number of 64 bits, true, false, array, table")
