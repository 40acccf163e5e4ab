"""The readings of a node are counted over several runs of its host, and those that no host publishes are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.fleet.arrivals import MOST_RECENT, MOST_RUNS, Arrival, Arrivals
from hostcore.fleet.numbers import MOST_JUMP, ReadingId
from tests.fleet_messages import OTHER_RUN, RUN


def take(
    arrivals: Arrivals, number: int, run: str = RUN, content: int = 0, *, before: int = 0, late: bool = False,
    kept: bool = False,
) -> Arrival:  # fmt: skip
    """Note a reading. Its content is that of its number, unless the test says something else."""
    known = ReadingId(run, before) if before else None
    return arrivals.take(ReadingId(run, number), content or number, known, is_late=late, is_kept=kept)


def test_runs_have_numbers_of_their_own() -> None:
    arrivals = Arrivals()
    assert [take(arrivals, 1), take(arrivals, 1, OTHER_RUN, 7)] == [Arrival.NEW, Arrival.NEW]
    assert take(arrivals, 1, late=True) is Arrival.SAME
    counts = arrivals.counts
    assert (counts.received, counts.repeated, counts.late, counts.doubtful) == (2, 1, 0, 0)


def test_a_reading_that_the_broker_kept_and_we_had_is_not_called_repeated() -> None:
    arrivals = Arrivals()
    take(arrivals, 1)
    assert take(arrivals, 1, kept=True) is Arrival.SAME
    assert arrivals.counts.repeated == 0


def test_a_number_whose_content_is_not_remembered_is_repeated() -> None:
    arrivals = Arrivals()
    for number in range(1, MOST_RECENT + 3):
        take(arrivals, number)
    assert take(arrivals, 1, content=99, late=True) is Arrival.REPEATED
    assert len(arrivals._recent) == MOST_RECENT


def test_an_id_with_two_contents_is_doubtful() -> None:
    arrivals = Arrivals()
    take(arrivals, 1, content=5)
    assert take(arrivals, 1, content=6) is Arrival.DOUBTFUL
    assert (arrivals.counts.received, arrivals.counts.doubtful) == (1, 1)


def test_numbers_that_go_back_on_the_topic_of_a_plugin_are_doubtful() -> None:
    arrivals = Arrivals()
    take(arrivals, 900)
    assert take(arrivals, 5, before=900) is Arrival.DOUBTFUL
    assert take(arrivals, 6, before=5) is Arrival.NEW
    assert take(arrivals, 4, before=6, late=True) is Arrival.NEW  # late ones are from before
    assert take(arrivals, 7, before=9, run=OTHER_RUN) is Arrival.DOUBTFUL


def test_a_number_from_far_away_is_doubtful() -> None:
    arrivals = Arrivals()
    for number in range(1, 10):
        take(arrivals, number)
    assert take(arrivals, 10 + 2 * MOST_JUMP) is Arrival.DOUBTFUL


def test_a_run_of_a_stranger_is_forgotten_when_the_host_speaks_again() -> None:
    arrivals = Arrivals()
    take(arrivals, 1)
    for number in (1, 2, 3, 9_000, 9_001, 9_002):
        take(arrivals, number, OTHER_RUN, number + 50_000)
    assert arrivals.counts.missed == 8_996
    take(arrivals, 2)
    assert arrivals.counts.missed == 0


def test_what_an_earlier_run_missed_counts_until_it_comes() -> None:
    arrivals = Arrivals()
    for number in (1, 2, 3, 5, 6, 7):
        take(arrivals, number)
    for number in (1, 2, 3):
        take(arrivals, number, OTHER_RUN, number + 100)
    assert arrivals.counts.missed == 1
    take(arrivals, 4, late=True)
    assert arrivals.counts.missed == 0


def test_only_the_last_runs_are_remembered() -> None:
    arrivals = Arrivals()
    for run in range(20):
        for number in (1, 2, 3, 5, 6, 7):
            take(arrivals, number, f"{run:08x}", 1000 * run + number)
    assert len(arrivals._runs) == MOST_RUNS
    assert arrivals.counts.missed == MOST_RUNS


READINGS = st.tuples(
    st.integers(1, 12) | st.integers(1, 10**15 - 1),
    st.sampled_from((RUN, OTHER_RUN, "00000001", "00000002", "00000003", "00000004")),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(READINGS | st.none(), max_size=60))
def test_whatever_comes_each_reading_is_counted_once(readings: list[tuple[int, str, int, bool, bool] | None]) -> None:
    arrivals, count = Arrivals(), 0
    for each in readings:
        if each is None:
            arrivals.pause()
            continue
        number, run, content, late, kept = each
        take(arrivals, number, run, content, before=5, late=late, kept=kept)
        count += not kept
        counts = arrivals.counts
        assert counts.received + counts.repeated + counts.doubtful >= count
        assert counts.late <= counts.received
        assert counts.missed >= 0
    assert len(arrivals._runs) <= MOST_RUNS
