"""A subscriber whose session the broker keeps, as one that wants to miss nothing."""

from __future__ import annotations

import json
from threading import Event

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hostcore.quick_dataclass import dataclass
from tests.waiting import until


@dataclass(frozen=True, slots=True)
class Got:
    """A reading that has come."""

    id: str
    time: str
    plugin: str
    is_late: bool
    values: dict[str, object]


class Subscriber:
    """Subscribes directly at the broker, and connects again by itself.

    Args:
        port: that of the broker.
        user: the user there.
        password: its password.
        node: the topic of the host whose readings it wants.
    """

    def __init__(self, port: int, user: str, password: str, node: str) -> None:
        self.got: list[Got] = []
        """All readings in the order in which they came, also those that came again."""
        self._ready = Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id="the-subscriber", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.username_pw_set(user, password)
        self._client.reconnect_delay_set(1, 1)
        self._client._reconnect_min_delay = self._client._reconnect_max_delay = 0.05
        self._client.on_connect = lambda *_: self._client.subscribe([(f"{node}/+", 1), (f"{node}/+/late", 1)])
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_disconnect = lambda *_: self._ready.clear()
        self._client.on_message = self._on_message
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 3600
        self._client.connect_async("127.0.0.1", port, clean_start=False, properties=properties)
        self._client.loop_start()

    @property
    def is_ready(self) -> bool:
        """Whether the broker has its subscription."""
        return self._ready.is_set()

    def wait_until_ready(self) -> None:
        until(lambda: self.is_ready, 20)

    def wait_until_lost(self) -> None:
        until(lambda: not self.is_ready, 20)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: object, _data: object, message: object) -> None:
        *_, plugin, last = ("", *message.topic.split("/"))  # type: ignore[attr-defined]
        is_late = last == "late"
        try:
            values = json.loads(message.payload)  # type: ignore[attr-defined]
            stamp = values.pop("mqtt")
        except (ValueError, KeyError, AttributeError, TypeError):
            return  # no reading: the state of the host
        self.got.append(Got(stamp["id"], stamp["time"], plugin if is_late else last, is_late, values))
