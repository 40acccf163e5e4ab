"""The steps after a plugin's death: report it at once, and then look for the line where it happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from hostcore.errors import PluginCrashedError
from hostcore.events import PluginCrashed
from hostcore.recording.recorder import Recorder
from hostcore.runtime.prepared import Prepared
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.evidence import Evidence

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
    argument: str
    """The readings that `update` or `render` got, or ""."""
    times: int
    """How often the instance had been called so, with the fatal call."""
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
Search = Callable[[], TracedPlace | None]
"""Finds the place of a death. It can block for as long as the call could. None if it was told to stop."""


class DeathLocator(Protocol):
    """Finds out where in its source a plugin died."""

    def search(self, death: Death) -> Search | None:
        """A search for the place of `death`, not yet begun. None if the place cannot be found. Does not block."""


class PostMortem:
    """Reports deaths. It searches once for each kind of death, because a search can take as long as the call.

    For the plugin's own thread. For each death call `open`, `report`, and while `is_searching`, `locate`.

    Args:
        locator: finds the places.
        evidence: takes the reports.
    """

    def __init__(self, locator: DeathLocator, evidence: Evidence) -> None:
        self._locator, self._evidence = locator, evidence
        self._places: dict[Kind, TracedPlace] = {}
        self._death: Death | None = None
        self._search: Search | None = None
        self._crashed: PluginCrashed | None = None

    @property
    def is_searching(self) -> bool:
        """Whether the place of the last death is still to be found."""
        return self._search is not None

    def open(self, death: Death) -> None:
        """A plugin died. Does not block."""
        self._death, self._crashed, self._search = death, None, None
        if _kind(death) not in self._places:
            self._search = self._locator.search(death)

    def report(self) -> None:
        """Report the death, with its place if an earlier one of its kind showed it. Blocks as long as the disk does."""
        death = self._death
        assert death is not None, "a death was opened"
        self._crashed = self._evidence.crash(
            death.crash,
            death.prepared.spec,
            death.prepared.version(),
            self._places.get(_kind(death)),
            death.time_ns,
        )
        if death.recorder is not None:
            self._evidence.keep_recording(self._crashed.report, death.recorder)

    def locate(self) -> str:
        """Search for the place, and report it. Can block for as long as the fatal call could.

        Returns:
            The place, such as ``likely in light.py line 14``; "" if it was not found.
        """
        death, search, crashed = self._death, self._search, self._crashed
        self._search = None
        assert death is not None, "a death was opened"
        found = search() if search is not None else None
        if found is None:
            return ""
        if found.place and len(self._places) < MOST_REMEMBERED:
            traceback = f"As the same call died before:\n{found.traceback}"
            self._places[_kind(death)] = replace(found, traceback=traceback)
        if crashed is not None:
            self._evidence.located(crashed, found)
        return found.words

    def close(self) -> None:
        """Do not search any more: another instance is about to start."""
        self._search = None


def _kind(death: Death) -> Kind:
    return death.prepared.version(), death.crash.kind, death.call
