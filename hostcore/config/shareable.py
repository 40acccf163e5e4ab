"""host.toml without secrets, so that a person can show it to others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hostcore.broker.password import read_password
from hostcore.broker.settings import BrokerSettings
from hostcore.config.loading import read_config
from hostcore.errors import BrokerError
from hostcore.log.secrets import LEFT_OUT, Redactor, is_secret_name
from hostcore.quick_dataclass import dataclass
from hostcore.toml.document import decode, parse
from hostcore.toml.reader import KeyPath

Keys = tuple[str, ...]
"""The keys that lead to a value, from the top of the file."""
HEAD = "# host.toml without comments, and without texts that may be secrets.\n"


@dataclass(frozen=True, slots=True)
class ShareableSettings:
    """Settings that can be shown, and the texts that cannot."""

    tables: Mapping[str, Any]
    """The tables of the file, as they are there."""
    secrets: frozenset[str]
    """The texts that are left out. They must not appear elsewhere either."""

    def toml(self, redactor: Redactor) -> str:
        """Return the settings as TOML. `redactor` cleans the texts that are not left out as a whole."""
        return HEAD + "".join(f"{line}\n" for line in _table(self.tables, (), redactor))


def shareable(path: Path) -> ShareableSettings:
    """Read a settings file. Comments are left out, because they may hold earlier settings.

    All texts of plugins' own settings are secrets, all values whose names announce one, and the broker's password.

    Raises:
        ConfigError: the file cannot be read, or is not TOML.
    """
    tables = parse(KeyPath(str(path), decode(path, read_config(path))))
    return ShareableSettings(tables, frozenset((*_secrets(tables, ()), *_password(tables, path.absolute().parent))))


def _password(tables: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield the password of `[mqtt]`, which is in a file of its own."""
    mqtt = tables.get("mqtt")
    name = mqtt.get("password_file") if isinstance(mqtt, Mapping) else None
    if isinstance(name, str) and name and "\0" not in name:
        with suppress(BrokerError, RuntimeError):  # it cannot be read, or no home folder is known
            file = folder / Path(name).expanduser()
            yield read_password(BrokerSettings("", password_file=file)) or ""


def _is_secret(keys: Keys, value: object) -> bool:
    """Whether a value, which is no table, is left out."""
    if any(map(is_secret_name, keys)):
        return True
    is_of_plugin = keys[0] == "plugins" and keys[2:3] == ("settings",)
    return is_of_plugin and not isinstance(value, bool | int | float)


def _secrets(value: Any, keys: Keys) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _secrets(each, (*keys, key))
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, keys)
    elif _is_secret(keys, value):
        yield str(value)


def _table(table: Mapping[str, Any], keys: Keys, redactor: Redactor) -> Iterator[str]:
    """Yield the lines of a table: first its values, then the tables in it."""
    inner = {key: each for key, each in table.items() if _is_table(each) or _are_tables(each)}
    for key, each in table.items():
        if key not in inner:
            yield f"{_key(key)} = {_value(each, (*keys, key), redactor)}"
    for key, each in inner.items():
        path = ".".join(map(_key, (*keys, key)))
        for one in [each] if _is_table(each) else each:
            yield from ("", f"[{path}]" if _is_table(each) else f"[[{path}]]")
            yield from _table(one, (*keys, key), redactor)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_table, value))


def _value(value: Any, keys: Keys, redactor: Redactor) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(each, keys, redactor) for each in value)}]"
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_value(each, (*keys, key), redactor)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if _is_secret(keys, value):
        return _text(LEFT_OUT)
    if isinstance(value, str):
        return _text(redactor.text(value))
    return str(value).lower() if isinstance(value, bool | int | float) else str(value)


def _key(key: str) -> str:
    is_bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if is_bare else _text(key)


def _text(text: str) -> str:
    """A basic string of TOML. It has the escapes of JSON, and one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
