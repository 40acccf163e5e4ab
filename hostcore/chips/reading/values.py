"""Reads single values of a chip file: names, texts, bits, codes and ranges of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from hostcore.chips.model import MOST_BYTES, Bits
from hostcore.late_pattern import late_pattern
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS
from hostcore.toml.reader import KeyPath, Reader, choice, integer, number, parsed, read_table, shown

LONGEST_CODE = 8
"""The most bytes of a command's code."""
LARGEST_REGISTER = 64
"""The most bytes of a register: the longest blocks of calibration and the FIFOs that chips have."""
LAST_REGISTER = 0xFFFF
"""The highest number of a register: two bytes."""
LAST_BIT = 8 * MOST_BYTES - 1
LARGEST = 1e18
"""The largest number with a fraction, for scales and limits."""

_NAME = late_pattern(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_BITS = late_pattern(r"([0-9]{1,2})(?::([0-9]{1,2}))?", re.ASCII)
_CODE = late_pattern(rf"(?:[0-9a-fA-F]{{2}}){{1,{LONGEST_CODE}}}")
_NUMBER = late_pattern(r"-?[0-9]{1,20}|0x[0-9a-fA-F]{1,16}", re.ASCII)
_NUMBERS = late_pattern(r"(0x[0-9a-fA-F]{1,4})(?:-(0x[0-9a-fA-F]{1,4}))?")
_DISTRIBUTION = late_pattern(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")

E = TypeVar("E", bound=StrEnum)

read_fraction = number(-LARGEST, LARGEST)
"""Reads a number, whole or not."""
read_milliseconds = number(0, 3_600_000, "milliseconds")
read_address = integer(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, "(0x08 to 0x77: 7 bits, without the bit for read or write)")
read_byte_order = choice(("big", "little"))
read_raw = integer(0, (1 << 8 * MOST_BYTES) - 1)
"""Reads the number in the bytes of a register."""


def text(longest: int) -> Reader:
    """Return a reader for a text of one line that a screen can show."""

    def read(found: object, at: KeyPath) -> str:
        if not isinstance(found, str) or not found.strip() or len(found) > longest or not found.isprintable():
            raise at.wrong(found, f"a text of one line, up to {longest} characters")
        return found

    return read


read_source = text(200)
"""Reads the name of a document, or of a section of it."""


def member(kind: type[E]) -> Reader:
    """Return a reader for one of the values of an enumeration."""
    read_value = choice([each.value for each in kind])
    return lambda found, at: kind(read_value(found, at))


def read_scale(found: object, at: KeyPath) -> float:
    """Read a factor, which cannot be 0."""
    scale: float = read_fraction(found, at)
    if scale == 0:
        raise at.wrong(found, "a number other than 0")
    return scale


def read_name(key: str, at: KeyPath) -> str:
    """Return the key of a register, field or command if it can be its name."""
    if _NAME.fullmatch(key) is None:
        raise at.wrong(key, "a name: a letter, then up to 39 letters, digits or '_'")
    return key


def _bits(written: str) -> Bits:
    found = _BITS.fullmatch(written)
    if found is None or not int(found[2] or found[1]) <= int(found[1]) <= LAST_BIT:
        raise ValueError(f"bits, the highest first, such as '7:4', or one bit, such as '3'; 0 to {LAST_BIT}")
    return Bits(last=int(found[1]), first=int(found[2] or found[1]))


def _code(written: str) -> bytes:
    if _CODE.fullmatch(written) is None:
        raise ValueError(f"1 to {LONGEST_CODE} bytes in hex, such as '2400'")
    return bytes.fromhex(written)


def _numbers(written: str) -> range:
    found = _NUMBERS.fullmatch(written)
    if found is None or int(found[2] or found[1], 16) < int(found[1], 16):
        raise ValueError("numbers of registers, such as '0x00-0x06', or a single one, such as '0x07'")
    return range(int(found[1], 16), int(found[2] or found[1], 16) + 1)


def _distribution(written: str) -> str:
    if _DISTRIBUTION.fullmatch(written) is None:
        raise ValueError("the name of a distribution on PyPI, such as 'adafruit-circuitpython-lis3dh'")
    return re.sub(r"[-_.]+", "-", written).lower()


read_bits = parsed(_bits)
"""Reads the place of some bits in a number, such as ``7:4``."""
read_code = parsed(_code)
"""Reads the bytes of a command."""
read_numbers = parsed(_numbers)
"""Reads a range of registers' numbers."""
read_distribution = parsed(_distribution)
"""Reads the name of a distribution on PyPI, and writes it as PyPI does (PyPA, "Names and normalization")."""


def read_value_names(found: object, at: KeyPath) -> Mapping[int, str]:
    """Read the names of a field's values. Each key is a number, decimal or as ``0x...``."""
    read_text, names = text(40), {}
    for key, value in read_table(found, at).items():
        if _NUMBER.fullmatch(key) is None:
            raise (at / key).error(f"found {shown(key)}, allowed is a value of the field: a whole number")
        names[int(key, 16 if key.startswith("0x") else 10)] = read_text(value, at / key)
    return MappingProxyType(names)
