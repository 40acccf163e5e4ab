"""A small reader of pcapng, written from the format's description alone, to check the writer."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Packet:
    """A packet, with the name of its interface."""

    interface: str
    time_ns: int
    content: bytes
    comment: str


def blocks(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The type and body of each block. Both lengths of a block have to agree."""
    place = 0
    while place < len(content):
        kind, length = struct.unpack_from("<II", content, place)
        assert length % 4 == 0 and length >= 12
        (again,) = struct.unpack_from("<I", content, place + length - 4)
        assert again == length
        yield kind, content[place + 8 : place + length - 4]
        place += length
    assert place == len(content)


def options(content: bytes) -> dict[int, bytes]:
    """The options at the end of a block."""
    found, place = dict[int, bytes](), 0
    while True:
        code, length = struct.unpack_from("<HH", content, place)
        if code == 0:
            assert place + 4 == len(content)
            return found
        found[code] = content[place + 4 : place + 4 + length]
        place += 4 + length + -length % 4


def packets(content: bytes) -> list[Packet]:
    """All packets of a file with one section, whose times are in nanoseconds."""
    found, interfaces = list[Packet](), list[str]()
    for number, (kind, body) in enumerate(blocks(content)):
        assert (kind == 0x0A0D0D0A) is (number == 0)
        if kind == 1:
            link, _, snap = struct.unpack_from("<HHI", body)
            assert (link, snap) == (209, 0)
            described = options(body[8:])
            assert described[9] == b"\x09", "nanoseconds"
            interfaces.append(described[2].decode())
        if kind == 6:
            interface, high, low, captured, original = struct.unpack_from("<5I", body)
            assert captured == original
            told = options(body[20 + captured + -captured % 4 :])
            time_ns = (high << 32) + low
            found.append(Packet(interfaces[interface], time_ns, body[20 : 20 + captured], told[1].decode()))
    return found
