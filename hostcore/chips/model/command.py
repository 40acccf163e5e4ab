"""The commands of a chip, their answers, and the checksums in these."""

from __future__ import annotations

from hostcore.chips.model.number import PLAIN, Bits, Scale
from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One value in the answer to a command."""

    name: str
    at: int
    """The number of its first byte in the answer, from 0 on."""
    size: int
    """Its bytes, 1 to 8, most significant byte first."""
    bits: Bits
    """Its bits within the number of these bytes."""
    scale: Scale = PLAIN

    def raw(self, answer: bytes) -> int | None:
        """Return its number in the bytes of an answer; None if the answer is too short."""
        mine = answer[self.at : self.at + self.size]
        return self.bits.of(int.from_bytes(mine, "big")) if len(mine) == self.size else None


@dataclass(frozen=True, slots=True)
class Command:
    """A command: some bytes that the controller writes, after which it may read an answer."""

    name: str
    code: bytes
    """The bytes that are the command, 1 to 8."""
    source: str
    arguments: int = 0
    """Bytes that follow `code`, with their CRC."""
    wait_ms: float = 0.0
    """Milliseconds until the chip has done it and the answer can be read: the maximum of the data sheet."""
    answer_bytes: int = 0
    """Bytes of the answer, with their CRC."""
    starts: bool = False
    """Whether it begins a measurement."""
    answer: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Crc:
    """A cyclic redundancy check; `hostcore.chips.crc.checksum` computes it."""

    bits: int
    """Its width: 8 or 16."""
    polynomial: int
    """Without its highest bit."""
    initial: int
    source: str
    reflected: bool = False
    """Whether bytes and result go from the least significant bit on."""
    final_xor: int = 0
    covers: int = 2
    """The bytes before each CRC, in answers and arguments. 0: the last CRC of a message covers all bytes before it."""

    @property
    def size(self) -> int:
        """The bytes of one checksum."""
        return self.bits // 8
