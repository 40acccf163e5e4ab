"""Makes a plugin's text safe for a terminal, splits it into lines, and limits them. Further text is only counted."""

from __future__ import annotations

import codecs
import io
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby

from hostcore.clock import NS_PER_S, Clock, RealClock
from hostcore.events import Level

MAX_LINE = 2000
"""The default limit of characters in one log line. Further characters are only counted."""
LINES_PER_SECOND = 50
"""The default limit of lines per second."""
TAB_WIDTH = 4
MAX_MARKS = 4
"""The most combining marks on one character that are kept. No language needs more, and a terminal would draw hundreds
of them over the neighbouring lines."""
REOPEN_NS = NS_PER_S // 2
"""The credit that ends a gap, in nanoseconds. It lets several lines pass between two reports of a gap."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE0E)), map(chr, range(0xE0100, 0xE01F0))
)
"""Invisible characters that `str.isprintable` accepts: Default_Ignorable_Code_Point of Unicode's
DerivedCoreProperties.txt without U+FE0E and U+FE0F, which choose between the text and emoji form of a symbol."""
_FIRST_MARK = "\u0300"
"""The first combining mark. All characters of `_INVISIBLE` come after it as well."""


def escaped(text: str) -> str:
    r"""Return `text` with escapes for all characters that a terminal acts on or does not show.

    Control, format, private-use and unassigned characters, surrogates, and all spaces but the ordinary one become
    escapes such as ``\x1b``, ``\u202e`` and ``\U000e0041``. A byte that ``surrogateescape`` decoded becomes ``\xff``.
    At most `MAX_MARKS` combining marks on one character are kept; the others are counted.
    """
    return text if _is_plain(text) else "".join(piece for piece, _ in _pieces(text))


def log_line(text: str, length: int = MAX_LINE, beyond: int = 0) -> str:
    """Return one line: `text` with tabs expanded, escaped, and cut. The number of missing characters is in brackets.

    Args:
        text: the text. Newlines in it are escaped.
        length: the most characters to show. Escapes and expanded tabs count as they are shown.
        beyond: how many characters after `text` are missing already.
    """
    shown, left = _cut(text[:length].expandtabs(TAB_WIDTH), length)
    beyond += left + max(0, len(text) - length)
    return f"{shown} [{_counted(beyond, 'character')} more]" if beyond else shown


class PluginLog:
    """The log of one plugin: takes text and raw output, and emits safe lines. For one thread. Never blocks.

    A line ends with ``\\n``, ``\\r\\n`` or, as in progress bars, ``\\r``. The limit is a token bucket that holds the
    lines of one second. Further lines are only counted, until the bucket has room again or `flush` is called. Then one
    line reports how many are missing.

    Args:
        emit: takes each line.
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
    ) -> None:
        self.lines_dropped = 0
        """The number of dropped lines so far."""
        self._emit = emit
        self._lines_per_second, self._line_length = lines_per_second, line_length
        self._allowance = _Allowance(clock or RealClock(), lines_per_second)
        self._outputs = {level: _Output(line_length) for level in Level}
        self._gap = 0

    def write(self, level: Level, text: str) -> None:
        """Log `text`. It may have several lines. The last one needs no newline."""
        line = _Line(self._line_length)
        self._split(level, line, text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n"))
        self._finish(level, line)

    def output(self, level: Level, data: bytes) -> None:
        r"""Log raw output in UTF-8. A line is emitted when it ends. A byte that is not UTF-8 is shown as ``\xff``."""
        output = self._outputs[level]
        self._split(level, output.line, output.decode(data))

    def flush(self) -> None:
        """Emit unfinished lines, and report missing ones. Called at the end of a plugin's call."""
        for level, output in self._outputs.items():
            self._split(level, output.line, output.decode(b"", final=True))
            if output.line.begun:
                self._finish(level, output.line)
        self._report_gap()

    def _split(self, level: Level, line: _Line, text: str) -> None:
        """Finish `line` at every newline of `text`. The text after the last newline stays in it."""
        start = 0
        while (end := text.find("\n", start)) >= 0:
            line.extend(text, start, end)
            start = end + 1
            if not self._finish(level, line):
                # The rest of the text gets no room either. Counting it at once makes a flood of lines cheap.
                self._drop(text.count("\n", start))
                start = text.rfind("\n") + 1
        line.extend(text, start, len(text))

    def _finish(self, level: Level, line: _Line) -> bool:
        """Emit `line` if there is room for it, and clear it. Returns whether there was room."""
        has_room = self._allowance.take(REOPEN_NS if self._gap else 0)
        if has_room:
            self._report_gap()
            self._emit(level, log_line(line.text, self._line_length, line.beyond))
        else:
            self._drop(1)
        line.clear()
        return has_room

    def _drop(self, count: int) -> None:
        self._gap += count
        self.lines_dropped += count

    def _report_gap(self) -> None:
        if self._gap:
            lines, self._gap = _counted(self._gap, "line"), 0
            self._emit(Level.WARNING, f"{lines} dropped (more than {self._lines_per_second} a second)")


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
    """One raw stream: its unfinished line, and a decoder with the bytes of an incomplete character."""

    def __init__(self, line_length: int) -> None:
        self.line = _Line(line_length)
        utf8 = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=True)

    def decode(self, data: bytes, final: bool = False) -> str:
        r"""Decode `data`, with line ends as ``\n``. An incomplete character or line end waits for the next data."""
        return self._decoder.decode(data, final)


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or max(text) < _FIRST_MARK)


def _cut(text: str, length: int) -> tuple[str, int]:
    """Return the part of `text` that fits into `length` characters, and the number of characters that are left out."""
    if _is_plain(text):
        return text[:length], max(0, len(text) - length)
    shown, size, told = [], 0, 0
    for piece, characters in _pieces(text):
        size += len(piece)
        if size > length:
            break
        shown.append(piece)
        told += characters
    return "".join(shown), len(text) - told


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield `text` piece by piece as it is shown, each piece with the number of characters that it stands for."""
    for stacked, run in groupby(text, _is_mark):
        if not stacked:
            yield from ((_shown(char), 1) for char in run)
            continue
        marks = "".join(run)
        yield from ((mark, 1) for mark in marks[:MAX_MARKS])
        more = len(marks) - MAX_MARKS
        if more > 0:
            yield f"[{_counted(more, 'mark')} more]", more


@lru_cache(1024)
def _is_mark(char: str) -> bool:
    """Return whether `char` is drawn over the character before it: a nonspacing or enclosing mark."""
    return unicodedata.category(char) in {"Mn", "Me"} and char not in _INVISIBLE


@lru_cache(1024)
def _shown(char: str) -> str:
    if char.isprintable() and char not in _INVISIBLE:
        return char
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode()


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
