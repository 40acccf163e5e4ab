"""A report on one plugin: state, permissions, crashes, counters, transfers."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from rich.segment import Segment

from hostcore.events import CrashReport, PluginCrashed
from hostcore.log.log_file import HOST_MARK
from hostcore.quick_dataclass import dataclass
from hostcore.view.condition import Condition
from hostcore.view.plugins import PluginStatus
from hostcore.view.view import View
from tui.document import wrapped
from tui.finding_words import finding_lines
from tui.health_words import stuck_words
from tui.lines import Line
from tui.look import Look
from tui.plugins.state_words import words_for
from tui.text import ago, counted, safe, size, span, time_of_day, uptime
from tui.traffic.transfer_words import transfer_line

LABEL = 14
"""Width of the labels."""
RECENT = 12
"""How many transfers, log lines and changes of state are listed."""


@dataclass(frozen=True, slots=True)
class Report:
    """Writes the lines about one plugin, for a width in cells."""

    plugin: PluginStatus
    view: View
    look: Look
    width: int
    now_ns: int

    def lines(self, crashes_back: int) -> Iterator[Line]:
        """All lines, the most urgent first.

        Args:
            crashes_back: which crash is described: 0 for the last one, 1 for the one before it.
        """
        yield from self._state()
        yield from self._findings()
        if self.plugin.crashes:
            yield from self.crash(crashes_back)
        yield from self._permissions()
        yield from self._settings()
        yield from self._counters()
        yield from self._transfers()
        yield from self._history()

    def _title(self, text: str) -> Iterator[Line]:
        yield []
        yield [Segment(text, self.look.accent)]

    def _fact(self, label: str, text: str, *, is_bad: bool = False) -> Iterator[Line]:
        ink = self.look.bad if is_bad else self.look.plain
        for place, line in enumerate(wrapped(text, ink, self.width - LABEL - 2)):
            name = (label if place == 0 else "").ljust(LABEL)
            yield [Segment(f"  {name}", self.look.muted), *line]

    def _state(self) -> Iterator[Line]:
        plugin = self.plugin
        since_ns = self.view.since_ns(plugin)
        since = f" since {time_of_day(since_ns)[:8]}" if since_ns else ""
        yield [
            Segment(f"  {'state'.ljust(LABEL)}", self.look.muted),
            words_for(plugin, self.view, self.look).segment(),
            Segment(since),
        ]
        yield from self._fact("because", safe(plugin.cause) or "it has not started yet")
        if plugin.rejected:
            yield from self._fact("new version", f"not taken: {safe(plugin.rejected)}", is_bad=True)
        if plugin.is_failing:
            yield from self._fact("failing", f"only errors now: {safe(plugin.last_error)}", is_bad=True)
        if bus := self.view.health.stuck_bus_of(plugin.name):
            yield from self._fact("its bus", stuck_words(bus), is_bad=True)
        if plugin.fetch_error:
            yield from self._fact("last fetch", safe(plugin.fetch_error), is_bad=True)
        if plugin.retry_ns:
            yield from self._fact("next try", f"in {uptime(plugin.retry_ns - self.now_ns)}")

    def _settings(self) -> Iterator[Line]:
        """The file, the limits, and what it keeps."""
        plugin, facts = self.plugin, self.plugin.facts
        if facts is not None or plugin.kept_state:
            yield from self._title("Settings")
        if facts is not None:
            yield from self._fact(
                "file", safe(str(facts.path)) + (f", version {safe(plugin.version)}" if plugin.version else "")
            )
            limits = f"{facts.memory_mib} MiB of memory, {facts.call_seconds:g} s for a call"
            yield from self._fact("limits", limits)
            yield from self._fact("interval", f"{facts.interval:g} s")
        if kept := plugin.kept_state:
            written = f"written {ago(self.now_ns - kept.time_ns)}, after {counted(kept.saves, 'save')}"
            yield from self._fact("kept state", f"{size(kept.size_bytes)}, {written}")

    def _findings(self) -> Iterator[Line]:
        about = list(self.view.findings.about_plugin(self.plugin.name))
        if about:
            yield from self._title("What is wrong")
        for raised in about:
            yield from finding_lines(raised, self.look, self.width, self.now_ns)

    def _permissions(self) -> Iterator[Line]:
        plugin = self.plugin
        yield from self._title("Permissions")
        granted = plugin.facts.permissions if plugin.facts else ()
        yield from self._fact("granted", ", ".join(map(str, granted)) or "nothing")
        for request in plugin.requests.values():
            text = f"{request.permission}, denied at least {counted(request.count, 'time')}: {safe(request.reason)}"
            yield from self._fact("asks for", text, is_bad=True)
        if plugin.refused:
            yield from self._fact("refused", ", ".join(sorted(map(str, plugin.refused))))

    def crash(self, back: int) -> Iterator[Line]:
        """One crash with its traceback, its last log lines and its last transfers.

        Args:
            back: 0 for the last one, 1 for the one before it.
        """
        crashes = self.plugin.crashes
        place = max(0, len(crashes) - 1 - back)
        crash: PluginCrashed = crashes[place]
        report = crash.report
        which = f"Crash {place + 1} of {len(crashes)}, {ago(self.now_ns - crash.time_ns)}"
        yield from self._title(which)
        yield from self._fact(safe(report.kind), safe(report.problem), is_bad=True)
        alike = [each for each in crashes if (each.report.kind, each.report.problem) == (report.kind, report.problem)]
        if len(alike) > 1:
            since = time_of_day(alike[0].time_ns)[:8]
            yield from self._fact("", f"{len(alike)} of {len(crashes)} crashes have this problem, the first at {since}")
        yield from self._fact("in the call", f"{safe(report.call)}({safe(report.argument, 200)})")
        yield from self._traceback(report)
        if report.lines:
            yield from self._fact("its last words", "")
            for line in report.lines[-RECENT:]:
                mark = HOST_MARK if line.by_host else " "
                yield from wrapped(
                    f"{time_of_day(line.time_ns)} {mark}{safe(line.text)}", self.look.plain, self.width, "    "
                )
        if report.transfers:
            yield from self._fact("its transfers", "before the end, oldest first")
            for transfer in self.view.traffic.told(report.transfers[-RECENT:]):
                yield [Segment("    "), *transfer_line(transfer, self.look, self.width - 4, with_plugin=False)]
        if crash.file:
            yield from self._fact("report", safe(crash.file))
        if Path(crash.file).is_absolute():
            yield from self._fact("replay", f"T steps through it; wasi-host replay {safe(shlex.quote(crash.file))}")

    def _traceback(self, report: CrashReport) -> Iterator[Line]:
        lines = report.traceback.splitlines() or report.wasm_trace.splitlines()
        for line in islice(lines, 200):
            ink = self.look.strong if not line.startswith(" ") else self.look.plain
            yield from wrapped(safe(line), ink, self.width, "    ")

    def _counters(self) -> Iterator[Line]:
        counters, since_ns = self.plugin.recent, self.view.statistics_since_ns
        yield from self._title(f"Counters since {time_of_day(since_ns)[:8]}" if since_ns else "Counters")
        crashes = ", ".join(f"{count} {safe(kind)}" for kind, count in counters.crashes)
        yield from self._fact(
            "calls", f"{counters.calls}, {counted(counters.errors, 'error')}", is_bad=counters.errors > 0
        )
        times = ((counters.call_p50_ns, "half"), (counters.call_p99_ns, "99 of 100"), (counters.call_max_ns, "all"))
        spans = "; ".join(f"{share} within {span(duration)}" for duration, share in times)
        yield from self._fact("call times", spans if counters.calls else "none yet")
        yield from self._fact("crashes", crashes or "none", is_bad=bool(crashes))
        instances = f"{counted(counters.restarts, 'restart')}, {counted(counters.reloads, 'reload')}"
        recycled = self.plugin.recycled
        if recycled is not None:
            instances += f", {counted(counters.recycles, 'replacement')} before its memory reached the limit"
        yield from self._fact("instances", instances)
        if recycled is not None:
            yield from self._fact("replaced", f"{ago(self.now_ns - recycled.time_ns)}: {recycled.words}")
        limit = f" of {self.plugin.facts.memory_mib} MiB" if self.plugin.facts else ""
        seen = (
            f"{size(counters.memory_bytes)}{limit}, as the plugin sees it"
            if counters.memory_bytes
            else "not measured yet"
        )
        yield from self._fact("memory", seen)
        if counters.host_bytes:
            yield from self._fact("host memory", f"up to {size(counters.host_bytes)} for one call")
        traffic = f"{counted(counters.transfers, 'transfer')} in {span(counters.bus_time_ns)}"
        amounts = f"{size(counters.bytes_read)} read, {size(counters.bytes_written)} written"
        yield from self._fact("buses", f"{traffic}; {amounts}; kept waiting {span(counters.throttled_ns)}")
        yield from self._fact("denied", counted(counters.denied, "time"))
        yield from self._fact("log", f"{counted(counters.lines_dropped, 'line')} beyond its limit")

    def _transfers(self) -> Iterable[Line]:
        last = reversed(self.view.traffic.items.last(500))
        newest = (each for each in last if each.transfer.plugin == self.plugin.name)
        recent = list(islice(newest, RECENT))
        if recent:
            yield from self._title("Last transfers, newest first")
            for transfer in recent:
                yield [Segment("  "), *transfer_line(transfer, self.look, self.width - 2, with_plugin=False)]

    def _history(self) -> Iterator[Line]:
        if self.plugin.history:
            yield from self._title("Changes of state, newest first")
            for change in islice(reversed(self.plugin.history), RECENT):
                state = Condition(change.after.value).word
                text = f"{time_of_day(change.time_ns)} {state}: {safe(change.cause)}"
                yield from wrapped(text, self.look.plain, self.width, "  ")
