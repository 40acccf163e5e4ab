"""The parts of the host that all plugin threads share."""

from __future__ import annotations

from hostcore.access.decisions import NotGranted, Reservations, not_in_host_toml
from hostcore.access.requests import AccessRequests
from hostcore.clock import Clock
from hostcore.events.stream import EventStream
from hostcore.kept_state.store import StateStore
from hostcore.quick_dataclass import dataclass
from hostcore.rounds import Rounds
from hostcore.runtime.loader import Runtime
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.recordings import Recordings
from hostcore.supervisor.restarts import RestartPolicy


@dataclass(frozen=True, slots=True)
class SharedParts:
    """The parts of the host that a plugin's thread works with."""

    runtime: Runtime
    rounds: Rounds
    clock: Clock
    stream: EventStream
    crashes: CrashStore
    reservations: Reservations
    requests: AccessRequests
    states: StateStore
    recordings: Recordings
    policy: RestartPolicy
    not_granted: NotGranted = not_in_host_toml
    """Says why a plugin is denied an access, and what a person can do."""
