"""Removes from compiled code what nobody reads: a tenth of the file, which each start of the computer has to check.

Cranelift writes an ELF file (elf(5)), and wasmtime finds its sections by their names. It needs neither the symbols nor
the map from machine code to places in the component: a backtrace names functions without them.
"""

from __future__ import annotations

import struct

UNREAD = (b".symtab", b".strtab", b".wasmtime.addrmap")
"""Sections that go. wasmtime reads the last one only for the offset that a backtrace has beside a function."""
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_ELF_64 = b"\x7fELF\x02\x01"


def stripped(elf: bytes) -> bytes:
    """Return an ELF file without the sections `UNREAD`. One that is no 64-bit ELF file stays as it is."""
    if not elf.startswith(_ELF_64):
        return elf
    header = list(_HEADER.unpack_from(elf))
    start, size, count, names_at = header[6], header[11], header[12], header[13]
    sections = [list(_SECTION.unpack_from(elf, start + number * size)) for number in range(count)]
    names = sections[names_at]

    def name(section: list[int]) -> bytes:
        at = names[4] + section[0]
        return elf[at : elf.index(b"\0", at)]

    kept = [each for each in sections if name(each) not in UNREAD]
    content = bytearray(_HEADER.size)
    for section in kept[1:]:  # the first one is empty by definition
        content += bytes(-len(content) % (section[8] or 1))
        place, length = section[4], section[5]
        section[4] = len(content)
        content += elf[place : place + length]
    content += bytes(-len(content) % 8)
    header[6], header[12], header[13] = len(content), len(kept), kept.index(names)
    content[: _HEADER.size] = _HEADER.pack(*header)
    return bytes(content) + b"".join(_SECTION.pack(*each) for each in kept)
