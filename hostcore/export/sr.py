"""Sessions of sigrok with samples of SDA and SCL, for PulseView.

Source: sigrok.org/wiki/File_format:Sigrok/v2. A session is a zip with the files version, metadata and logic-1-N.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, cast

from hostcore.clock import NS_PER_S
from hostcore.events import EventsDropped, TransferCompleted
from hostcore.events.facts import BusFacts
from hostcore.export.waveform import FASTEST_QUARTER_NS, WIRES, Edge, Stretch
from hostcore.export.waveform_writer import WaveformWriter, name_of
from hostcore.log.safe_text import counted
from hostcore.place import BusName

SAMPLE_NS = FASTEST_QUARTER_NS
"""Nanoseconds of a sample: 2 MHz."""
LONGEST_PAUSE = 10_000
"""The most samples, 5 ms, for which the file stays as it is. A sigrok session has a sample for every moment."""
MOST_BYTES = 256 << 20
"""The most bytes of samples: 134 s of up to four buses. PulseView keeps all of them in memory."""
CHUNK = 4 << 20
"""Bytes of samples in one file of the zip."""


class SrWriter(WaveformWriter):
    """Writes a session whose long pauses are shortened, and which ends when it is full.

    Args:
        buses: the I2C buses.
        speeds: the clock in hertz of each bus whose clock is known.
        most_bytes: the most bytes of samples.
    """

    def __init__(self, buses: Sequence[BusFacts], speeds: Mapping[BusName, int], most_bytes: int = MOST_BYTES) -> None:
        super().__init__(buses, speeds)
        bits = {wire: 1 << number for number, wire in enumerate(self.wires)}
        self._bits = {bus: [bits[bus, wire] for wire in WIRES] for bus, _ in self.wires}
        """The bits of the wires of each bus in a sample, in the order of `WIRES`."""
        self._unit = max(1, -(-len(self.wires) // 8))
        self._levels = (1 << len(self.wires)) - 1
        self._samples = bytearray()
        self._most = most_bytes // self._unit
        self._sampled = 0
        self._left_out_ns = 0
        """Nanoseconds of pauses that are left out so far."""
        self._shortened = 0
        self._too_many = 0
        self._chunks = 0
        self._output = _Output()
        self._zip = zipfile.ZipFile(cast(IO[bytes], self._output), "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another transfer."""
        return self._sampled >= self._most

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        if self._shortened:
            pauses = counted(self._shortened, "pause")
            yield f"{pauses} shortened to {LONGEST_PAUSE * SAMPLE_NS // 1_000_000} ms; VCD keeps their length"
        if self._too_many:
            room = counted(self.written, "transfer")
            yield f"{counted(self._too_many, 'transfer')} left out: the session has room for only {room}"

    def _add(self, transfer: TransferCompleted) -> bytes:
        if self.is_full:
            self.written -= 1
            self._too_many += 1
            return b""
        return super()._add(transfer)

    def _header(self) -> bytes:
        self._put("version", b"2")
        return self._output.taken()

    def _drawn(self, stretches: Iterable[Stretch]) -> bytes:
        for bus, changes in stretches:
            self._sample(self.since_start_ns(changes[0][0]))  # before it may be a long pause
            if self.is_full:
                break
            self._sample_changes(self._bits[bus], changes)
        return self._output.taken()

    def _sample_changes(self, bits: Sequence[int], changes: Sequence[tuple[int, Edge]]) -> None:
        """Sample the changes of a bus. There are millions, so this has no call for each."""
        start_ns, samples, sampled = self.since_start_ns(-self._left_out_ns), self._samples, self._sampled
        levels, unit = self._levels, self._unit
        for time_ns, edge in changes:
            until = (start_ns + time_ns) // SAMPLE_NS
            if until > sampled:
                samples += levels.to_bytes(unit, "little") * (until - sampled)
                sampled = until
            bit = bits[edge >> 1]
            levels = levels | bit if edge & 1 else levels & ~bit
        self._levels, self._sampled = levels, sampled

    def _mark(self, dropped: EventsDropped) -> bytes:
        return b""  # the format has no place for it; a note says so

    def _ended(self) -> bytes:
        self._sample(self.length_ns + SAMPLE_NS)
        if self._samples:
            self._put_samples()
        self._put("metadata", self._metadata())
        self._zip.close()
        return self._output.taken()

    def _sample(self, until_ns: int) -> None:
        """Repeat the present levels until a time, nanoseconds since the start of the file."""
        count = (until_ns - self._left_out_ns) // SAMPLE_NS - self._sampled
        if count > LONGEST_PAUSE:
            self._left_out_ns += (count - LONGEST_PAUSE) * SAMPLE_NS
            self._shortened += 1
            count = LONGEST_PAUSE
        if count > 0 and not self.is_full:
            self._samples += self._levels.to_bytes(self._unit, "little") * count
            self._sampled += count
        if len(self._samples) >= CHUNK:
            self._put_samples()

    def _put_samples(self) -> None:
        self._chunks += 1
        self._put(f"logic-1-{self._chunks}", self._samples)
        self._samples = bytearray()

    def _put(self, name: str, content: bytes | bytearray) -> None:
        self._zip.writestr(zipfile.ZipInfo(name), bytes(content), zipfile.ZIP_DEFLATED, 1)

    def _metadata(self) -> bytes:
        probes = [f"probe{number}={name_of(*wire)}" for number, wire in enumerate(self.wires, 1)]
        return "\n".join(
            [
                *(f"# {note}" for note in (self.about(), *self.notes())),
                "[global]",
                "sigrok version=0.5.0",
                "",
                "[device 1]",
                "capturefile=logic-1",
                f"total probes={len(self.wires)}",
                f"samplerate={NS_PER_S // SAMPLE_NS} Hz",
                "total analog=0",
                *probes,
                f"unitsize={self._unit}",
                "",
            ]
        ).encode()


class _Output(io.RawIOBase):
    """Takes the bytes of a zip. It cannot be read or rewound."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self._bytes += content
        return len(content)

    def taken(self) -> bytes:
        """Return the bytes since the last call."""
        found, self._bytes = bytes(self._bytes), bytearray()
        return found
