"""The time after a plugin's death: the report, the search for the line, and the wait for the next instance."""

from __future__ import annotations

from functools import partial

from hostcore.errors import HostError
from hostcore.events import State
from hostcore.log.safe_text import log_line
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.guard import guarded
from hostcore.supervisor.life_cycle import LifeCycle
from hostcore.supervisor.post_mortem import Death, PostMortem
from hostcore.supervisor.restarts import Restarts
from hostcore.supervisor.seat import Seat
from hostcore.supervisor.shared_parts import SharedParts
from hostcore.supervisor.transitions import Trigger

SEARCHING = "looking for the line: "
"""Begins the cause while the place of a crash is searched for. It comes first because a narrow row cuts the end."""
NO_PLACE = "the place of the crash is not known"


class Aftermath:
    """Moves a plugin from its death to the wait for its next instance. For the plugin's own thread.

    Args:
        shared: gives the clock, and says how crashes delay the next instance.
        life: the plugin's state.
        seat: its seat in the rounds.
        evidence: gets the problems of the report and the search.
        post_mortem: reports and searches.

    Attributes:
        retry_ns: when the next instance starts; 0 if it waits for a person.
    """

    def __init__(
        self,
        shared: SharedParts,
        *,
        life: LifeCycle,
        seat: Seat,
        evidence: Evidence,
        post_mortem: PostMortem,
    ) -> None:
        self._clock, self._life, self._seat, self._evidence = shared.clock, life, seat, evidence
        self._restarts, self._post_mortem = Restarts(shared.policy), post_mortem
        self._cause, self.retry_ns = "", 0

    def died(self, death: Death) -> None:
        """The plugin died: report it, and decide when the next instance starts. Blocks as long as the disk does."""
        trigger = self._decide(log_line(death.cause))
        self._seat.fail(self._cause)
        guarded(partial(self._post_mortem.open, death), partial(self._evidence.fault, NO_PLACE))
        is_searching = self._post_mortem.is_searching
        cause = SEARCHING + self._cause if is_searching else self._cause
        self._life.move(trigger, cause, self.retry_ns, is_searching=is_searching)
        guarded(self._post_mortem.report, partial(self._evidence.fault, "the crash is not reported"))

    def collect(self) -> None:
        """Report the places of deaths that were found meanwhile. Blocks as long as the disk does."""
        place = self._post_mortem.collect()
        if place is not None and self._life.state in {State.BACKOFF, State.QUARANTINED}:
            self._life.explain(f"{self._cause}, {place}" if place else self._cause, self.retry_ns)

    def not_located(self, error: HostError) -> None:
        """A place that was found could not be reported."""
        self._evidence.fault(NO_PLACE, error)

    def back_off(self, cause: str) -> None:
        """A defect of the host hit a living plugin: wait as after a crash."""
        if self._life.state in {State.LOADING, State.RUNNING, State.BACKOFF}:
            self._life.move(self._decide(cause), cause, self.retry_ns)
            self._seat.fail(cause)

    def stop_searching(self) -> None:
        """Another instance is about to start."""
        self._post_mortem.close()

    def forget_crashes(self) -> None:
        """Earlier crashes count no more: a person gave an order, or changed the file."""
        self._restarts.forget()

    def _decide(self, cause: str) -> Trigger:
        """Decide when the next instance starts, or that there is none."""
        retry_ns = self._restarts.after_crash(self._clock.monotonic_ns())
        self._cause, self.retry_ns = cause, retry_ns or 0
        return Trigger.CRASHED_OFTEN if retry_ns is None else Trigger.CRASHED
