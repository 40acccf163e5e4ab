"""Reads the commands of a chip file, their answers, and the checksum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.chips.model import MOST_BYTES, Answer, Bits, Command, Crc
from hostcore.chips.reading.registers import SCALE_KEYS, check_range, require_fit, require_within, scale_of
from hostcore.chips.reading.values import (
    read_bits,
    read_code,
    read_milliseconds,
    read_name,
    read_source,
    text,
)
from hostcore.quick_dataclass import replace
from hostcore.toml.reader import KeyPath, Reader, array, integer, read_boolean, read_keys, read_table

MOST_COMMANDS = 1024
"""More than any chip has."""
LONGEST_ANSWER = 8192
"""The most bytes of an answer or of arguments: those of one message of Linux."""

_ANSWER_KEYS: Mapping[str, Reader] = {
    "name": text(40),
    "at": integer(0, LONGEST_ANSWER - 1),
    "size": integer(1, MOST_BYTES, "bytes"),
    "bits": read_bits,
    "signed": read_boolean,
    **SCALE_KEYS,
}
_COMMAND_KEYS: Mapping[str, Reader] = {
    "code": read_code,
    "arguments": integer(0, LONGEST_ANSWER, "bytes"),
    "wait_ms": read_milliseconds,
    "answer_bytes": integer(0, LONGEST_ANSWER, "bytes"),
    "starts": read_boolean,
    "answer": array(read_table),
    "source": read_source,
}
_CRC_KEYS: Mapping[str, Reader] = {
    "bits": integer(8, 16, "bits"),
    "polynomial": integer(1, 0xFFFF),
    "initial": integer(0, 0xFFFF),
    "reflected": read_boolean,
    "final_xor": integer(0, 0xFFFF),
    "covers": integer(0, 256, "bytes"),
    "source": read_source,
}


def read_commands(found: object, at: KeyPath) -> tuple[Command, ...]:
    """Read the table ``[commands]``."""
    table = read_table(found, at)
    if len(table) > MOST_COMMANDS:
        raise at.error(f"found {len(table)} commands, allowed are up to {MOST_COMMANDS}")
    commands: dict[bytes, Command] = {}
    for name, value in table.items():
        command = _command(read_name(name, at / name), value, at / name)
        if command.code in commands:
            other = commands[command.code].name
            raise (at / name / "code").error(
                f"found {command.code.hex()}, which {other} has too, allowed is a code of its own"
            )
        commands[command.code] = command
    return tuple(commands.values())


def _command(name: str, found: object, at: KeyPath) -> Command:
    keys = read_keys(found, at, _COMMAND_KEYS, required=("code", "source"))
    length = keys.get("answer_bytes", 0)
    answer = tuple(_answer(value, at / "answer" / index, length) for index, value in enumerate(keys.pop("answer", ())))
    return Command(name=name, **keys, answer=answer)


def _answer(found: object, at: KeyPath, length: int) -> Answer:
    keys = read_keys(found, at, _ANSWER_KEYS, required=("name", "at", "size"))
    if keys["at"] + keys["size"] > length:
        raise (at / "size").error(
            f"found a value that ends with byte {keys['at'] + keys['size']}, allowed are the {length} of answer_bytes"
        )
    width = 8 * keys["size"]
    bits = keys.get("bits", Bits(width - 1, 0))
    require_within(bits, width, at / "bits")
    bits = replace(bits, signed=keys.get("signed", False))
    scale = scale_of(keys)
    check_range(scale, bits, at)
    return Answer(name=keys["name"], at=keys["at"], size=keys["size"], bits=bits, scale=scale)


def read_crc(found: object, at: KeyPath) -> Crc:
    """Read the table ``[crc]``."""
    keys: dict[str, Any] = read_keys(found, at, _CRC_KEYS, required=("bits", "polynomial", "initial", "source"))
    if keys["bits"] % 8:
        raise (at / "bits").wrong(keys["bits"], "8 or 16")
    for key in ("polynomial", "initial", "final_xor"):
        require_fit(keys.get(key, 0), keys["bits"], at / key)
    return Crc(**keys)
