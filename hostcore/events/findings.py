"""Findings of the diagnosis: what is wrong, in a sentence, with its evidence."""

from __future__ import annotations

from enum import StrEnum

from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass


class Confidence(StrEnum):
    """How sure a finding is, from the surest on."""

    CERTAIN = "certain"
    """The evidence has no other explanation."""
    LIKELY = "likely"
    """Another explanation is rare."""
    POSSIBLE = "possible"
    """One of several explanations."""

    @property
    def rank(self) -> int:
        """Its place in the order: 0 is the surest."""
        return _RANKS[self]


_RANKS = {confidence: rank for rank, confidence in enumerate(Confidence)}
EXPLAINS_FAILURE = frozenset(
    {
        "8-bit-address", "bit-flips", "bus-lost", "calibration-not-read", "calibration-partial",
        "calibration-wrong-place", "checksum-always-wrong", "checksum-sometimes-wrong", "claimed-line", "crash-loop",
        "denied-access", "dht-checksum", "dht-lost-edges", "dht-no-rest", "dht-other-kind", "dht-silent",
        "dht-wrong-widths", "driver-checksum", "empty-bus", "loose-wire", "missing-bus", "never-started",
        "no-repeated-start", "no-such-register", "not-measured", "read-early", "reserved-register", "silent-address",
        "spi-mode", "spi-no-answer", "spi-too-fast", "stretched-too-long", "stuck-bus", "two-chips", "unknown-chip",
        "unknown-command", "wrong-address", "wrong-bus", "wrong-chip", "wrong-crc-sent",
    }
)  # fmt: skip
"""Kinds of trouble because of which a call of a plugin can fail. Of the others a plugin may have any number while it
fails for another reason: it floods the log, or its display is dim."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that supports a finding."""

    text: str
    """One line of text."""
    time_ns: int = 0
    """When it was observed; 0 if it lasts."""
    plugin: str = ""
    """The plugin that it concerns; "" for none."""
    source_line: int = 0
    """The line of that plugin's file that caused it; 0 if none did, or it is not known."""
    sequence: int = 0
    """The `sequence` of the transfer that shows it; 0 if no transfer does."""
    is_injected: bool = False
    """Whether a fault on demand made it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause of trouble."""

    kind: str
    """The name of its kind of trouble, such as ``wrong-address``. There are few, so it can label a metric."""
    sentence: str
    """What is wrong, for a person: one or two sentences on one line."""
    advice: str
    """What to do next, one line."""
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()
    """The observations, the most telling one first."""
    plugin: str = ""
    """The plugin that it concerns; "" if it concerns none or several."""
    bus: BusName | None = None
    """The bus that it concerns."""
    address: int | None = None
    """The address on that bus: a 7-bit I2C address, an SPI chip select or a GPIO line."""
    reading: str = ""
    """The key of the reading that it concerns, such as ``temperature``."""
    is_simulated: bool = False
    """Whether it concerns the simulated Pi."""

    @property
    def key(self) -> FindingKey:
        """What tells it from other findings. Its sentence and its evidence may change while it stays the same one."""
        return self.kind, self.plugin, self.bus, self.address, self.reading

    @property
    def is_grave(self) -> bool:
        """Whether nothing that it concerns may look healthy: it is certain, or likely."""
        return self.confidence is not Confidence.POSSIBLE

    @property
    def explains_failure(self) -> bool:
        """Whether it can be the reason why a plugin crashes or reports only errors."""
        return self.kind in EXPLAINS_FAILURE and not self.reading


FindingKey = tuple[str, str, BusName | None, int | None, str]
"""Kind, plugin, bus, address and reading."""


@dataclass(frozen=True, slots=True)
class FindingRaised:
    """The diagnosis found a cause of trouble, has a better sentence for one, or says again that it still holds."""

    time_ns: int
    finding: Finding
    since_ns: int
    """When it was first found."""

    @property
    def urgency(self) -> tuple[int, int]:
        """Sorts findings: the surest first, and of equally sure ones the oldest."""
        return self.finding.confidence.rank, self.since_ns


@dataclass(frozen=True, slots=True)
class FindingCleared:
    """A finding holds no longer."""

    time_ns: int
    finding: Finding
    """As it was last raised."""
