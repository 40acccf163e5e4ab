"""Alarms, behind the stream: what they cost for each reading and each look. No plugin's thread pays for it."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.alarms.book import AlarmBook, Moment
from hostcore.alarms.model import AlarmRule, Condition, Range, Rate
from hostcore.config.alarms import MOST_ALARMS
from hostcore.events import ReadingPublished
from tests.bench.measure import MICRO, Aim, Figure, interleaved, seconds_of

TITLE = "Alarms, behind the stream"
REPETITIONS = 11
READINGS = 300
S = 1_000_000_000
CONDITIONS: dict[str, tuple[Condition, int]] = {
    "a reading with 1 range": (Range(above=30.0, hysteresis=1.0), 1),
    "a reading with 10 ranges": (Range(above=30.0, hysteresis=1.0), 10),
    "a reading with 1 rate over a minute": (Rate(rise=10.0), 1),
}


def figures() -> Iterator[Figure]:
    """The cost of a reading with alarms of several kinds, and of a look at the most alarms."""
    took = interleaved(
        REPETITIONS,
        {
            name: seconds_of(lambda condition=condition, count=count: _fold(condition, count))
            for name, (condition, count) in CONDITIONS.items()
        },
    )
    for name, seconds in took.items():
        alarms = CONDITIONS[name][1]
        yield Figure(name, seconds / READINGS, MICRO, aim=Aim(most=100 * MICRO * alarms))
    book = _book(Range(above=30.0), MOST_ALARMS)
    look = interleaved(REPETITIONS, {"look": seconds_of(lambda: list(book.look(Moment(S, S))))})
    yield Figure(f"a look at {MOST_ALARMS} alarms, twice a second", look["look"], MICRO, aim=Aim(most=500 * MICRO))


def _book(condition: Condition, count: int) -> AlarmBook:
    book = AlarmBook()
    book.set([AlarmRule(f"a{number}", "air", ("t",), condition) for number in range(count)], Moment(0, 0))
    return book


def _fold(condition: Condition, count: int) -> None:
    book = _book(condition, count)
    for second in range(1, READINGS + 1):
        event = ReadingPublished(second * S, "air", {"t": 20.0 + second % 3})
        for _ in book.take(event, Moment(second * S, second * S)):
            pass
