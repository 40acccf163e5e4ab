"""Makes the report about a case."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TypeVar

from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.report import DiagnosisReport, NotLookedAt, PluginCondition, Traces, Unseen
from hostcore.events import FindingRaised, State
from hostcore.events.event_json import to_json
from hostcore.log.safe_text import counted, log_line
from hostcore.place import BusKind

T = TypeVar("T")
TRANSFER_JSON, LINE_JSON = 400_000, 150_000
"""Most characters of JSON of the transfers and of the log lines. Together with the rest, they fit into one line of
`hostcore.control`."""
CRASHED = (State.BACKOFF, State.QUARANTINED)
"""States of a plugin that follow crashes."""
LONGEST_CAUSE = 200
"""Characters of the cause of a plugin's state: an exception of a plugin can have any length."""
MOST_IDENTITIES = 64
"""Identities of chips in one report. A bus has 112 addresses, but a person identifies a few."""


def report_on(case: Case, findings: tuple[FindingRaised, ...], *, with_traces: bool) -> DiagnosisReport:
    """Return the report.

    Args:
        case: the evidence.
        findings: the present findings, the surest first.
        with_traces: whether to include the newest evidence, which is long.
    """
    return DiagnosisReport(
        case.now_ns,
        case.facts.started_ns,
        case.facts.buses,
        findings,
        tuple(_not_looked_at(case)),
        tuple(map(_condition, case.plugins.values())),
        tuple(bus.health for bus in case.buses.values() if bus.health),
        case.machine,
        _traces(case) if with_traces else Traces(),
    )


def _condition(plugin: PluginRecord) -> PluginCondition:
    counters = plugin.newest
    failed = max(plugin.failed, counters.errors_in_a_row)
    return PluginCondition(
        plugin.name,
        plugin.state,
        _cause(plugin),
        plugin.published,
        failed,
        counters.is_failing,
        log_line(plugin.failures[-1].error, LONGEST_CAUSE) if plugin.failures else "",
        log_line(plugin.states[-1].rejected, LONGEST_CAUSE) if plugin.states else "",
        plugin.facts.permissions if plugin.facts else (),
    )


def _cause(plugin: PluginRecord) -> str:
    return log_line(plugin.cause, LONGEST_CAUSE)


def _not_looked_at(case: Case) -> Iterator[NotLookedAt]:
    for bus in case.buses.values():
        name = bus.facts.name
        if not bus.facts.is_usable:
            yield NotLookedAt(Unseen.MISSING, f"{name} cannot be used: {log_line(bus.facts.reason)}", name)
        elif name.kind is BusKind.I2C and bus.scan is None:
            text = f"{name} was not scanned, so a chip that no plugin uses is not known"
            yield NotLookedAt(Unseen.NOT_SCANNED, text, name)
    for plugin in case.plugins.values():
        if plugin.state in CRASHED:
            text = f"{plugin.name} crashed, and its state is {plugin.state}: {_cause(plugin)}"
            yield NotLookedAt(Unseen.CRASHED, text, plugin=plugin.name)
        elif plugin.state is not State.RUNNING:
            cause = f": {_cause(plugin)}" if plugin.cause else ""
            text = f"{plugin.name} does not run, its state is {plugin.state}{cause}"
            yield NotLookedAt(Unseen.NOT_RUN, text, plugin=plugin.name)
    if case.lost:
        text = f"{counted(case.lost, 'event')} came faster than the diagnosis could take them"
        yield NotLookedAt(Unseen.EVIDENCE_LOST, text)


def _traces(case: Case) -> Traces:
    transfers = [each for device in case.devices.values() for each in device.transfers.newest_first()]
    identities = [each for bus in case.buses.values() for each in bus.identities.values()]
    return Traces(
        _newest(sorted(transfers, key=attrgetter("time_ns", "sequence")), TRANSFER_JSON),
        _newest(case.lines, LINE_JSON),
        tuple(bus.scan for bus in case.buses.values() if bus.scan),
        tuple(identities[:MOST_IDENTITIES]),
    )


def _newest(items: Iterable[T], room: int) -> tuple[T, ...]:
    """Return the newest of `items`, which are in order, whose JSON has at most `room` characters."""
    kept: deque[T] = deque()
    for each in reversed(list(items)):
        room -= len(json.dumps(to_json(each)))
        if room < 0:
            break
        kept.appendleft(each)
    return tuple(kept)
