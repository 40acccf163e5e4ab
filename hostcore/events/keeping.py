"""What a backlog keeps of each kind of event: how much, and what makes one event take the place of another."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import Any

from hostcore import events
from hostcore.quick_dataclass import dataclass

KIB = 1 << 10
MIB = 1 << 20
"""Bytes."""
EVENT_BYTES = 400
"""Bytes of an event without its texts and data: its object, its numbers, and its place in the backlog. Measured."""
MESSAGE_BYTES = 100
"""Bytes of a `Message` or an `Edge`, without its data."""
WEIGHED_BYTES = MIB // 4
"""Bytes of JSON at which weighing ends. The stream is locked meanwhile, and a plugin can publish a million values."""
DISPLAY_ADDRESSES = frozenset({0x3C, 0x3D})
"""The I2C addresses of displays (SSD1306 data sheet, section 8.1.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """What is kept on one shelf of a backlog. Two are never the same shelf, even if they say the same."""

    key: Callable[[Any], Hashable]
    """Returns what an event is about. Each key has its own events."""
    newest: int
    """The newest events that are kept of each key, from 1."""
    oldest: int = 0
    """The oldest events that stay besides."""
    most_bytes: int = 128 * KIB
    """The most bytes of the whole shelf. An event of more than a quarter is not kept: it would push out the others."""
    most_keys: int = 512
    """The most keys. A further one takes the place of the one that has been quiet for longest."""
    has_runs: bool = False
    """Whether events say again what holds: only the first and the last of a run of equal ones are kept."""
    is_history: bool = False
    """Whether an event that is not kept any more is a loss: no later event says what it said."""
    weigh: Callable[[Any], int] = lambda _event: EVENT_BYTES
    """Estimates the bytes of an event. It may stop when they are more than `WEIGHED_BYTES`."""

    @property
    def heaviest(self) -> int:
        """The most bytes of one event."""
        return self.most_bytes // 4


def _of_plugin(event: Any) -> str:
    return str(event.plugin)


def _of_bus(event: Any) -> str:
    return str(event.bus)


def _of_all(_event: Any) -> None:
    return None


def _transfer_bytes(event: events.TransferCompleted) -> int:
    data = sum([len(each.data) for each in event.messages])
    return EVENT_BYTES + MESSAGE_BYTES * (len(event.messages) + len(event.edges)) + data + len(event.detail)


def _with_text(name: str) -> Callable[[Any], int]:
    """Return what weighs an event that has one text of any length, under this name."""
    return lambda event: EVENT_BYTES + sys.getsizeof(getattr(event, name))


_line_bytes = _with_text("text")


def _reading_bytes(event: events.ReadingPublished) -> int:
    return EVENT_BYTES + json_bytes(event.reading) + len(event.adjusted) * EVENT_BYTES


def _values_bytes(event: events.ValuesDescribed) -> int:
    return (1 + len(event.values)) * EVENT_BYTES


def _round_bytes(event: events.RoundCompleted) -> int:
    return EVENT_BYTES + json_bytes(event.readings) + len(event.left_out) * EVENT_BYTES


def _crash_bytes(event: events.PluginCrashed | events.CrashLocated) -> int:
    report = event.report
    texts = len(report.traceback) + len(report.wasm_trace) + len(report.argument)
    return EVENT_BYTES + texts + sum(map(_transfer_bytes, report.transfers)) + sum(map(_line_bytes, report.lines))


def _page_bytes(event: events.PageRendered) -> int:
    return EVENT_BYTES + sys.getsizeof(event.html)


def _finding_bytes(event: events.FindingRaised | events.FindingCleared) -> int:
    finding = event.finding
    evidence = sum([EVENT_BYTES + len(each.text) for each in finding.evidence])
    return EVENT_BYTES + len(finding.sentence) + len(finding.advice) + evidence


def _alarm_bytes(event: events.AlarmRaised | events.AlarmAcknowledged | events.AlarmCleared) -> int:
    return EVENT_BYTES + len(event.alarm.sentence) + len(event.alarm.message)


def _alarms_bytes(event: events.AlarmsSet) -> int:
    return sum([EVENT_BYTES + len(each.sentence) + len(each.message) for each in event.alarms], EVENT_BYTES)


def json_bytes(value: Any, most: int = WEIGHED_BYTES) -> int:
    """Estimate the bytes of a JSON value in memory. A value that is nested deeply does not exhaust the stack.

    Args:
        value: the value. A list or an object in it counts its own bytes before those of its values, so not many values
            are looked at beyond `most`.
        most: where to stop, bytes. The result is more than that if the value is.
    """
    total = sys.getsizeof(value)
    waiting: list[Any] = [value] if isinstance(value, Mapping | list | tuple) else []
    while waiting and total <= most:
        group = waiting.pop()
        within = group
        if isinstance(group, Mapping):
            total += sum(map(sys.getsizeof, group))
            within = group.values()
        total += sum(map(sys.getsizeof, within))
        waiting += [each for each in within if isinstance(each, dict | list | tuple)]
    return total


def is_for_display(event: events.TransferCompleted) -> bool:
    """Return whether a transfer may write to a display, whose picture is made of all that was written to it."""
    return event.address in DISPLAY_ADDRESSES and any(each.written for each in event.messages)


DISPLAY = Keeping(
    lambda event: (event.plugin, event.bus, event.address), 160, oldest=8, most_bytes=256 * KIB, weigh=_transfer_bytes
)
"""The transfers to displays: how the driver set them up, and the last frames."""
_ALARMS = Keeping(lambda event: event.alarm.name, 3, has_runs=True, weigh=_alarm_bytes)
_FINDINGS = Keeping(lambda event: event.finding.key, 2, has_runs=True, weigh=_finding_bytes)
_BROKER = Keeping(_of_all, 1)
_CRASHES = Keeping(_of_plugin, 10, most_bytes=MIB, is_history=True, weigh=_crash_bytes)
_READINGS = Keeping(_of_plugin, 450, most_bytes=MIB, is_history=True, weigh=_reading_bytes)

KEPT: Mapping[type, Keeping] = MappingProxyType(
    {
        events.ReadingPublished: _READINGS,
        events.ValuesDescribed: Keeping(_of_plugin, 1, most_bytes=512 * KIB, weigh=_values_bytes),
        events.ReadingFailed: Keeping(_of_plugin, 450, is_history=True, weigh=_with_text("error")),
        events.RoundCompleted: Keeping(
            lambda event: tuple(each.plugin for each in event.left_out), 1, most_bytes=512 * KIB, weigh=_round_bytes
        ),
        events.PageRendered: Keeping(_of_plugin, 1, most_bytes=512 * KIB, weigh=_page_bytes),
        events.TransferCompleted: Keeping(
            _of_all, 2_000, most_bytes=3 * MIB // 2, is_history=True, weigh=_transfer_bytes
        ),
        events.LogWritten: Keeping(_of_all, 2_000, most_bytes=MIB, is_history=True, weigh=_line_bytes),
        events.StateChanged: Keeping(_of_plugin, 60, most_bytes=256 * KIB, is_history=True, weigh=_with_text("cause")),
        events.AccessDenied: Keeping(lambda event: (event.plugin, event.permission), 8, weigh=_with_text("reason")),
        events.CountersTaken: Keeping(_of_plugin, 1),
        events.PluginReloaded: Keeping(_of_plugin, 1),
        events.InstanceRecycled: Keeping(_of_plugin, 1),
        events.PluginCrashed: _CRASHES,
        events.CrashLocated: _CRASHES,
        events.FetchEnded: Keeping(_of_plugin, 1, weigh=_with_text("error")),
        events.DriverAdded: Keeping(_of_plugin, 1, weigh=_with_text("error")),
        events.KeptStateWritten: Keeping(_of_plugin, 1),
        events.PluginsChanged: Keeping(_of_all, 1),
        events.ScanCompleted: Keeping(_of_bus, 8, most_bytes=512 * KIB, weigh=lambda _scan: 16 * KIB),
        events.ScanFailed: Keeping(_of_bus, 1, weigh=_with_text("problem")),
        events.ScanProgressed: Keeping(_of_bus, 1),
        events.ChipIdentified: Keeping(lambda event: (event.bus, event.address), 4),
        events.LedsShown: Keeping(_of_all, 1),
        events.RelaySwitched: Keeping(lambda event: event.relay, 1),
        events.PwmSet: Keeping(lambda event: event.line, 1),
        events.FaultsSet: Keeping(_of_all, 2, has_runs=True),
        events.QuantitiesHeld: Keeping(_of_all, 1),
        events.BrokerReached: _BROKER,
        events.BrokerLost: _BROKER,
        events.ReadingsDropped: Keeping(_of_all, 60, is_history=True, weigh=_with_text("reason")),
        events.TaskProgressed: Keeping(lambda event: event.task, 1, weigh=_with_text("task")),
        events.AlarmsSet: Keeping(_of_all, 1, weigh=_alarms_bytes),
        events.AlarmRaised: _ALARMS,
        events.AlarmAcknowledged: _ALARMS,
        events.AlarmCleared: _ALARMS,
        events.FindingRaised: _FINDINGS,
        events.FindingCleared: _FINDINGS,
        events.BusHealthMeasured: Keeping(_of_bus, 8, has_runs=True),
        events.MachineMeasured: Keeping(_of_all, 2, has_runs=True),
    }
)
"""What is kept of each kind of event. Kinds with the same `Keeping` share a shelf. Other kinds are not kept."""
