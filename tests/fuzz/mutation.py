"""Mutations of bytes and of text, all from one source of chance."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

BOUNDARIES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, 1 << 63)
"""Numbers at which some type ends."""
TOKEN = re.compile(r'"[^"\n]*"|[A-Za-z_$][\w$.:/@#-]*|-?\d[\w.]*|\s+|.', re.DOTALL)
"""A string, a word, a number, white space, or one other character."""


def bytes_mutated(chance: Random, content: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Change `content` in one to eight places. `others` lend slices."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 64)))
        lender = chance.choice(others) if others else content
        start = chance.randrange(len(lender) + 1)
        data[at:end] = chance.choice(_CHANGES)(chance, bytes(data[at:end]), lender[start : start + end - at])
    return bytes(data)


def _bit(chance: Random, old: bytes, _lent: bytes) -> bytes:
    if not old:
        return old
    return bytes([old[0] ^ (1 << chance.randrange(8))]) + old[1:]


_CHANGES: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (
    _bit,
    lambda chance, old, _: chance.randbytes(len(old)),
    lambda _chance, _old, _lent: b"",
    lambda _chance, old, _: old + old,
    lambda _chance, _old, lent: lent,
    lambda _chance, old, lent: lent + old,
    lambda chance, old, _: leb(chance.choice(BOUNDARIES)) + old[1:],
)


def leb(value: int) -> bytes:
    """An unsigned number as in WebAssembly (core specification 5.2.2)."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def text_mutated(chance: Random, text: str, words: Sequence[str]) -> str:
    """Replace, remove, repeat or swap tokens of `text` in one to four places. `words` take part."""
    tokens = TOKEN.findall(text)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(tokens))
        match chance.randrange(6):
            case 0:
                tokens[at] = chance.choice(words)
            case 1:
                tokens[at] = str(chance.choice((-1, 1)) * (chance.choice(BOUNDARIES) + chance.randint(-1, 1)))
            case 2:
                tokens[at] = ""
            case 3:
                tokens[at] *= chance.choice((2, 3, 100, 2000))
            case 4:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 5:
                end = at + chance.choice((2, 8, 32))
                tokens[at:end] = tokens[at:end] * chance.choice((0, 2, 50))
        tokens = tokens or [" "]
    return "".join(tokens)
