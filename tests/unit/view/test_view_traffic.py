"""The last transfers, in bounded memory."""

from __future__ import annotations

import tracemalloc

from hostcore.backends.base import Edge
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.view.traffic import EDGE_BYTES, TRANSFER_BYTES, TRANSFERS, Traffic

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
        traffic.append(transfer)
    return traffic


def test_small_transfers_and_captures_count_once() -> None:
    traffic = kept(*[write(b"\x10"), capture(edges(1))] * TRANSFERS)
    assert len(traffic.items) == TRANSFERS


def test_an_edge_counts_for_the_memory_that_it_takes() -> None:
    edges(1)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        made = edges(1024)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    measured = (after - before) / len(made)
    assert 0.8 * EDGE_BYTES <= measured <= EDGE_BYTES


def test_captures_of_many_edges_take_no_more_memory_than_transfers_of_many_bytes() -> None:
    long_capture = capture(edges(1024))
    traffic = kept(*[long_capture] * TRANSFERS)
    carried = sum(len(each.edges) * EDGE_BYTES for each in traffic.items.all())
    assert 0 < carried <= TRANSFERS * TRANSFER_BYTES


def test_a_long_capture_takes_the_room_of_as_many_small_transfers_as_weigh_the_same() -> None:
    long_capture = capture(edges(1024))
    traffic = kept(*[write(b"\x10")] * TRANSFERS, long_capture)
    assert len(traffic.items) == TRANSFERS - 1024 * EDGE_BYTES // TRANSFER_BYTES
