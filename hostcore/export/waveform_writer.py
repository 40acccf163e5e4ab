"""The base of the formats of logic analysers: it draws transfers on a timeline, and takes the changes from there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hostcore import __version__
from hostcore.clock import timestamp
from hostcore.events import TransferCompleted
from hostcore.events.facts import BusFacts
from hostcore.export.waveform import HOLD_NS, WIRES, Stretch, Timeline, Wire, is_drawable
from hostcore.export.writer import Writer
from hostcore.log.safe_text import counted
from hostcore.place import BusName

RECONSTRUCTED = "reconstructed from bytes: the kernel tells no levels, and the times of the bits are only plausible"
"""What a person has to know of every drawn level."""
BEFORE_NS = 10_000
"""Nanoseconds of idle wires before the first change."""


class WaveformWriter(Writer):
    """Writes the levels of SCL and SDA of each bus.

    Args:
        buses: the I2C buses. Transfers of others cannot be drawn.
        speeds: the clock in hertz of each bus whose clock is known.
    """

    def __init__(self, buses: Sequence[BusFacts], speeds: Mapping[BusName, int]) -> None:
        super().__init__()
        self.wires: list[tuple[BusName, Wire]] = [(bus.name, wire) for bus in buses for wire in WIRES]
        """The wires in the order of the file."""
        self._names = {bus.name for bus in buses}
        self._simulated = [bus.name for bus in buses if not bus.is_real]
        self._timeline = Timeline(speeds)
        self._not_drawn = 0
        self._start_ns: int | None = None

    def begin(self) -> bytes:
        return b""  # the file begins with the first transfer

    def notes(self) -> Iterator[str]:
        yield f"SDA and SCL are {RECONSTRUCTED}"
        yield from super().notes()
        if self._not_drawn:
            failed = counted(self._not_drawn, "transfer")
            yield f"{failed} not drawn: what a failed one did on the wires is not known"

    def end(self) -> bytes:
        start = b"" if self._start_ns is not None else self._begun(0)
        return start + self._drawn(self._timeline.until(self._timeline.end_ns + 1)) + self._ended()

    def _add(self, transfer: TransferCompleted) -> bytes:
        if transfer.bus not in self._names or not is_drawable(transfer):
            self.written -= 1
            self._not_drawn += 1
            return b""
        start = b""
        if self._start_ns is None:
            start = self._begun(transfer.got_bus_ns - BEFORE_NS)
        self._timeline.add(transfer)
        return start + self._drawn(self._timeline.until(self._timeline.end_ns - HOLD_NS))

    def _begun(self, start_ns: int) -> bytes:
        self._start_ns = start_ns
        self._timeline.begin(start_ns)
        return self._header()

    def about(self) -> str:
        """Return one line for the head of the file."""
        made = f"made by wasi-host {__version__}"
        simulated = f"; simulated: {', '.join(self._simulated)}" if self._simulated else ""
        return f"{RECONSTRUCTED}; {made}; time 0 is {timestamp(self._start_ns or 0)}{simulated}"

    def since_start_ns(self, time_ns: int) -> int:
        """Return the nanoseconds from the start of the file to a time, which is one of nanoseconds since the epoch."""
        return time_ns - (self._start_ns or 0)

    @property
    def length_ns(self) -> int:
        """Nanoseconds from the start of the file to the end of the last transfer."""
        return max(0, self.since_start_ns(self._timeline.end_ns))

    @abstractmethod
    def _header(self) -> bytes: ...

    @abstractmethod
    def _drawn(self, stretches: Iterable[Stretch]) -> bytes: ...

    @abstractmethod
    def _ended(self) -> bytes: ...


def name_of(bus: BusName, wire: Wire) -> str:
    """Return the name of a channel, which says that its levels were not measured."""
    return f"{bus}.{wire}.reconstructed"
