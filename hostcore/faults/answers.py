"""Changes what a device answers: bytes on a bus, or the edges of a capture. Pure functions of their arguments."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

from hostcore.backends.base import Edge
from hostcore.quick_dataclass import dataclass, replace

NS_PER_US = 1000
DHT_LAST_BITS = 8
"""The checksum is the last byte of a DHT's answer (Aosong AM2302 data sheet, section 7.2)."""
DHT_BOUNDARY_NS = 49_000
"""The high pulse of a bit is 0 below this length and 1 above it: between 26 to 28 µs and 70 µs (the same section)."""
DHT_PULSE_NS = {False: 27_000, True: 70_000}
"""The length of the high pulse of a 0 and of a 1."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A register that reads differently."""

    register: int | None
    """Its number; None for a byte of each answer."""
    bits: int
    """What it reads, where `mask` has a 1."""
    mask: int = 0xFF
    at: int = 0
    """The byte of each answer, if there is no register."""


def patched(answer: bytes, pointer: int | None, patch: Patch) -> bytes:
    """Return an answer in which one register reads differently.

    Args:
        answer: the bytes of a read.
        pointer: the register of the first byte; None if it is not known.
        patch: the register, and what it reads.
    """
    at = patch.at if patch.register is None else -1 if pointer is None else patch.register - pointer
    if not 0 <= at < len(answer):
        return answer
    byte = answer[at] & ~patch.mask | patch.bits & patch.mask
    return answer[:at] + bytes((byte,)) + answer[at + 1 :]


def cleared(answer: bytes, bits: int, chance: random.Random) -> bytes:
    """Return an answer in which up to `bits` of its ones have become zeros, as with weak pull-ups."""
    return _changed(answer, [at for at in range(8 * len(answer)) if _bit(answer, at)], bits, chance)


def flipped(answer: bytes, bits: int, chance: random.Random) -> bytes:
    """Return an answer with `bits` inverted bits, or with all bits inverted if it has no more than these."""
    return _changed(answer, range(8 * len(answer)), bits, chance)


def _bit(data: bytes, at: int) -> bool:
    return bool(data[at // 8] >> at % 8 & 1)


def _changed(answer: bytes, candidates: Sequence[int], bits: int, chance: random.Random) -> bytes:
    changed = bytearray(answer)
    for at in chance.sample(candidates, min(bits, len(candidates))):
        changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def with_second(answer: bytes, pointer: int | None, register: Callable[[int], int]) -> bytes:
    """Return the wired AND of an answer and that of a second chip.

    Args:
        answer: the bytes of a read.
        pointer: the register of the first byte; None if it is not known.
        register: returns what a register of the second chip reads.
    """
    first = pointer or 0
    return bytes(byte & register(first + offset & 0xFF) for offset, byte in enumerate(answer))


def with_wrong_crc(answer: bytes, covers: int, chance: random.Random, size: int = 1) -> bytes:
    """Return an answer in which one checksum has an inverted bit.

    Args:
        answer: the bytes of a read.
        covers: the number of bytes before each checksum; 0 if the last checksum covers all before it.
        chance: chooses the checksum and its bit.
        size: the bytes of a checksum.
    """
    last = len(answer) - size
    places = range(covers, last + 1, covers + size) if covers else range(max(0, last), last + 1)
    if not places:
        return answer
    at, spoiled = chance.choice(places) + chance.randrange(size), bytearray(answer)
    spoiled[at] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def jittered(edges: Sequence[Edge], most_ns: int, chance: random.Random) -> tuple[Edge, ...]:
    """Return edges that are up to `most_ns` early or late. Their order stays."""
    latest, moved = 0, []
    for edge in edges:
        latest = max(latest, edge.time_ns + chance.randint(-most_ns, most_ns))
        moved.append(replace(edge, time_ns=latest))
    return tuple(moved)


def without_pulses(edges: Sequence[Edge], pulses: int, chance: random.Random) -> tuple[Edge, ...]:
    """Return edges without `pulses` pulses. Each pulse takes two edges that follow each other with it."""
    left = list(edges)
    for _ in range(min(pulses, len(left) // 2)):
        at = chance.randrange(len(left) - 1)
        del left[at : at + 2]
    return tuple(left)


def with_wrong_checksum(edges: Sequence[Edge], chance: random.Random) -> tuple[Edge, ...]:
    """Return the edges of a DHT's answer in which one bit of its last byte is inverted. Later edges move with it."""
    highs = [at for at, (edge, after) in enumerate(pairwise(edges)) if edge.rising and not after.rising]
    if not highs:
        return tuple(edges)
    at = chance.choice(highs[-DHT_LAST_BITS:])
    length = edges[at + 1].time_ns - edges[at].time_ns
    shift = DHT_PULSE_NS[length < DHT_BOUNDARY_NS] - length
    return tuple(
        replace(edge, time_ns=edge.time_ns + shift) if index > at else edge for index, edge in enumerate(edges)
    )
