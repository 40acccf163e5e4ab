"""Repeated numbers are told apart, and missing ones are counted, in bounded memory and whatever strangers publish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.fleet.numbers import BEHIND, JUDGES, MOST_GAPS, MOST_JUMP, MOST_MISSED, QUORUM, Seen, id_of
from tests.fleet_messages import RUN

FORGED = 999_999_999_999_999


def taken(seen: Seen, *numbers: int, is_live: bool = True) -> list[bool]:
    return [seen.take(each, is_live=is_live) for each in numbers]


def seen_of(*numbers: int) -> Seen:
    seen = Seen()
    taken(seen, *numbers)
    return seen


@given(st.lists(st.integers(1, 60), max_size=BEHIND))
def test_every_number_is_new_once(numbers: list[int]) -> None:
    """After so many in a row that are from before the beginning, the count begins again. That needs a longer list."""
    seen, before = Seen(), set[int]()
    for number in numbers:
        assert seen.take(number, is_live=number % 3 > 0) == (number not in before)
        before.add(number)


class _Told:
    """The same as `Seen`, told as plainly as possible: with sets, and without a bound."""

    def __init__(self) -> None:
        self.had = set[int]()
        self.judges: list[int] = []
        self.first = self.base = self.front = None

    def take(self, number: int, *, is_live: bool) -> None:
        self.had.add(number)
        if is_live:
            self.judges = [*self.judges, number][-JUDGES:]
            self.front = sorted(self.judges)[(len(self.judges) - 1) // 2]
            if self.base is None and len(self.judges) >= QUORUM:
                self.base = self.front
                self.first = self.base if self.first is None else self.first

    def pause(self) -> None:
        self.base, self.judges = None, []

    @property
    def missed(self) -> int:
        return 0 if self.base is None else len(set(range(self.base, self.front + 1)) - self.had)

    @property
    def unheard(self) -> int:
        if self.first is None:
            return 0
        top = max(self.had) if self.base is None else self.base
        return len(set(range(self.first, top)) - self.had)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 12), st.booleans()) | st.none(),
        max_size=60,
    )
)
def test_the_counts_are_those_of_plain_sets(steps: list[tuple[int, int, bool] | None]) -> None:
    """A run comes on, with gaps. Readings of before come late, and from time to time we do not listen."""
    seen, told, front = Seen(), _Told(), 1
    for step in steps:
        if step is None:
            seen.pause()
            told.pause()
            continue
        forward, back, is_live = step
        front += forward if is_live else 0
        number = front if is_live else max(1, front - back)
        seen.take(number, is_live=is_live)
        told.take(number, is_live=is_live)
        assert (seen.missed, seen.unheard) == (told.missed, told.unheard)


@given(st.lists(st.tuples(st.integers(1, FORGED), st.booleans()) | st.none(), max_size=80))
def test_no_numbers_raise_an_error_or_count_without_bound(numbers: list[tuple[int, bool] | None]) -> None:
    seen = Seen()
    for each in numbers:
        if each is None:
            seen.pause()
        else:
            seen.take(each[0], is_live=each[1])
        assert 0 <= seen.missed <= MOST_MISSED
        assert 0 <= seen.unheard <= MOST_MISSED


def test_a_number_is_missed_when_three_later_ones_have_come() -> None:
    seen = seen_of(1, 2, 3, 4, 6, 7)
    assert seen.missed == 0
    taken(seen, 8)
    assert seen.missed == 1


def test_late_readings_fill_the_gaps() -> None:
    seen = seen_of(3, 4, 5, 9, 10, 11)
    assert seen.missed == 3
    assert taken(seen, 6, 7, 8, 7, is_live=False) == [True, True, True, False]
    assert seen.missed == 0


def test_what_the_broker_kept_starts_no_gap() -> None:
    seen = Seen()
    taken(seen, 3, 90, 88, is_live=False)
    taken(seen, 95, 96, 97)
    assert (seen.missed, seen.unheard) == (0, 0)


def test_what_was_published_while_we_were_away_is_not_missed_but_not_known() -> None:
    seen = seen_of(3, 4, 5, 7, 8, 9)
    assert seen.missed == 1
    seen.pause()
    taken(seen, 79, 80, 81, 83, 84, 85)
    assert seen.missed == 1  # 82
    assert seen.unheard == 1 + 69  # 6, which may have come late meanwhile, and 10 to 78
    taken(seen, 6, 82, 10, is_live=False)
    assert (seen.missed, seen.unheard) == (0, 68)


@pytest.mark.parametrize("forged", [FORGED, 150 + MOST_JUMP + 1, 5000, 1])
@pytest.mark.parametrize("place", [0, 2, 50])
def test_a_forged_number_is_forgotten_after_a_few_true_ones(forged: int, place: int) -> None:
    numbers = list(range(100, 200))
    seen = seen_of(*numbers[:place], forged, *numbers[place:])
    assert seen.missed == 0
    assert taken(seen, 200, 201) == [True, True]


def test_many_forged_numbers_count_only_as_long_as_they_come() -> None:
    seen = seen_of(*range(100, 120))
    taken(seen, *range(1_000_000, 9_000_000, 1000))
    assert seen.missed > 0
    taken(seen, *range(120, 121 + BEHIND + JUDGES))
    assert seen.missed == 0
    taken(seen, 200, 201, 202)
    assert seen.missed == 200 - (121 + BEHIND + JUDGES)


def test_a_run_that_really_has_come_far_is_followed() -> None:
    seen = seen_of(1, 2, 3)
    far = 5 * MOST_JUMP
    taken(seen, *range(far, far + 10))
    taken(seen, far + 12, far + 13, far + 14)
    assert seen.missed == 2


def test_gaps_without_number_take_no_memory_without_bound() -> None:
    count = 3 * MOST_GAPS
    seen = seen_of(*range(1, 2 * count, 2))
    assert len(seen._firsts) <= MOST_GAPS + 1
    assert seen.missed == count - 1 - 1 - 2  # not the first gap, and not yet the last two
    seen.pause()
    assert (seen.missed, seen.unheard) == (0, count - 1 - 1)


def test_forged_numbers_push_no_true_gap_out() -> None:
    seen = seen_of(-1, 0, 1, 5, 6, 7)
    taken(seen, *range(100, 100 + 4 * MOST_GAPS, 2), is_live=False)
    assert len(seen._firsts) <= MOST_GAPS + 1
    assert taken(seen, 2, 3, 4, is_live=False) == [True, True, True]


@pytest.mark.parametrize(
    "text", ["", "3f2a91c0", "3f2a91c0-", "3F2A91C0-1", "3f2a91c0-1\n", f"{RUN}-{'9' * 16}", "x-1"]
)
def test_other_texts_are_no_id(text: str) -> None:
    assert id_of(text) is None
