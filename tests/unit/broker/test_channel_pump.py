"""Bytes between two sockets, through a broker that may be busy, gone, or deliver twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress

import pytest

from hostcore.broker.live.channel import LEASE_SECONDS, WINDOW
from hostcore.broker.live.chunks import LONGEST
from hostcore.broker.live.pump import BURST_BYTES
from hostcore.clock import VirtualClock
from hostcore.threads import HostThread
from tests.linked_channels import DOWN, UP, Linked, received
from tests.waiting import until

MIXED = random.Random(1).randbytes(100_000) + bytes(400_000)


def poured(linked: Linked, size: int) -> HostThread:
    """Let the node send many bytes that cannot be compressed."""

    def send() -> None:
        with suppress(OSError):
            linked.node.sendall(random.Random(1).randbytes(size))

    thread = HostThread(send, "test")
    thread.start()
    return thread


@pytest.fixture
def linked() -> Iterator[Linked]:
    made = Linked()
    yield made
    made.close()


def test_bytes_arrive_in_both_directions(linked: Linked) -> None:
    linked.client.sendall(b"what is there?\n")
    assert received(linked.node, 15) == b"what is there?\n"
    linked.node.sendall(b"this\n")
    assert received(linked.client, 5) == b"this\n"


def test_messages_that_the_broker_delivers_twice_count_once(linked: Linked) -> None:
    linked.between.copies = 2
    linked.node.sendall(b"once")
    linked.node.shutdown(1)
    assert received(linked.client, 100) == b"once"


def test_what_is_sent_down_is_compressed(linked: Linked) -> None:
    line = b'{"sequence":7,"event":"LogWritten","with":{"time_ns":1704110400000000000,"plugin":"light"}}\n'
    linked.node.sendall(line * 200)
    assert received(linked.client, len(line) * 200) == line * 200
    assert sum(linked.between.sizes) < len(line) * 200 / 10


def test_a_client_that_takes_nothing_holds_up_the_node_within_bounds(linked: Linked) -> None:
    sending = poured(linked, 20 * WINDOW)
    until(lambda: sum(linked.between.sizes) > WINDOW, 10.0)
    sending.join(0.05)
    assert sending.is_alive()
    assert sum(linked.between.sizes) < 3 * WINDOW


def test_a_busy_broker_is_asked_again(linked: Linked) -> None:
    linked.between.is_busy = True
    linked.node.sendall(b"later")
    linked.node_end.join(0.05)
    linked.between.is_busy = False
    assert received(linked.client, 5) == b"later"


def test_the_end_of_one_side_ends_the_other_when_all_bytes_have_come(linked: Linked) -> None:
    linked.node.sendall(MIXED)
    linked.node.close()
    assert received(linked.client, 10 * len(MIXED)) == MIXED


def test_the_other_end_is_told_why(linked: Linked) -> None:
    linked.node_end.close("the lease is over")
    until(lambda: len(linked.reasons) == 2, 10.0)
    assert linked.reasons == ["the lease is over"] * 2
    assert linked.client.recv(1) == b""


def test_a_broker_that_is_gone_ends_the_stream(linked: Linked) -> None:
    linked.between.is_away = True
    linked.client.sendall(b"hello")
    until(lambda: linked.reasons, 10.0)
    assert "no connection" in linked.reasons[0]


@pytest.mark.parametrize("payload", [b"", b"garbage", bytes(100_000)])
def test_garbage_ends_the_stream(linked: Linked, payload: bytes) -> None:
    linked.between.takers[UP](payload)
    until(lambda: len(linked.reasons) == 2, 10.0)
    assert "the other end sent a message of" in linked.reasons[0]


def test_a_flood_ends_the_stream_and_is_not_kept(linked: Linked) -> None:
    for _ in range(100):
        linked.between.takers[DOWN](bytes(1 << 20))
    until(lambda: linked.reasons, 10.0)


def test_a_silent_client_is_gone_after_its_lease() -> None:
    clock = VirtualClock()
    linked = Linked(clock)
    linked.between.takers[UP] = lambda _payload: None
    clock.advance(LEASE_SECONDS)
    linked.node_end.wake()
    until(lambda: linked.reasons, 10.0)
    assert "no sign of life" in linked.reasons[0]
    linked.close()


def test_the_rate_is_limited() -> None:
    linked = Linked(VirtualClock(), bytes_per_second=1000)
    sending = poured(linked, 2 * BURST_BYTES)
    received(linked.client, BURST_BYTES)
    sending.join(0.05)
    assert BURST_BYTES < sum(linked.between.sizes) < BURST_BYTES + 3 * LONGEST
    linked.close()
