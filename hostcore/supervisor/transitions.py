"""The life of a plugin as a table: the state that follows each trigger. Pure: nothing here waits or runs.

::

                           ┌──────── RETRY, RELEASE, RELOAD ────────┐
                           ▼                                        │
    DISCOVERED ──START─▶ LOADING ──CRASHED──────────────────────▶ BACKOFF
                         ▲ │ ▲ │                                    ▲
    STOPPED ────START────┘ │ │ └──LOADED──▶ RUNNING ────CRASHED─────┘
       ▲                   │ │                 │
       │                   │ └─RELEASE, RELOAD─│────────────┐
      STOP                 │                   │            │
    (from everywhere)      └── CRASHED_OFTEN ──┴─────▶ QUARANTINED
                               UNUSABLE (from LOADING alone)

A defect of the host during BACKOFF counts as another crash: CRASHED begins the wait again, and CRASHED_OFTEN leads to
QUARANTINED. A running plugin does not leave RUNNING for a new version of its file: that takes over between two calls.
"""

from __future__ import annotations

from enum import StrEnum

from hostcore.errors import TransitionError
from hostcore.events import State
from hostcore.session import Order


class Trigger(StrEnum):
    """A reason for a plugin to move from one state to another."""

    START = "start"
    """A person starts it, or the host starts."""
    LOADED = "loaded"
    """Its instance is ready."""
    CRASHED = "crashed"
    """Its instance died, or a defect of the host hit it. The host will try another one."""
    CRASHED_OFTEN = "crashed too often"
    """The same, and there were too many crashes before."""
    UNUSABLE = "unusable"
    """Its file cannot be loaded."""
    RETRY = "retry"
    """The wait after a crash is over."""
    RELEASE = "release"
    """A person releases it from quarantine."""
    RELOAD = "reload"
    """Its file has a new version."""
    STOP = "stop"
    """A person stops it, or the host ends."""


TRIGGERS = {
    Order.START: (Trigger.START,),
    Order.STOP: (Trigger.STOP,),
    Order.RESTART: (Trigger.STOP, Trigger.START),
    Order.RELEASE: (Trigger.RELEASE,),
}
"""The triggers that a person's order means."""
_TABLE: dict[tuple[State, Trigger], State] = {
    (State.DISCOVERED, Trigger.START): State.LOADING,
    (State.LOADING, Trigger.LOADED): State.RUNNING,
    (State.LOADING, Trigger.CRASHED): State.BACKOFF,
    (State.LOADING, Trigger.CRASHED_OFTEN): State.QUARANTINED,
    (State.LOADING, Trigger.UNUSABLE): State.QUARANTINED,
    (State.RUNNING, Trigger.CRASHED): State.BACKOFF,
    (State.RUNNING, Trigger.CRASHED_OFTEN): State.QUARANTINED,
    (State.BACKOFF, Trigger.CRASHED): State.BACKOFF,
    (State.BACKOFF, Trigger.CRASHED_OFTEN): State.QUARANTINED,
    (State.BACKOFF, Trigger.RETRY): State.LOADING,
    (State.BACKOFF, Trigger.RELOAD): State.LOADING,
    (State.BACKOFF, Trigger.RELEASE): State.LOADING,
    (State.QUARANTINED, Trigger.RELEASE): State.LOADING,
    (State.QUARANTINED, Trigger.RELOAD): State.LOADING,
    (State.STOPPED, Trigger.START): State.LOADING,
    **{(state, Trigger.STOP): State.STOPPED for state in State if state is not State.STOPPED},
}


def next_state(state: State, trigger: Trigger) -> State:
    """The state that follows `trigger`.

    Raises:
        TransitionError: no state follows; the message names the triggers that are possible.
    """
    after = _TABLE.get((state, trigger))
    if after is None:
        possible = ", ".join(each.value for before, each in _TABLE if before is state)
        raise TransitionError(f"a {state} plugin knows no {trigger.value!r}; possible: {possible}")
    return after
