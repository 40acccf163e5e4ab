"""A plugin's log: its text as safe lines, limited in number and length. Further text is only counted."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from typing import Protocol

from hostcore.clock import NS_PER_S, Clock, RealClock
from hostcore.events import Level
from hostcore.log.safe_text import MAX_LINE, counted, log_line
from hostcore.log.traceback_lines import TRACEBACK, TracebackLines

LINES_PER_SECOND = 50
"""The default limit of lines per second."""
REOPEN_NS = NS_PER_S // 2
"""The credit that ends a gap, in nanoseconds. It lets several lines pass between two reports of a gap."""


class PluginLog:
    """The log of one plugin: takes text and raw output, and emits safe lines. For one thread. Never blocks.

    A line ends with ``\\n``, ``\\r\\n`` or, as in progress bars, ``\\r``. The limit is a token bucket that holds the
    lines of one second. Further lines are only counted, until the bucket has room again or `flush` is called. Then one
    line reports how many are missing.

    Args:
        emit: takes each line.
        report: takes the host's own lines about what is missing; by default `emit`.
        more: takes the lines that go on with the one before: those of a text with a traceback, and those of a traceback
            in raw output; by default `emit`.
        clock: the clock for the limit; by default the computer's.
        lines_per_second: the most lines per second, at least 1.
        line_length: the most characters of a line, at least 1.
    """

    def __init__(
        self,
        emit: Callable[[Level, str], None],
        clock: Clock | None = None,
        lines_per_second: int = LINES_PER_SECOND,
        line_length: int = MAX_LINE,
        *,
        report: Callable[[Level, str], None] | None = None,
        more: Callable[[Level, str], None] | None = None,
    ) -> None:
        self.lines_dropped = 0
        """The number of dropped lines so far."""
        self._emit, self._report, self._more = emit, report or emit, more or emit
        self._last: _Group | None = None
        """Where the newest line belongs; None for the host's own."""
        self._lines_per_second, self._line_length = lines_per_second, line_length
        self._allowance = _Allowance(clock or RealClock(), lines_per_second)
        self._outputs = {level: _Output(line_length) for level in Level}
        self._has_output = False
        """Whether there was raw output since the last `flush`. Most calls have none."""
        self._gap = 0

    def write(self, level: Level, text: str) -> None:
        """Log `text`. It may have several lines. The last one needs no newline."""
        line, group = _Line(self._line_length), _Text(is_one=TRACEBACK in text)
        self._split(level, line, text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n"), group)
        self._finish(level, line, group)

    def output(self, level: Level, data: bytes) -> None:
        r"""Log raw output in UTF-8. A line is emitted when it ends. A byte that is not UTF-8 is shown as ``\xff``."""
        output = self._outputs[level]
        self._has_output = True
        self._split(level, output.line, output.decode(data), output.traceback)

    def flush(self) -> None:
        """Emit unfinished lines, and report missing ones. Called at the end of a plugin's call."""
        if self._has_output:
            self._has_output = False
            self._flush_outputs()
        self._report_gap()

    def _flush_outputs(self) -> None:
        for level, output in self._outputs.items():
            self._split(level, output.line, output.decode(b"", final=True), output.traceback)
            if output.line.begun:
                self._finish(level, output.line, output.traceback)
            output.traceback.end()

    def _split(self, level: Level, line: _Line, text: str, group: _Group) -> None:
        """Finish `line` at every newline of `text`. The text after the last newline stays in it."""
        start = 0
        while (end := text.find("\n", start)) >= 0:
            line.extend(text, start, end)
            start = end + 1
            if not self._finish(level, line, group):
                # The rest of the text gets no room either. Counting it at once makes a flood of lines cheap.
                self._drop(text.count("\n", start))
                start = text.rfind("\n") + 1
        line.extend(text, start, len(text))

    def _finish(self, level: Level, line: _Line, group: _Group) -> bool:
        """Emit `line` if there is room for it, and clear it. Returns whether there was room."""
        is_more = group.take(line.text)
        has_room = self._allowance.take(REOPEN_NS if self._gap else 0)
        if has_room:
            self._report_gap()
            emit = self._more if is_more and self._last is group else self._emit
            emit(level, log_line(line.text, self._line_length, line.beyond))
            self._last = group
        else:
            self._drop(1)
        line.clear()
        return has_room

    def _drop(self, count: int) -> None:
        self._gap += count
        self.lines_dropped += count

    def _report_gap(self) -> None:
        if self._gap:
            lines, self._gap = counted(self._gap, "line"), 0
            self._report(Level.WARNING, f"{lines} dropped (more than {self._lines_per_second} a second)")
            self._last = None


class _Group(Protocol):
    """Lines that can be one entry of the log."""

    def take(self, line: str) -> bool:
        """Take in the next line. Return whether it goes on with the one before it in this group."""


class _Text:
    def __init__(self, *, is_one: bool) -> None:
        self._is_one = is_one

    def take(self, _line: str) -> bool:
        return self._is_one


class _Allowance:
    """A token bucket that holds the lines of one second, as nanoseconds of credit."""

    def __init__(self, clock: Clock, lines_per_second: int) -> None:
        self._clock = clock
        self._cost_ns = NS_PER_S // lines_per_second
        self._credit_ns = NS_PER_S
        self._counted_ns = clock.monotonic_ns()

    def take(self, least_ns: int) -> bool:
        """Pay for one line if there is enough credit, and at least `least_ns`. Returns whether it was paid."""
        now = self._clock.monotonic_ns()
        self._credit_ns = min(NS_PER_S, self._credit_ns + now - self._counted_ns)
        self._counted_ns = now
        if self._credit_ns < max(self._cost_ns, least_ns):
            return False
        self._credit_ns -= self._cost_ns
        return True


class _Line:
    """An unfinished line: its beginning, and the number of characters after that."""

    def __init__(self, length: int) -> None:
        self._length = length
        self.text = ""
        self.beyond = 0

    @property
    def begun(self) -> bool:
        return bool(self.text or self.beyond)

    def extend(self, text: str, start: int, end: int) -> None:
        """Append ``text[start:end]``."""
        kept = min(end, start + self._length - len(self.text))
        self.text += text[start:kept]
        self.beyond += end - kept

    def clear(self) -> None:
        self.text, self.beyond = "", 0


class _Output:
    """One raw stream: its unfinished line, its tracebacks, and a decoder with the bytes of an incomplete character."""

    def __init__(self, line_length: int) -> None:
        self.line, self.traceback = _Line(line_length), TracebackLines()
        utf8 = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=True)

    def decode(self, data: bytes, final: bool = False) -> str:
        r"""Decode `data`, with line ends as ``\n``. An incomplete character or line end waits for the next data."""
        return self._decoder.decode(data, final)
