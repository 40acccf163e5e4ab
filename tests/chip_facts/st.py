"""Reads the register headers of ST's drivers (NAME_reg.h, BSD-3-Clause)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from tests.chip_facts.facts import Facts, Field, Register

DEFINITION = re.compile(r"^\s*#define\s+(?P<name>[A-Z]\w*)\s+(?P<value>0x[0-9A-Fa-f]+)U?\b", re.MULTILINE)
STRUCTURE = re.compile(r"typedef\s+struct\s*\{(?P<body>[^{}]*)\}\s*(?P<name>\w+)_t\s*;")
ENUMERATION = re.compile(r"typedef\s+enum\s*\{(?P<body>[^{}]*)\}\s*(?P<name>\w+)_t\s*;")
MEMBER = re.compile(r"uint8_t\s+(?P<name>\w+)\s*(?::\s*(?P<width>\d+))?\s*;")
ENUMERATOR = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>0x[0-9A-Fa-f]+|\d+)U?")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
BIG_ENDIAN_HALF = re.compile(r"#elif.*?#endif[^\n]*", re.DOTALL)
UNUSED_BITS = re.compile(r"not_used|reserved|unused", re.IGNORECASE)
LOW_BYTE = re.compile(r"_L(?=_|$)")


def read(text: str) -> Facts:
    """The facts of a header.

    The header gives the two 8-bit forms of an address, which is why its addresses are halved. A number that is lower
    than the one before begins another bank: ST lists each bank in ascending order.
    """
    plain = COMMENT.sub(" ", text)
    numbers = {match["name"]: int(match["value"], 16) for match in DEFINITION.finditer(plain)}
    prefix = _prefix(numbers)
    structures = dict(_structures(plain))
    enumerations = {match["name"]: _enumerators(match["body"], prefix) for match in ENUMERATION.finditer(plain)}
    registers = [
        Register(name.removeprefix(prefix), number, fields=_fields(name.lower(), prefix, structures, enumerations))
        for name, number in numbers.items()
        if name.startswith(prefix) and "I2C_ADD" not in name and not name.endswith("_ID") and number <= 0xFF
    ]
    return Facts(
        tuple(sorted({number >> 1 for name, number in numbers.items() if "I2C_ADD" in name})),
        next((number for name, number in numbers.items() if name.endswith("_ID")), None),
        tuple(_joined(bank) for bank in _banks(registers)),
    )


def _prefix(numbers: Mapping[str, int]) -> str:
    """The start of most names: the chip's name and an underscore."""
    counted = Counter(name.split("_", 1)[0] + "_" for name in numbers)
    return counted.most_common(1)[0][0] if counted else ""


def _structures(text: str) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The bit fields of each structure, least significant first, as the little-endian half of the header has them."""
    for match in STRUCTURE.finditer(BIG_ENDIAN_HALF.sub("", text)):
        fields, bit = [], 0
        for member in MEMBER.finditer(match["body"]):
            width = int(member["width"] or 8)
            if not UNUSED_BITS.search(member["name"]):
                fields.append(Field(member["name"].strip("_"), bit + width - 1, bit))
            bit += width
        yield match["name"], tuple(fields)


def _enumerators(body: str, prefix: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for match in ENUMERATOR.finditer(body):
        value = int(match["value"], 0)
        found.setdefault(value, match["name"].removeprefix(prefix).replace("_", " ").lower())
    return found


def _fields(
    name: str, prefix: str, structures: Mapping[str, tuple[Field, ...]], enumerations: Mapping[str, Mapping[int, str]]
) -> tuple[Field, ...]:
    """The fields of a register, with the enumerators of those whose name an enumeration has."""
    parts = structures.get(name, ())
    named = []
    for part in parts:
        values = enumerations.get(prefix.lower() + part.name, {})
        fits = all(value < 2 ** (part.high - part.low + 1) for value in values)
        named.append(replace(part, values=values) if values and fits else part)
    return tuple(named)


def _banks(registers: list[Register]) -> Iterator[list[Register]]:
    bank: list[Register] = []
    for register in registers:
        if bank and register.address < bank[-1].address:
            yield bank
            bank = []
        bank.append(register)
    if bank:
        yield bank


def _joined(bank: list[Register]) -> tuple[Register, ...]:
    """A bank whose pairs of a low and a high byte are one register of two bytes."""
    joined: list[Register] = []
    high_bytes = set()
    for low, high in pairwise(bank):
        if low.address + 1 == high.address and high.name == LOW_BYTE.sub("_H", low.name, count=1) != low.name:
            joined.append(Register(LOW_BYTE.sub("", low.name, count=1), low.address, 2, byte_order="little"))
            high_bytes.update({low.name, high.name})
    joined += [register for register in bank if register.name not in high_bytes]
    return tuple(sorted(joined, key=lambda register: register.address))
