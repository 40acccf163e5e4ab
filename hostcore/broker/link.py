"""One connection to a broker, from the first packet to the last. `hostcore.broker.connection` makes one after another.

paho is used on one thread, packet by packet: its own threads, queues and reconnects give no guarantee of when a message
is void. Only this module and the two that it needs for it import it.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, LogLevel, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from hostcore.broker.bounded_client import BoundedClient
from hostcore.broker.interface import LinkListener
from hostcore.broker.message import Arrived, Message, Refusal
from hostcore.broker.packets import connect_properties, publish_properties, subscribe_options
from hostcore.broker.problems import TAKEN_OVER, closed_early, lost, not_accepted, of_tls, refusal, taken_over
from hostcore.broker.settings import BrokerSettings
from hostcore.broker.tls import tls_context

CONNECT_SECONDS = 10.0
"""The longest time for TCP with one address of the broker, and for TLS."""
MOST_IN_FLIGHT = 100
"""Messages of QoS 1 that are sent and not confirmed, at most. A broker can want fewer (Receive Maximum)."""
LARGEST_SENT = 5 << 20
"""Bytes of a payload that is sent, at most. A broker can want fewer (Maximum Packet Size)."""
MOST_PACKETS = 50
"""Packets that are read before what waits to be sent gets its turn."""
SILENT_SECONDS = 15.0
"""Seconds without any answer after which a connection is given up, if the broker has something to confirm. Pings alone
notice it in up to twice the time of `keep_alive`."""
FRAME = 1024
"""Bytes of a packet beside its payload, at most: topics, properties and lengths of this host."""
LONGEST_TOPIC = 1 << 16
"""Bytes of a topic that others have chosen."""


class Link:
    """One connection. For one thread.

    Args:
        settings: the broker.
        client_id: our name there; a second client with it ends this link.
        listener: takes what happens.
        will: what the broker publishes if this link ends without `close`.
        password: for the broker.
        largest: bytes of a payload that we take. Larger ones stay at the broker (MQTT 5), or are left out here.

    Raises:
        BrokerError: a file for TLS cannot be used.
    """

    def __init__(  # noqa: PLR0917 - one call, by `BrokerConnection`
        self,
        settings: BrokerSettings,
        client_id: str,
        listener: LinkListener,
        will: Message | None,
        password: str | None,
        largest: int,
    ) -> None:
        self._settings, self._client_id, self._listener, self._largest = settings, client_id, listener, largest
        self._is_5 = settings.version == "5"
        self._sent: dict[int, tuple[int, str]] = {}
        """The number and the topic of what is not confirmed yet, by paho's number."""
        self._filters: dict[int | None, str] = {}
        """The filters of subscriptions that are not answered yet, by paho's number."""
        self._confirming: set[int] = set()
        self._most_in_flight = MOST_IN_FLIGHT
        self._tls_error = ""
        self._handled = 0
        """Packets that were read and told."""
        self._heard_at = self._waiting_since = 0.0
        self.largest_sent = LARGEST_SENT
        """Bytes of a payload that the broker takes."""
        self.is_accepted = False
        self.was_taken_over = False
        """Whether it ended because another client has the same name."""
        self.problem = ""
        """Why it ended, in one line for a person; "" while it lasts."""
        self._client = self._made(will, password)

    def _made(self, will: Message | None, password: str | None) -> BoundedClient:
        settings = self._settings
        client = BoundedClient(
            self._largest + FRAME + LONGEST_TOPIC,
            callback_api_version=CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if self._is_5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            clean_session=None if self._is_5 else True,
        )
        if settings.tls:
            client.tls_set_context(tls_context(settings))
        if settings.user or password is not None:
            client.username_pw_set(settings.user, password)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.connect_timeout = CONNECT_SECONDS
        client.max_inflight_messages_set(0)  # no limit of paho's: this link has its own
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message, client.on_publish, client.on_subscribe = (
            self._on_message,
            self._on_publish,
            self._on_subscribe,
        )
        client.on_log = self._on_log
        client.on_socket_register_write = _later  # else paho would write at once, and from within `publish`
        return client

    def open(self) -> None:
        """Find the broker, connect and make TLS. Blocks for `CONNECT_SECONDS` with each address, or longer for names.

        Raises:
            OSError: that failed.
        """
        options: dict[str, Any] = {}
        if self._is_5:
            options["properties"] = connect_properties(self._largest + FRAME + LONGEST_TOPIC)
            options["clean_start"] = True
        self._client.connect(self._settings.host, self._settings.port, self._settings.keep_alive, **options)
        if isinstance(sock := self._client.socket(), socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else answers wait 40 ms

    def fileno(self) -> int:
        """The socket, to wait for; -1 if it is closed."""
        sock = self._client.socket()
        return -1 if sock is None else sock.fileno()

    @property
    def wants_write(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._client.want_write())

    @property
    def has_unread(self) -> bool:
        """Whether TLS has decrypted bytes that no wait for the socket would tell of."""
        sock = self._client.socket()
        return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0

    @property
    def may_confirm(self) -> bool:
        """Whether the broker takes one more message that it must confirm."""
        return len(self._confirming) < self._most_in_flight

    def turn(self, *, readable: bool, writable: bool) -> None:
        """Read and write what is possible without blocking, and keep the connection alive."""
        if readable or self.has_unread:
            self._heard_at = time.monotonic()
            self._read()
        if writable:
            self._client.loop_write()
        self._client.loop_misc()
        if self._client.socket() is None and not self.problem:
            self.problem = self._lost()

    def _read(self) -> None:
        """Read packets until there are none, or others get their turn."""
        for _ in range(MOST_PACKETS):
            handled = self._handled
            self._client.loop_read()
            if self._handled == handled or self.problem:
                return

    def is_silent(self, now: float) -> bool:
        """Whether the broker has not confirmed a message for `SILENT_SECONDS`, and said nothing else."""
        return bool(self._confirming) and now - max(self._heard_at, self._waiting_since) > SILENT_SECONDS

    def send(self, number: int, message: Message) -> None:
        """Send a message with a number, by which its confirmation is told. It is written in the next `turn`."""
        sent = self._client.publish(
            message.topic,
            message.payload,
            message.qos,
            message.retain,
            publish_properties(message) if self._is_5 else None,
        )
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self.problem = self.problem or self._lost()
            return
        self._sent[sent.mid] = number, message.topic
        if message.qos:
            if not self._confirming:
                self._waiting_since = time.monotonic()
            self._confirming.add(sent.mid)

    def subscribe(self, topics: str, qos: int, *, as_published: bool = False) -> None:
        """Ask for messages of a filter of topics. See `hostcore.broker.packets.subscribe_options`."""
        if self._is_5:
            _, mid = self._client.subscribe(topics, options=subscribe_options(qos, as_published=as_published))
        else:
            _, mid = self._client.subscribe(topics, qos)
        self._filters[mid] = topics

    def unsubscribe(self, topics: str) -> None:
        """Ask for no more messages of a filter."""
        self._client.unsubscribe(topics)

    def close(self) -> None:
        """Say good-bye, so that the broker publishes no will. It is written in the next `turn`."""
        self._client.disconnect()

    def drop(self) -> None:
        """Close the socket without a word."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    @property
    def was_closed(self) -> bool:
        """Whether the broker had accepted it, and has closed it without a word."""
        return self.is_accepted and self.problem == lost(self._settings)

    def _lost(self) -> str:
        if self._tls_error:
            return of_tls(self._tls_error, self._settings)
        if not self.is_accepted:
            return closed_early(self._settings)
        return lost(self._settings)

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, code: ReasonCode, found: Properties | None
    ) -> None:
        if code.is_failure:
            self.problem = not_accepted(self._settings, code.value, getattr(found, "ReasonString", ""))
            return
        self._most_in_flight = min(MOST_IN_FLIGHT, getattr(found, "ReceiveMaximum", MOST_IN_FLIGHT))
        self.largest_sent = min(LARGEST_SENT, max(0, getattr(found, "MaximumPacketSize", 1 << 28) - FRAME))
        self.is_accepted = True
        self._listener.accepted()

    def _on_disconnect(
        self, _client: Client, _data: Any, flags: DisconnectFlags, code: ReasonCode, found: Properties | None
    ) -> None:
        if self.problem:
            return
        if not flags.is_disconnect_packet_from_server:
            is_silent = self.is_accepted and code.getName() == "Keep alive timeout"
            self.problem = f"{self._settings.url} does not answer any more" if is_silent else self._lost()
        elif code.value == TAKEN_OVER:
            self.was_taken_over = True
            self.problem = taken_over(self._settings, self._client_id)
        else:
            why = refusal(code.value, getattr(found, "ReasonString", ""))
            self.problem = f"{self._settings.url} ends the connection: {why}"

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._handled += 1
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if len(message.payload) > self._largest:
            self._listener.left_out(topic)
            return
        found = message.properties
        self._listener.arrived(
            Arrived(
                topic,
                bytes(message.payload),
                message.retain,
                getattr(found, "ResponseTopic", ""),
                getattr(found, "CorrelationData", b""),
            )
        )

    def _on_publish(self, _client: Client, _data: Any, mid: int, code: ReasonCode, found: Properties | None) -> None:
        self._handled += 1
        self._confirming.discard(mid)
        number, topic = self._sent.pop(mid, (None, ""))
        if number is not None:
            self._listener.confirmed(number, self._refusal("message", topic, code, found) if code.is_failure else None)

    def _on_subscribe(
        self, _client: Client, _data: Any, mid: int, codes: list[ReasonCode], found: Properties | None
    ) -> None:
        topics = self._filters.pop(mid, "")
        for code in codes:
            if code.is_failure:
                self._listener.confirmed(0, self._refusal("subscription", topics, code, found))

    def _refusal(self, what: str, topic: str, code: ReasonCode, found: Properties | None) -> Refusal:
        return Refusal(self._settings.url, what, topic, refusal(code.value, getattr(found, "ReasonString", "")))

    def _on_log(self, _client: Client, _data: Any, level: int, text: str) -> None:
        if level == LogLevel.MQTT_LOG_ERR and "SSL" in text:
            self._tls_error = text.partition("[SSL: ")[2].partition("]")[0] or text


_later: Callable[..., None] = lambda *_: None  # noqa: E731
