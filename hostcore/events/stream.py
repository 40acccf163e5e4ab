"""The event stream: one publisher side, many subscribers, each with a bounded queue of its own."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from hostcore.clock import Clock
from hostcore.events import Event, EventsDropped


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event and its place in the stream."""

    sequence: int
    """Counts from 1, without gaps; a gap that a subscriber sees is what it lost."""
    event: Event


class Subscription:
    """One subscriber's view of the stream. `take` is for one thread; the rest is safe everywhere."""

    def __init__(self, stream: EventStream, capacity: int, kinds: tuple[type, ...]) -> None:
        self._stream = stream
        self._kinds = kinds
        self._queue: deque[Numbered] = deque()
        self._capacity = capacity
        self._dropped = 0
        self._first_lost = 0
        self._ready = threading.Condition()
        self._closed = False

    def take(self, timeout: float | None = None) -> list[Numbered]:
        """Everything that has arrived, waiting up to `timeout` seconds (None: without end) for the first.

        Where events were lost an `EventsDropped` stands in their place. Empty after `close` or the timeout.
        """
        with self._ready:
            self._ready.wait_for(lambda: self._queue or self._dropped or self._closed, timeout)
            batch = list(self._queue)
            self._queue.clear()
            if self._dropped:
                lost = EventsDropped(self._stream.clock.wall_ns(), self._dropped)
                batch.insert(0, Numbered(self._first_lost, lost))
                self._dropped = 0
            return batch

    def close(self) -> None:
        """Leave the stream; a waiting `take` returns."""
        self._stream.unsubscribe(self)
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def offer(self, item: Numbered) -> None:
        """For the stream: queue `item`, dropping the oldest when full. Never blocks for long."""
        if self._kinds and not isinstance(item.event, self._kinds):
            return
        with self._ready:
            if len(self._queue) >= self._capacity:
                oldest = self._queue.popleft()
                self._first_lost = self._first_lost if self._dropped else oldest.sequence
                self._dropped += 1
            self._queue.append(item)
            self._ready.notify()


class EventStream:
    """Hands every published event to every subscriber. Publishing never blocks on a slow one."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._sequence = 0
        self._subscriptions: tuple[Subscription, ...] = ()

    def publish(self, event: Event) -> None:
        """Number `event` and queue it for every subscriber."""
        with self._lock:
            self._sequence += 1
            item = Numbered(self._sequence, event)
            for subscription in self._subscriptions:
                subscription.offer(item)

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """A new subscription to events of `kinds` (none: of every kind), holding at most `capacity` of them."""
        subscription = Subscription(self, capacity, kinds)
        with self._lock:
            self._subscriptions += (subscription,)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Hand nothing more to `subscription`."""
        with self._lock:
            self._subscriptions = tuple(each for each in self._subscriptions if each is not subscription)
