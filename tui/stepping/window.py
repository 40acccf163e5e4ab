"""A window of a traced replay, with its transfers in the words of their chips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hostcore.chips.library import library_with
from hostcore.clock import NS_PER_S
from hostcore.events import TransferCompleted
from hostcore.events.facts import PluginFacts
from hostcore.quick_dataclass import dataclass, replace
from hostcore.stepping.trace import Trace
from hostcore.view.traffic import SeenTransfer, Traffic

LATEST_NS = 253_402_300_000 * NS_PER_S
"""The end of the year 9999. A forged recording can have any times, and none later can be shown."""


@dataclass(frozen=True, slots=True)
class Window:
    """Some calls of a replay."""

    trace: Trace
    seen: Sequence[SeenTransfer]
    """The transfers of the trace, ready to be decoded."""

    @classmethod
    def of(cls, trace: Trace, plugin: PluginFacts, chips_folder: Path | None) -> Window:
        """Decode the transfers of a trace. Blocks for some milliseconds.

        Args:
            trace: the trace.
            plugin: the plugin, whose name and permissions tell its chips.
            chips_folder: the folder of a person's own chip files.
        """
        traffic = Traffic(library_with(chips_folder))
        traffic.know((plugin,))
        take = traffic.takes()[TransferCompleted]
        seen = []
        for sequence, each in enumerate(trace.transfers, 1):
            moment = sound_ns(each.transfer.time_ns)
            take(replace(each.transfer, sequence=sequence, time_ns=moment))
            seen.append(next(traffic.items.newest_first()))
        return cls(trace, seen)


def sound_ns(time_ns: int) -> int:
    """Return a recorded time, or 0 if no clock can have shown it."""
    return time_ns if 0 <= time_ns < LATEST_NS else 0
