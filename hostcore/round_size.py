"""The size of a round: its bounds, and the readings that are left out of a round that would exceed them."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from hostcore.events import LeftOut, Reading
from hostcore.events.event_json import json_text
from hostcore.events.readings import MARK, marked
from hostcore.quick_dataclass import dataclass

MOST_BYTES = 512 * 1024
"""Most bytes of a round's JSON. Measured with 64 MiB, the default limit of a plugin's memory: a page that keeps two
rounds and escapes a third one twice needs at most 40 MiB at this size, and 60 MiB at twice this size."""
MOST_VALUES = 20_000
"""Most values of a round. A display that looks at each of them needs at most 0.15 s on a PC. A Pi that is ten times as
slow does it in 1.5 s, and a call may take 5 s (default)."""
STALE_BYTES, STALE_VALUES = 24, 1
"""What the mark of an old reading can add to it: ``, "stale": 3155760000``, for a century."""
OVERHEAD = 64
"""Bytes and values of a round that belong to no plugin: the braces and the time. 42 bytes, rounded up."""


@dataclass(frozen=True, slots=True)
class Portion:
    """One plugin's part of a round."""

    reading: Reading
    aliases: Mapping[str, Reading]
    """Parts of the reading under further keys."""
    bytes: int
    """Bytes of its JSON, with its keys."""
    values: int
    """Its numbers, texts, booleans, nulls, lists and objects, counted at every level."""


_BYTES, _VALUES = attrgetter("bytes"), attrgetter("values")


def portion_of(plugin: str, reading: Reading, aliases: Mapping[str, Reading]) -> Portion:
    """Measure a plugin's reading."""
    parts = [{plugin: reading}, *({alias: part} for alias, part in aliases.items())]
    return Portion(reading, aliases, sum(len(json_text(each)) for each in parts), sum(map(_count, parts)))


def fitted(portions: Mapping[str, Portion]) -> tuple[dict[str, Portion], tuple[LeftOut, ...]]:
    """Make a round fit into its bounds. The largest readings are left out first, so that small ones stay.

    Returns:
        The plugins' portions, with an error in the place of each reading that is left out, and its mark if it had one;
        and those readings.
    """
    kept, left_out = dict(portions), dict[str, LeftOut]()
    for most, measure, mark in ((MOST_BYTES, _BYTES, STALE_BYTES), (MOST_VALUES, _VALUES, STALE_VALUES)):
        total = OVERHEAD + sum(map(measure, kept.values())) + mark * len(kept)
        if total <= most:
            continue
        for plugin in sorted(kept, key=lambda name: (-measure(kept[name]), name)):
            before = kept[plugin]
            missing = LeftOut(plugin, before.bytes, before.values, _problem(before))
            simulated = before.reading.get(MARK, ())
            after = portion_of(plugin, marked({"error": missing.problem}, simulated), {})
            if total <= most or measure(after) >= measure(before):
                break  # it fits, or an error would be larger than any reading that is still there
            kept[plugin], left_out[plugin] = after, missing
            total += measure(after) - measure(before)
    return kept, tuple(left_out.values())


def _problem(portion: Portion) -> str:
    return (
        f"the reading is left out of the round, which is too large: it has {portion.bytes:,} bytes and "
        f"{portion.values:,} values; {MOST_BYTES:,} bytes and {MOST_VALUES:,} values are allowed for all plugins "
        "together, and the largest reading is left out first; return fewer values"
    )


def _count(value: Any) -> int:
    """The number of values in a JSON value, itself not included."""
    count, waiting = 0, [value]
    while waiting:
        group = waiting.pop()
        within = group.values() if isinstance(group, dict) else group
        count += len(group)
        waiting += [each for each in within if isinstance(each, dict | list)]
    return count
