"""One end of a byte stream over two topics, without sockets and threads."""

from __future__ import annotations

import random
import zlib
from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.live.channel import LEASE_SECONDS, MOST_AT_ONCE, REPORT_BYTES, SIGN_SECONDS, WINDOW, Channel
from hostcore.broker.live.chunks import LONGEST, Chunk, Ended, Part, Taken, decoded, encoded
from hostcore.clock import NS_PER_S
from hostcore.errors import HostError


def taken_in(channel: Channel) -> bytes:
    """Everything that has arrived."""
    found = b""
    while piece := channel.arrived():
        found += bytes(piece)
        channel.written(len(piece))
    return found


def sent(channel: Channel, data: bytes) -> Chunk:
    chunk = channel.chunk(data, 0)
    assert chunk is not None
    return chunk


class TestPayloads:
    @given(
        st.one_of(
            st.builds(Chunk, st.integers(0, 2**64 - 1), st.binary(min_size=1, max_size=2000)),
            st.builds(Taken, st.integers(0, 2**64 - 1)),
        )
    )
    def test_a_part_comes_back_as_it_was(self, part: Part) -> None:
        assert decoded(encoded(part)) == part

    def test_the_reason_of_an_end_is_cut(self) -> None:
        found = decoded(encoded(Ended("x" * 10_000)))
        assert isinstance(found, Ended) and 0 < len(found.reason) < 500

    @given(st.binary(max_size=100))
    def test_other_bytes_are_refused_with_one_kind_of_error(self, payload: bytes) -> None:
        try:
            decoded(payload)
        except ValueError as error:
            assert "message" in str(error)

    def test_a_payload_that_is_too_long_is_refused_by_its_size(self) -> None:
        with pytest.raises(ValueError, match="bytes"):
            decoded(bytes(LONGEST + 1))


class TestWhatArrives:
    def test_chunks_are_joined_in_order(self) -> None:
        here, there = Channel(0), Channel(0)
        for each in (b"one ", b"two ", b"three"):
            there.take(sent(here, each), 0)
        assert taken_in(there) == b"one two three"

    def test_a_chunk_that_comes_twice_counts_once(self) -> None:
        here, there = Channel(0), Channel(0)
        first, second = sent(here, b"one "), sent(here, b"two")
        for each in (first, first, second, first, second):
            there.take(each, 0)
        assert taken_in(there) == b"one two"

    def test_a_lost_chunk_ends_the_stream(self) -> None:
        here, there = Channel(0), Channel(0)
        sent(here, b"one")
        with pytest.raises(HostError, match="lost a message"):
            there.take(sent(here, b"two"), 0)

    @given(data=st.data())
    def test_whatever_the_broker_loses_or_repeats_the_bytes_are_a_beginning_of_those_sent(
        self, data: st.DataObject
    ) -> None:
        here, there = Channel(0, deflates=True), Channel(0, inflates=True)
        words = data.draw(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=20))
        chunks = [sent(here, each) for each in words]
        copies = data.draw(st.lists(st.integers(0, 2), min_size=len(chunks), max_size=len(chunks)))
        found = b""
        try:
            for chunk, count in zip(chunks, copies, strict=True):
                for _ in range(count):
                    there.take(chunk, 0)
                found += taken_in(there)
        except HostError:
            assert 0 in copies
        assert b"".join(words).startswith(found)
        assert 0 in copies or found == b"".join(words)


class TestRoom:
    def test_no_more_is_sent_than_the_other_end_has_room_for(self) -> None:
        here, there = Channel(0), Channel(0)
        while here.may_send:
            there.take(sent(here, bytes(MOST_AT_ONCE)), 0)
        taken_in(there)
        answer = there.due(0)
        assert isinstance(answer, Taken)
        here.take(answer, 0)
        assert here.may_send

    def test_an_end_that_sends_more_is_cut_off(self) -> None:
        there = Channel(0)
        with pytest.raises(HostError, match=f"more than {WINDOW} bytes"):
            for number in range(1, 100):
                there.take(Chunk(number, bytes(MOST_AT_ONCE)), 0)

    def test_an_end_cannot_have_taken_more_than_was_sent(self) -> None:
        with pytest.raises(HostError, match="1 bytes of 0"):
            Channel(0).take(Taken(1), 0)

    def test_what_was_taken_in_is_told_once_in_a_while(self) -> None:
        here, there = Channel(0), Channel(0)
        told = []
        for _ in range(100):
            there.take(sent(here, bytes(1000)), 0)
            taken_in(there)
            told += [due.bytes] if (due := there.due(0)) else []
        assert told == [REPORT_BYTES // 1000 * 1000 + 1000]

    def test_chunks_that_wait_are_not_taken_in_yet(self) -> None:
        here, there = Channel(0), Channel(0)
        while here.may_send:
            there.take(sent(here, bytes(MOST_AT_ONCE)), 0)
        assert there.due(0) is None


class TestCompression:
    @pytest.mark.parametrize("kind", [lambda size: random.Random(1).randbytes(size), bytes], ids=["random", "zeros"])
    def test_any_bytes_fit_into_a_chunk_and_come_back(self, kind: Callable[[int], bytes]) -> None:
        here, there = Channel(0, deflates=True), Channel(0, inflates=True)
        for _ in range(5):
            data = kind(MOST_AT_ONCE)
            chunk = sent(here, data)
            assert len(encoded(chunk)) <= LONGEST
            there.take(chunk, 0)
            assert taken_in(there) == data

    @pytest.mark.parametrize("size", range((1 << 16) - 300, (1 << 16) + 300, 50))
    def test_the_last_bytes_of_a_large_piece_do_not_wait_for_the_next_chunk(self, size: int) -> None:
        deflate, there = zlib.compressobj(9), Channel(0, inflates=True)
        there.take(Chunk(1, deflate.compress(bytes(size)) + deflate.flush(zlib.Z_SYNC_FLUSH)), 0)
        assert len(taken_in(there)) == size

    def test_a_bomb_is_inflated_in_small_pieces(self) -> None:
        deflate, there = zlib.compressobj(9), Channel(0, inflates=True)
        there.take(Chunk(1, deflate.compress(bytes(20 << 20)) + deflate.flush(zlib.Z_SYNC_FLUSH)), 0)
        sizes = []
        while piece := there.arrived():
            sizes.append(len(piece))
            there.written(len(piece))
        assert sum(sizes) == 20 << 20
        assert max(sizes) <= 1 << 16

    @pytest.mark.parametrize("data", [b"not compressed", zlib.compress(b"complete"), zlib.compress(b"") + b"and more"])
    def test_other_bytes_end_the_stream(self, data: bytes) -> None:
        there = Channel(0, inflates=True)
        there.take(Chunk(1, data), 0)
        with pytest.raises(HostError, match="compressed"):
            taken_in(there)


class TestTime:
    def test_an_end_with_nothing_to_say_gives_a_sign_of_life(self) -> None:
        channel = Channel(0)
        assert channel.due(0) is None
        assert channel.seconds_left(0) == SIGN_SECONDS
        assert channel.due(int(SIGN_SECONDS * NS_PER_S)) == Taken(0)

    def test_an_end_that_is_silent_is_gone_after_its_lease(self) -> None:
        channel = Channel(0)
        channel.take(Taken(0), 5 * NS_PER_S)
        assert not channel.is_gone(int((LEASE_SECONDS + 4) * NS_PER_S))
        assert channel.is_gone(int((LEASE_SECONDS + 5) * NS_PER_S))


class TestAnyOrderOfEvents:
    @given(
        data=st.binary(min_size=1, max_size=400),
        steps=st.lists(st.sampled_from(["send", "deliver", "take", "report"]), max_size=300),
    )
    def test_everything_arrives_and_no_more_is_under_way_than_there_is_room_for(
        self, data: bytes, steps: list[str]
    ) -> None:
        here, there = Channel(0), Channel(0)
        wire, answers = deque[Chunk](), deque[Taken]()
        expected = found = b""

        def do(step: str) -> None:
            nonlocal expected, found
            if step == "send" and here.may_send:
                piece = data * (MOST_AT_ONCE // len(data))
                wire.append(sent(here, piece))
                expected += piece
            elif step == "deliver" and wire:
                there.take(wire.popleft(), 0)
            elif step == "take":
                piece = bytes(there.arrived())
                found += piece
                there.written(len(piece))
            elif step == "report":
                if (due := there.due(0)) is not None:
                    answers.append(due)
                if answers:
                    here.take(answers.popleft(), 0)
            assert len(expected) - len(found) <= WINDOW + REPORT_BYTES + MOST_AT_ONCE

        for step in steps:
            do(step)
        for _ in range(2 * len(steps) + 2):
            for step in ("deliver", "take", "report"):
                do(step)
        assert found == expected
        assert here.may_send
