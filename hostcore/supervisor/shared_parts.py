"""The parts of the host that all plugin threads share."""

from __future__ import annotations

from dataclasses import dataclass

from hostcore.access.decisions import Reservations
from hostcore.access.requests import AccessRequests
from hostcore.clock import Clock
from hostcore.events.stream import EventStream
from hostcore.rounds import Rounds
from hostcore.runtime.loader import Runtime
from hostcore.supervisor.crash_store import CrashStore
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
    policy: RestartPolicy
