"""The states of a host's plugins in one sentence: how many run, and how many are in trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hostcore.events import State, StateChanged

UNLOADED = (State.DISCOVERED, State.LOADING)
_WORDS = {
    State.RUNNING: "running",
    State.LOADING: "loading",
    State.DISCOVERED: "not started yet",
    State.BACKOFF: "in backoff",
    State.QUARANTINED: "in quarantine",
    State.STOPPED: "stopped",
}
"""Each state in words, in the order in which a person wants to read them."""


class Conditions:
    """The present state of each plugin, folded from events.

    Args:
        plugins: the names of the plugins.
    """

    def __init__(self, plugins: Iterable[str]) -> None:
        self._states: dict[str, State] = {}
        self._loaded: set[str] = set()
        self.know(plugins)

    def know(self, plugins: Iterable[str]) -> None:
        """Take the names of the plugins that are there now."""
        self._states = {name: self._states.get(name, State.DISCOVERED) for name in plugins}

    def take(self, change: StateChanged) -> None:
        """Take the new state of a plugin."""
        if change.plugin in self._states:
            self._states[change.plugin] = change.after
            if change.after not in UNLOADED:
                self._loaded.add(change.plugin)

    @property
    def are_loaded(self) -> bool:
        """Whether each plugin was loaded once, or could not be."""
        return self._loaded.issuperset(self._states)

    def sentence(self) -> str:
        """Return the numbers: ``6 running, 1 in backoff``."""
        counts = Counter(self._states.values())
        return ", ".join(f"{counts[state]} {words}" for state, words in _WORDS.items() if counts[state]) or "no plugins"
