"""The event stream: one publisher, many subscribers. Each subscriber has its own bounded queue."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from hostcore.clock import Clock
from hostcore.events import (
    CrashLocated,
    Event,
    EventsDropped,
    PageRendered,
    PluginCrashed,
    ReadingPublished,
    RoundCompleted,
    TransferCompleted,
)
from hostcore.events.keeping import KEPT
from hostcore.quick_dataclass import dataclass

LARGE = (ReadingPublished, RoundCompleted, PageRendered, TransferCompleted, PluginCrashed, CrashLocated)
"""The events in which a plugin decides how much there is: up to a megabyte of objects, with the default limits."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event and its number in the stream."""

    sequence: int
    """Counts from 1 without gaps. A gap tells a subscriber how many events it lost."""
    event: Event


class Follower(Protocol):
    """Takes every event while it is published, so it must be quick."""

    def offer(self, item: Numbered) -> None:
        """Take an event. Must not block for long, and must not publish."""


class Subscription:
    """One subscriber's queue. Call `take` on one thread only; the other methods are thread-safe."""

    def __init__(self, stream: EventStream, capacity: int, kinds: tuple[type, ...]) -> None:
        self._stream = stream
        self._kinds = kinds
        self._queue: deque[Numbered] = deque()
        self._capacity = capacity
        self._most_bytes, self._bytes = 0, 0
        self._weights: deque[int] = deque()
        """The bytes of each of `LARGE` that is queued, while they are bounded."""
        self._dropped = 0
        self._first_lost = 0
        self._ready = threading.Condition()
        self._closed = self._woken = False

    def bound_large(self, most_bytes: int) -> None:
        """Queue at most `most_bytes` of events of `LARGE`, as far as their sizes can be estimated, or one of them.

        Call it before the first event, for a subscriber that can be slow for long: weighing takes microseconds.
        """
        with self._ready:
            self._most_bytes = most_bytes

    def change_kinds(self, *kinds: type) -> None:
        """Queue only events of these kinds from now on; those that are queued stay."""
        with self._ready:
            self._kinds = kinds

    def take(self, timeout: float | None = None) -> list[Numbered]:
        """Return all queued events. Blocks up to `timeout` seconds (None: forever) for the first one.

        An `EventsDropped` replaces lost events. Returns an empty list after `close`, `wake` or the timeout.
        """
        with self._ready:
            self._ready.wait_for(lambda: self._queue or self._dropped or self._closed or self._woken, timeout)
            self._woken = False
            batch = list(self._queue)
            self._queue.clear()
            self._weights.clear()
            self._bytes = 0
            if self._dropped:
                lost = EventsDropped(self._stream.clock.wall_ns(), self._dropped)
                batch.insert(0, Numbered(self._first_lost, lost))
                self._dropped = 0
            return batch

    def wake(self) -> None:
        """Let `take` return now: its thread has something else to do."""
        with self._ready:
            self._woken = True
            self._ready.notify_all()

    def close(self) -> None:
        """Leave the stream. A waiting `take` returns."""
        self._stream.unsubscribe(self)
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def offer(self, item: Numbered) -> None:
        """Queue `item`; drop the oldest event if the queue is full. Called by the stream. Never blocks for long."""
        if self._kinds and not isinstance(item.event, self._kinds):
            return
        is_weighed = bool(self._most_bytes) and isinstance(item.event, LARGE)
        weight = KEPT[type(item.event)].weigh(item.event) if is_weighed else 0
        with self._ready:
            while self._queue and (len(self._queue) >= self._capacity or self._bytes + weight > self._most_bytes):
                self._drop_oldest()
            self._queue.append(item)
            if is_weighed:
                self._weights.append(weight)
                self._bytes += weight
            self._ready.notify()

    def _drop_oldest(self) -> None:
        oldest = self._queue.popleft()
        if self._weights and isinstance(oldest.event, LARGE):
            self._bytes -= self._weights.popleft()
        self._first_lost = self._first_lost if self._dropped else oldest.sequence
        self._dropped += 1


class EventStream:
    """Delivers every published event to every subscriber. Slow subscribers never block a publisher."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._sequence = 0
        self._followers: tuple[Follower, ...] = ()

    def publish(self, event: Event) -> None:
        """Number `event` and queue it for every subscriber."""
        with self._lock:
            self._sequence += 1
            item = Numbered(self._sequence, event)
            for follower in self._followers:
                follower.offer(item)

    def follow(self, follower: Follower) -> None:
        """Let `follower` take all events from now on."""
        with self._lock:
            self._followers += (follower,)

    def subscribe(self, *kinds: type, capacity: int = 10_000) -> Subscription:
        """Subscribe to events of `kinds` (all kinds if none are given). At most `capacity` events are queued."""
        subscription = Subscription(self, capacity, kinds)
        self.follow(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop delivering events to `subscription`."""
        with self._lock:
            self._followers = tuple(each for each in self._followers if each is not subscription)
