"""The log for people and programs: formats log events as text or JSON lines, and writes them to a rotating file."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hostcore.clock import NS_PER_S, Clock, timestamp
from hostcore.events import HOST, EventsDropped, Level, LogWritten
from hostcore.events.stream import EventStream, Numbered, Subscription
from hostcore.log.rotating_file import RotatingFile
from hostcore.threads import HostThread

RETRY_SECONDS = 10
"""Seconds until the next attempt after a file could not be written."""
STOP_SECONDS = 1.0
"""How many seconds the last lines may take."""
CAPACITY = 10_000
"""How many lines can wait for the file. Beyond that, the oldest are lost."""

HOST_MARK = "*"
"""The mark before the name in lines of the host itself. No plugin can have it in its name."""
Form = Callable[[LogWritten], str]
"""Formats an event as one line, without the newline."""


def format_text(event: LogWritten) -> str:
    """Return one line for people: ``2026-01-31T08:00:00.123Z WARNING bme680: text``.

    The host's own lines have `HOST_MARK` before the name. A plugin cannot write there.
    """
    return f"{timestamp(event.time_ns)} {event.level.upper():7} {speaker(event)}: {event.text}"


def speaker(event: LogWritten) -> str:
    """The plugin's name, with `HOST_MARK` before it if the host speaks."""
    return f"{HOST_MARK}{event.plugin}" if event.by_host else event.plugin


def format_json(event: LogWritten) -> str:
    """Return one line for programs: a JSON object (RFC 8259).

    It has ``time``, ``level``, ``plugin``, ``by_host`` and ``text``. ``by_host`` is true if the host itself speaks.
    """
    values = {
        "time": timestamp(event.time_ns),
        "level": event.level.value,
        "plugin": event.plugin,
        "by_host": event.by_host,
        "text": event.text,
    }
    return json.dumps(values, ensure_ascii=False)


def levels_from(least: Level) -> frozenset[Level]:
    """Return the level `least` and all levels above."""
    levels = tuple(Level)
    return frozenset(levels[levels.index(least) :])


class LogFile:
    """A rotating file of log lines. A full file is renamed to ``NAME.1``, and older ones to ``NAME.2`` and so on.

    Each line goes to the operating system at once, so a killed process loses none. Lines that cannot be written are
    counted. After `RETRY_SECONDS` the file is tried again, and then says how many lines are missing. A file that was
    deleted is created again. A missing folder is never created, because it may be the mount point of a disk. For one
    thread.

    Args:
        path: the file. Its present content stays.
        mib: the size at which the file is renamed, in MiB, at least 1.
        kept: how many renamed files are kept, at least 0.
        form: formats the lines.
        clock: the clock for `RETRY_SECONDS`.
        warn: takes one line for a person when the file can no longer be written.
    """

    def __init__(
        self, path: Path, mib: int, kept: int, *, form: Form, clock: Clock, warn: Callable[[str], None]
    ) -> None:
        self._path, self._mib, self._kept = path, mib, kept
        self._form, self._clock, self._warn = form, clock, warn
        self._file: RotatingFile | None = None
        self._lost = 0
        self._failed = False
        self._retry_ns = clock.monotonic_ns()

    def write(self, events: Sequence[LogWritten]) -> None:
        """Append a line for each event. Without events, this only opens the file.

        Blocks for as long as the disk does. Failures are counted and reported through `warn`, not raised.
        """
        if self._clock.monotonic_ns() < self._retry_ns:
            self._lost += len(events)
            return
        waiting = deque(events)
        try:
            file = self._opened()
            if self._lost:
                file.append(self._form(self._about_lost()))
                self._lost = 0
            while waiting:
                file.append(self._form(waiting[0]))
                waiting.popleft()
            self._failed = False
        except OSError as error:
            self._lost += len(waiting)
            self._fail(error)

    def close(self) -> None:
        """Close the file. The next `write` opens it again."""
        try:
            self._release()
        except OSError as error:
            self._fail(error)

    def _opened(self) -> RotatingFile:
        if self._file is not None and not self._file.is_in_place:
            self._release()
        if self._file is None:
            self._file = RotatingFile(self._path, self._mib << 20, self._kept)
        return self._file

    def _release(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _fail(self, error: OSError) -> None:
        """Do not use the file for a while. Warn about the first of several failures in a row."""
        with suppress(OSError):
            self._release()
        self._retry_ns = self._clock.monotonic_ns() + RETRY_SECONDS * NS_PER_S
        if not self._failed:
            self._failed = True
            self._warn(
                f"the log file {self._path} cannot be written: {self._reason(error)}; "
                f"lines will be missing from it; the host tries again every {RETRY_SECONDS} s"
            )

    def _reason(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError):
            return f"there is no folder {self._path.parent}"
        return error.strerror or str(error)

    def _about_lost(self) -> LogWritten:
        text = f"lines missing before this one: {self._lost} (the file could not be written)"
        return LogWritten(self._clock.wall_ns(), HOST, Level.WARNING, text, by_host=True)


class LogWriter:
    """Writes the log to a `LogFile` on its own thread, so that no plugin waits for the disk.

    Args:
        stream: the stream with the log events.
        path: the file.
        mib: see `LogFile`.
        kept: see `LogFile`.
        warn: see `LogFile`.
        form: formats the lines.
        least: the lowest level that is written.
    """

    def __init__(
        self,
        stream: EventStream,
        path: Path,
        mib: int,
        kept: int,
        warn: Callable[[str], None],
        *,
        form: Form = format_text,
        least: Level = Level.DEBUG,
    ) -> None:
        self._stream, self._levels = stream, levels_from(least)
        self._file = LogFile(path, mib, kept, form=form, clock=stream.clock, warn=warn)
        self._subscription: Subscription | None = None
        self._thread: HostThread | None = None

    def start(self) -> None:
        """Write the log from now on. Returns at once. The thread opens the file and warns if that fails."""
        subscription = self._stream.subscribe(LogWritten, capacity=CAPACITY)
        self._thread = HostThread(self._run, "log-file", subscription)
        self._subscription = subscription
        self._thread.start()

    def stop(self, timeout: float = STOP_SECONDS) -> bool:
        """Write the remaining lines and close the file. Blocks for up to `timeout` seconds.

        Returns:
            Whether this is done. If not, the disk hangs, and an ordinary end of the process would hang, too.
        """
        if self._subscription is None or self._thread is None:
            return True
        self._subscription.close()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self, subscription: Subscription) -> None:
        self._file.write(())
        while batch := subscription.take():
            self._file.write(list(self._chosen(batch)))
        self._file.close()

    def _chosen(self, batch: Iterable[Numbered]) -> Iterable[LogWritten]:
        for item in batch:
            match item.event:
                case LogWritten(level=level) as event if level in self._levels:
                    yield event
                case EventsDropped(time_ns=time_ns, count=count):
                    text = f"lines missing before this one: {count} (more was logged than the disk could take)"
                    yield LogWritten(time_ns, HOST, Level.WARNING, text, by_host=True)
