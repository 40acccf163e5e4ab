"""The life of a plugin as a table: which state follows which trigger. Pure; nothing here waits or runs.

::

    DISCOVERED ──START──▶ LOADING ──LOADED──▶ RUNNING ◀─── swapped for a new version without leaving it
                            ▲  │ ▲              │
                      RETRY │  │ └─RELEASE,─┐   │ CRASHED          from anywhere: STOP ──▶ STOPPED ──START──▶ LOADING
                            │  ▼   RELOAD   │   ▼
                          BACKOFF ◀─────────┼───┘
                            │               │
                            └─CRASHED_OFTEN─┴──▶ QUARANTINED
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from hostcore.clock import NS_PER_S
from hostcore.errors import HostError
from hostcore.events import State


class Trigger(StrEnum):
    """What moves a plugin from state to state."""

    START = "start"
    """A person, or the host's own start."""
    LOADED = "loaded"
    """Its instance is ready."""
    CRASHED = "crashed"
    """Its instance died; another one will be tried."""
    CRASHED_OFTEN = "crashed too often"
    """Its instance died once too often."""
    UNUSABLE = "unusable"
    """Its file cannot be loaded at all."""
    RETRY = "retry"
    """The wait after a crash is over."""
    RELEASE = "release"
    """A person lets it out of quarantine."""
    RELOAD = "reload"
    """Its file has a new version."""
    STOP = "stop"
    """A person, or the host's own end."""


_TABLE: dict[tuple[State, Trigger], State] = {
    (State.DISCOVERED, Trigger.START): State.LOADING,
    (State.LOADING, Trigger.LOADED): State.RUNNING,
    (State.LOADING, Trigger.CRASHED): State.BACKOFF,
    (State.LOADING, Trigger.CRASHED_OFTEN): State.QUARANTINED,
    (State.LOADING, Trigger.UNUSABLE): State.QUARANTINED,
    (State.RUNNING, Trigger.CRASHED): State.BACKOFF,
    (State.RUNNING, Trigger.CRASHED_OFTEN): State.QUARANTINED,
    (State.RUNNING, Trigger.RELOAD): State.LOADING,
    (State.BACKOFF, Trigger.RETRY): State.LOADING,
    (State.BACKOFF, Trigger.RELOAD): State.LOADING,
    (State.BACKOFF, Trigger.RELEASE): State.LOADING,
    (State.QUARANTINED, Trigger.RELEASE): State.LOADING,
    (State.QUARANTINED, Trigger.RELOAD): State.LOADING,
    (State.STOPPED, Trigger.START): State.LOADING,
    **{(state, Trigger.STOP): State.STOPPED for state in State if state is not State.STOPPED},
}


class TransitionError(HostError):
    """A trigger that means nothing in the present state."""


def next_state(state: State, trigger: Trigger) -> State:
    """The state that follows `trigger`.

    Raises:
        TransitionError: nothing does; the message names the triggers that would.
    """
    after = _TABLE.get((state, trigger))
    if after is None:
        possible = ", ".join(each.value for before, each in _TABLE if before is state)
        raise TransitionError(f"a {state} plugin knows no {trigger.value!r}; possible: {possible}")
    return after


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """What follows a crash."""

    first_delay: float = 0.5
    """Seconds before the first new instance."""
    longest_delay: float = 30.0
    """Seconds that the doubling delay never exceeds."""
    max_crashes: int = 5
    """Crashes within `window` that are still followed by a new instance."""
    window: float = 60.0
    """Seconds."""

    def delay(self, crashes: int, chance: random.Random) -> float:
        """Seconds to wait after the `crashes`-th crash in a row (from 1 on).

        Doubles each time, less up to a quarter at random: plugins that died together do not come back together.
        """
        doubled = self.first_delay * 2.0 ** min(crashes - 1, 30)
        return min(doubled, self.longest_delay) * (1 - 0.25 * chance.random())


class CrashWindow:
    """Remembers a plugin's recent crashes."""

    def __init__(self, policy: RestartPolicy) -> None:
        self._policy = policy
        self._times: deque[int] = deque(maxlen=policy.max_crashes + 1)

    def add(self, now_ns: int) -> bool:
        """A crash happened now; True when that was one too many within the window."""
        self._times.append(now_ns)
        return self.recent(now_ns) > self._policy.max_crashes

    def recent(self, now_ns: int) -> int:
        """How many crashes lie within the window."""
        since = now_ns - round(self._policy.window * NS_PER_S)
        return sum(1 for each in self._times if each >= since)

    def clear(self) -> None:
        """Forget them: a person or a new version starts afresh."""
        self._times.clear()
