"""What a plugin did, in lines of text that are the same for a plugin that runs and for one that is replayed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Event, Level, Outcome, TransferCompleted

MOST_SHOWN = 300
"""Characters of a line that are kept. The rest is a digest, so that a plugin that prints megabytes fills no disk."""
OUTPUTS = {("spi-0", 1), ("gpio", 27), ("gpio", 22)}
"""The places of the LEDs and relays of the tests' Pi. A replay compares what a plugin asks of them, and does not make
their transfers again: only the host knows where host.toml puts them."""


class Told:
    """The lines so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def append(self, event: Event) -> None:
        """Take an event of the plugin, as a list of events does."""
        if isinstance(event, TransferCompleted) and (str(event.bus), event.address) not in OUTPUTS:
            self._add("transfer", transfer_words(event))

    def log(self, level: Level, text: str) -> None:
        """Take a line of its log."""
        self._add("log", f"{level} {text}")

    def reading(self, reading: Any) -> None:
        """A driver has returned a reading."""
        self._add("reading", json.dumps(reading))

    def page(self, page: str) -> None:
        """A page was rendered."""
        self._add("page", json.dumps(page))

    def shown(self) -> None:
        """A display has shown readings."""
        self._add("shown", "")

    def reported(self, error: PluginReportedError) -> None:
        """It has reported an error."""
        self._add("error", json.dumps(error.problem))

    def crashed(self, crash: PluginCrashedError) -> None:
        """It has crashed."""
        self._add("crash", json.dumps([crash.kind, crash.problem, crash.traceback]))

    def text(self) -> str:
        """All lines."""
        return "".join(f"{line}\n" for line in self.lines)

    def _add(self, kind: str, words: str) -> None:
        if len(words) > MOST_SHOWN:
            words = f"{words[:MOST_SHOWN]}... {hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()}"
        self.lines.append(f"{kind} {words}".encode("unicode_escape").decode())


def transfer_words(event: TransferCompleted) -> str:
    """A transfer: its place, its bytes, its edges, its outcome, and the line of the plugin that made it."""
    bytes_ = [f"{'w' if each.written else 'r'} {each.data.hex()}" for each in event.messages]
    edges = [[each.time_ns, each.rising] for each in event.edges]
    detail = "" if event.outcome is Outcome.OK else event.detail
    words = [str(event.bus), event.address, bytes_, edges, str(event.outcome), detail, event.source_line]
    return json.dumps(words)
