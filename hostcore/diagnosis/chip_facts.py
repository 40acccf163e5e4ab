"""Facts about one device in the words of its chip: results, misuses, measurements and checksums, all bounded."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

from hostcore.chips.model import Answer, Command, Register
from hostcore.decoding.decoded import Checksum
from hostcore.events import TransferCompleted
from hostcore.quick_dataclass import dataclass, field

MOST_RESULTS = 64
"""Results of one device that are kept."""
MOST_MISUSES = 32
"""Kinds of misuse of one device that are kept."""
MOST_CYCLES = 32
"""Measurements of one device that are kept."""
MOST_WRONG = 16
"""Wrong checksums of one device that are kept."""
MOST_VALUES = 4
"""Different values of one register that are kept."""


class MisuseKind(Enum):
    """What a driver may do that its chip does not understand."""

    STOP_BEFORE_READ = auto()
    """It sent a stop between the register's number and the read, and the chip needs a repeated start."""
    UNKNOWN_COMMAND = auto()
    NO_SUCH_REGISTER = auto()
    RESERVED_REGISTER = auto()
    READ_ONLY = auto()
    RESERVED_BITS = auto()
    WRONG_CRC_SENT = auto()


@dataclass(slots=True)
class Misuse:
    """The same misuse, as often as it happened."""

    kind: MisuseKind
    number: int
    """The register's number; 0 for a command."""
    plugin: str
    transfer: TransferCompleted
    """The last transfer that shows it."""
    data: bytes
    """What was written last: the command, or the value. Empty for a read."""
    register: Register | None = None
    is_write: bool = True
    count: int = 0
    failed: int = 0
    """How often the chip refused it, or its answer, or answered only ones or zeros."""
    last_ns: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """The bytes of one measured value: of a register, or of a part of an answer."""

    source: Register | Answer
    data: bytes

    @property
    def name(self) -> str:
        """The name of the value."""
        return self.source.name

    @property
    def number(self) -> int:
        """The number that the bytes mean, with its sign."""
        source = self.source
        if isinstance(source, Register):
            return source.number(source.raw(self.data))
        return source.bits.of(int.from_bytes(self.data, "big"))


@dataclass(frozen=True, slots=True)
class Result:
    """A read that brought measured values."""

    transfer: TransferCompleted
    values: tuple[Value, ...]
    is_busy: bool | None
    """Whether the chip said that it was still measuring; None if it was not asked."""
    is_ready: bool | None
    """Whether the chip said that there was a new result; None if it was not asked."""
    checksums: tuple[Checksum, ...] = ()

    @property
    def is_damaged(self) -> bool:
        """Whether a checksum is wrong."""
        return any(not each.is_right for each in self.checksums)


@dataclass(slots=True)
class Steady:
    """How long a result has had the same bytes."""

    data: bytes
    since_ns: int
    count: int = 1
    """How often it was read with them."""


@dataclass(slots=True)
class Cycle:
    """A measurement, from its start to the next one."""

    start: TransferCompleted
    needed_ns: int
    """How long the data sheet says that it takes at most; 0 if that is not known."""
    command: Command | None = None
    last: Result | None = None
    """The last read of its results."""
    refused: TransferCompleted | None = None
    """The last read that the chip refused, if no other came after it."""
    reads: int = 0


@dataclass(slots=True)
class RegisterUse:
    """A register that the chip file lists, as it was used."""

    register: Register
    value: bytes = b""
    """As it was last seen, written or read."""
    written: bytes = b""
    """As it was last written; empty if it never was."""
    reads: int = 0
    writes: int = 0
    last: TransferCompleted | None = None
    """The last transfer that read or wrote it."""
    values: list[bytes] = field(default_factory=list)
    """The different values that were read, at most `MOST_VALUES`."""

    @property
    def raw(self) -> int | None:
        """Its last value as a number; None if it was never seen, or has none."""
        return self.register.raw(self.value) if self.value and not self.register.is_block else None


@dataclass(slots=True)
class Unready:
    """A chip that says, whenever it is asked, that it has no result."""

    first_ns: int
    """When it was asked first."""
    last: TransferCompleted
    """When it was asked last."""
    count: int = 1


@dataclass(frozen=True, slots=True)
class WrongChecksum:
    """An answer with a checksum that is wrong."""

    transfer: TransferCompleted
    answer: bytes
    checksum: Checksum


@dataclass(slots=True)
class Checks:
    """The checksums of a device's answers."""

    right: int = 0
    wrong: int = 0
    right_in_a_row: int = 0
    wrong_in_a_row: int = 0
    last_right: WrongChecksum | None = None
    """The last answer whose checksum is right, with that checksum."""
    newest_wrong: deque[WrongChecksum] = field(default_factory=lambda: deque(maxlen=MOST_WRONG))

    def take(self, transfer: TransferCompleted, answer: bytes, checksums: tuple[Checksum, ...]) -> None:
        """Take in one answer."""
        bad = next((each for each in checksums if not each.is_right), None)
        if bad is None:
            self.right += 1
            self.right_in_a_row, self.wrong_in_a_row = self.right_in_a_row + 1, 0
            self.last_right = WrongChecksum(transfer, answer, checksums[0])
        else:
            self.wrong += 1
            self.right_in_a_row, self.wrong_in_a_row = 0, self.wrong_in_a_row + 1
            self.newest_wrong.append(WrongChecksum(transfer, answer, bad))
