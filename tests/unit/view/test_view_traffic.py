"""The last transfers, in bounded memory."""

from __future__ import annotations

from dataclasses import replace

from hostcore.backends.base import Edge
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.view.traffic import MESSAGE_BYTES, TRANSFER_BYTES, TRANSFERS, Traffic

LATE_NS = 900_000_000
"""The times of a capture's edges are large numbers, which Python does not share."""


def edges(count: int) -> tuple[Edge, ...]:
    return tuple(Edge(LATE_NS + number, number % 2 == 0) for number in range(count))


def capture(edges: tuple[Edge, ...]) -> TransferCompleted:
    return TransferCompleted(1, "dht22", BusName("gpio"), 4, (), Outcome.OK, "", 1000, edges=edges)


def write(data: bytes) -> TransferCompleted:
    return TransferCompleted(1, "light", BusName("i2c-1"), 0x23, (Message(True, data),), Outcome.OK, "", 1000)


def kept(*transfers: TransferCompleted) -> Traffic:
    traffic = Traffic()
    for transfer in transfers:
        traffic.takes()[TransferCompleted](transfer)
    return traffic


def test_small_transfers_and_captures_count_once() -> None:
    traffic = kept(*[write(b"\x10"), capture(edges(1))] * TRANSFERS)
    assert len(traffic.items) == TRANSFERS


def test_a_capture_is_kept_without_its_edges_and_counts_once() -> None:
    traffic = kept(*[capture(edges(1024))] * TRANSFERS)
    assert len(traffic.items) == TRANSFERS
    assert [*traffic.items.all()] == [capture(())] * TRANSFERS


def test_a_transfer_of_many_bytes_takes_the_room_of_several() -> None:
    traffic = kept(*[write(b"\x10")] * TRANSFERS, write(bytes(10 * TRANSFER_BYTES)))
    assert len(traffic.items) == TRANSFERS - 10


def test_many_messages_take_the_room_of_several_even_if_they_are_empty() -> None:
    long = replace(write(b""), messages=(Message(True, b""),) * 42)
    traffic = kept(*[write(b"\x10")] * TRANSFERS, long)
    assert len(traffic.items) == TRANSFERS - 39 * MESSAGE_BYTES // TRANSFER_BYTES
