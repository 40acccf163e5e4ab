"""A plugin's text, made safe for a terminal and cut into lines."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.events import Level

MAX_LINE = 2000
"""Characters of one log line; what is beyond is counted, not kept."""
MAX_PARTIAL = 8192
"""Bytes of an unfinished line that are held back; then it counts as finished."""


def escaped(text: str) -> str:
    """`text` without anything a terminal would act on: control, format and surrogate characters as ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def log_line(text: str) -> str:
    """One line, escaped and cut to `MAX_LINE` characters."""
    beyond = len(text) - MAX_LINE
    if beyond > 0:
        return f"{escaped(text[:MAX_LINE])} [{beyond} characters more]"
    return escaped(text)


class PluginLog:
    """One plugin's log: texts and raw output go in, safe lines come out.

    Args:
        emit: takes each line.
    """

    def __init__(self, emit: Callable[[Level, str], None]) -> None:
        self._emit = emit
        self._partial: dict[Level, bytes] = {}

    def write(self, level: Level, text: str) -> None:
        """Log `text`, which may hold several lines."""
        for line in text.splitlines() or [""]:
            self._emit(level, log_line(line.expandtabs(4)))

    def output(self, level: Level, data: bytes) -> None:
        """Raw output; a line counts once its newline has come."""
        *lines, rest = (self._partial.pop(level, b"") + data).split(b"\n")
        if len(rest) > MAX_PARTIAL:
            lines.append(rest)
            rest = b""
        if rest:
            self._partial[level] = rest
        for line in lines:
            self.write(level, line.rstrip(b"\r").decode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Let unfinished lines out: the call is over."""
        for level in tuple(self._partial):
            self.output(level, b"\n")
