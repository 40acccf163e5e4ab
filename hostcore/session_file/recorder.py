"""A front end that writes: it takes all events of a session in a bounded queue, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from hostcore import __version__
from hostcore.clock import NS_PER_S, Clock, RealClock
from hostcore.config.shareable import shareable
from hostcore.errors import ConfigError, NoThreadError
from hostcore.events.stream import Subscription
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass
from hostcore.session import Session
from hostcore.session_file.masking import Mask, environment_secrets, names_of
from hostcore.session_file.model import MIB, Header, Known
from hostcore.session_file.sink import FullError, Sink
from hostcore.session_file.writer import SessionWriter
from hostcore.threads import HostThread

QUEUED = 20_000
"""Events that can wait. Of more, the oldest are lost; the file says how many."""
QUEUED_BYTES = 32 * MIB
"""Bytes of large events that can wait."""
POLL = 0.5
"""Seconds for which an event is waited for."""
PACE = 0.25
"""The least seconds between two looks for events. Many at once take less time."""
FLUSH_US = 3_000_000
"""Microseconds after which what has come is on the disk. A power cut loses what came in this time."""
END_SECONDS = 5.0
"""Seconds for which the disk may take the last part."""
NS_PER_US = 1_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to be recorded."""

    file: Path
    most_bytes: int = 256 * MIB
    """The largest size of the file."""
    is_far: bool = False
    """Whether the host's settings are on another computer, so that what they keep secret is not known here."""
    computer: str = ""
    """That computer, as ssh takes it. It is left out of the file."""


class SessionRecorder:
    """Records a session until it is stopped, or can write no more. `stop`, and all attributes, are thread-safe.

    Args:
        session: the host.
        wish: what to write.
        clock: the time; by default this computer's.
        ended: is called when the recording ends by itself, on its thread.

    Attributes:
        file: the file.
        reason: why it ended, one line; "" while it goes on.
        lost: events that did not reach the file.

    Raises:
        RecordingError: the file exists, or cannot be written.
    """

    def __init__(
        self,
        session: Session,
        wish: Wish,
        *,
        clock: Clock | None = None,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        self._session, self._wish, self._ended = session, wish, ended
        self._clock = clock or RealClock()
        self.file, self.reason, self.lost = wish.file, "", 0
        self._sink = Sink(wish.file, wish.most_bytes)
        self._began, self._stopping = self._clock.monotonic_ns(), threading.Event()
        self._stop_reason = "it was stopped"
        self._events: Subscription | None = None
        self._thread = HostThread(self._run, "session recorder")

    def start(self) -> None:
        """Begin to record. Returns at once.

        Raises:
            NoThreadError: there is no thread for it. The file is closed, and empty.
        """
        try:
            self._thread.start()
        except NoThreadError:
            self._sink.close()
            raise

    def stop(self, reason: str = "it was stopped") -> None:
        """Write the rest, and end. Blocks until it is on the disk, for `END_SECONDS` at most."""
        self._stop_reason = reason
        self._stopping.set()
        if self._events is not None:
            self._events.close()  # so that nothing waits for another event
        self._thread.join(END_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it records."""
        return not self.reason

    @property
    def bytes(self) -> int:
        """The size of the file."""
        return self._sink.size

    @property
    def seconds(self) -> float:
        """For how long it has recorded."""
        return (self._clock.monotonic_ns() - self._began) / NS_PER_S

    def _run(self) -> None:
        self._events = events = self._session.subscribe(capacity=QUEUED)
        events.bound_large(QUEUED_BYTES)
        reason = "a defect of this program ended it"
        try:
            reason = self._record(events)
        except FullError as full:
            reason = str(full)
        except Exception as error:  # noqa: BLE001 - a traceback would be written over the screen
            reason = f"a defect of this program ended it ({type(error).__name__}: {log_line(str(error), 200)})"
        finally:
            events.close()
            self._sink.close()
            self.reason = reason
            self._ended()

    def _record(self, events: Subscription) -> str:
        """Write until it is stopped. Return why it ended."""
        settings, known = _Settings(self._wish), self._known()
        earlier, mask = self._session.earlier(), settings.mask(known)
        header = Header(__version__, known.facts.host_name, self._clock.wall_ns(), settings.are_known)
        writer = SessionWriter(header, known, [item.event for item in earlier.items], mask)
        self._sink.write(writer.beginning())
        flushed_us, is_last = 0, False
        while not is_last:
            is_last = self._stopping.is_set()
            batch = events.take(0 if is_last else POLL)
            if settings.have_changed():  # before their secrets are written
                writer.mask = settings.mask(self._known())
            for item in batch:
                if item.sequence > earlier.last:
                    writer.take(item.event, self._now_us(), self._known)
            self.lost, now_us = writer.lost, self._now_us()
            if is_last or writer.is_full or now_us - flushed_us >= FLUSH_US:
                self._write(writer, now_us)
                flushed_us = now_us
            self._stopping.wait(PACE)
        self._sink.write(writer.end(self._stop_reason), is_end=True)
        return self._stop_reason

    def _write(self, writer: SessionWriter, now_us: int) -> None:
        """Write what has come, or say in the file why there is no room for it.

        Raises:
            FullError: there is none.
        """
        try:
            self._sink.write(writer.segment(now_us, self._clock.wall_ns()))
        except FullError as full:
            self._sink.write(writer.end(str(full)), is_end=True)
            raise

    def _known(self) -> Known:
        return Known(self._session.facts, self._session.plugins())

    def _now_us(self) -> int:
        return (self._clock.monotonic_ns() - self._began) // NS_PER_US


class _Settings:
    """The texts in a host's settings that must not be in the file, also those that a person adds meanwhile."""

    def __init__(self, wish: Wish) -> None:
        self._is_far = wish.is_far
        self._secrets = environment_secrets() | ({wish.computer} if wish.computer else set())
        self.are_known = False
        self._file: Path | None = None
        self._state: object = None

    def have_changed(self) -> bool:
        """Whether the file is another one than `mask` has read."""
        return self._file is not None and self._state != _state_of(self._file)

    def mask(self, known: Known) -> Mask:
        """Return what leaves the secrets out. Blocks while the settings are read."""
        if not self._is_far:
            self._file = known.facts.config_file
            self._state = _state_of(self._file)
            try:
                self._secrets |= shareable(self._file).secrets
                self.are_known = True
            except ConfigError:
                pass  # a person is about to repair it: what was known before is still left out
        return Mask(self._secrets, names_of(known))


def _state_of(file: Path) -> object:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
