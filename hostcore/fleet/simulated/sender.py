"""Sends what a simulated fleet says, evenly in time, and says when that is not possible."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from hostcore.broker.message import Message
from hostcore.broker.topics import COMMAND
from hostcore.clock import NS_PER_S, Clock
from hostcore.fleet.simulated.answers import answer_to
from hostcore.fleet.simulated.fleet import SimulatedFleet
from hostcore.fleet.simulated.link import Link
from hostcore.fleet.simulated.node import SimulatedNode
from hostcore.quick_dataclass import dataclass

TICK = 0.01
"""Seconds between two looks at the time."""
MOST_BEHIND = 2.0
"""Intervals by which the fleet may be behind. Then it leaves out whole intervals: the nodes did not read in them."""
TELL_SECONDS = 1.0
"""How often the progress is told."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How the sending is, at a moment."""

    elapsed: float = 0.0
    """Seconds since the start."""
    sent: int = 0
    """Messages so far."""
    confirmed: int = 0
    """Messages that the broker has confirmed so far."""
    waiting: int = 0
    """Messages that it has not confirmed yet."""
    behind: float = 0.0
    """Seconds by which the fleet is late."""
    left_out: int = 0
    """Readings that no node had, because the fleet was too far behind."""
    problem: str = ""
    """Why a connection is missing, or what the broker does not take; "" if all is well."""
    refused: int = 0
    """Messages that the broker did not take."""
    refusal: str = ""
    """Why it did not take the last one of them."""


class Sender:
    """Sends for a fleet, on the thread of the caller.

    Args:
        fleet: the fleet.
        links: the connections. Each node is on one of them.
        clock: the time.
        tell: is told the progress every second.
        stop: ends the present work soon when it is set.
    """

    def __init__(
        self,
        fleet: SimulatedFleet,
        links: Sequence[Link],
        clock: Clock,
        tell: Callable[[Progress], None],
        stop: threading.Event,
    ) -> None:
        self._fleet, self._links, self._clock, self._tell = fleet, links, clock, tell
        self._link_of = {node: link for link in links for node in link.nodes}
        self._stop = stop
        self._start_ns = clock.monotonic_ns()
        self._next_slot = self._sent = self._left_out = 0
        self._told = 0.0

    def begin(self) -> bool:
        """Connect. Blocks until each connection was made, or one could not be made at the first attempt.

        Returns:
            Whether all were made.
        """
        commands = f"{self._fleet.plan.prefix}/+/{COMMAND}/+"
        for link in self._links:
            link.start("" if link is not self._links[0] else commands)
        self._wait_until(lambda: all(link.has_begun for link in self._links) or bool(self.progress.problem))
        self._start_ns, self._told = self._clock.monotonic_ns(), 0.0
        return all(link.has_begun for link in self._links)

    def run(self, until: float | None) -> None:
        """Send until `stop` is set, or some seconds have passed since the beginning. Blocks."""
        self._wait_until(lambda: self._sends(until))

    def clear(self, *, keep: bool) -> None:
        """Say that all nodes are offline, or remove all that the broker keeps of them. Blocks until it is sent.

        Args:
            keep: leave what the broker keeps.
        """
        self._publish(self._fleet.end() if keep else self._fleet.traces())
        self._wait_until(lambda: not any(link.waiting and not link.problem for link in self._links))

    @property
    def progress(self) -> Progress:
        """How it is now."""
        behind = self._elapsed - self._fleet.due(self._next_slot)
        return Progress(
            elapsed=self._elapsed,
            sent=self._sent,
            confirmed=sum(link.confirmed for link in self._links),
            waiting=sum(link.waiting for link in self._links),
            behind=max(0.0, behind - TICK),
            left_out=self._left_out,
            problem=next((link.problem for link in self._links if link.problem), ""),
            refused=sum(link.refusals for link in self._links),
            refusal=next((link.refusal for link in self._links if link.refusal), ""),
        )

    @property
    def _elapsed(self) -> float:
        return (self._clock.monotonic_ns() - self._start_ns) / NS_PER_S

    def _wait_until(self, is_done: Callable[[], bool]) -> None:
        """Look again and again, until the end or `stop`, and tell of the progress."""
        while not self._stop.is_set() and not is_done():
            self._tell_sometimes()
            self._clock.wait_until(self._clock.monotonic_ns() + round(TICK * NS_PER_S), self._stop)

    def _sends(self, until: float | None) -> bool:
        """Send what is due. Returns whether the time is over."""
        elapsed = self._elapsed
        due = self._fleet.slot_at(elapsed if until is None else min(elapsed, until))
        self._leave_out(due)
        for link in self._links:
            link.follow()
            self._answer(link)
        for slot in range(self._next_slot, due):
            if self._stop.is_set():
                break
            self._publish(self._fleet.messages(slot))
            self._next_slot = slot + 1
        return until is not None and elapsed >= until

    def _answer(self, link: Link) -> None:
        while link.commands:
            found = answer_to(link.commands.popleft(), self._fleet, self._fleet.moment(self._elapsed))
            if found is not None:
                node, message = found
                self._link_of[node].publish(message, self._stop)

    def _leave_out(self, due: int) -> None:
        """Leave out whole intervals if the fleet is too far behind. The clocks of its nodes jump then."""
        behind = due - self._next_slot
        if behind > MOST_BEHIND * self._fleet.slots:
            left_out = behind // self._fleet.slots * self._fleet.slots
            self._next_slot += left_out
            self._left_out += left_out

    def _publish(self, said: Iterator[tuple[SimulatedNode, Message]]) -> None:
        for node, message in said:
            if self._stop.is_set():
                return
            self._link_of[node].publish(message, self._stop)
            self._sent += 1
            self._tell_sometimes()

    def _tell_sometimes(self) -> None:
        if self._elapsed - self._told >= TELL_SECONDS:
            self._told = self._elapsed
            self._tell(self.progress)
