"""Minutes of a host with five drivers in virtual time, with a real broker in trouble."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hostcore.broker.topics import NodeTopics
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import ReadingPublished
from hostcore.events.stream import EventStream
from hostcore.mqtt.front import MqttFront
from tests.broker import PASSWORD, SOON, USER, Broker
from tests.chaos.account import Account, compare
from tests.chaos.proxy import Drain, Proxy
from tests.chaos.subscriber import Subscriber
from tests.chaos.trouble import Troublemaker, configuration, schedule
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.waiting import comes_true

TOPICS = NodeTopics("chaos", "pi")
INTERVALS = {"bh1750": 1.0, "bme680": 2.0, "dht22": 2.0, "scd41": 5.0, "sgp30": 10.0}
"""Virtual seconds between two readings of each driver."""
STEP = 0.1
"""Virtual seconds that pass at once."""
REAL_STEP = 0.005
"""Real seconds for that."""
LONGEST = 2.0
"""Virtual seconds of the longest trouble."""


class Drivers:
    """Drivers that read at their intervals."""

    def __init__(self, clock: VirtualClock, stream: EventStream, chance: random.Random) -> None:
        self._clock, self._stream, self._chance = clock, stream, chance
        self._next = dict.fromkeys(INTERVALS, 0.0)
        self.read: list[ReadingPublished] = []

    def read_what_is_due(self) -> None:
        """Let those read whose time it is."""
        now = self._clock.monotonic_ns() / NS_PER_S
        for plugin, interval in INTERVALS.items():
            if now >= self._next[plugin]:
                self._next[plugin] += interval
                text = "x" * self._chance.choice([1, 50, 3000])
                event = ReadingPublished(self._clock.wall_ns(), plugin, {"count": len(self.read), "text": text})
                self.read.append(event)
                self._stream.publish(event)


def run(folder: Path, *, seed: int, times: int, seconds: float) -> Account:
    """Run drivers for virtual seconds, with each kind of trouble some times. Blocks for a tenth of that or longer."""
    chance = random.Random(seed)
    clock = VirtualClock()
    stream = EventStream(clock)
    broker = Broker(folder, configuration(folder))
    broker.start()
    proxy = Proxy(broker.ports.plain)
    drain = Drain(broker.ports.plain)
    drain.open()
    subscriber = Subscriber(drain.port, USER, PASSWORD, TOPICS.of())
    front = MqttFront(_session(stream), _settings(broker, proxy), clock, stream.publish, delays=SOON)
    drivers = Drivers(clock, stream, chance)
    try:
        subscriber.wait_until_ready()
        proxy.open()
        front.start()
        maker = Troublemaker(broker, proxy, subscriber, chance)
        for at, trouble in schedule(seed, times, seconds):
            _live(clock, drivers, until_seconds=at)
            maker.begin(trouble)
            end = clock.monotonic_ns() / NS_PER_S + chance.uniform(0, LONGEST)
            _live(clock, drivers, until_seconds=end)
            for _ in _steps(clock, lambda: maker.has_struck):
                drivers.read_what_is_due()
            maker.end()
        _live(clock, drivers, until_seconds=seconds)
        for _ in _steps(clock, lambda: not front.outbox.waiting):
            pass
        comes_true(lambda: compare(drivers.read, subscriber.got[:]).is_balanced, 5)
        return compare(drivers.read, subscriber.got)
    finally:
        front.stop()
        subscriber.stop()
        drain.end()
        proxy.end()
        broker.stop()


def _session(stream: EventStream) -> ScriptedSession:
    known = [plugin_facts(name, interval=interval) for name, interval in INTERVALS.items()]
    return ScriptedSession(known=known, stream=stream)


def _settings(broker: Broker, proxy: Proxy) -> MqttSettings:
    return MqttSettings(
        enabled=True, broker=f"mqtt://{USER}@127.0.0.1:{proxy.port}", password_file=broker.password_file,
        prefix=TOPICS.prefix, node=TOPICS.node,
    )  # fmt: skip


def _live(clock: VirtualClock, drivers: Drivers, until_seconds: float) -> None:
    for _ in _steps(clock, lambda: clock.monotonic_ns() / NS_PER_S >= until_seconds):
        drivers.read_what_is_due()


def _steps(clock: VirtualClock, is_over: Callable[[], bool]) -> Iterator[None]:
    while not is_over():
        yield
        clock.advance(STEP)
        time.sleep(REAL_STEP)
