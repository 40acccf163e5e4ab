"""How faults change bytes and edges."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import Edge
from hostcore.faults.answers import (
    DHT_BOUNDARY_NS,
    Patch,
    cleared,
    flipped,
    jittered,
    patched,
    with_second,
    with_wrong_checksum,
    with_wrong_crc,
    without_pulses,
)

BYTES = st.binary(min_size=1, max_size=40)
SEEDS = st.integers().map(random.Random)
WIDTHS = st.lists(st.integers(20_000, 90_000), min_size=4, max_size=84)


def distance(one: bytes, other: bytes) -> int:
    assert len(one) == len(other)
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def edges_of(widths: list[int]) -> tuple[Edge, ...]:
    times = [sum(widths[: index + 1]) for index in range(len(widths))]
    return tuple(Edge(time, index % 2 == 1) for index, time in enumerate(times))


@given(BYTES, st.integers(1, 8), SEEDS)
def test_weak_pull_ups_turn_ones_into_zeros_only(answer: bytes, bits: int, chance: random.Random) -> None:
    arrived = cleared(answer, bits, chance)
    assert int.from_bytes(arrived) & ~int.from_bytes(answer) == 0
    assert distance(answer, arrived) == min(bits, int.from_bytes(answer).bit_count())


@given(BYTES, st.integers(1, 8), SEEDS)
def test_noise_inverts_exactly_so_many_bits(answer: bytes, bits: int, chance: random.Random) -> None:
    assert distance(answer, flipped(answer, bits, chance)) == bits


def test_a_register_reads_differently_wherever_it_is_in_the_answer() -> None:
    patch = Patch(0xD0, 0x58)
    assert patched(b"\x61", 0xD0, patch) == b"\x58"
    assert patched(b"\x01\x61\x03", 0xCF, patch) == b"\x01\x58\x03"
    assert patched(b"\x61", 0xD1, patch) == b"\x61"
    assert patched(b"\x61", None, patch) == b"\x61"


def test_without_a_register_the_first_byte_of_each_answer_changes() -> None:
    assert patched(b"\xff\xff", None, Patch(None, 0x80, 0xF0)) == b"\x8f\xff"


@given(BYTES, st.integers(0, 255))
def test_two_chips_answer_as_a_wired_and(answer: bytes, pointer: int) -> None:
    arrived = with_second(answer, pointer, lambda register: register)
    assert arrived == bytes(byte & (pointer + at) & 0xFF for at, byte in enumerate(answer))


@given(BYTES, st.sampled_from([0, 1, 2]), SEEDS)
def test_only_one_bit_of_one_checksum_is_wrong(answer: bytes, covers: int, chance: random.Random) -> None:
    arrived = with_wrong_crc(answer, covers, chance)
    changed = [at for at, (one, other) in enumerate(zip(answer, arrived, strict=True)) if one != other]
    if covers == 0:
        assert changed == [len(answer) - 1]
    elif len(answer) > covers:
        assert len(changed) == 1
        assert changed[0] % (covers + 1) == covers
    else:
        assert arrived == answer
    assert distance(answer, arrived) <= 1


@given(WIDTHS, st.integers(0, 100_000), SEEDS)
def test_jitter_keeps_edges_and_their_order(widths: list[int], most_ns: int, chance: random.Random) -> None:
    edges = edges_of(widths)
    moved = jittered(edges, most_ns, chance)
    assert [each.rising for each in moved] == [each.rising for each in edges]
    assert sorted(each.time_ns for each in moved) == [each.time_ns for each in moved]
    assert all(abs(after.time_ns - before.time_ns) <= most_ns for before, after in zip(edges, moved, strict=True))


@given(WIDTHS, st.integers(1, 100), SEEDS)
def test_each_missing_pulse_takes_two_edges(widths: list[int], pulses: int, chance: random.Random) -> None:
    edges = edges_of(widths)
    left = without_pulses(edges, pulses, chance)
    assert len(left) == len(edges) - 2 * min(pulses, len(edges) // 2)
    assert set(left) <= set(edges)
    assert all(one.rising is not other.rising for one, other in itertools.pairwise(left))


@given(WIDTHS, SEEDS)
def test_a_wrong_checksum_is_one_wrong_bit(widths: list[int], chance: random.Random) -> None:
    def bits(edges: tuple[Edge, ...]) -> list[bool]:
        return [
            after.time_ns - edge.time_ns > DHT_BOUNDARY_NS for edge, after in itertools.pairwise(edges) if edge.rising
        ]

    edges = edges_of([width if width != DHT_BOUNDARY_NS else width + 1 for width in widths])
    before, after = bits(edges), bits(with_wrong_checksum(edges, chance))
    changed = [at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other]
    assert len(changed) == 1
    assert changed[0] >= len(before) - 8


def test_nothing_comes_of_nothing() -> None:
    chance = random.Random(1)
    assert cleared(b"\x00", 3, chance) == b"\x00"
    assert flipped(b"", 3, chance) == with_wrong_crc(b"", 2, chance) == b""
    assert jittered((), 5, chance) == without_pulses((), 5, chance) == with_wrong_checksum((), chance) == ()
