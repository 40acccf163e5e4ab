"""A recording as a session, for the widgets that ask a host. It answers from the recording, and refuses the rest."""

from __future__ import annotations

from typing import NoReturn

from hostcore.clock import RealClock
from hostcore.errors import HostError
from hostcore.events.facts import DriverFile, HostFacts, PluginFacts, ScanMode, SourceExcerpt
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.events.stream import EventStream, Subscription
from hostcore.log.safe_text import escaped
from hostcore.read_only import ReadOnlySession
from hostcore.stepping.facts import host_facts, plugin_facts
from hostcore.stepping.subject import Subject
from hostcore.stepping.trace import Trace
from tui.stepping.words import source_lines

REASON = "This is a replay: there is no host and no hardware, so nothing can be changed."
LONGEST_LINE = 200
"""Characters of a line of an excerpt."""


class RecordedSession(ReadOnlySession):
    """A `hostcore.session.Session` of a host that is not there.

    Args:
        subject: what a person steps through.

    Attributes:
        trace: has the sources; None before anything was traced.
    """

    def __init__(self, subject: Subject) -> None:
        self.reason = REASON
        self.trace: Trace | None = None
        self._header = subject.recording.header
        self._facts = host_facts(self._header, subject.chips_folder)
        self._stream = EventStream(RealClock())

    @property
    def facts(self) -> HostFacts:
        """What the recording says of its host."""
        return self._facts

    @property
    def plugin(self) -> PluginFacts:
        """The plugin of the recording."""
        return plugin_facts(self._header)

    def plugins(self) -> tuple[PluginFacts, ...]:
        """Return the plugin of the recording."""
        return (self.plugin,)

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """Subscribe to nothing: no events come."""
        return self._stream.subscribe(*kinds, capacity=capacity)

    def source(self, plugin: str, file: str, line: int, around: int = 3) -> SourceExcerpt:
        """Return some lines of the code that was traced. See `Session`."""
        name = file or self._header.file
        text = self.trace.sources.get(name, "") if self.trace is not None else ""
        lines = source_lines(text)
        if not 1 <= line <= len(lines):
            raise HostError(f"the recording has no line {line} of {name}")
        first = max(1, line - around)
        shown = tuple(escaped(each[:LONGEST_LINE]) for each in lines[first - 1 : line + around])
        return SourceExcerpt(name, line, first, shown)

    def driver_file(self, plugin: str) -> DriverFile:
        """Refuse: a recording has no file."""
        raise HostError(REASON)

    def recording(self, plugin: str, crash_ns: int = 0) -> bytes:
        """Refuse: this is the recording."""
        raise HostError("this is the replay already")

    def history(self, query: HistoryQuery) -> HistoryReport:
        """Return that there is none."""
        return HistoryReport.without("a recording has no history")

    def scan(self, bus: int, mode: ScanMode) -> NoReturn:
        """Refuse, also for simulated buses."""
        self._refuse()

    def identify(self, bus: int, address: int) -> NoReturn:
        """Refuse, also for simulated buses."""
        self._refuse()
