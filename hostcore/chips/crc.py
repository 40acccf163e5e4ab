"""Cyclic redundancy checks with any parameters: the checksums of sensors."""

from __future__ import annotations

from hostcore.chips.model import Crc


def checksum(crc: Crc, data: bytes) -> int:
    """Return the checksum of `data`. Does not block.

    Computed bit by bit, by the parameters of Ross Williams,
    "A painless guide to CRC error detection algorithms".
    """
    register, top = crc.initial, 1 << (crc.bits - 1)
    for byte in data:
        register ^= (_reflected(byte, 8) if crc.reflected else byte) << (crc.bits - 8)
        for _ in range(8):
            register = (register << 1 ^ crc.polynomial if register & top else register << 1) & (2 * top - 1)
    return (_reflected(register, crc.bits) if crc.reflected else register) ^ crc.final_xor


def _reflected(value: int, width: int) -> int:
    """Return `value` with its bits in the opposite order."""
    return int(f"{value:0{width}b}"[::-1], 2)
