"""The node's side of live screens: each is an attached front end, whose bytes go over topics of the broker."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from hostcore.broker.live.channel import LEASE_SECONDS, SIGN_SECONDS, Channel
from hostcore.broker.live.client import DOWN, LONGEST_TRAFFIC, STREAM, TRAFFIC, UP, is_stream
from hostcore.broker.live.pump import ChannelPump
from hostcore.broker.message import Arrived
from hostcore.broker.topics import LIVE, place_of
from hostcore.control.attachments import Attachments
from hostcore.control.message_lines import answer_line, parse_request, read_line
from hostcore.control.messages import Failure
from hostcore.control.session_messages import AttachRequest
from hostcore.errors import HostError, NoThreadError, ReadOnlyError, RefusedCommandError
from hostcore.mqtt.commands.arguments import Arguments
from hostcore.mqtt.commands.handlers import Work
from hostcore.mqtt.commands.live_session import NOT_OVER_MQTT, GatedBacklog, LiveSession, TrafficGate
from hostcore.mqtt.commands.node import CommandedNode
from hostcore.mqtt.commands.request import shown
from hostcore.threads import HostThread

MOST_STREAMS = 4
"""The most live screens at a time."""
SILENT_SECONDS = 1.5 * SIGN_SECONDS
"""Seconds of silence after which a screen gives way to a new one, if there are too many."""
BYTES_PER_SECOND = 64 << 10
"""The most compressed bytes that one screen costs the broker, on average."""
FIRST_LINE_SECONDS = 20.0
"""Seconds that a client may take for the line with which it attaches."""


class LiveScreens:
    """Serves the live screens of a node, and bounds their number, their time and their bytes. Thread-safe.

    Args:
        node: the node. Its groups include `hostcore.broker.groups.CommandGroup.READ`.
    """

    def __init__(self, node: CommandedNode) -> None:
        self._node = node
        self._run = os.urandom(8).hex()
        self._lock = threading.Lock()
        self._streams: dict[str, _Stream] = {}
        self._is_stopped = False

    def live(self, arguments: Arguments) -> Work:
        """Read the command ``live``: it opens a stream, or says for how long one also has the transfers."""
        name = arguments.text(STREAM)
        if not is_stream(name):
            raise RefusedCommandError(f"its {STREAM} is {shown(name)}; needed are 32 random hexadecimal digits")
        seconds = arguments.whole(TRAFFIC, 0, LONGEST_TRAFFIC, 0)
        return lambda: self._opened(name, seconds)

    def received(self, arrived: Arrived) -> bool:
        """Take a message if it belongs to a stream. Returns whether it does."""
        place = place_of(arrived.topic, self._node.topics.prefix)
        if place is None or place.node != self._node.topics.node or place.levels[0] != LIVE:
            return False
        if len(place.levels) == 3 and place.levels[2] == UP and not arrived.retained:
            with self._lock:
                stream = self._streams.get(place.levels[1])
            if stream:
                stream.pump.take(arrived.payload)
        return True

    def end(self, reason: str) -> None:
        """End all streams. Returns at once."""
        with self._lock:
            streams = list(self._streams.values())
        for stream in streams:
            stream.close(reason)

    def stop(self) -> None:
        """End all streams, and open no others. Returns at once."""
        with self._lock:
            self._is_stopped = True
        self.end("the node stops")

    def join(self, deadline: float) -> bool:
        """Wait for the end of the threads, after `stop`, until then (`time.monotonic`). Returns whether they have."""
        with self._lock:
            streams = list(self._streams.values())
        return all(stream.join(deadline) for stream in streams)

    def _opened(self, name: str, seconds: int) -> dict[str, Any]:
        with self._lock:
            if name in self._streams:
                self._streams[name].gate.open(seconds)
            else:
                self._require_room()
                self._streams[name] = self._started(name, seconds)
        return {STREAM: name, TRAFFIC: seconds, "lease": LEASE_SECONDS}

    def _require_room(self) -> None:
        if self._is_stopped:
            raise HostError("the node stops")
        if len(self._streams) >= MOST_STREAMS:
            self._give_up_silent()
        if len(self._streams) >= MOST_STREAMS:
            raise HostError(
                f"{MOST_STREAMS} live screens of this node are open, and no more are allowed; close one first"
            )

    def _give_up_silent(self) -> None:
        """End the stream that was silent for longest, if its client has missed a sign of life: it may be gone."""
        name, silent = max(self._streams.items(), key=lambda each: each[1].pump.silent_seconds)
        if silent.pump.silent_seconds > SILENT_SECONDS:
            silent.close("another screen has taken its place")
            del self._streams[name]

    def _started(self, name: str, seconds: int) -> _Stream:
        gate = TrafficGate(self._node.clock)
        gate.open(seconds)
        near, far = socket.socketpair()
        pump = ChannelPump(
            self._node.broker,
            self._node.topics.of(LIVE, name, DOWN),
            Channel(self._node.clock.monotonic_ns(), deflates=True),
            far,
            clock=self._node.clock,
            bytes_per_second=BYTES_PER_SECOND,
            look=gate.look,
            ended=lambda _reason: self._forget(name),
        )
        stream = _Stream(self._attachments(gate), gate, pump, near)
        stream.start()
        self._node.broker.subscribe(self._node.topics.of(LIVE, name, UP))
        return stream

    def _attachments(self, gate: TrafficGate) -> Attachments:
        """Return what makes the attachment of one screen: each has a session with a gate of its own."""
        return Attachments(
            LiveSession(self._node.session, self._node.groups, gate),
            GatedBacklog(self._node.session, gate),
            clock=self._node.clock,
            warn=self._node.warn,
            stop=_refuse_to_stop,
            run=self._run,
        )

    def _forget(self, name: str) -> None:
        with self._lock:
            self._streams.pop(name, None)
        self._node.broker.unsubscribe(self._node.topics.of(LIVE, name, UP))


class _Stream:
    """One live screen.

    Args:
        attachments: makes its attachment.
        gate: lets transfers pass.
        pump: carries its bytes.
        near: the socket of the session. The object closes it.
    """

    def __init__(self, attachments: Attachments, gate: TrafficGate, pump: ChannelPump, near: socket.socket) -> None:
        self._attachments, self._near = attachments, near
        self.gate, self.pump = gate, pump
        self._thread = HostThread(self._serve, "live screen")

    def start(self) -> None:
        """Begin. Returns at once.

        Raises:
            NoThreadError: a thread cannot be started.
        """
        try:
            self.pump.start()
            self._thread.start()
        except NoThreadError:
            self.close("")
            self._near.close()
            raise

    def close(self, reason: str) -> None:
        """End it, and tell the client why. Returns at once."""
        self._attachments.stop()
        self.pump.close(reason)

    def join(self, deadline: float) -> bool:
        """Wait for the end of its threads, after `close`. Returns whether they have ended."""
        has_ended = self.pump.join(max(0.0, deadline - time.monotonic()))
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return has_ended and not self._thread.is_alive()

    def _serve(self) -> None:
        with self._near, suppress(OSError, ValueError):  # the client has gone, or speaks another language
            request = parse_request(read_line(self._near, FIRST_LINE_SECONDS))
            if isinstance(request, AttachRequest):
                self._attach(request)

    def _attach(self, request: AttachRequest) -> None:
        try:
            attachment = self._attachments.attach(request)
        except HostError as error:
            self._near.sendall(answer_line(Failure("HostError", str(error))))
        else:
            attachment.serve(self._near)


def _refuse_to_stop() -> None:
    raise ReadOnlyError(NOT_OVER_MQTT)
