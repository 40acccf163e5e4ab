"""What came back when a GPIO line was captured, without its edges, so that many captures can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from hostcore.decoding.pulses import BIT_NS, DHT_BITS, LOW_NS, DhtAnswer, LinePulse, dht_answer, pulses_of
from hostcore.events import Evidence, Outcome, TransferCompleted
from hostcore.place import GPIO
from hostcore.quick_dataclass import dataclass

CAPTURES = 64
"""Captures of one line that are kept."""
EDGES = 2 * DHT_BITS + 2
"""Edges of an answer of a DHT sensor that carry its bits."""
NOISE_EDGES = 4
"""The host's release of the line makes an edge or two of its own. With fewer than this nothing answered."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture of a line, as the answer of a DHT sensor."""

    time_ns: int
    plugin: str
    source_line: int
    sequence: int
    edges: int
    low_ns: int
    """The median time at low."""
    high_ns: int
    """The median time at high."""
    misfits: int
    """Pulses that are too short or too long for a bit."""
    answer: DhtAnswer | None
    is_injected: bool = False
    """Whether a fault on demand struck it."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing answered."""
        return self.edges < NOISE_EDGES

    @property
    def is_short(self) -> bool:
        """Whether edges are missing."""
        return not self.is_silent and self.answer is None and self.edges < EDGES - 1

    @property
    def is_misshapen(self) -> bool:
        """Whether there are enough edges, but not of the right widths."""
        return self.answer is None and self.edges >= EDGES - 1

    @property
    def is_good(self) -> bool:
        """Whether the checksum is right."""
        return self.answer is not None and self.answer.checksum_ok

    @property
    def is_wrong(self) -> bool:
        """Whether the answer is whole, but the checksum is wrong."""
        return self.answer is not None and not self.answer.checksum_ok

    def evidence(self, text: str) -> Evidence:
        """Return it as an observation."""
        return Evidence(text, self.time_ns, self.plugin, self.source_line, self.sequence, self.is_injected)


def capture_of(transfer: TransferCompleted) -> Capture | None:
    """Return what a transfer captured; None if it is no capture, or failed."""
    if transfer.bus != GPIO or transfer.outcome is not Outcome.OK or transfer.messages or transfer.pwm is not None:
        return None
    pulses = pulses_of(transfer.edges)
    return Capture(
        transfer.time_ns,
        transfer.plugin,
        transfer.source_line,
        transfer.sequence,
        len(transfer.edges),
        _median(pulses, high=False),
        _median(pulses, high=True),
        sum(_misfits(each) for each in pulses),
        dht_answer(pulses),
        transfer.is_injected,
    )


def _median(pulses: Sequence[LinePulse], *, high: bool) -> int:
    return round(median([each.width_ns for each in pulses if each.high is high] or [0]))


def _misfits(pulse: LinePulse) -> bool:
    shortest, longest = BIT_NS if pulse.high else LOW_NS
    return not shortest <= pulse.width_ns <= longest
