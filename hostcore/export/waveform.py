"""SDA and SCL as they must have been, reconstructed from the bytes of transfers: the kernel tells no levels.

The sequence of levels follows the I2C-bus specification (UM10204, section 3.1). Their times are only plausible: each
bit takes the same time, and the clock is never stretched.
"""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from hostcore.clock import NS_PER_S
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.export.transfer_story import messages_of
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
"""A wire of an I2C bus."""
WIRES: Sequence[Wire] = get_args(Wire)
Edge = int
"""A change of a wire: twice the wire's place in `WIRES`, plus the new level. A number, because there are millions."""
SCL_LOW, SCL_HIGH, SDA_LOW, SDA_HIGH = range(4)


class Stretch(NamedTuple):
    """Changes of the wires of one bus, with none of another bus between them."""

    bus: BusName
    changes: Sequence[tuple[int, Edge]]
    """The time of each, in nanoseconds since the epoch, one after the other; at least one."""


class _Element(NamedTuple):
    """A part of a transfer: its quarters of a bit, and its changes, each after some of them."""

    quarters: int
    changes: tuple[tuple[int, Edge], ...]
    sda: int
    """The level of SDA at its end. SCL is high."""


_START = _Element(2, ((0, SDA_LOW),), 0)


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
        self._coming: list[tuple[int, int, Stretch, Iterator[Stretch]]] = []
        """A heap of the transfers that are not fully drawn: the time of the next change of each, a number, the next
        changes, and those after them."""
        self._free_ns: dict[BusName, int] = {}
        """When each bus is free again."""
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
        began_ns = max(transfer.got_bus_ns, free_ns, self._drawn_ns)
        bus_free_ns = began_ns + (_length(transfer) + 4) * quarter_ns  # between stop and start: UM10204, t(BUF)
        self._free_ns[transfer.bus] = bus_free_ns
        self.end_ns = max(self.end_ns, bus_free_ns)
        self._push(_stretches(transfer, began_ns, quarter_ns))

    def until(self, time_ns: int) -> Iterator[Stretch]:
        """Yield the changes before a time, nanoseconds since the epoch. Later transfers are drawn after them."""
        while self._coming and self._coming[0][0] < time_ns:
            _, _, stretch, following = heapq.heappop(self._coming)
            limit_ns = min(time_ns, self._coming[0][0]) if self._coming else time_ns
            now, later = _split(stretch, limit_ns)
            self._drawn_ns = now.changes[-1][0]
            yield now
            self._push(itertools.chain([later], following) if later.changes else following)

    def _push(self, stretches: Iterator[Stretch]) -> None:
        if first := next(stretches, None):
            heapq.heappush(self._coming, (first.changes[0][0], next(self._numbers), first, stretches))

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


def _split(stretch: Stretch, time_ns: int) -> tuple[Stretch, Stretch]:
    """Return the changes before a time, at least one, and the rest."""
    bus, changes = stretch
    count = max(1, bisect_left(changes, (time_ns, 0)))
    return Stretch(bus, changes[:count]), Stretch(bus, changes[count:])


def _stretches(transfer: TransferCompleted, began_ns: int, quarter_ns: int) -> Iterator[Stretch]:
    time_ns = began_ns
    for element in _elements(transfer):
        changes = [(time_ns + quarters * quarter_ns, edge) for quarters, edge in element.changes]
        yield Stretch(transfer.bus, changes)
        time_ns += element.quarters * quarter_ns


def _length(transfer: TransferCompleted) -> int:
    """Return the quarters of a bit that a transfer takes."""
    messages = _on_the_wires(transfer)
    bits = 9 * sum(len(message.data) + 1 for message in messages)
    return _START.quarters + 4 * bits + 4 * (len(messages) - 1) + 4


def _elements(transfer: TransferCompleted) -> Iterator[_Element]:
    is_answered, sda = transfer.outcome is Outcome.OK, 1
    for number, message in enumerate(_on_the_wires(transfer)):
        yield _between(sda, 1) if number else _START
        address = (transfer.address or 0) << 1 | (not message.written)
        drawn = _byte(address, is_acknowledged=is_answered, sda=0)
        yield drawn
        last = len(message.data) - 1
        for place, byte in enumerate(message.data):
            drawn = _byte(byte, is_acknowledged=message.written or place != last, sda=drawn.sda)
            yield drawn
        sda = drawn.sda
    yield _between(sda, 0)


def _on_the_wires(transfer: TransferCompleted) -> tuple[Message, ...]:
    """Return the messages to draw. Of a transfer that nobody acknowledged, this is the first address."""
    messages = messages_of(transfer)
    return messages if transfer.outcome is Outcome.OK else (Message(messages[0].written, b""),)


@lru_cache(1024)
def _byte(byte: int, *, is_acknowledged: bool, sda: int) -> _Element:
    """Return the nine bits of a byte. SDA changes while SCL is low.

    Args:
        byte: the byte.
        is_acknowledged: whether the ninth bit is low.
        sda: the level of SDA before.
    """
    bits = [*(byte >> place & 1 for place in range(7, -1, -1)), int(not is_acknowledged)]
    changes = list[tuple[int, Edge]]()
    for place, (before, bit) in enumerate(zip([sda, *bits], bits, strict=False)):
        data = [(4 * place + 1, SDA_LOW + bit)] if bit != before else []
        changes += [(4 * place, SCL_LOW), *data, (4 * place + 2, SCL_HIGH)]
    return _Element(4 * len(bits), tuple(changes), bits[-1])


@lru_cache
def _between(sda: int, level: int) -> _Element:
    """Return a repeated start, before which SDA has to be high (`level` 1), or a stop, before which it is low (0)."""
    data = [(1, SDA_LOW + level)] if sda != level else []
    return _Element(4, ((0, SCL_LOW), *data, (2, SCL_HIGH), (3, SDA_HIGH - level)), 1 - level)
