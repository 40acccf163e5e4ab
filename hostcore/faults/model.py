"""A fault on demand as a value: its kind, the devices that it strikes, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from hostcore.place import BusKind, BusName, Place
from hostcore.quick_dataclass import dataclass, replace

LONGEST_WAIT_MS = 1000.0
"""The longest time for which a fault holds up one transfer, ms. The kernel's I2C adapters give up after it as well: it
is the default of `timeout` in struct i2c_adapter (Linux drivers/i2c/i2c-core-base.c)."""
STRETCH_LIMIT_MS = 35.0
"""For how long a chip may stretch the clock of a Raspberry Pi's I2C bus, ms (clk_tout_ms of Linux i2c-bcm2835)."""
LATEST_S = 1e9
"""The latest moment of a fault, in seconds since the host started: about thirty years."""
MOST_OFTEN, SELDOMEST = 1, 1_000_000
"""The bounds of `Fault.every`."""


class FaultKind(StrEnum):
    """The kinds of faults. The values are those of `kind` in host.toml."""

    NACK = "nack"
    """The device does not acknowledge its address."""
    BIT_FLIPS = "bit-flips"
    """Bits of an answer arrive wrong. On an I2C bus, a 1 arrives as 0, as with weak pull-ups. Elsewhere, either way."""
    DELAY = "delay"
    """A transfer begins late."""
    STRETCHING = "stretching"
    """The device stretches the clock. Beyond `STRETCH_LIMIT_MS`, the transfer fails with EIO."""
    STUCK_SDA = "stuck-sda"
    """SDA is held low. To the controller of a Pi 0 to 4, every address then acknowledges, and every bit reads as 0."""
    STUCK_SCL = "stuck-scl"
    """SCL is held low. Every transfer fails with ETIMEDOUT after `LONGEST_WAIT_MS`."""
    UNPLUGGED = "unplugged"
    """The device is not connected. A simulated chip on an I2C bus loses its settings with its power."""
    OTHER_IDENTITY = "other-identity"
    """The register that identifies the chip reads as another chip's."""
    SECOND_CHIP = "second-chip"
    """A second chip has the same address. Both answer at once, and where one sends a 0, a 0 arrives (wired AND)."""
    LATE_READY = "late-ready"
    """The chip is not ready for some time after each write."""
    WRONG_CRC = "wrong-crc"
    """The checksum in an answer is wrong."""
    JITTERED_PULSES = "jittered-pulses"
    """The edges of a capture are early or late."""
    MISSING_PULSES = "missing-pulses"
    """A capture misses pulses."""


@dataclass(frozen=True, slots=True)
class Amount:
    """The number that says how strong a fault is."""

    unit: str
    low: float
    high: float
    default: float


@dataclass(frozen=True, slots=True)
class Traits:
    """The facts about a kind of fault."""

    words: str
    """Its name for a person, in a list of faults."""
    buses: frozenset[BusKind]
    """The kinds of buses on which it can happen."""
    amount: Amount | None = None
    """None if the fault has no strength."""
    is_of_bus: bool = False
    """Whether it always concerns the whole bus."""
    has_register: bool = False
    """Whether it concerns a register of the chip."""


_I2C = frozenset({BusKind.I2C})
_GPIO = frozenset({BusKind.GPIO})
_BYTES = frozenset({BusKind.I2C, BusKind.SPI, BusKind.UART})
_WIRES = _BYTES | {BusKind.GPIO, BusKind.IIO}

TRAITS: Mapping[FaultKind, Traits] = MappingProxyType(
    {
        FaultKind.NACK: Traits("NACK", _I2C),
        FaultKind.BIT_FLIPS: Traits("bit flips", _BYTES, Amount("bits", 1, 8, 1)),
        FaultKind.DELAY: Traits("delay", _WIRES, Amount("ms", 0.1, LONGEST_WAIT_MS, 50)),
        FaultKind.STRETCHING: Traits("clock stretching", _I2C, Amount("ms", 0.1, LONGEST_WAIT_MS, 50)),
        FaultKind.STUCK_SDA: Traits("SDA stuck low", _I2C, is_of_bus=True),
        FaultKind.STUCK_SCL: Traits("SCL stuck low", _I2C, is_of_bus=True),
        FaultKind.UNPLUGGED: Traits("unplugged", _WIRES),
        FaultKind.OTHER_IDENTITY: Traits("other identity", _I2C, has_register=True),
        FaultKind.SECOND_CHIP: Traits("second chip", _I2C, has_register=True),
        FaultKind.LATE_READY: Traits("late ready", _I2C, Amount("ms", 0.1, 60_000, 500), has_register=True),
        FaultKind.WRONG_CRC: Traits("wrong checksum", _I2C | _GPIO),
        FaultKind.JITTERED_PULSES: Traits("jittered pulses", _GPIO, Amount("µs", 1, 1000, 20)),
        FaultKind.MISSING_PULSES: Traits("missing pulses", _GPIO, Amount("pulses", 1, 100, 1)),
    }
)
"""The facts about each kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault on demand. Valid if `problem_of` returns ""."""

    kind: FaultKind
    bus: BusName
    address: int | None = None
    """7-bit I2C address, SPI chip select or GPIO line; None for the whole bus."""
    every: int = 1
    """It strikes every Nth transfer of its devices: 1 is all, 3 is the third, the sixth, ..."""
    probability: float = 1.0
    """It strikes these transfers with this probability, above 0 to 1."""
    from_s: float = 0.0
    """The moment at which it begins, in seconds since the host started."""
    to_s: float | None = None
    """The moment at which it ends, in seconds since the host started; None if it does not end by itself."""
    amount: float | None = None
    """How strong it is, in the unit of its `Traits.amount`; None for the usual strength."""
    register: int | None = None
    """The register that it changes. None: that of the chip's file, or the first byte of each answer if the chip has no
    registers."""
    value: int | None = None
    """What the register reads then, one byte. None: what the chip's file implies."""
    chip: str = ""
    """The name of the chip's file, which says where its identity, its ready bit and its checksum are. "" if the place
    says it."""

    @property
    def traits(self) -> Traits:
        """The facts about its kind."""
        return TRAITS[self.kind]

    @property
    def strength(self) -> float:
        """`amount`, or the usual one; 0 if the kind has none."""
        usual = self.traits.amount
        return self.amount if self.amount is not None else usual.default if usual else 0.0

    @property
    def place(self) -> str:
        """The devices that it strikes, such as ``i2c-1 0x76``, for a person."""
        return Place(self.bus, self.address).short

    @property
    def in_brief(self) -> str:
        """It in a few words, without when it begins and ends."""
        return str(replace(self, from_s=0.0, to_s=None))

    def __str__(self) -> str:
        """It in a few words, such as ``i2c-1 0x76 NACK every 3rd``."""
        unit = self.traits.amount
        parts = [self.place, self.traits.words]
        parts += [f"{self.strength:g} {unit.unit}"] if unit else []
        parts += [f"every {ordinal(self.every)}"] if self.every > 1 else []
        parts += [f"{100 * self.probability:g} %"] if self.probability < 1 else []
        parts += [f"from {_length(self.from_s)}"] if self.from_s else []
        parts += [f"to {_length(self.to_s)}"] if self.to_s is not None else []
        return " ".join(parts) + (" after the start" if self.from_s or self.to_s is not None else "")

    def is_on(self, elapsed_s: float) -> bool:
        """Whether it can strike this number of seconds after the host started."""
        return self.from_s <= elapsed_s and not self.is_over(elapsed_s)

    def is_over(self, elapsed_s: float) -> bool:
        """Whether it cannot strike any more, this number of seconds after the host started."""
        return self.to_s is not None and elapsed_s >= self.to_s

    def until(self, elapsed_s: float) -> Fault:
        """It with an end at this number of seconds after the host started, unless it ends earlier."""
        return replace(self, to_s=elapsed_s if self.to_s is None else min(self.to_s, elapsed_s))


def _length(seconds: float) -> str:
    """Return a time for a person: ``2.5 s``, ``10 min 7 s``. Beyond a minute, fractions of a second do not matter."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left} s" if left else f"{minutes} min"


def ordinal(number: int) -> str:
    """Return a number such as ``3rd``."""
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def problem_of(fault: Fault) -> str:
    """Return why a fault is not possible: what was found and what is allowed. "" if it is possible."""
    traits = fault.traits
    if fault.bus.kind not in traits.buses:
        return f"found {fault.bus}, allowed is a bus of the kind {' or '.join(sorted(traits.buses))} for {fault.kind}"
    if traits.is_of_bus and fault.address is not None:
        return f"found an address, allowed is none: {fault.kind} concerns the whole bus"
    if fault.amount is not None and (wrong := _problem_of_amount(fault.amount, traits.amount, fault.kind)):
        return wrong
    if fault.register is not None and not traits.has_register:
        return f"found a register, allowed is none for {fault.kind}"
    if fault.to_s is not None and fault.to_s <= fault.from_s:
        return f"found an end at {fault.to_s:g} s, allowed is one after the beginning at {fault.from_s:g} s"
    return ""


def _problem_of_amount(found: float, allowed: Amount | None, kind: FaultKind) -> str:
    if allowed is None:
        return f"found an amount, allowed is none for {kind}"
    if not allowed.low <= found <= allowed.high:
        return f"found the amount {found:g}, allowed is {allowed.low:g} to {allowed.high:g} {allowed.unit} for {kind}"
    return ""
