"""The size of a round: its bounds, and the readings that are left out of a round that would exceed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hostcore.events import LeftOut, Reading
from hostcore.events.event_json import json_text

MOST_BYTES = 512 * 1024
"""Most bytes of a round's JSON. Measured with 64 MiB, the default limit of a plugin's memory: a page that keeps two
rounds and escapes a third one twice needs at most 40 MiB at this size, and 60 MiB at twice this size."""
MOST_VALUES = 20_000
"""Most values of a round. A display that looks at each of them needs at most 0.15 s on a PC. A Pi that is ten times as
slow does it in 1.5 s, and a call may take 5 s (default)."""
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

    @property
    def share(self) -> float:
        """The share of a round that it takes; 1 is a full round."""
        return max(self.bytes / MOST_BYTES, self.values / MOST_VALUES)


def portion_of(plugin: str, reading: Reading, aliases: Mapping[str, Reading]) -> Portion:
    """Measure a plugin's reading."""
    parts = [{plugin: reading}, *({alias: part} for alias, part in aliases.items())]
    return Portion(reading, aliases, sum(len(json_text(each)) for each in parts), sum(map(_count, parts)))


def fitted(portions: Mapping[str, Portion]) -> tuple[dict[str, Portion], tuple[LeftOut, ...]]:
    """Make a round fit into its bounds. The largest readings are left out first, so that small ones stay.

    Returns:
        The plugins' portions, with an error in the place of each reading that is left out; and those readings.
    """
    kept, left_out = dict(portions), []
    size, values = _total(kept.values())
    for plugin in sorted(portions, key=lambda name: (-portions[name].share, name)):
        if size <= MOST_BYTES and values <= MOST_VALUES:
            break
        before = portions[plugin]
        missing = LeftOut(plugin, before.bytes, before.values, _problem(before))
        after = portion_of(plugin, {"error": missing.problem}, {})
        if after.share >= before.share:
            break  # the other readings are smaller than the error that would replace them
        kept[plugin] = after
        left_out.append(missing)
        size, values = size - before.bytes + after.bytes, values - before.values + after.values
    return kept, tuple(left_out)


def _total(portions: Iterable[Portion]) -> tuple[int, int]:
    sizes = [(each.bytes, each.values) for each in portions]
    return OVERHEAD + sum(size for size, _ in sizes), OVERHEAD + sum(values for _, values in sizes)


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
        within = group.values() if isinstance(group, Mapping) else group
        count += len(group)
        waiting += [each for each in within if isinstance(each, Mapping | list)]
    return count
