"""Times and edges as rows of bytes: read as they were written, and bounded by the bytes that there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.recording.edges import MOST_EDGES, packed_edges, read_edges
from hostcore.recording.rows import packed_rows, read_rows
from hostcore.recording.segments import CALL, END, Times, entries_of, packed_segment
from hostcore.recording.values import Edges, pack, unpack

numbers = st.lists(st.integers(0, (1 << 64) - 1))
edges = st.lists(st.tuples(st.integers(0, 1 << 40), st.booleans()), max_size=200).map(sorted)


@given(numbers, st.binary(max_size=3))
def test_numbers_are_read_as_they_were_written(written: list[int], before: bytes) -> None:
    content = before + packed_rows(written)
    found, end = read_rows(content + b"more", len(before))
    assert (list(found), end) == (written, len(content))


@given(edges)
def test_edges_are_read_as_they_were_written_and_take_half(pairs: list[tuple[int, bool]]) -> None:
    packed = pack(Edges(pairs))
    assert unpack(packed) == tuple(pairs)
    assert len(packed) <= len(pack(pairs)) + 8


def test_edges_that_are_not_in_order_are_written_as_numbers() -> None:
    pairs = [(7, True), (3, False)]
    assert (packed_edges(pairs), unpack(pack(Edges(pairs)))) == (None, tuple(pairs))
    many = [(0, False)] * (MOST_EDGES + 1)
    assert unpack(pack(Edges(many))) == tuple(many)


@given(st.binary(max_size=40))
def test_any_bytes_are_rows_or_refused(content: bytes) -> None:
    for read in (lambda: read_rows(content, 0), lambda: read_edges(content)):
        try:
            found = read()
        except ValueError as problem:
            assert "\n" not in str(problem)
        else:
            assert len(found[0] if found and not isinstance(found[0], tuple) else found) <= len(content)


def test_a_count_without_its_bytes_takes_no_memory() -> None:
    for rows in (0, 1, 8, 9, 255):
        with pytest.raises(ValueError, match="numbers are damaged"):
            read_rows(bytes((rows,)) + b"\xff\xff\xff\xff", 0)


def test_the_clock_may_be_set_back_and_calls_keep_their_times() -> None:
    times = Times()
    times.call(2_000), times.crossing(5, 9), times.end(12), times.call(1_500), times.end(3)
    entries = b"".join(map(pack, [(CALL, "a", ()), (0, (), 1), (END, 2), (CALL, "b", ()), (END, 3)]))
    assert list(entries_of([packed_segment(entries, times)])) == [
        (CALL, "a", (), 2_000),
        (0, 5, 4, (), 1),
        (END, 12, 2),
        (CALL, "b", (), 1_500),
        (END, 3, 3),
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [((0, (), 1), "a segment lacks times"), ((-3, 1), "an entry has no kind"), (7, "an entry has no kind")],
)
def test_an_entry_without_its_times_is_damage(entry: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        list(entries_of([packed_segment(pack(entry), Times())]))
