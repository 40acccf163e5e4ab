"""The session of a live screen over the broker: it looks, and does what host.toml lets commands do."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import NoReturn

from hostcore.actuation import Actuation
from hostcore.broker.groups import CommandGroup
from hostcore.by_hand import acting
from hostcore.clock import NS_PER_S, Clock
from hostcore.control.session_lines import KINDS
from hostcore.errors import ReadOnlyError
from hostcore.events import EventsDropped, TransferCompleted
from hostcore.events.backlog import Earlier
from hostcore.events.stream import Subscription
from hostcore.quick_dataclass import replace
from hostcore.read_only import ReadOnlySession
from hostcore.session import Order, Session

NOTHING = (EventsDropped,)
"""Kinds of events that nobody publishes. A subscription to no kinds would be one to all."""
ACTOR = "a screen over MQTT"
"""Who drives an output, in the log and the events."""
NOT_OVER_MQTT = "This is not possible over MQTT. Open the screen of the node over ssh: wasi-host --on NODE"


class TrafficGate:
    """Whether a screen gets the transfers, of which there can be thousands in a second. Thread-safe.

    Args:
        clock: tells when the time is over.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until_ns = 0
        self._subscriptions: list[tuple[Subscription, frozenset[type]]] = []

    @property
    def is_open(self) -> bool:
        """Whether transfers pass."""
        return self._clock.monotonic_ns() < self._until_ns

    def open(self, seconds: int) -> None:
        """Let transfers pass for some seconds from now on; 0 ends it."""
        with self._lock:
            self._until_ns = self._clock.monotonic_ns() + seconds * NS_PER_S
        self.look()

    def add(self, subscription: Subscription, kinds: tuple[type, ...]) -> None:
        """Let a subscription have these kinds of events, and the transfers among them only while it is open."""
        with self._lock:
            self._subscriptions.append((subscription, frozenset(kinds)))
        self.look()

    def look(self) -> None:
        """Close if the time is over. Call it once in a while."""
        with self._lock:
            for subscription, kinds in self._subscriptions:
                present = kinds if self.is_open else kinds - {TransferCompleted}
                subscription.change_kinds(*(present or NOTHING))


class GatedBacklog:
    """The earlier events, with the transfers only if the gate is open.

    Args:
        session: the host.
        gate: the gate of the screen.
    """

    def __init__(self, session: Session, gate: TrafficGate) -> None:
        self._session, self._gate = session, gate

    def since(self, number: int) -> Earlier:
        """Return the earlier events after this number; all if it is 0."""
        earlier = self._session.earlier(number)
        if self._gate.is_open:
            return earlier
        items = tuple(each for each in earlier.items if not isinstance(each.event, TransferCompleted))
        return replace(earlier, items=items)


class LiveSession(ReadOnlySession):
    """A session that passes on only what the commands could do as well.

    Args:
        session: the host.
        groups: what host.toml allows.
        gate: lets transfers pass.
    """

    def __init__(self, session: Session, groups: Collection[CommandGroup], gate: TrafficGate) -> None:
        super().__init__(session, NOT_OVER_MQTT)
        self._groups, self._gate = frozenset(groups), gate

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """Subscribe to the events from now on, without the transfers while the gate is closed."""
        wanted = kinds or tuple(KINDS.values())
        made = self._session.subscribe(*wanted, capacity=capacity)
        self._gate.add(made, wanted)
        return made

    # Where the commands allow it, these three do what a session that only looks refuses.

    def actuate(self, actuation: Actuation) -> None:  # type: ignore[override]
        """Drive an output, if host.toml allows it."""
        self._require(CommandGroup.OUTPUTS)
        with acting(ACTOR):
            self._session.actuate(actuation)

    def order(self, plugin: str, order: Order) -> None:  # type: ignore[override]
        """Give an order to a plugin, if host.toml allows it."""
        self._require(CommandGroup.ORDERS)
        self._session.order(plugin, order)

    def acknowledge(self, alarm: str) -> None:  # type: ignore[override]
        """Acknowledge an alarm, if host.toml allows it."""
        self._require(CommandGroup.ALARMS)
        self._session.acknowledge(alarm)

    def recording(self, plugin: str, crash_ns: int = 0) -> NoReturn:
        """Raise ReadOnlyError. A recording has megabytes, and the memory of the driver."""
        self._refuse()

    def scan(self, bus: int, mode: object) -> NoReturn:
        """Raise ReadOnlyError. No command scans."""
        self._refuse()

    def identify(self, bus: int, address: int) -> NoReturn:
        """Raise ReadOnlyError. No command probes a chip."""
        self._refuse()

    def _require(self, group: CommandGroup) -> None:
        if group not in self._groups:
            raise ReadOnlyError(not_allowed(group, str(self.facts.config_file)))


def not_allowed(group: CommandGroup, settings: str) -> str:
    """Return why commands of a group are refused, and what to do."""
    return f'{settings} on the node does not allow it: add "{group}" to commands in [mqtt] there'
