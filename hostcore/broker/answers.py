"""What nodes answer to ``history`` and ``crashes``, as JSON. Real and simulated nodes use it. docs/mqtt.md shows it."""

from __future__ import annotations

from typing import Any

from hostcore.clock import NS_PER_S, timestamp
from hostcore.events.crashes import CrashReport
from hostcore.events.history import HistoryPoint, HistoryReport

USUAL_POINTS, MOST_POINTS = 500, 1_500
"""The points of an answer with past values: the default, and the most, in 250 kB."""
USUAL_SECONDS, LONGEST_SECONDS = 86_400, 100 * 366 * 86_400
"""The time of a question for past values: the default is a day, and the most about a century."""


def history_body(report: HistoryReport) -> dict[str, Any]:
    """Return past values as JSON."""
    return {
        "points": [_point_body(each) for each in report.points],
        "resolution": report.resolution_ns / NS_PER_S,
        "complete": report.is_complete,
        "problem": report.problem,
        "marks": [
            {"time": timestamp(mark.time_ns), "plugin": mark.plugin, "kind": mark.kind.value, "text": mark.text}
            for mark in report.marks
        ],
    }


def _point_body(point: HistoryPoint) -> dict[str, Any]:
    """Return a point. One that stands for one value has no lowest and highest, and what does not hold is left out."""
    body: dict[str, Any] = {"time": timestamp(point.time_ns), "value": point.mean}
    if point.count > 1:
        body |= {"lowest": point.lowest, "highest": point.highest, "count": point.count}
    marks = {"gap": point.is_after_gap, "simulated": point.is_simulated, "injected": point.is_faulty}
    return {**body, **{name: True for name, holds in marks.items() if holds}}


def listed_crash(report: CrashReport) -> dict[str, Any]:
    """Return a crash as one of a list. Its ``id`` asks for the whole report."""
    return {
        "id": str(report.time_ns),
        "time": timestamp(report.time_ns),
        "plugin": report.plugin,
        "kind": report.kind,
        "problem": report.problem,
        "line": report.line,
        "version": report.version,
    }
