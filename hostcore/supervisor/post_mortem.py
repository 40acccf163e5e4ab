"""What is done once a plugin has died: learn where, and report it."""

from __future__ import annotations

from dataclasses import replace

from hostcore.clock import Clock
from hostcore.errors import PluginCrashedError
from hostcore.plugin.kit import Kit
from hostcore.runtime.loader import Prepared, Runtime
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.kits import silent_log

MOST_REMEMBERED = 64
"""Kinds of deaths whose places are remembered."""
Death = tuple[str, str, str]
"""A version of the plugin's file, a `hostcore.hostcall.CrashKind`, and what was called."""


class PostMortem:
    """Repeats a fatal call to see where it dies: once for each kind of death, for a repeat takes as long as the call.

    For the plugin's own thread.

    Args:
        runtime: repeats.
        clock: the host's clock.
        evidence: takes the report.
    """

    def __init__(self, runtime: Runtime, clock: Clock, evidence: Evidence) -> None:
        self._runtime, self._clock, self._evidence = runtime, clock, evidence
        self._places: dict[Death, TracedPlace] = {}

    def report(
        self, crash: PluginCrashedError, prepared: Prepared, kit: Kit, call: str, argument: str, *, times: int
    ) -> None:
        """Report that `call` died when the instance had been called so for the `times`-th time.

        Blocks for as long as the call may take; `kit.limit.stop` ends that at once.
        """
        died_ns = self._clock.wall_ns()
        death = (prepared.version(), crash.kind, call)
        place = self._places.get(death)
        if place is None:
            place = self._runtime.trace(prepared, kit, silent_log(), crash, call=call, argument=argument, times=times)
            if place is not None and place.place and len(self._places) < MOST_REMEMBERED:
                self._places[death] = replace(place, traceback=f"As the same call died before:\n{place.traceback}")
        self._evidence.crash(crash, prepared.spec, prepared.version(), place, died_ns)
