"""Value change dumps of SDA and SCL, for PulseView and GTKWave.

Source: IEEE Std 1364-2005, chapter 18.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from hostcore.events import EventsDropped
from hostcore.events.facts import BusFacts
from hostcore.export.waveform import Change
from hostcore.export.waveform_writer import WaveformWriter, name_of
from hostcore.place import BusName

TICK_NS = 100
"""Nanoseconds of a unit of time. libsigrok makes a sample of each, so that a finer one would only fill its memory."""


class VcdWriter(WaveformWriter):
    """Writes each change with its real time.

    Args:
        buses: the I2C buses.
        speeds: the clock in hertz of each bus whose clock is known.
    """

    def __init__(self, buses: Sequence[BusFacts], speeds: Mapping[BusName, int]) -> None:
        super().__init__(buses, speeds)
        self._tick = 0
        """The last time in the file."""
        self._signs = {wire: f"w{number}" for number, wire in enumerate(self.wires)}

    def _header(self) -> bytes:
        signs = self._signs
        lines = [f"$comment {self.about()} $end", f"$timescale {TICK_NS} ns $end", "$scope module wires $end"]
        lines += [f"$var wire 1 {sign} {name_of(*wire)} $end" for wire, sign in signs.items()]
        lines += ["$upscope $end", "$enddefinitions $end", "#0", "$dumpvars", *(f"1{sign}" for sign in signs.values())]
        return _lines([*lines, "$end"])

    def _drawn(self, changes: Iterable[Change]) -> bytes:
        lines = list[str]()
        for tick, together in groupby(changes, lambda change: self.since_start_ns(change.time_ns) // TICK_NS):
            if tick > self._tick:
                self._tick = tick
                lines.append(f"#{tick}")
            lines += [f"{change.level}{self._signs[change.bus, change.wire]}" for change in together]
        return _lines(lines)

    def _mark(self, dropped: EventsDropped) -> bytes:
        return b""  # libsigrok 0.5.2 takes no further change after a comment; a note tells of it

    def _ended(self) -> bytes:
        return _lines([f"#{self.length_ns // TICK_NS + 1}"])


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
