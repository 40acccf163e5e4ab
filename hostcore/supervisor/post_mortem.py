"""The steps after a plugin's death: report it at once, and the line where it happened when a replay has found it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hostcore.errors import PluginCrashedError
from hostcore.events import PluginCrashed
from hostcore.quick_dataclass import dataclass, replace
from hostcore.recording.recorder import Recorder
from hostcore.runtime.prepared import Prepared
from hostcore.supervisor.evidence import Evidence

if TYPE_CHECKING:
    from hostcore.runtime.tracing import TracedPlace

MOST_REMEMBERED = 64
"""Kinds of deaths whose places are remembered."""


@dataclass(frozen=True, slots=True)
class Death:
    """The death of one instance."""

    crash: PluginCrashedError
    prepared: Prepared
    """The version of the plugin that died."""
    call: str
    """``load``, ``read``, ``update``, ``render`` or ``run``."""
    time_ns: int
    """Wall clock, nanoseconds since the Unix epoch."""
    recorder: Recorder | None = None
    """Has the instance's recording; None if there is none."""

    @property
    def cause(self) -> str:
        """Why the plugin changes its state, in one line."""
        return f"{self.call} crashed: {self.crash.problem}"


Kind = tuple[str, str, str]
"""Deaths that are alike: version of the plugin's file, `hostcore.hostcall.CrashKind`, and call."""


class DeathLocator(Protocol):
    """Finds out where in its source a plugin died."""

    def search(self, death: Death, found: Callable[[TracedPlace | None], None]) -> bool:
        """Begin to search for the place of `death`, in the background. Does not block.

        Args:
            death: the death.
            found: is called on another thread at the end, with None if the search was told to stop.

        Returns:
            False if the place cannot be found.
        """


@dataclass(slots=True, eq=False)
class _Search:
    """A search that is under way."""

    death: Death
    crashed: PluginCrashed | None = None
    kept: Path | None = None


class PostMortem:
    """Reports deaths at once, and their places when a search has found them. It searches once for each kind of death.

    For the plugin's own thread. For each death call `open` and `report`, and from time to time `collect`.

    Args:
        locator: finds the places.
        evidence: takes the reports.
        wake: is called on another thread when there is something to collect.
    """

    def __init__(self, locator: DeathLocator, evidence: Evidence, wake: Callable[[], None]) -> None:
        self._locator, self._evidence, self._wake = locator, evidence, wake
        self._places: dict[Kind, TracedPlace] = {}
        self._death: Death | None = None
        self._search: _Search | None = None
        self._found: deque[tuple[_Search, TracedPlace | None]] = deque()

    @property
    def is_searching(self) -> bool:
        """Whether the place of the last death is still to be found."""
        return self._search is not None

    def open(self, death: Death) -> None:
        """A plugin died. Does not block."""
        self._death, self._search = death, None
        if _kind(death) in self._places:
            return
        search = _Search(death)

        def found(place: TracedPlace | None) -> None:
            self._found.append((search, place))
            self._wake()

        if self._locator.search(death, found):
            self._search = search

    def report(self) -> None:
        """Report the death, with its place if an earlier one of its kind showed it. Blocks as long as the disk does."""
        death, evidence, self._death = self._death, self._evidence, None  # it holds the instance's recording
        assert death is not None, "a death was opened"
        crashed = evidence.crash(
            death.crash,
            death.prepared.spec,
            death.prepared.version(),
            self._places.get(_kind(death)),
            death.time_ns,
        )
        if death.recorder is not None:
            evidence.keep_recording(evidence.kept, crashed.report, death.recorder)
        if self._search is not None:
            self._search.crashed, self._search.kept = crashed, evidence.kept

    def collect(self) -> str | None:
        """Report the places that were found meanwhile. Blocks as long as the disk does.

        Returns:
            The place of the last death, such as ``likely in light.py line 14``, or "" if none was found. None if its
            search is not over, or there is none.
        """
        told = None
        while self._found:
            search, place = self._found.popleft()
            if place is not None and search.crashed is not None:
                self._locate(search, search.crashed, place)
            if search is self._search:
                self._search = None
                told = place.words if place is not None else ""
        return told

    def close(self) -> None:
        """Await no place any more: a person gave an order, or the file changed. Reports still get theirs."""
        self._search = None

    def _locate(self, search: _Search, crashed: PluginCrashed, place: TracedPlace) -> None:
        if place.place and len(self._places) < MOST_REMEMBERED:
            traceback = f"As the same call died before:\n{place.traceback}"
            self._places[_kind(search.death)] = replace(place, traceback=traceback)
        report = self._evidence.located(crashed, place, search.kept)
        if search.death.recorder is not None:
            self._evidence.keep_recording(search.kept, report, search.death.recorder)


def _kind(death: Death) -> Kind:
    return death.prepared.version(), death.crash.kind, death.call
