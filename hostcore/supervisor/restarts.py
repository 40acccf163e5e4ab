"""When a plugin that crashed gets a new instance, and when it is quarantined instead."""

from __future__ import annotations

import random
from collections import deque

from hostcore.clock import NS_PER_S
from hostcore.config.model import SupervisorSettings
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """How long a plugin waits after a crash, and how many crashes it may have."""

    first_delay: float = 0.5
    """Seconds before the first new instance."""
    longest_delay: float = 30.0
    """Seconds. The delay doubles with each crash up to this limit."""
    max_crashes: int = 5
    """Crashes within `window` that are followed by a new instance. One more leads to quarantine."""
    window: float = 60.0
    """Seconds."""

    @classmethod
    def of(cls, settings: SupervisorSettings) -> RestartPolicy:
        """Return the policy of host.toml."""
        return cls(settings.first_delay, settings.longest_delay, settings.max_crashes, settings.crash_window)

    @property
    def shortest_delay(self) -> float:
        """Seconds that every delay lasts at least."""
        return min(self.first_delay, self.longest_delay) * 0.75

    def delay(self, crashes: int, chance: random.Random) -> float:
        """Seconds to wait after the `crashes`-th crash in a row (from 1 on).

        The delay is shortened by up to a quarter at random, so that plugins that died together do not return together.
        """
        doubled = self.first_delay * 2.0 ** min(crashes - 1, 30)
        return min(doubled, self.longest_delay) * (1 - 0.25 * chance.random())


class CrashWindow:
    """Remembers a plugin's recent crashes.

    Args:
        policy: says how long a crash counts.
    """

    def __init__(self, policy: RestartPolicy) -> None:
        self._policy = policy
        self._times: deque[int] = deque(maxlen=policy.max_crashes + 1)

    def add(self, now_ns: int) -> bool:
        """Count a crash that happens now; True if it is one too many within the window."""
        self._times.append(now_ns)
        return self.recent(now_ns) > self._policy.max_crashes

    def recent(self, now_ns: int) -> int:
        """The number of crashes within the window."""
        since = now_ns - round(self._policy.window * NS_PER_S)
        return sum(1 for each in self._times if each >= since)

    def clear(self) -> None:
        """Forget all crashes."""
        self._times.clear()


class Restarts:
    """Decides after each crash of one plugin when it gets a new instance.

    Args:
        policy: says how long it waits, and how many crashes it may have.
    """

    def __init__(self, policy: RestartPolicy) -> None:
        self._policy = policy
        self._window = CrashWindow(policy)

    def after_crash(self, now_ns: int) -> int | None:
        """When the next instance starts, on the clock of `now_ns`; None if there were too many crashes."""
        if self._window.add(now_ns):
            return None
        return now_ns + round(self._policy.delay(self._window.recent(now_ns), random.Random()) * NS_PER_S)

    def forget(self) -> None:
        """A new version, or a person, gives the plugin another chance."""
        self._window.clear()
