"""The messages of an I2C transfer as words, in the way of i2ctransfer(8): ``w1 0xd0 r3``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hostcore.backends.base import I2C_MAX_MESSAGE, I2cOperation, I2cRead, I2cWrite
from hostcore.cli.bus import number
from hostcore.errors import CommandLineError
from hostcore.place import I2C_FIRST_ADDRESS
from hostcore.plugin.bounds import i2c_request
from hostcore.toml.reader import shown

_HEAD = re.compile(r"([rw])([0-9]{1,5})")
_ALLOWED = (
    f"wN and N bytes to write, or rN to read N bytes, N up to {I2C_MAX_MESSAGE}: w1 0xd0 r3 writes a byte, and reads "
    "three after a repeated start"
)


def operations_of(words: Sequence[str]) -> tuple[I2cOperation, ...]:
    """Return the messages that a person typed.

    Args:
        words: for each message ``rN``, or ``wN`` and N bytes. ``w0`` writes no byte: the address alone.

    Raises:
        CommandLineError: they are none. The message says which word is wrong, and what is allowed.
    """
    left, made = list(words), list[I2cOperation]()
    while left:
        made.append(_taken(left))
    try:
        i2c_request(0, I2C_FIRST_ADDRESS, made)
    except ValueError as problem:
        raise CommandLineError(f"found {problem}") from None
    return tuple(made)


def words_of(operations: Sequence[I2cOperation]) -> tuple[str, ...]:
    """Return the words of `operations_of` for these messages."""
    return tuple(word for each in operations for word in _words(each))


def _words(operation: I2cOperation) -> tuple[str, ...]:
    if isinstance(operation, I2cRead):
        return (f"r{operation.length}",)
    return (f"w{len(operation.data)}", *(f"0x{byte:02x}" for byte in operation.data))


def _taken(left: list[str]) -> I2cOperation:
    """Take the words of the first message."""
    word = left.pop(0)
    head = _HEAD.fullmatch(word)
    length = int(head[2]) if head else -1
    if head is None or length > I2C_MAX_MESSAGE or word == "r0":
        raise CommandLineError(f"found {shown(word)}, allowed is {_ALLOWED}")
    if head[1] == "r":
        return I2cRead(length)
    data = [left.pop(0) for _ in range(min(length, len(left)))]
    if len(data) < length:
        raise CommandLineError(f"{word} asks for {length} bytes, found {len(data)}; allowed is {_ALLOWED}")
    allowed = f"a byte from 0x00 to 0xff, as {word} asks for {length}"
    return I2cWrite(bytes(number(text, 0, 0xFF, allowed) for text in data))
