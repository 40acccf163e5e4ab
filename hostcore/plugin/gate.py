"""The one gate for every effect of a plugin: permission, share, lock, limit, event and count."""

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
"""Returns the permission that an effect needs, or raises ValueError, whose message says what is allowed."""
_CUT_SHORT = "the call ended before the access was done"


class Gate:
    """Performs the effects of one plugin, one at a time, and publishes a `TransferCompleted` for each.

    For the plugin's own thread; `in_background` returns a gate for another thread.

    Args:
        buses: all buses.
        plugin: the plugin's name, for the events; "" for the host.
        kit: the plugin's access, share and limit, and the receiver of the events.

    Attributes:
        line: the line of the plugin's file that makes the next call; 0 if it is not known.
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
        """Perform an effect. Blocks until the plugin's share and the bus allow it and `action` is done.

        Args:
            place: the place of the effect.
            wanted: returns the permission that the effect needs; None if that was required before.
            opener: returns the device. It is called after the permission was checked.
            action: performs the effect. It is called while this gate holds the bus.
            asked: the request, which the event shows if the effect fails.

        Returns:
            The result of `action`.

        Raises:
            BusError: the effect is not allowed, or it failed.
            Trap: the call's time is over, or the plugin was stopped.
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
        """Require a permission for a call that has no effect by itself, or not yet. Does not block.

        Raises:
            BusError: the permission is missing. The event for it is that of a denied effect.
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
        """Give time back to the plugin's share, for a part of the present effect that did not keep others waiting."""
        if self.kit.share is not None:
            self.kit.share.spend(-duration_ns)

    def in_background(self) -> Gate:
        """Return a gate for effects after the call, on another thread. It does not wait for buses, and has no share."""
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
    """Return the host's own gate, for effects on actuators that no plugin asked for. It does not wait for buses."""
    return Gate(buses, "", Kit(Access(HOST, ()), None, NoWait(), publish))


def _valid(wanted: Wanted) -> Permission:
    try:
        return wanted()
    except ValueError as problem:
        raise UnsupportedError(f"no such access: {problem}") from None
