"""What a reading costs on its way to a broker, beside what plain paho-mqtt needs for the same bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from hostcore.broker.settings import BrokerSettings
from hostcore.clock import RealClock
from hostcore.config.mqtt import MqttSettings
from hostcore.events import ReadingPublished
from hostcore.mqtt.front import MqttFront
from hostcore.mqtt.readings.stamping import stamped
from hostcore.place import BusName
from hostcore.threads import switch_often
from tests.bench.measure import MICRO, Figure, interleaved
from tests.bench.mosquitto import mosquitto
from tests.broker import PATIENCE
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.waiting import until

TITLE = "A reading of bme680 on its way to mosquitto, QoS 1, until its confirmation: processor time of all threads"
REPETITIONS = 5
AT_ONCE = "set_tcp_nodelay true\n"
"""Otherwise a confirmation can wait 40 ms for the next one, and the measurement with it."""
ROUNDS = 50
PAUSE = 0.02
"""Seconds between two rounds. The front end waits so long for more readings; a thread that just worked works faster."""
TOGETHER = 10
"""Readings of as many plugins that come at the same time, as in a round."""
PLUGINS = [f"bme680_{number}" for number in range(TOGETHER)]
READING = {
    "temperature": 19.73, "humidity": 50.86, "pressure": 1013.08, "gas_resistance": 137_070,
    "air_quality": {"index": 95.5, "method": "75 % gas resistance / clean-air baseline, 25 % humidity near 40 %"},
}  # fmt: skip
BUS = BusName("i2c-1")

Send = Callable[[int], None]
"""Sends as many readings at the same time, and returns when all are confirmed."""


def figures() -> Iterator[Figure]:
    """One reading after the other, and all plugins at the same time."""
    switch_often()
    with (
        mosquitto("set_tcp_nodelay true\n") as broker,
        _host(broker.settings) as ours,
        _paho(broker.settings) as theirs,
    ):
        for together in (1, TOGETHER):
            taken = interleaved(
                REPETITIONS,
                {"ours": partial(_cost, ours, together), "theirs": partial(_cost, theirs, together)},
            )
            what = "one at a time" if together == 1 else f"{together} at the same time"
            yield Figure(f"a reading, {what}", taken["ours"], MICRO, taken["theirs"], "plain paho-mqtt")
    alone = interleaved(REPETITIONS, {"alone": _without_broker})["alone"]
    yield Figure("the same event without [mqtt]", alone, MICRO)


def _cost(send: Send, together: int) -> float:
    """Processor time of this process for each reading."""
    began = time.process_time()
    for _ in range(ROUNDS):
        time.sleep(PAUSE)
        send(together)
    return (time.process_time() - began) / (ROUNDS * together)


class _Counter:
    """Waits until so many messages are confirmed."""

    def __init__(self) -> None:
        self._changed = threading.Semaphore(0)

    def count(self, *_: object) -> None:
        self._changed.release()

    def wait(self, count: int) -> None:
        for _ in range(count):
            assert self._changed.acquire(timeout=PATIENCE)


@contextmanager
def _host(settings: BrokerSettings) -> Iterator[Send]:
    """The front end of a host, from the event on."""
    session = ScriptedSession(known=[plugin_facts(name) for name in PLUGINS])
    wanted = MqttSettings(enabled=True, broker=settings.url, node="bench")
    front, counter = MqttFront(session, wanted, RealClock(), lambda _: None), _Counter()
    outbox_delivered = front.outbox.delivered

    def delivered(number: int) -> None:
        waiting = front.outbox.waiting
        outbox_delivered(number)
        for _ in range(waiting - front.outbox.waiting):
            counter.count()

    front.outbox.delivered = delivered  # type: ignore[method-assign]

    def send(together: int) -> None:
        session.publish([_event(plugin) for plugin in PLUGINS[:together]])
        counter.wait(together)

    front.start()
    try:
        until(lambda: front._connection.is_connected, PATIENCE)
        send(TOGETHER)
        yield send
    finally:
        front.stop()


@contextmanager
def _paho(settings: BrokerSettings) -> Iterator[Send]:
    """Plain paho-mqtt, with its own thread. It gets the finished bytes."""
    client, counter, connected = _client(), _Counter(), threading.Event()
    client.on_publish, client.on_connect = counter.count, lambda *_: connected.set()
    payload = stamped(_event(PLUGINS[0]), "3f2a91c0", 1_042).payload

    def send(together: int) -> None:
        for plugin in PLUGINS[:together]:
            client.publish(f"wasi-host/paho/{plugin}", payload, 1, retain=True)
        counter.wait(together)

    client.connect(settings.host, settings.port)
    client.loop_start()
    try:
        assert connected.wait(PATIENCE)
        yield send
    finally:
        client.disconnect()
        client.loop_stop()


def _client() -> Client:
    return Client(CallbackAPIVersion.VERSION2, "paho", protocol=MQTTProtocolVersion.MQTTv5)


def _event(plugin: str) -> ReadingPublished:
    return ReadingPublished(time.time_ns(), plugin, READING, (BUS,))


def _without_broker() -> float:
    session = ScriptedSession()
    began = time.process_time()
    for _ in range(ROUNDS * TOGETHER):
        session.publish([_event(PLUGINS[0])])
    return (time.process_time() - began) / (ROUNDS * TOGETHER)
