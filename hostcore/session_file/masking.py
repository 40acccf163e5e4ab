"""Leaves secrets out of what is written: texts of settings, the environment, what looks like a secret, home folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, TypeVar, cast, get_args

from hostcore.events import CrashLocated, Event, PluginCrashed, TransferCompleted
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.log.secrets import Redactor, secrets_of
from hostcore.log.shareable import shareable_crash, without_serial_bytes
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import fields, is_dataclass, replace
from hostcore.session_file.model import Known

T = TypeVar("T")
HOME = "~"
"""Stands in place of a home folder, whose name is that of its user."""
MOST_REMEMBERED = 4_096
"""Texts whose result is remembered: most of them come again and again."""
LONGEST_REMEMBERED = 500
"""Characters of the longest one."""
NAMES = frozenset({"plugin", "name", "names", "relay"})
"""Fields with names of plugins, buses, relays and alarms, by which events belong together."""
_AS_THEY_ARE = (int, float, Enum, BusName, type(None), *get_args(Permission))
_HOMES = re.compile(r"/(?:home|Users)/[^/\s:;,'\"<>()]+|/root(?![\w.-])")


class Mask:
    """Returns copies without secrets. It removes too much rather than too little. For one thread.

    Args:
        known: texts that must not appear.
        names: names that may appear although one of the texts is the same, such as that of a plugin.
        home: the home folder of the person.
    """

    def __init__(self, known: Iterable[str] = (), names: Iterable[str] = (), home: Path | None = None) -> None:
        self._redactor = Redactor(set(known) - set(names))
        own = str(home or Path.home()).rstrip("/")
        self._homes = re.compile(f"{re.escape(own)}(?![\\w.-])|{_HOMES.pattern}") if own else _HOMES
        self._remembered: dict[str, str] = {}

    def event(self, event: Event) -> Event:
        """Return an event without secrets."""
        match event:
            case TransferCompleted():
                event = without_serial_bytes(event)
            case PluginCrashed(report=report) | CrashLocated(report=report):
                event = replace(event, report=shareable_crash(report))
        return cast(Event, self._of_object(event))

    def known(self, known: Known) -> Known:
        """Return facts without secrets. The web's address is left out: it leads nowhere from another computer."""
        facts: HostFacts = self._of_object(replace(known.facts, web_address=""))
        plugins: tuple[PluginFacts, ...] = self._cleaned(known.plugins)
        return Known(facts, plugins)

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        found = self._remembered.get(text)
        if found is None:
            found = self._homes.sub(HOME, self._redactor.text(text))
            if len(text) <= LONGEST_REMEMBERED:
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[text] = found
        return found

    def _cleaned(self, value: Any) -> Any:
        """Return a value without secrets; itself if it has none."""
        if type(value) is str:
            return self.text(value)
        if isinstance(value, _AS_THEY_ARE):
            return value
        if isinstance(value, tuple | list):
            return (list if isinstance(value, list) else tuple)(map(self._cleaned, value))
        if isinstance(value, Mapping):
            return {self._cleaned(key): self._cleaned(each) for key, each in value.items()}
        return self._of_object(value) if is_dataclass(value) else self._of_other(value)

    def _of_other(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return self._redactor.data(value)
        cleaned = self.text(str(value))
        return Path(cleaned) if isinstance(value, PurePath) else cleaned

    def _of_object(self, value: Any) -> Any:
        kind: Any = type(value)
        changed = {}
        for name in _texts_of(kind):
            before = getattr(value, name)
            after = self._cleaned(before)
            if after is not before and after != before:
                changed[name] = after
        return replace(value, **changed) if changed else value


@lru_cache(maxsize=256)
def _texts_of(kind: type) -> tuple[str, ...]:
    """Return the fields of a dataclass that can hold text or bytes."""
    numbers = {"int", "float", "bool", "int | None", "float | None"}
    return tuple(each.name for each in fields(kind) if each.name not in NAMES and each.type not in numbers)


def environment_secrets() -> frozenset[str]:
    """Return what this process's environment may hold of secrets."""
    return secrets_of(os.environ)


def names_of(known: Known) -> frozenset[str]:
    """Return the names by which a host and its plugins are known, which are no secrets."""
    facts = known.facts
    files = (facts.config_file, *(each.path for each in known.plugins))
    return frozenset(
        {
            facts.host_name,
            *facts.relays,
            *(str(each.name) for each in facts.buses),
            *(each.name for each in facts.quantities),
            *(each.name for each in facts.chips),
            *(each.name for each in known.plugins),
            *(each.name for each in files),
        }
    )
