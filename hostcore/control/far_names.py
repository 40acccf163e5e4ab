"""Bounds what a host in another process can make a front end remember: it may be broken, or not what it seems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from itertools import islice

from hostcore.events import (
    HOST,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    Event,
    FindingCleared,
    FindingRaised,
    PluginsChanged,
    PwmSet,
    RoundCompleted,
)
from hostcore.events.facts import PluginFacts
from hostcore.log.safe_text import escaped

MOST_NAMES = 1_000
"""Plugins, buses, devices, relays, lines, findings and alarms that are told apart, of each. No host has as many."""
LONGEST_NAME = 250
"""Characters of a name. The file of a plugin has its name, and no file's name is longer (NAME_MAX in limits.h: 255)."""

_SHOWN_AS_THEY_ARE = frozenset({"plugin", "relay", "alarm"})
"""A host of ours has only plain names for these, so front ends do not escape them everywhere."""


class FarNames:
    """The names that the events of one host have had. A view remembers something about each of them. For one thread."""

    def __init__(self) -> None:
        self._known: defaultdict[str, set[Hashable]] = defaultdict(set)
        self._present: frozenset[str] = frozenset()

    def problem(self, event: Event) -> str:
        """Return why an event cannot be taken in; "" if it can."""
        if isinstance(event, PluginsChanged):
            self._known["plugin"] &= {HOST, *self._present}  # a view forgets the others now
        for what, name in _names(event):
            known = self._known[what]
            if name in known:
                continue
            if isinstance(name, str) and len(name) > LONGEST_NAME:
                return f"the name of a {what} has {len(name)} characters, and {LONGEST_NAME} are allowed"
            if what in _SHOWN_AS_THEY_ARE and not is_plain(name):
                return f"the name of a {what} has characters that a terminal acts on or does not show"
            if len(known) >= MOST_NAMES:
                return f"it names more than {MOST_NAMES} different ones: {what}"
            known.add(name)
        return ""

    def present(self, plugins: tuple[PluginFacts, ...]) -> tuple[PluginFacts, ...]:
        """Return those of the present plugins that can be taken in.

        They are at most half of `MOST_NAMES`, so that events can name others before the next list comes.
        """
        usable = (each for each in plugins if len(each.name) <= LONGEST_NAME and is_plain(each.name))
        taken = tuple(islice(usable, MOST_NAMES // 2))
        self._present = frozenset(each.name for each in taken)
        return taken


def is_plain(name: Hashable) -> bool:
    """Whether a name can be shown as it is."""
    return not isinstance(name, str) or escaped(name) == name


def _names(event: Event) -> Iterator[tuple[str, Hashable]]:
    """What an event is about: the kind of thing, and its name."""
    bus = getattr(event, "bus", None)
    if bus is not None:
        yield "bus", str(bus)
        yield "device", (bus, getattr(event, "address", None))
    for what in ("plugin", "relay"):
        if (name := getattr(event, what, None)) is not None:
            yield what, name
    match event:
        case PwmSet(line=line):
            yield "line", line
        case FindingRaised(finding=finding) | FindingCleared(finding=finding):
            for part in finding.key:
                yield "part of a finding", part
            yield "finding", finding.key
        case AlarmsSet(alarms=alarms):
            for alarm in alarms:
                yield "alarm", alarm.name
        case AlarmRaised(alarm=alarm) | AlarmAcknowledged(alarm=alarm) | AlarmCleared(alarm=alarm):
            yield "alarm", alarm.name
        case RoundCompleted(left_out=left_out):
            for each in left_out:
                yield "plugin", each.plugin
