"""Value change dumps of SDA and SCL, for PulseView and GTKWave.

Source: IEEE Std 1364-2005, chapter 18.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hostcore.events import EventsDropped
from hostcore.events.facts import BusFacts
from hostcore.export.waveform import WIRES, Stretch
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
        self._edges = {
            bus: [f"{level}{self._signs[bus, wire]}" for wire in WIRES for level in (0, 1)] for bus, _ in self.wires
        }
        """The line of each `Edge`, by bus."""

    def _header(self) -> bytes:
        signs = self._signs
        lines = [f"$comment {self.about()} $end", f"$timescale {TICK_NS} ns $end", "$scope module wires $end"]
        lines += [f"$var wire 1 {sign} {name_of(*wire)} $end" for wire, sign in signs.items()]
        lines += ["$upscope $end", "$enddefinitions $end", "#0", "$dumpvars", *(f"1{sign}" for sign in signs.values())]
        return _lines([*lines, "$end"])

    def _drawn(self, stretches: Iterable[Stretch]) -> bytes:
        lines, start_ns = list[str](), self.since_start_ns(0)
        for bus, changes in stretches:
            edges, (first_ns, edge) = self._edges[bus], changes[0]
            tick = (start_ns + first_ns) // TICK_NS
            lines += [f"#{tick}"] if tick > self._tick else []  # another bus may have changed in this tick, too
            lines.append(edges[edge])
            lines += [f"#{(start_ns + time_ns) // TICK_NS}\n{edges[edge]}" for time_ns, edge in changes[1:]]
            self._tick = (start_ns + changes[-1][0]) // TICK_NS
        return _lines(lines)

    def _mark(self, dropped: EventsDropped) -> bytes:
        return b""  # libsigrok 0.5.2 takes no further change after a comment; a note tells of it

    def _ended(self) -> bytes:
        return _lines([f"#{self.length_ns // TICK_NS + 1}"])


def _lines(lines: Iterable[str]) -> bytes:
    return "\n".join([*lines, ""]).encode()
