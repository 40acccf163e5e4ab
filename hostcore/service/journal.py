"""Sends the journal what happens, in its own protocol: with fields that one can search for.

Source: "Native Journal Protocol" of systemd's documentation, and systemd.journal-fields(7). An entry is a datagram. A
field is ``NAME=value`` and a newline. A value with newlines is sent with its length, so no text can begin a field.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from hostcore.clock import Clock
from hostcore.events import HOST, Event, Level, LogWritten
from hostcore.service.journal_entries import Field, entry_of

ADDRESS = "/run/systemd/journal/socket"
STREAM = "JOURNAL_STREAM"
"""The variable with the device and inode of the journal, if standard output or error leads there: systemd.exec(5)."""
STDERR = 2
"""The descriptor of standard error, also if `sys.stderr` is another file."""
LONGEST = 16_384
"""The most bytes of a value. The rest is cut off. An entry of all fields fits into one datagram."""
SEND_SECONDS = 1.0
"""Seconds that the journal may take for an entry. After that it is lost, and counted."""


class Journal:
    """Writes entries. For one thread.

    Args:
        clock: dates the entry about lost ones.
        address: the journal's socket.
    """

    def __init__(self, clock: Clock, address: str = ADDRESS) -> None:
        import socket  # noqa: PLC0415 - takes 3 ms, and a host in a terminal has no journal

        self._clock, self._address = clock, address
        self._lost = 0
        self._findings: set[object] = set()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(SEND_SECONDS)

    def write(self, event: Event) -> None:
        """Write the entry of an event, if it has one. Blocks for two seconds at most. What fails is counted."""
        fields = entry_of(event, self._findings)
        if not fields:
            return
        if self._lost and self._send(entry_of(self._about_lost(), self._findings)):
            self._lost = 0
        if self._lost or not self._send(fields):
            self._lost += 1

    def _about_lost(self) -> LogWritten:
        text = f"entries missing before this one: {self._lost} (the journal did not take them)"
        return LogWritten(self._clock.wall_ns(), HOST, Level.WARNING, text, by_host=True)

    def _send(self, fields: Iterable[Field]) -> bool:
        try:
            self._socket.sendto(datagram(fields), self._address)
        except OSError:
            return False
        return True


def journal_of(environment: Mapping[str, str], clock: Clock, descriptor: int = STDERR) -> Journal | None:
    """Return the journal if systemd connected it to a descriptor of this process, and otherwise None."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return Journal(clock) if environment.get(STREAM) == f"{found.st_dev}:{found.st_ino}" else None


def datagram(fields: Iterable[Field]) -> bytes:
    """Encode an entry."""
    return b"".join(_encoded(fields))


def _encoded(fields: Iterable[Field]) -> Iterator[bytes]:
    for name, text in fields:
        value = text.encode("utf-8", "backslashreplace")[:LONGEST]
        if b"\n" in value:
            yield b"%s\n%s%s\n" % (name.encode(), len(value).to_bytes(8, "little"), value)
        else:
            yield b"%s=%s\n" % (name.encode(), value)
