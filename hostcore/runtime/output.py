"""The standard streams of one instance: they go to its log, and a script's numbers to its reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostcore.buses.attendant import Attendant
from hostcore.buses.call_limit import CallLimit
from hostcore.events import Level
from hostcore.log.plugin_log import PluginLog
from hostcore.runtime.last_words import LastWords
from hostcore.wasi.stdio import STDERR

if TYPE_CHECKING:
    from hostcore.runtime.printed_reading import PrintedReading


class Output:
    """Takes the output of one instance. For the plugin's own thread.

    Args:
        log: gets all of it.
        limit: the limit of the instance's calls. A printed line is a sign of life.
        has_words: whether standard error explains a crash.

    Attributes:
        plugin_log: the log.
        words: the end of standard error, if that explains a crash.
    """

    def __init__(self, log: PluginLog, limit: CallLimit, *, has_words: bool = False) -> None:
        self.plugin_log, self._limit, self._has_words = log, limit, has_words
        self.words = LastWords()
        self._reading: PrintedReading | None = None
        self._script: Attendant | None = None

    def collect(self, reading: PrintedReading, script: Attendant) -> None:
        """From now on, a script runs: take its numbers into `reading`, and tell `script` of each line."""
        self._reading, self._script = reading, script

    def write(self, stream: int, data: bytes) -> None:
        """Take output of `hostcore.wasi.stdio.STDOUT` or `STDERR`."""
        self.plugin_log.output(Level.WARNING if stream == STDERR else Level.INFO, data)
        if stream == STDERR and self._has_words:
            self.words.take(data)
        if self._ends_line(stream, data):
            self._sign_of_life()

    def _ends_line(self, stream: int, data: bytes) -> bool:
        if stream == STDERR:
            return b"\n" in data
        return self._reading is not None and self._reading.take(data)

    def log(self, level: Level, text: str) -> None:
        """Take a text for the log, from the module `logging` or `host.log`."""
        self.plugin_log.write(level, text)
        self._sign_of_life()

    def _sign_of_life(self) -> None:
        self._limit.alive()
        if self._script is not None:
            self._script.printed()
            self._limit.check()
