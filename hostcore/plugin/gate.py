"""The one gate for every effect of a plugin on the world: permission, share, lock, limit, event and count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hostcore.access.decisions import Access
from hostcore.backends.base import Edge
from hostcore.buses.call_limit import NoWait
from hostcore.buses.effects import NOTHING, Asked, Done
from hostcore.buses.shared import Buses
from hostcore.errors import BusError, UnsupportedError
from hostcore.events import HOST, Event, Message, Outcome, TransferCompleted
from hostcore.permissions import Permission
from hostcore.place import Place
from hostcore.plugin.kit import Kit
from hostcore.plugin.outcomes import outcome_of

D = TypeVar("D")
R = TypeVar("R")
Wanted = Callable[[], Permission]
"""Makes the permission that an effect needs, or raises ValueError, which says what is allowed."""
_CUT_SHORT = "the call ended before the access was done"


class Gate:
    """Lets one plugin's effects pass, one at a time, and publishes a `TransferCompleted` for each of them.

    For the plugin's own thread; `in_background` gives one for another thread.

    Args:
        buses: all buses.
        plugin: the plugin's name, for the events; "" for the host.
        kit: what it may touch, for how long, and who is told.

    Attributes:
        line: the line of the plugin's file that makes the next call; 0 where it is not known.
    """

    def __init__(self, buses: Buses, plugin: str, kit: Kit) -> None:
        self.buses, self.plugin = buses, plugin
        self.kit = kit
        self.line = 0

    def perform(
        self,
        place: Place,
        wanted: Wanted | None,
        opener: Callable[[Place], D],
        action: Callable[[D], Done[R]],
        asked: Asked = NOTHING,
    ) -> R:
        """Do an effect. Blocks until the plugin's share and the bus allow it, and for as long as `action` takes.

        Args:
            place: where it goes.
            wanted: the permission that it needs; None where that was required before.
            opener: gives the device, once the permission is there.
            action: does it, while nobody else has the bus.
            asked: what the event shows of an effect that fails.

        Returns:
            The result of `action`.

        Raises:
            BusError: it is not allowed, or it failed.
            Trap: the call's time is over, or the plugin is told to stop.
        """
        buses, kit = self.buses, self.kit
        clock = buses.clock
        wall, called = clock.wall_ns(), clock.monotonic_ns()
        sequence = 0
        messages: tuple[Message, ...] = ()
        edges: tuple[Edge, ...] = ()
        outcome, detail, errno = Outcome.OTHER, _CUT_SHORT, None
        try:
            if wanted is not None:
                kit.access.require(_valid(wanted))
            device = opener(place)
            self._await_share(called)
            lock = buses.lock(place)
            lock.acquire(kit.limit.check)
            try:
                sequence, began, messages = buses.next_sequence(), clock.monotonic_ns(), asked.sent
                result, messages, edges = action(device)
            finally:
                ended = clock.monotonic_ns()
                lock.release()
            outcome, detail = Outcome.OK, ""
        except BusError as error:
            outcome, detail, errno = outcome_of(error), str(error), error.errno
            raise
        finally:
            if not sequence:
                began = ended = clock.monotonic_ns()
            self._tell(
                TransferCompleted(
                    wall,
                    self.plugin or HOST,
                    place.bus,
                    place.address,
                    messages,
                    outcome,
                    detail,
                    ended - began,
                    began - called,
                    sequence,
                    self.line,
                    asked.reads,
                    errno,
                    asked.spi,
                    edges,
                )
            )
        return result

    def require(self, place: Place, wanted: Wanted) -> None:
        """Require the permission for what has no effect by itself, or none yet. Does not block.

        Raises:
            BusError: it is not granted, which is told as an effect that was denied.
        """
        try:
            self.kit.access.require(_valid(wanted))
        except BusError as error:
            self._tell(
                TransferCompleted(
                    self.buses.clock.wall_ns(),
                    self.plugin or HOST,
                    place.bus,
                    place.address,
                    (),
                    outcome_of(error),
                    str(error),
                    duration_ns=0,
                    line=self.line,
                )
            )
            raise

    def forgive(self, duration_ns: int) -> None:
        """Let the share not pay for a part of the effect under way in which nobody else was kept from the bus."""
        if self.kit.share is not None:
            self.kit.share.spend(-duration_ns)

    def in_background(self) -> Gate:
        """A gate for what goes on after the call, on another thread: it waits for no bus, and no share pays for it."""
        return Gate(self.buses, self.plugin, Kit(self.kit.access, None, NoWait(), self.kit.publish))

    def _await_share(self, now_ns: int) -> None:
        share = self.kit.share
        if share is not None and (wait := share.wait_ns(now_ns)):
            self.kit.limit.wait_until(now_ns + wait)

    def _tell(self, event: TransferCompleted) -> None:
        self.line = 0
        if self.kit.share is not None:
            self.kit.share.spend(event.duration_ns)
        self.kit.publish(event)


def host_gate(buses: Buses, publish: Callable[[Event], None]) -> Gate:
    """The host's own gate, for what it does to actuators when no plugin asks. It waits for no bus."""
    return Gate(buses, "", Kit(Access(HOST, ()), None, NoWait(), publish))


def _valid(wanted: Wanted) -> Permission:
    try:
        return wanted()
    except ValueError as problem:
        raise UnsupportedError(f"no such access: {problem}") from None
