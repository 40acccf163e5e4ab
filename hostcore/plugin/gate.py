"""The one gate for every effect of a plugin: permission, share, lock, limit, event and count."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hostcore.access.decisions import Access
from hostcore.actuators.account import Wanted
from hostcore.backends.base import Edge
from hostcore.buses.call_limit import CallLimit, NoWait
from hostcore.buses.effects import NOTHING, Asked, Done
from hostcore.buses.shared import Buses
from hostcore.errors import BusError, LineClaimedError, UnsupportedError
from hostcore.events import HOST, PERSON, Event, LibraryLine, Message, Outcome, TransferCompleted
from hostcore.faults.active import Faulty
from hostcore.hostcall import Trap
from hostcore.permissions import Permission
from hostcore.place import Place
from hostcore.plugin.kit import Kit
from hostcore.plugin.outcomes import outcome_of

D = TypeVar("D")
R = TypeVar("R")
_CUT_SHORT = "the call ended before the access was done"


class Gate:
    """Performs the effects of one plugin, one at a time, and publishes a `TransferCompleted` for each.

    For the plugin's own thread; `in_background` returns a gate for another thread.

    Args:
        buses: all buses.
        plugin: the plugin's name, for the events; "" for the host and for a person.
        kit: the plugin's access, share and limit, and the receiver of the events.
        source_line: the line of the plugin's file that makes the call; 0 if it is not known.
        by_person: whether a person makes the effects, and no plugin.
        through: what stands for the person, in words; "" for a screen, a page or a command of this computer.

    Attributes:
        source_line: as above.
        by_person: as above; so is `through`.
        library: the line of a library that makes it for the plugin; None if there is none.
    """

    def __init__(
        self,
        buses: Buses,
        plugin: str,
        kit: Kit,
        source_line: int = 0,
        *,
        by_person: bool = False,
        through: str = "",
    ) -> None:
        self.buses, self.plugin = buses, plugin
        self.kit, self.by_person, self.through = kit, by_person, through
        self.source_line = source_line
        self.library: LibraryLine | None = None
        self._releases = kit.access.releases

    @property
    def has_stopped(self) -> bool:
        """Whether the plugin was stopped after this gate was made."""
        return self.kit.access.releases != self._releases

    def perform(
        self,
        place: Place,
        wanted: Wanted | Permission | None,
        opener: Callable[[Place], D],
        action: Callable[[D], Done[R] | tuple[R, tuple[Message, ...], tuple[Edge, ...]]],
        asked: Asked = NOTHING,
    ) -> R:
        """Perform an effect. Blocks until the plugin's share and the bus allow it and `action` is done.

        Args:
            place: the place of the effect.
            wanted: returns the permission that the effect needs, or is that permission if the request is known to be
                valid; None if it was required before.
            opener: returns the device. It is called after the permission was checked.
            action: performs the effect. It is called while this gate holds the bus. It may return the parts of a
                `Done` as a plain tuple, which is made in a seventh of the time.
            asked: the part of the event that is known even if the effect fails.

        Returns:
            The result of `action`.

        Raises:
            BusError: the effect is not permitted, or it failed.
            Trap: the call's time is over, or the plugin is told to stop.
        """
        buses, kit, bus = self.buses, self.kit, place.bus
        clock, limit, share = buses.clock, kit.limit, kit.share
        effect = _Effect(clock.wall_ns(), clock.monotonic_ns())
        try:
            permission = _valid(wanted) if callable(wanted) else wanted
            effect.asked = asked
            if permission is not None:
                kit.access.require(permission)
            device = opener(place)
            if share is not None and (wait := share.wait_ns(effect.called_ns)):
                limit.wait_until(effect.called_ns + wait)
            lock = buses.lock(place)
            lock.acquire(limit.check)
            try:
                effect.sequence, effect.began_ns = buses.next_sequence(), clock.monotonic_ns()
                effect.messages = asked.sent
                if bus in buses.simulated:
                    kit.simulated.add(bus)
                effect.excused_ns = limit.excused_ns
                result, effect.messages, effect.edges = action(device)
            finally:
                effect.ended_ns = clock.monotonic_ns()
                if bus in buses.faulty:
                    self._see_faults(place, device, effect)
                lock.release()
            effect.outcome, effect.detail = Outcome.OK, ""
        except BusError as error:
            effect.fail(error)
            effect.claimed_by = error.claimed_by if isinstance(error, LineClaimedError) else ""
            raise
        except Trap as trap:
            effect.detail = trap.problem
            raise
        finally:
            self._publish(place, effect)
        return result

    def require(self, place: Place, wanted: Wanted) -> None:
        """Require the permission for a call that has no effect on a bus. Does not block.

        Raises:
            BusError: it is not granted. This is published as an effect that was denied.
        """
        try:
            self.kit.access.require(_valid(wanted))
        except BusError as error:
            clock = self.buses.clock
            effect = _Effect(clock.wall_ns(), clock.monotonic_ns())
            effect.fail(error)
            self._publish(place, effect, effect.called_ns)
            raise

    def keep(self, text: str) -> None:
        """Keep the text of a JSON value for the plugin, in place of the one before. Does not block.

        Raises:
            Trap: the call's time is over, or the plugin is told to stop.
        """
        self.kit.limit.check()
        self.kit.state.save(text)

    def forgive(self, duration_ns: int) -> None:
        """Give time back to the plugin's share, for a part of the present effect that did not keep others waiting."""
        if self.kit.share is not None:
            self.kit.share.spend(-duration_ns)

    def in_background(self) -> Gate:
        """Return a gate for another thread, after the call. It does not wait for a bus, and no share pays for it."""
        kit = Kit(self.kit.access, None, NoWait(), self.kit.publish)
        gate = Gate(self.buses, self.plugin, kit, self.source_line, by_person=self.by_person, through=self.through)
        gate.library = self.library
        return gate

    def _see_faults(self, place: Place, device: object, effect: _Effect) -> None:
        """Note whether a fault on demand struck the effect, while this gate holds the bus."""
        if isinstance(device, Faulty) and device.struck:
            effect.is_injected = True
            self.kit.faulty.add(place.bus)
            self.kit.struck.count += 1

    def _publish(self, place: Place, effect: _Effect, now_ns: int | None = None) -> None:
        kit, bus, began_ns, duration_ns = self.kit, place.bus, effect.began_ns, 0
        if not effect.sequence:
            began_ns = self.buses.clock.monotonic_ns() if now_ns is None else now_ns
        else:
            duration_ns = effect.ended_ns - began_ns
            if kit.share is not None:
                spent_ns = duration_ns - (kit.limit.excused_ns - effect.excused_ns)
                kit.share.spend(spent_ns if spent_ns > 0 else 0)  # max() takes three times as long
        kit.publish(
            TransferCompleted(
                effect.wall_ns,
                self.plugin or (PERSON if self.by_person else HOST),
                bus,
                place.address,
                effect.messages,
                effect.outcome,
                effect.detail,
                duration_ns,
                began_ns - effect.called_ns,
                effect.sequence,
                self.source_line,
                effect.asked.reads,
                effect.errno,
                effect.asked.spi,
                effect.asked.pwm,
                effect.edges,
                bus in self.buses.simulated,
                effect.claimed_by,
                self.library,
                effect.is_injected,
                effect.problem,
            )
        )


class _Effect:
    """What is known of an effect so far. Until it has ended, that is that its call was cut short.

    The values in the class are those of an effect that has not begun. An object sets only what it knows, because there
    is one for each transfer.
    """

    sequence = began_ns = ended_ns = excused_ns = 0
    messages: tuple[Message, ...] = ()
    edges: tuple[Edge, ...] = ()
    asked = NOTHING  # until it is known to be valid: an event must not keep a list of any length
    outcome, detail, problem = Outcome.OTHER, _CUT_SHORT, ""
    errno: int | None = None
    is_injected = False
    claimed_by = ""

    def __init__(self, wall_ns: int, called_ns: int) -> None:
        self.wall_ns, self.called_ns = wall_ns, called_ns

    def fail(self, error: BusError) -> None:
        """It ended with an error."""
        self.outcome, self.detail, self.errno = outcome_of(error), str(error), error.errno
        self.problem = error.problem if error.place else ""


def _valid(wanted: Wanted) -> Permission:
    try:
        return wanted()
    except ValueError as problem:
        raise UnsupportedError(f"no such access: {problem}") from None


def host_gate(buses: Buses, publish: Callable[[Event], None]) -> Gate:
    """Return the host's own gate, for effects on actuators that no plugin asked for. It does not wait for buses."""
    return Gate(buses, "", Kit(Access(HOST, ()), None, NoWait(), publish))


def person_gate(
    buses: Buses, access: Access, limit: CallLimit, publish: Callable[[Event], None], through: str = ""
) -> Gate:
    """Return the gate of a person for one use of an output. A person has no share of a bus to wait for."""
    return Gate(buses, "", Kit(access, None, limit, publish), by_person=True, through=through)
