"""Session files for tests: what happens at which second, written as a recorder would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hostcore.events import Event, Level, LogWritten, Message, Outcome, ReadingPublished, TransferCompleted
from hostcore.place import BusName
from hostcore.session_file.masking import Mask
from hostcore.session_file.model import Header, Known
from hostcore.session_file.reading import SessionFile
from hostcore.session_file.writer import SessionWriter
from tests.scripted_session import host_facts, plugin_facts

BEGAN = 1_704_110_400_000_000_000
"""2024-01-01T12:00:00Z."""
S, US = 1_000_000_000, 1_000_000
KNOWN = Known(host_facts(), (plugin_facts("light", "i2c:1:0x23"), plugin_facts("air", "i2c:1:0x77")))
HEADER = Header("1.0", "raspi", BEGAN, knows_settings=True)


def at(seconds: float) -> int:
    """The recorded wall clock."""
    return BEGAN + round(seconds * S)


def log(seconds: float, text: str, level: Level = Level.INFO) -> LogWritten:
    return LogWritten(at(seconds), "light", level, text)


def reading(seconds: float, lux: float) -> ReadingPublished:
    return ReadingPublished(at(seconds), "light", {"lux": lux}, ())


def transfer(
    seconds: float, outcome: Outcome = Outcome.OK, bus: str = "i2c-1", data: bytes = b"\x10"
) -> TransferCompleted:
    detail = "" if outcome is Outcome.OK else "no device acknowledged"
    return TransferCompleted(at(seconds), "light", BusName(bus), 0x23, (Message(True, data),), outcome, detail, 1000)


def content_of(
    happened: Iterable[Event], *, known: Known = KNOWN, mask: Mask | None = None, earlier: Sequence[Event] = (),
    seconds: float = 0.0, end: str | None = "it was stopped",
) -> bytes:  # fmt: skip
    """The file of what happened, with a segment for each second."""
    writer = SessionWriter(HEADER, known, earlier, mask or Mask())
    content, latest_us = writer.beginning(), 0
    for event in happened:
        now_us = max(latest_us, (getattr(event, "time_ns", BEGAN) - BEGAN) // 1_000)
        if now_us // US > latest_us // US:
            content += writer.segment(now_us // US * US, BEGAN + now_us // US * S)
        writer.take(event, now_us, lambda: known)
        latest_us = now_us
    content += writer.segment(max(latest_us, round(seconds * US)), BEGAN + latest_us * 1_000)
    return content if end is None else content + writer.end(end)


def opened(folder: Path, content: bytes) -> SessionFile:
    """A file with this content, opened."""
    path = folder / "a.session"
    path.write_bytes(content)
    return SessionFile(path)
