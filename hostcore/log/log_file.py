"""The log for people and programs: log events as text or JSON lines, and a rotating file of them."""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hostcore.clock import NS_PER_S, Clock, timestamp
from hostcore.events import HOST, EventsDropped, Level, LogWritten
from hostcore.events.stream import EventStream, Numbered, Subscription

if TYPE_CHECKING:
    from logging.handlers import RotatingFileHandler

RETRY_SECONDS = 10
"""How long a file that could not be written is left alone."""
STOP_SECONDS = 1.0
"""How long the last lines may take."""
CAPACITY = 10_000
"""Lines that wait for the file; the oldest are lost beyond that."""

Form = Callable[[LogWritten], str]
"""Makes one line of an event, without the newline."""


def format_text(event: LogWritten) -> str:
    """One line to read: ``2026-01-31T08:00:00.123Z WARNING bme680: text``."""
    return f"{timestamp(event.time_ns)} {event.level.upper():7} {event.plugin}: {event.text}"


def format_json(event: LogWritten) -> str:
    """One line for programs: a JSON object (RFC 8259) with ``time``, ``level``, ``plugin`` and ``text``."""
    values = {
        "time": timestamp(event.time_ns),
        "level": event.level.value,
        "plugin": event.plugin,
        "text": event.text,
    }
    return json.dumps(values, ensure_ascii=False)


def levels_from(least: Level) -> frozenset[Level]:
    """The levels that matter at least as much as `least`."""
    levels = tuple(Level)
    return frozenset(levels[levels.index(least) :])


class LogFile:
    """A file of log lines that begins anew when it is full, and keeps the ones before as ``NAME.1``, ``NAME.2``, ...

    Every line is handed to the system as it is written, so a killed process loses none. What cannot be written is
    counted; the file is tried again after `RETRY_SECONDS`, and then says how many lines it lacks. A file that somebody
    removed is made anew; a folder never is, as it may be where a disk is to be mounted. For one thread.

    Args:
        path: the file; what it holds stays.
        mib: the size at which it begins anew, MiB, 1 and up.
        kept: how many older files stay, 0 and up.
        form: makes its lines.
        clock: times the tries.
        warn: takes one line for a person when the file cannot be written any more.
    """

    def __init__(
        self, path: Path, mib: int, kept: int, *, form: Form, clock: Clock, warn: Callable[[str], None]
    ) -> None:
        self._path, self._mib, self._kept = path, mib, kept
        self._form, self._clock, self._warn = form, clock, warn
        self._handler: RotatingFileHandler | None = None
        self._lost = 0
        self._failed = False
        self._retry_ns = clock.monotonic_ns()

    def write(self, events: Sequence[LogWritten]) -> None:
        """Append a line for each of `events`; none of them just opens the file.

        Blocks as long as the disk does. Raises nothing when it refuses.
        """
        if self._clock.monotonic_ns() < self._retry_ns:
            self._lost += len(events)
            return
        waiting = deque(events)
        try:
            handler = self._opened()
            if self._lost:
                _append(handler, self._form(self._about_lost()))
                self._lost = 0
            while waiting:
                _append(handler, self._form(waiting[0]))
                waiting.popleft()
            self._failed = False
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            self._lost += len(waiting)
            self._fail(error)

    def close(self) -> None:
        """Close the file; another `write` opens it again."""
        try:
            self._release()
        except OSError as error:
            self._fail(error)

    def _opened(self) -> RotatingFileHandler:
        if self._handler is not None and not self._path.exists():
            self._release()
        if self._handler is None:
            _end_last_line(self._path)
            self._handler = _rotating(self._path, self._mib, self._kept)
        return self._handler

    def _release(self) -> None:
        handler, self._handler = self._handler, None
        if handler is not None:
            handler.close()

    def _fail(self, error: OSError | ValueError) -> None:
        """Leave the file alone for a while; the first time in a row, say why."""
        with suppress(OSError):
            self._release()
        self._retry_ns = self._clock.monotonic_ns() + RETRY_SECONDS * NS_PER_S
        if not self._failed:
            self._failed = True
            self._warn(
                f"the log file {self._path} cannot be written: {self._reason(error)}; "
                f"lines are missing from it until it can, and it is tried again every {RETRY_SECONDS} s"
            )

    def _reason(self, error: OSError | ValueError) -> str:
        if isinstance(error, FileNotFoundError):
            return f"there is no folder {self._path.parent}"
        return getattr(error, "strerror", None) or str(error)

    def _about_lost(self) -> LogWritten:
        text = f"lines missing before this one: {self._lost} (the file could not be written)"
        return LogWritten(self._clock.wall_ns(), HOST, Level.WARNING, text)


class LogWriter:
    """Writes what is logged to a `LogFile` on a thread of its own, so that no plugin waits for the disk.

    Args:
        stream: where the log comes from.
        path: the file; see `LogFile` for it, `mib`, `kept` and `warn`.
        form: makes its lines.
        least: the least important lines that it gets.
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
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Write what is logged from now on, and open the file, which tells at once if it cannot be written."""
        subscription = self._stream.subscribe(LogWritten, capacity=CAPACITY)
        self._thread = threading.Thread(target=self._run, args=(subscription,), name="log-file", daemon=True)
        self._subscription = subscription
        self._thread.start()

    def stop(self, timeout: float = STOP_SECONDS) -> bool:
        """Write what was logged until now and close the file; blocks up to `timeout` seconds.

        Returns:
            Whether that is done; where it is not the disk hangs, and so would an ordinary end of the process.
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
                    yield LogWritten(time_ns, HOST, Level.WARNING, text)


def _append(handler: RotatingFileHandler, line: str) -> None:
    from logging import makeLogRecord  # noqa: PLC0415 - see _rotating

    handler.emit(makeLogRecord({"msg": line}))


def _rotating(path: Path, mib: int, kept: int) -> RotatingFileHandler:
    """The standard library's handler, which raises what goes wrong.

    Raises:
        OSError: the file cannot be opened.
    """
    # Importing logging takes 20 ms, which a start without a log file should not spend.
    from logging import LogRecord  # noqa: PLC0415
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415

    class Handler(RotatingFileHandler):
        def handleError(self, _record: LogRecord) -> None:  # noqa: N802 - the library's name
            raise  # noqa: PLE0704 - called where the error is being handled

    handler = Handler(path, maxBytes=mib << 20, backupCount=max(kept, 1), encoding="utf-8", errors="backslashreplace")
    if not kept:
        handler.rotator = lambda full, _older: Path(full).unlink()
    return handler


def _end_last_line(path: Path) -> None:
    """End the file's last line where it was cut off: a full disk, a power failure. Raises OSError."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        if file.read() != b"\n":
            file.write(b"\n")
