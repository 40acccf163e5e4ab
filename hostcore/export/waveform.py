"""SDA and SCL as they must have been, reconstructed from the bytes of transfers: the kernel tells no levels.

The sequence of levels follows the I2C-bus specification (UM10204, section 3.1). Their times are only plausible: each
bit takes the same time, and the clock is never stretched.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from hostcore.clock import NS_PER_S
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.export.transfer_story import bus_time_ns, messages_of
from hostcore.place import BusName

FASTEST_QUARTER_NS = 500
"""Nanoseconds of a quarter of a bit at the highest clock that is drawn, 500 kHz. No format has to resolve less."""
USUAL_QUARTER_NS = 625
"""The shortest quarter if the speed of the bus is not known: 400 kHz, the fast mode of UM10204."""
SLOWEST_QUARTER_NS = 25_000
"""The longest quarter if the speed is not known: 10 kHz. A longer transfer waited for something else than its bits."""
HOLD_NS = NS_PER_S
"""Nanoseconds for which changes wait for transfers of other buses that began earlier, but ended later."""


Wire = Literal["SCL", "SDA"]
"""A wire of an I2C bus. It is no enum, because each change looks it up, and an enum computes its hash in Python."""


class Change(NamedTuple):
    """A wire gets another level."""

    time_ns: int
    bus: BusName
    wire: Wire
    level: int
    """0 or 1."""


class _Element(NamedTuple):
    """A part of a transfer: its quarters of a bit, and the levels that it sets, each after some of them."""

    quarters: int
    levels: tuple[tuple[int, Wire, int], ...]


_START = _Element(2, ((0, "SDA", 0),))
_REPEATED_START = _Element(4, ((0, "SCL", 0), (1, "SDA", 1), (2, "SCL", 1), (3, "SDA", 0)))
_STOP = _Element(4, ((0, "SCL", 0), (1, "SDA", 0), (2, "SCL", 1), (3, "SDA", 1)))


class Timeline:
    """The changes of all wires in the order of time. It holds the transfers of about a second.

    Args:
        speeds: the clock in hertz of each bus whose clock is known.

    Attributes:
        end_ns: the end of the last transfer, nanoseconds since the epoch; 0 if there was none.
    """

    def __init__(self, speeds: Mapping[BusName, int]) -> None:
        self._speeds = speeds
        self.end_ns = 0
        self._coming: list[tuple[Change, int, Iterator[Change]]] = []
        """A heap of the transfers that are not fully drawn: the next change of each, and the others."""
        self._free_ns: dict[BusName, int] = {}
        """When each bus is free again."""
        self._levels: dict[tuple[BusName, Wire], int] = {}
        self._drawn_ns = 0
        """When the last change was that was yielded."""
        self._numbers = itertools.count()

    def begin(self, time_ns: int) -> None:
        """Draw nothing before this time, nanoseconds since the epoch. Earlier transfers are drawn after it."""
        self._drawn_ns = time_ns

    def add(self, transfer: TransferCompleted) -> None:
        """Draw a transfer that `is_drawable`: at its time, or after what is already drawn of its bus."""
        quarter_ns = self._quarter_ns(transfer)
        free_ns = self._free_ns.get(transfer.bus, 0)
        began_ns = max(bus_time_ns(transfer), free_ns, self._drawn_ns)
        bus_free_ns = began_ns + (_length(transfer) + 4) * quarter_ns  # between stop and start: UM10204, t(BUF)
        self._free_ns[transfer.bus] = bus_free_ns
        self.end_ns = max(self.end_ns, bus_free_ns)
        self._push(_changes(transfer, began_ns, quarter_ns))

    def until(self, time_ns: int) -> Iterator[Change]:
        """Yield the changes before a time, nanoseconds since the epoch. Later transfers are drawn after them."""
        while self._coming and self._coming[0][0].time_ns < time_ns:
            first, _, following = heapq.heappop(self._coming)
            limit_ns = min(time_ns, self._coming[0][0].time_ns) if self._coming else time_ns
            for change in itertools.chain([first], following):
                if change.time_ns >= limit_ns and change is not first:
                    heapq.heappush(self._coming, (change, next(self._numbers), following))
                    break
                wire = change.bus, change.wire
                if self._levels.get(wire, 1) != change.level:
                    self._levels[wire] = change.level
                    self._drawn_ns = change.time_ns
                    yield change

    def _push(self, changes: Iterator[Change]) -> None:
        if first := next(changes, None):
            heapq.heappush(self._coming, (first, next(self._numbers), changes))

    def _quarter_ns(self, transfer: TransferCompleted) -> int:
        if speed := self._speeds.get(transfer.bus):
            return max(FASTEST_QUARTER_NS, NS_PER_S // (4 * speed))
        fitting_ns = transfer.duration_ns // _length(transfer)
        return min(max(USUAL_QUARTER_NS, fitting_ns), SLOWEST_QUARTER_NS)


def is_drawable(transfer: TransferCompleted) -> bool:
    """Return whether the levels of an I2C transfer are known: it worked, or nobody acknowledged.

    The kernel does not tell which byte was not acknowledged. It is drawn as the address, because that is usual.
    """
    return transfer.outcome in {Outcome.OK, Outcome.NO_ACKNOWLEDGE} and bool(messages_of(transfer))


def _changes(transfer: TransferCompleted, began_ns: int, quarter_ns: int) -> Iterator[Change]:
    time_ns = began_ns
    for element in _elements(transfer):
        for quarters, wire, level in element.levels:
            yield Change(time_ns + quarters * quarter_ns, transfer.bus, wire, level)
        time_ns += element.quarters * quarter_ns


def _length(transfer: TransferCompleted) -> int:
    """Return the quarters of a bit that a transfer takes."""
    messages = _on_the_wires(transfer)
    bits = 9 * sum(len(message.data) + 1 for message in messages)
    return _START.quarters + 4 * bits + _REPEATED_START.quarters * (len(messages) - 1) + _STOP.quarters


def _elements(transfer: TransferCompleted) -> Iterator[_Element]:
    is_answered = transfer.outcome is Outcome.OK
    for number, message in enumerate(_on_the_wires(transfer)):
        yield _REPEATED_START if number else _START
        yield _byte((transfer.address or 0) << 1 | (not message.written), is_acknowledged=is_answered)
        last = len(message.data) - 1
        for place, byte in enumerate(message.data):
            yield _byte(byte, is_acknowledged=message.written or place != last)
    yield _STOP


def _on_the_wires(transfer: TransferCompleted) -> tuple[Message, ...]:
    """Return the messages to draw. Of a transfer that nobody acknowledged, this is the first address."""
    messages = messages_of(transfer)
    return messages if transfer.outcome is Outcome.OK else (Message(messages[0].written, b""),)


@lru_cache(512)
def _byte(byte: int, *, is_acknowledged: bool) -> _Element:
    """Return the nine bits of a byte. SDA changes while SCL is low."""
    bits = [*(byte >> place & 1 for place in range(7, -1, -1)), not is_acknowledged]
    levels = list[tuple[int, Wire, int]]()
    for place, (before, bit) in enumerate(zip([None, *bits], bits, strict=False)):
        data: list[tuple[int, Wire, int]] = [(4 * place + 1, "SDA", int(bit))] if bit != before else []
        levels += [(4 * place, "SCL", 0), *data, (4 * place + 2, "SCL", 1)]
    return _Element(4 * len(bits), tuple(levels))
