"""A plugin's seat in the rounds: whether they wait for it, and its problem while it gives no readings."""

from __future__ import annotations

from collections.abc import Set

from hostcore.rounds import Rounds
from hostcore.supervisor.kits import Kits

MEASURING = frozenset({"driver", "script"})
"""The kinds of plugins that give readings."""


class Seat:
    """Takes and leaves a plugin's seat.

    Args:
        rounds: the rounds.
        plugin: its name.
        kits: say which simulated buses its newest instance has used.
    """

    def __init__(self, rounds: Rounds, plugin: str, kits: Kits) -> None:
        self._rounds, self._plugin, self._kits = rounds, plugin, kits

    def take(self, kinds: Set[str] = MEASURING) -> None:
        """Make the rounds wait for the plugin if it gives readings, or else leave.

        Args:
            kinds: the plugin's kinds. A plugin that is not loaded yet may give readings.
        """
        if kinds & MEASURING:
            self._rounds.join(self._plugin)
        else:
            self.leave()

    def fail(self, problem: str) -> None:
        """No round waits for the plugin until it takes its seat again. Its reading is the problem."""
        try:
            kit = self._kits.newest
            self._rounds.fail(self._plugin, problem, sorted(kit.simulated), sorted(kit.faulty))
        finally:
            self._rounds.pause(self._plugin)

    def leave(self) -> None:
        """No round waits for the plugin, and its readings are dropped."""
        self._rounds.leave(self._plugin)
