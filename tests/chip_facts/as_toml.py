"""Writes facts as the tables of a chip file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.chip_facts.facts import Facts, Field, Register


def as_toml(facts: Facts, source: str, bank: int = 1) -> str:
    """The tables of one bank, counted from 1. The source is named in each of them.

    Raises:
        ValueError: the driver describes no such bank.
    """
    if not 1 <= bank <= max(len(facts.banks), 1):
        raise ValueError(f"There is no bank {bank}. The file describes {len(facts.banks)} of them.")
    return "\n".join(_lines(facts, source, bank)) + "\n"


def _lines(facts: Facts, source: str, bank: int) -> Iterator[str]:
    if facts.addresses:
        yield f"addresses = [{', '.join(f'{address:#04x}' for address in facts.addresses)}]"
    if facts.identity is not None:
        yield f"# identity: {facts.identity:#04x}"
    if len(facts.banks) > 1:
        yield f"# bank {bank} of {len(facts.banks)}"
    if not facts.banks:
        yield "# no register is declared"
    for register in facts.banks[bank - 1] if facts.banks else ():
        yield from _register(register, source)
    for name, number in facts.unused.items():
        yield f"# not described: {name} = {number:#04x}"


def _register(register: Register, source: str) -> Iterator[str]:
    table = f"registers.{_key(register.name)}"
    yield ""
    yield f"[{table}]"
    yield f"address = {register.address:#04x}"
    if register.size > 1:
        yield f"size = {register.size}"
    if register.access:
        yield f'access = "{register.access}"'
    if register.reset is not None:
        yield f"reset = {register.reset:#04x}"
    if register.byte_order:
        yield f'byte_order = "{register.byte_order}"'
    if register.signed:
        yield "signed = true"
    yield f"source = {json.dumps(source)}"
    for part in register.fields:
        yield f"[{table}.fields.{_key(part.name)}]"
        yield from _field(part)


def _field(part: Field) -> Iterator[str]:
    yield f'bits = "{part.bits}"'
    if part.signed:
        yield "signed = true"
    if part.values:
        pairs = ", ".join(
            f"{value} = {json.dumps(name, ensure_ascii=False)}" for value, name in sorted(part.values.items())
        )
        yield f"values = {{ {pairs} }}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)
