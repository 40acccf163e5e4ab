"""paho's client, which reads no more of a message than is wanted, however large it is.

MQTT 3.1.1 has no way to tell a broker how much we take, and paho alone reads each message to its end before anybody
sees it: one of 60 MB costs 220 MB of memory. Of a longer one, this client takes the beginning as if it were everything,
so that its topic is known and it is confirmed, and throws the rest away as it comes.
"""

from __future__ import annotations

import time
from typing import Any

from paho.mqtt.client import Client

PUBLISH = 0x30
"""The kind of packet that can be long, in the upper half of its first byte (MQTT 3.1.1, section 2.2.1)."""
CHUNK, MOST_CHUNKS = 64 << 10, 16
"""What is thrown away at a time, and how often before others get their turn."""
_receive = Client._sock_recv  # `super()` takes as long as the rest


class BoundedClient(Client):
    """See `paho.mqtt.client.Client`.

    What begins with `_` is paho's own. A test with a real broker notices if it is gone.

    Args:
        most: bytes of a packet that are taken, `CHUNK` and more.
        options: those of `Client`.
    """

    def __init__(self, most: int, **options: Any) -> None:
        self._most, self._excess = most, 0
        super().__init__(**options)

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize <= CHUNK and not self._excess:  # nearly always: there can be thousands of messages in a second
            return _receive(self, bufsize)
        packet = self._in_packet
        if self._excess and not packet["command"] and not self._skip():
            return b""
        if bufsize > self._most and packet["command"] & 0xF0 == PUBLISH:
            self._excess = bufsize - self._most
            packet["to_process"] = packet["remaining_length"] = bufsize = self._most
        return super()._sock_recv(min(bufsize, CHUNK))

    def _skip(self) -> bool:
        """Throw away what has come of a message that is too long. Returns whether the connection still exists.

        Raises:
            BlockingIOError: there is more of it to come.
        """
        for _ in range(MOST_CHUNKS):
            thrown = len(super()._sock_recv(min(self._excess, CHUNK)))
            self._excess -= thrown
            self._note_life()
            if not (thrown and self._excess):
                return thrown > 0
        raise BlockingIOError

    def _note_life(self) -> None:
        """Give the broker more time for its answer to a ping, which comes after the message."""
        self._last_bytes_received = now = time.monotonic()
        if self._ping_t:
            self._ping_t = now
