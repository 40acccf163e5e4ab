"""The outputs of ``wasi-host capture``: files that are written whole or as they grow, and standard output."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hostcore.control.messages import Watched
from hostcore.errors import HostError
from hostcore.events import EventsDropped
from hostcore.events.facts import BusFacts
from hostcore.export.formats import Format, writer_of
from hostcore.export.writer import Writer
from hostcore.files import Folder
from hostcore.log.safe_text import counted

STANDARD_OUTPUT = "-"
"""The name of standard output on the command line."""
MODE = 0o666
"""The mode of a new file, before the process's mask: that of any program that a person tells to write a file."""
_BINARY = {Format.PCAPNG, Format.SR}
_POLL_MS = 200


class Output:
    """One format on its way to one place.

    Args:
        target: the place, for a person.
        writer: makes the bytes.
        put: writes them. It returns at once if nobody reads them.
        has_left: whether nobody reads them.
    """

    def __init__(
        self, target: str, writer: Writer, put: Callable[[bytes], object], has_left: Callable[[], bool] = lambda: False
    ) -> None:
        self._target, self._writer, self._put, self._has_left = target, writer, put, has_left
        put(writer.begin())

    @property
    def is_left(self) -> bool:
        """Whether nobody reads standard output any more."""
        return self._has_left()

    def write(self, events: Sequence[Watched]) -> None:
        """Write transfers, and the marks of lost ones. They reach the reader at once."""
        for event in events:
            writer = self._writer
            if content := writer.lose(event) if isinstance(event, EventsDropped) else writer.take(event):
                self._put(content)

    def end(self) -> None:
        """Write the end."""
        self._put(self._writer.end())

    def about(self) -> Iterator[str]:
        """Yield lines for a person: how much was written, and what the file lacks."""
        yield f"{counted(self._writer.written, 'transfer')} written to {self._target}"
        yield from (f"{self._target}: {note}" for note in self._writer.notes())


def require_free(target: str) -> None:
    """Raise HostError if an output would replace a file."""
    if target != STANDARD_OUTPUT and os.path.lexists(target):
        raise HostError(f"{target} is there already; name another file, or add --force to replace it")


@contextmanager
def opened_output(
    form: Format, target: str, buses: Sequence[BusFacts], ending: threading.Event, *, is_finite: bool
) -> Iterator[Output]:
    """Make a context with an output.

    A file that is finite, or of no use without its end, appears when it is complete. Others grow.

    Args:
        form: the format.
        target: a file, or ``-`` for standard output.
        buses: the buses of the host.
        ending: ends a wait for a reader of standard output that is slow.
        is_finite: whether the end of the capture is known from the start.

    Raises:
        HostError: the file cannot be written.
    """
    writer = writer_of(form, buses)
    if target == STANDARD_OUTPUT:
        pipe = _Pipe(ending, form)
        yield Output("standard output", writer, pipe.put, pipe.has_left)
        return
    with _named(target):
        folder, name = Folder.of_file(Path(target))
        with folder, _file(folder, name, is_whole=is_finite or form is Format.SR) as file:

            def put(content: bytes) -> None:
                with _named(target):
                    _append(file, content)

            yield Output(target, writer, put)


def _append(file: BinaryIO, content: bytes) -> None:
    """Write all of the content, or leave the file as it was: on a full disk it still ends with a whole transfer."""
    end = file.tell()
    try:
        while content:
            content = content[os.write(file.fileno(), content) :]
    except OSError:
        os.ftruncate(file.fileno(), end)
        raise


@contextmanager
def _file(folder: Folder, name: str, *, is_whole: bool) -> Iterator[BinaryIO]:
    """Make a context with a file that appears at its end, or one that grows."""
    if is_whole:
        with folder.growing(name, mode=MODE) as file:
            yield file
    else:
        with os.fdopen(folder.open_file(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as file:
            yield file


@contextmanager
def _named(target: str) -> Iterator[None]:
    """Make a context whose failures name the file."""
    try:
        yield
    except OSError as error:
        raise HostError(f"{target} cannot be written: {error.strerror or error}") from None


class _Pipe:
    """Standard output. A reader that is slow or gone holds up nothing."""

    def __init__(self, ending: threading.Event, form: Format) -> None:
        if form in _BINARY and sys.stdout.isatty():
            raise HostError(
                f"standard output is a terminal, which cannot show {form}; "
                "name a file, or a reader: wasi-host capture --pcapng - | wireshark -k -i -"
            )
        self._ending = ending
        self._descriptor = sys.stdout.fileno()
        self._is_broken = False

    def put(self, content: bytes) -> None:
        """Write in pieces that a pipe takes at once if it is ready at all (pipe(7), PIPE_BUF)."""
        rest = memoryview(content)
        while rest and not self.has_left():
            if not self._is_ready():
                if self._ending.is_set():
                    return
                continue
            try:
                rest = rest[os.write(self._descriptor, rest[: select.PIPE_BUF]) :]
            except BrokenPipeError:
                self._is_broken = True

    def has_left(self) -> bool:
        """Return whether nobody reads any more."""
        return self._is_broken or bool(self._polled(0, 0) & (select.POLLERR | select.POLLNVAL))

    def _is_ready(self) -> bool:
        return bool(self._polled(select.POLLOUT, _POLL_MS) & select.POLLOUT)

    def _polled(self, events: int, milliseconds: int) -> int:
        poll = select.poll()
        poll.register(self._descriptor, events)
        return next((found for _, found in poll.poll(milliseconds)), 0)
