"""Compares what the drivers read with what the subscriber got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hostcore.clock import timestamp
from hostcore.events import ReadingPublished
from hostcore.quick_dataclass import dataclass
from tests.chaos.subscriber import Got


@dataclass(frozen=True, slots=True)
class Account:
    """The result."""

    read: int
    """Readings of the drivers."""
    got: int
    """Readings that came, each counted once, by its ID."""
    again: int
    """How many came again, and were known by their ID."""
    late: int
    """How many came on the topic of the late ones first."""
    lost: tuple[str, ...]
    """Readings that never came: plugin and time."""
    strange: tuple[str, ...]
    """IDs of readings that no driver has read: with another value, another time, or counted twice."""
    disordered: tuple[str, ...]
    """IDs of late readings that came after a newer late one."""

    @property
    def is_balanced(self) -> bool:
        """Whether each reading came, and counts once."""
        return not (self.lost or self.strange or self.disordered) and self.read == self.got

    def __str__(self) -> str:
        lost = f"LOST {len(self.lost)}: {self.lost[:3]}" if self.lost else "none lost"
        strange = f"NOT READ {len(self.strange)}: {self.strange[:3]}" if self.strange else "none counted twice"
        order = f"OUT OF ORDER {len(self.disordered)}: {self.disordered[:3]}" if self.disordered else "late in order"
        return (
            f"{self.read:,} readings, {self.got:,} came ({self.late:,} of them late), and {self.again:,} came again; "
            f"{lost}, {strange}, {order}"
        )


def compare(read: Sequence[ReadingPublished], got: Sequence[Got]) -> Account:
    """Return the account of a run. Readings are told apart by plugin and time, which the host does not make up."""
    by_id: dict[str, Got] = {}
    for each in got:
        by_id.setdefault(each.id, each)
    first = [*by_id.values()]
    expected = {(each.plugin, timestamp(each.time_ns)): dict(each.reading) for each in read}
    arrived = {(each.plugin, each.time): each for each in first}
    strange = [
        each.id
        for each in first
        if not _is_part(expected.get((each.plugin, each.time)), each.values)
        or arrived[each.plugin, each.time].id != each.id
    ]
    return Account(
        read=len(expected),
        got=len(first),
        again=len(got) - len(first),
        late=sum(each.is_late for each in first),
        lost=tuple(" ".join(each) for each in expected.keys() - arrived.keys()),
        strange=tuple(strange),
        disordered=tuple(_disordered(each for each in first if each.is_late)),
    )


def _is_part(reading: dict[str, object] | None, values: dict[str, object]) -> bool:
    return reading is not None and reading.items() <= values.items()


def _disordered(late: Iterable[Got]) -> Iterable[str]:
    """Yield the IDs of what is older than what came before it in the same run of the host."""
    for before, after in pairwise(late):
        (run, _, number), (next_run, _, next_number) = before.id.partition("-"), after.id.partition("-")
        if run == next_run and int(next_number) < int(number):
            yield after.id
