"""The stored history: the past values of one reading, and what else happened at that time."""

from __future__ import annotations

from enum import StrEnum

from hostcore.quick_dataclass import dataclass

MOST_POINTS = 10_000
"""The most points that a query can ask for."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Asks for the past values of one reading.

    Raises:
        ValueError: the times are not in order, or `points` is out of range.
    """

    plugin: str
    path: tuple[str, ...]
    """The keys that lead to the value in the plugin's reading, such as ``("temperature",)``; an index as its digits."""
    since_ns: int
    """The begin, nanoseconds since the Unix epoch."""
    until_ns: int
    """The end, exclusive; after `since_ns`."""
    points: int
    """About how many points the answer should have at most, 1 to `MOST_POINTS`. It can have one more."""

    def __post_init__(self) -> None:
        if not 1 <= self.points <= MOST_POINTS:
            raise ValueError(f"found {self.points} points, allowed are 1 to {MOST_POINTS}")
        if self.since_ns >= self.until_ns:
            raise ValueError("the begin must be before the end")


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """The values of a reading in a stretch of time, or one value."""

    time_ns: int
    """The begin of the stretch, or the time of the one value; nanoseconds since the Unix epoch."""
    lowest: float
    mean: float
    highest: float
    count: int
    """How many values it stands for, 1 and up."""
    is_after_gap: bool = False
    """Whether values are missing between the point before and this one. Do not draw a line between the two."""
    is_simulated: bool = False
    """Whether some of the values may depend on a simulated bus."""
    is_faulty: bool = False
    """Whether faults on demand had struck the driver of some of the values."""


class MarkKind(StrEnum):
    """What a mark in the history stands for."""

    CRASH = "crash"
    STATE = "state"
    """A plugin changed its state."""
    FINDING = "finding"
    """The diagnosis found a cause of trouble, or says that it is over. Or readings for the MQTT broker were dropped."""
    ALARM = "alarm"
    """An alarm of host.toml was raised, acknowledged or cleared."""
    RELOAD = "reload"
    """A new version of a plugin's file took over, or another instance because the memory grew."""
    FAULT = "fault"
    """The faults on demand changed."""


@dataclass(frozen=True, slots=True)
class HistoryMark:
    """Something that happened, for the timeline."""

    time_ns: int
    plugin: str
    """The plugin that it concerns; "" if it concerns none or several."""
    kind: MarkKind
    text: str
    """One line. It may contain a plugin's words: escape it."""


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """The answer to a `HistoryQuery`."""

    points: tuple[HistoryPoint, ...]
    """In the order of their times."""
    resolution_ns: int
    """The time that one point stands for, nanoseconds; 0 if each point is one value. Old points can stand for more."""
    is_complete: bool
    """Whether no value of this time is missing that the host read. If not, some could not be kept, or the newest ones
    are not in the file yet."""
    problem: str = ""
    """Why there is no history, or not all of it: one line for a person; "" if there is no problem."""
    marks: tuple[HistoryMark, ...] = ()
    """What happened to the plugin, and to the whole host, in this time; the newest `MOST_MARKS` of it."""

    @classmethod
    def without(cls, problem: str) -> HistoryReport:
        """Return the answer if there is none. `problem` says why, in one line for a person."""
        return cls((), 0, is_complete=False, problem=problem)


MOST_MARKS = 1000
"""The most marks of one report."""
