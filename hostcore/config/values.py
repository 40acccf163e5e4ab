"""What single values of host.toml may be: names, hashes, folders, and a plugin's own settings."""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path

from hostcore.config.reader import KeyPath, read_table
from hostcore.permissions import Permission, claims, parse_permission

USER_SUBFOLDER = "wasi-host"
"""The host's own folder in each of the person's XDG folders."""
RESERVED_NAME = "timestamp"
"""No plugin's name: this key of a round's readings holds the time."""
DEEPEST_SETTINGS = 16
"""How many tables and arrays may be nested in a plugin's settings."""

_PLUGIN_NAME = "[a-z][a-z0-9_-]{0,31}"
_SHA256 = "[0-9a-fA-F]{64}"


def check_plugin_name(name: str) -> str:
    """Return `name`, or raise ValueError, which says what is allowed, if no plugin may have it."""
    if name == RESERVED_NAME or re.fullmatch(_PLUGIN_NAME, name) is None:
        raise ValueError(
            "a plugin's name: a small letter, then up to 31 small letters, digits, '_' or '-'; "
            f"but not {RESERVED_NAME!r}, which is the readings' time"
        )
    return name


def parse_shared(text: str) -> Permission:
    """The permission that `text` stands for, or ValueError, which says what is allowed, if sharing it means nothing."""
    permission = parse_permission(text)
    if not claims(permission):
        raise ValueError(
            "what otherwise one plugin has for itself: I2C addresses to write to, an SPI chip select, "
            "a GPIO line's :out, :pulses or pulse-width modulation, or a serial port"
        )
    return permission


def parse_sha256(text: str) -> str:
    """A SHA-256 in small letters, or ValueError, which says what is allowed."""
    if re.fullmatch(_SHA256, text) is None:
        raise ValueError("a SHA-256 as 64 hex digits, such as sha256sum prints")
    return text.lower()


def user_folder(variable: str, otherwise: str, *below: str) -> Path | None:
    """The host's folder in the one that an XDG variable names, else in `otherwise` in the person's home.

    Source: XDG Base Directory Specification 0.8, which also has relative paths ignored.

    Args:
        variable: such as ``XDG_STATE_HOME``.
        otherwise: such as ``.local/state``.
        below: folders within it.

    Returns:
        None where nobody's home is known.
    """
    named = Path(os.environ.get(variable, ""))
    try:
        return (named if named.is_absolute() else Path.home() / otherwise).joinpath(USER_SUBFOLDER, *below)
    except RuntimeError:
        return None


def read_json(found: object, at: KeyPath) -> str:
    """Read a table of what JSON knows into the text of a JSON object."""
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
            raise at.error(f"found more than {DEEPEST_SETTINGS} levels of tables and arrays, allowed are so many")
        case dict():
            for key, value in found.items():
                _check_json(value, at / key, levels - 1)
        case list():
            for index, value in enumerate(found):
                _check_json(value, at / index, levels - 1)
        case _:
            raise at.wrong(found, "what JSON knows: text, finite numbers of 64 bits, true, false, arrays and tables")
