"""Repeated readings are told apart, and missing ones are counted, in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.fleet.numbers import MOST_GAPS, MOST_RUNS, Arrivals, ReadingId, Seen, id_of
from tests.fleet_messages import OTHER_RUN, RUN


def taken(seen: Seen, *numbers: int, is_live: bool = True) -> list[bool]:
    return [seen.take(each, is_live=is_live) for each in numbers]


@given(st.lists(st.integers(1, 60), max_size=120))
def test_every_number_is_new_once(numbers: list[int]) -> None:
    seen, before = Seen(), set[int]()
    for number in numbers:
        assert seen.take(number, is_live=True) == (number not in before)
        before.add(number)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=120))
def test_what_is_missing_after_the_first_live_number_is_missed(numbers: list[int]) -> None:
    seen = Seen()
    taken(seen, *numbers)
    expected = set(range(numbers[0], max(numbers))) - set(numbers)
    assert seen.missed == len(expected)


def test_late_readings_fill_the_gaps() -> None:
    seen = Seen()
    taken(seen, 5, 9)
    assert seen.missed == 3
    assert taken(seen, 6, 7, 8, 7, is_live=False) == [True, True, True, False]
    assert seen.missed == 0


def test_what_the_broker_kept_starts_no_gap() -> None:
    seen = Seen()
    taken(seen, 3, 90, 88, is_live=False)
    taken(seen, 95, 96)
    assert seen.missed == 0


def test_what_was_published_while_we_were_away_is_not_missed() -> None:
    seen = Seen()
    taken(seen, 5, 7)
    seen.pause()
    taken(seen, 80, 81, 83)
    assert seen.missed == 2  # 6 and 82


def test_gaps_without_number_take_no_memory_without_bound() -> None:
    seen = Seen()
    count = 3 * MOST_GAPS
    taken(seen, *range(1, 2 * count, 2))
    assert len(seen._firsts) <= MOST_GAPS + 1
    assert seen.missed == count - 1


def test_runs_have_numbers_of_their_own() -> None:
    arrivals = Arrivals()
    for run in (RUN, OTHER_RUN):
        assert arrivals.take(ReadingId(run, 1), is_late=False, is_kept=False)
    assert not arrivals.take(ReadingId(RUN, 1), is_late=True, is_kept=False)
    assert (arrivals.received, arrivals.repeated, arrivals.late) == (2, 1, 0)


def test_a_reading_that_the_broker_kept_and_we_had_is_not_called_repeated() -> None:
    arrivals = Arrivals()
    arrivals.take(ReadingId(RUN, 1), is_late=False, is_kept=False)
    assert not arrivals.take(ReadingId(RUN, 1), is_late=False, is_kept=True)
    assert arrivals.repeated == 0


def test_old_runs_are_forgotten_but_what_they_missed_is_not() -> None:
    arrivals = Arrivals()
    for run in range(20):
        for number in (1, 3):
            arrivals.take(ReadingId(f"{run:08x}", number), is_late=False, is_kept=False)
    assert len(arrivals._runs) == MOST_RUNS
    assert arrivals.missed == 20


@pytest.mark.parametrize(
    "text", ["", "3f2a91c0", "3f2a91c0-", "3F2A91C0-1", "3f2a91c0-1\n", f"{RUN}-{'9' * 16}", "x-1"]
)
def test_other_texts_are_no_id(text: str) -> None:
    assert id_of(text) is None
