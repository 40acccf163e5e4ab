"""A plugin's text, made safe for a terminal, cut into lines, and held to a limit. What goes beyond it is counted."""

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
"""Characters of one log line, unless told otherwise; what is beyond is counted, not kept."""
LINES_PER_SECOND = 50
"""Lines a second, unless told otherwise."""
TAB_WIDTH = 4
MAX_MARKS = 4
"""Combining marks on one character that are kept. No language stacks more; a terminal draws hundreds of them over the
neighbouring lines."""
REOPEN_NS = NS_PER_S // 2
"""The credit that ends a gap, in nanoseconds: lines then come in runs, not one by one between reports of a gap."""

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE0E)), map(chr, range(0xE0100, 0xE01F0))
)
"""Characters that show as nothing although `str.isprintable` lets them pass: Default_Ignorable_Code_Point of Unicode's
DerivedCoreProperties.txt, less U+FE0E and U+FE0F, which choose between a symbol's text and emoji form."""
_FIRST_MARK = "\u0300"
"""Below it are neither combining marks nor characters of `_INVISIBLE`."""


def escaped(text: str) -> str:
    r"""`text` without anything that a terminal acts on or does not show.

    Control, format, private-use and unassigned characters, every space but the ordinary one, and surrogates become
    ``\x1b``, ``\u202e``, ``\U000e0041``; a byte that ``surrogateescape`` decoded becomes ``\xff``. Of the combining
    marks on one character at most `MAX_MARKS` stay, the others are counted.
    """
    return text if _is_plain(text) else "".join(piece for piece, _ in _pieces(text))


def log_line(text: str, length: int = MAX_LINE, beyond: int = 0) -> str:
    """One line: tabs expanded, escaped, and cut to `length` characters; how many more there are follows in brackets.

    Args:
        text: what to show; a newline in it is escaped.
        length: the most characters to show, escapes counted as they are shown and a tab as the spaces it stands for.
        beyond: how many characters after `text` are lost already.
    """
    shown, left = _cut(text[:length].expandtabs(TAB_WIDTH), length)
    beyond += left + max(0, len(text) - length)
    return f"{shown} [{_counted(beyond, 'character')} more]" if beyond else shown


class PluginLog:
    """One plugin's log: texts and raw output go in, safe lines come out. For one thread; never blocks.

    A line ends with ``\\n``, ``\\r\\n`` or, as in progress bars, ``\\r``. A plugin has a second's worth of lines at
    once (a token bucket). Beyond it lines are only counted until there is room again or `flush`; then a line tells how
    many are missing.

    Args:
        emit: takes each line.
        clock: times the limit.
        lines_per_second: 1 and up.
        line_length: the most characters of a line, 1 and up.
    """

    def __init__(
        self,
        emit: Callable[[Level, str], None],
        clock: Clock | None = None,
        lines_per_second: int = LINES_PER_SECOND,
        line_length: int = MAX_LINE,
    ) -> None:
        self.lines_dropped = 0
        """All lines beyond the limit so far."""
        self._emit = emit
        self._lines_per_second, self._line_length = lines_per_second, line_length
        self._allowance = _Allowance(clock or RealClock(), lines_per_second)
        self._outputs = {level: _Output(line_length) for level in Level}
        self._gap = 0

    def write(self, level: Level, text: str) -> None:
        """Log `text`, which may hold several lines; the last one needs no newline."""
        line = _Line(self._line_length)
        self._split(level, line, text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n"))
        self._finish(level, line)

    def output(self, level: Level, data: bytes) -> None:
        r"""Raw output, UTF-8; a line counts once its end has come. A byte that is no UTF-8 is shown as ``\xff``."""
        output = self._outputs[level]
        self._split(level, output.line, output.decode(data))

    def flush(self) -> None:
        """Let unfinished lines out, and tell what is missing: the call is over."""
        for level, output in self._outputs.items():
            self._split(level, output.line, output.decode(b"", final=True))
            if output.line.begun:
                self._finish(level, output.line)
        self._report_gap()

    def _split(self, level: Level, line: _Line, text: str) -> None:
        """Finish `line` at every newline of `text`; what follows the last one stays in it."""
        start = 0
        while (end := text.find("\n", start)) >= 0:
            line.extend(text, start, end)
            start = end + 1
            if not self._finish(level, line):
                # Room does not come within a text: counting the rest at once makes a flood cheap.
                self._drop(text.count("\n", start))
                start = text.rfind("\n") + 1
        line.extend(text, start, len(text))

    def _finish(self, level: Level, line: _Line) -> bool:
        """Let `line` out if there is room for it, and begin it anew; True if there was."""
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
    """A token bucket that holds a second's worth of lines, as nanoseconds of credit."""

    def __init__(self, clock: Clock, lines_per_second: int) -> None:
        self._clock = clock
        self._cost_ns = NS_PER_S // lines_per_second
        self._credit_ns = NS_PER_S
        self._counted_ns = clock.monotonic_ns()

    def take(self, least_ns: int) -> bool:
        """Pay for one line, if there is credit for it and at least `least_ns` of it."""
        now = self._clock.monotonic_ns()
        self._credit_ns = min(NS_PER_S, self._credit_ns + now - self._counted_ns)
        self._counted_ns = now
        if self._credit_ns < max(self._cost_ns, least_ns):
            return False
        self._credit_ns -= self._cost_ns
        return True


class _Line:
    """A line that is not finished: its beginning, and how many characters came after that."""

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
    """One raw stream: its unfinished line, and what is needed of its last bytes to go on."""

    def __init__(self, line_length: int) -> None:
        self.line = _Line(line_length)
        utf8 = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=True)

    def decode(self, data: bytes, final: bool = False) -> str:
        r"""The text of `data`, its line ends as ``\n``; half a character, or half a line end, waits for the rest."""
        return self._decoder.decode(data, final)


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or max(text) < _FIRST_MARK)


def _cut(text: str, length: int) -> tuple[str, int]:
    """What `length` characters can show of `text`, and how many of its characters they don't."""
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
    """`text` as it is shown, piece by piece, and for how many of its characters each piece stands."""
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
    """Whether `char` is drawn over the one before it: a nonspacing or enclosing mark."""
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
