"""Finds what a person may want to jump to: crashes, findings, alarms, and faults of the wires; each once."""

from __future__ import annotations

from collections.abc import Hashable

from hostcore.events import (
    AlarmCleared,
    AlarmRaised,
    Event,
    FindingCleared,
    FindingRaised,
    Outcome,
    PluginCrashed,
    TransferCompleted,
)
from hostcore.events.transfers import WIRE_FAULTS
from hostcore.session_file.model import LONGEST_MARK, Mark, MarkKind

MOST_PRESENT = 4_096
"""Troubles that are remembered as present. If there are more, some are marked again."""


class Marking:
    """What is wrong is said again and again; only its start is marked. For one thread."""

    def __init__(self) -> None:
        self._present: set[Hashable] = set()

    def take(self, event: Event, at_us: int) -> Mark | None:
        """Take in an event. Return its mark, if it is the start of something wrong."""
        match event:
            case PluginCrashed(plugin=plugin, report=report):
                return _mark(at_us, MarkKind.CRASH, f"{plugin} crashed: {report.problem}")
            case FindingRaised(finding=finding):
                return self._begin(finding.key, at_us, MarkKind.FINDING, finding.sentence)
            case FindingCleared(finding=finding):
                self._present.discard(finding.key)
            case AlarmRaised(alarm=alarm):
                return self._begin(("alarm", alarm.name), at_us, MarkKind.ALARM, alarm.sentence)
            case AlarmCleared(alarm=alarm):
                self._present.discard(("alarm", alarm.name))
            case TransferCompleted():
                return self._of_transfer(event, at_us)
        return None

    def _of_transfer(self, event: TransferCompleted, at_us: int) -> Mark | None:
        place = (event.plugin, event.bus, event.address)
        if event.outcome in WIRE_FAULTS:
            return self._begin(place, at_us, MarkKind.FAULT, f"{event.plugin}: {event.detail or event.outcome}")
        if event.outcome is Outcome.OK:
            self._present.discard(place)
        return None

    def _begin(self, what: Hashable, at_us: int, kind: MarkKind, text: str) -> Mark | None:
        if what in self._present:
            return None
        if len(self._present) >= MOST_PRESENT:
            self._present.clear()
        self._present.add(what)
        return _mark(at_us, kind, text)


def _mark(at_us: int, kind: MarkKind, text: str) -> Mark:
    return Mark(at_us, kind, text if len(text) <= LONGEST_MARK else f"{text[: LONGEST_MARK - 1]}…")
