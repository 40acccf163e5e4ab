"""One end of a byte stream over two topics, without its sockets, its threads and its clock.

The other end may be slow, gone, or hostile, and the broker may lose a message or deliver it twice. So chunks are
numbered, and each end sends only what the other has room for.
"""

from __future__ import annotations

import zlib
from collections import deque

from hostcore.broker.live.chunks import MOST_DATA, Chunk, Ended, Part, Taken
from hostcore.clock import NS_PER_S
from hostcore.errors import HostError

WINDOW = 1 << 18
"""The most bytes of chunks that are under way in one direction: in the broker, and in the memory of the other end."""
MOST_AT_ONCE = MOST_DATA - 1_000
"""The most bytes that become one chunk. Bytes that cannot be compressed grow by 5 for each block (RFC 1951)."""
REPORT_BYTES = WINDOW // 4
"""Bytes that were taken in after which the other end is told."""
SIGN_SECONDS = 10.0
"""Seconds after which an end that had nothing to send gives a sign of life."""
LEASE_SECONDS = 30.0
"""Seconds without a message of the other end after which it counts as gone."""
PIECE = 1 << 16
"""The most bytes that are inflated at once: a chunk can stand for a thousand times its size."""
NOT_COMPRESSED = "the other end sent bytes that are not compressed as they should be"
LEVEL = 3
"""The effort of the compression (zlib.h). Events are a tenth of their size, at 30 MB/s on a laptop."""


class Channel:
    """Numbers and compresses what is sent, and checks what arrives. For one thread.

    Args:
        now_ns: a monotonic time, nanoseconds.
        deflates: whether it sends compressed bytes. The other end must inflate them.
        inflates: whether compressed bytes arrive.

    Attributes:
        end: why the other end has ended the stream; None while it goes on.
    """

    def __init__(self, now_ns: int, *, deflates: bool = False, inflates: bool = False) -> None:
        self._deflate = zlib.compressobj(LEVEL) if deflates else None
        self._inflate = zlib.decompressobj() if inflates else None
        self._sent_ns = self._heard_ns = now_ns
        self._number, self._sent, self._taken_there = 0, 0, 0
        self._last, self._arrived, self._told = 0, 0, 0
        self._chunks = deque[bytes]()
        self._waiting = 0
        """Bytes of `_chunks`."""
        self._piece = memoryview(b"")
        self.end: str | None = None

    @property
    def may_send(self) -> bool:
        """Whether the other end has room for one more chunk."""
        return self._sent - self._taken_there + MOST_DATA <= WINDOW

    def chunk(self, data: bytes, now_ns: int) -> Chunk | None:
        """Return the chunk to send for some bytes, at most `MOST_AT_ONCE`. Call it if `may_send`.

        Returns:
            The chunk; None if there is nothing to send.
        """
        if self._deflate is not None:
            data = self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        if not data:
            return None
        self._number += 1
        self._sent += len(data)
        self._sent_ns = now_ns
        return Chunk(self._number, data)

    def due(self, now_ns: int) -> Taken | None:
        """Return what the other end should hear now, if anything: how much was taken in, or a sign of life."""
        taken = self._arrived - self._waiting
        if taken - self._told < REPORT_BYTES and now_ns - self._sent_ns < SIGN_SECONDS * NS_PER_S:
            return None
        self._told, self._sent_ns = taken, now_ns
        return Taken(taken)

    def seconds_left(self, now_ns: int) -> float:
        """Return the seconds until the next sign of life or the end of the lease, whichever comes first."""
        sign_ns = self._sent_ns + SIGN_SECONDS * NS_PER_S
        return max(0.0, (min(sign_ns, self._heard_ns + LEASE_SECONDS * NS_PER_S) - now_ns) / NS_PER_S)

    def silent_seconds(self, now_ns: int) -> float:
        """Return for how long nothing was heard of the other end. Any thread may ask."""
        return (now_ns - self._heard_ns) / NS_PER_S

    def is_gone(self, now_ns: int) -> bool:
        """Whether nothing was heard of the other end for `LEASE_SECONDS`."""
        return self.silent_seconds(now_ns) >= LEASE_SECONDS

    def take(self, part: Part, now_ns: int) -> None:
        """Take in what has arrived.

        Raises:
            HostError: something was lost, or the other end does what it may not. The stream is of no use any more.
        """
        self._heard_ns = now_ns
        match part:
            case Chunk(number, data):
                self._take_chunk(number, data)
            case Taken(count):
                if count > self._sent:
                    raise HostError(f"the other end has taken {count} bytes of {self._sent}")
                self._taken_there = max(self._taken_there, count)
            case Ended(reason):
                self.end = reason

    def arrived(self) -> memoryview:
        """Return the next bytes that have arrived; none if there are none. `written` says how many were used.

        Raises:
            HostError: they are not compressed as they should be.
        """
        while not self._piece and self._chunks:
            self._piece = memoryview(self._next_piece())
        return self._piece

    def written(self, count: int) -> None:
        """Forget the first `count` of the bytes that `arrived` has returned."""
        self._piece = self._piece[count:]

    def _take_chunk(self, number: int, data: bytes) -> None:
        if number <= self._last:
            return  # it came twice
        if number > self._last + 1:
            raise HostError("the broker has lost a message on the way")
        self._last = number
        self._arrived += len(data)
        self._waiting += len(data)
        if self._waiting > WINDOW:
            raise HostError(f"the other end sent more than {WINDOW} bytes at once")
        self._chunks.append(data)

    def _next_piece(self) -> bytes:
        """Take the oldest chunk, or inflate a part of it. Nothing may come out of it yet."""
        data = self._chunks.popleft()
        self._waiting -= len(data)
        if self._inflate is None:
            return data
        try:
            piece = self._inflate.decompress(data, PIECE)
        except zlib.error:
            raise HostError(NOT_COMPRESSED) from None
        if self._inflate.eof:
            raise HostError(NOT_COMPRESSED)  # what follows would be collected without a bound
        if len(piece) == PIECE:  # more may come out of it, even if all of it went in
            self._chunks.appendleft(self._inflate.unconsumed_tail)
            self._waiting += len(self._inflate.unconsumed_tail)
        return piece
