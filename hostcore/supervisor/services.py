"""What all plugin threads share."""

from __future__ import annotations

from dataclasses import dataclass

from hostcore.access import Reservations
from hostcore.access_requests import Requests
from hostcore.clock import Clock
from hostcore.crash_store import CrashStore
from hostcore.rounds import Rounds
from hostcore.runtime.loader import Runtime
from hostcore.stream import EventStream
from hostcore.supervisor.state import RestartPolicy


@dataclass(frozen=True, slots=True)
class Services:
    """The host's parts that a plugin's thread works with."""

    runtime: Runtime
    rounds: Rounds
    clock: Clock
    stream: EventStream
    crashes: CrashStore
    reservations: Reservations
    requests: Requests
    policy: RestartPolicy
