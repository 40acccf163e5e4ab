"""Reads a zip archive in memory, with limits that hold before anything is allocated.

Python's `zipfile` makes an object for each entry before they can be counted, and accepts archives that other programs
read in another way. This module accepts only what wheels are: one directory at the end that describes the whole file,
and entries that are stored or deflated (PKWARE APPNOTE 6.3.10).
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator, Mapping
from struct import Struct
from typing import NamedTuple

from hostcore.late_pattern import late_pattern
from hostcore.log.safe_text import log_line

LARGEST_ARCHIVE = 16 << 20
"""Bytes of an archive. It is kept in memory. Of 39 wheels that drivers need, the largest has 1.0 MiB."""
MOST_ENTRIES = 5_000
"""Entries of an archive. Each takes about 400 bytes of memory. Of those wheels, the one with most has 633."""
LARGEST_ENTRY = 2 << 20
"""Bytes of an entry after inflating. On its way to the guest it takes the host up to twelve times as much memory: in
Python, in wasmtime, and as text with up to four bytes for each character."""
LARGEST_CONTENT = 64 << 20
"""Bytes of all entries after inflating, four times the largest archive: Python's source shrinks to a quarter."""
LARGEST_RATIO = 100
"""How many times larger the content may be than the archive. Deflate reaches 1032, those wheels reach 5."""

_END = Struct("<4s4H2LH")
"""4.3.16 End of central directory record: signature, this disk, first disk, entries here, entries, size, offset,
length of the comment."""
_DIRECTORY = Struct("<4s6H3L5H2L")
"""4.3.12 Central directory structure: signature, made by, needs, flags, method, time, date, CRC-32, compressed size,
size, lengths of name, extra field and comment, disk, internal attributes, external attributes, offset."""
_LOCAL = Struct("<4s5H3L2H")
"""4.3.7 Local file header: signature, needs, flags, method, time, date, CRC-32, compressed size, size, lengths of name
and extra field."""
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
"""4.4.4 bits 0 (encrypted), 6 (strong encryption) and 13 (masked header)."""
_UTF8 = 0x0800
"""4.4.4 bit 11."""
_STORED, _DEFLATED = 0, 8
_ABSOLUTE = late_pattern(r"/|[A-Za-z]:")


class ArchiveError(Exception):
    """The archive cannot be used. The text says what was found and what is allowed."""


class Entry(NamedTuple):
    """An entry, as the directory describes it."""

    offset: int
    compressed: int
    size: int
    method: int
    crc: int


class Archive:
    """A zip archive. An entry is inflated when it is read.

    Args:
        content: the whole file.

    Raises:
        ArchiveError: it is no zip archive, exceeds a limit, or has what a wheel does not need.

    Attributes:
        entries: the files by path, in the archive's order. Folders are left out.
    """

    def __init__(self, content: bytes) -> None:
        _require(len(content) <= LARGEST_ARCHIVE, f"has {len(content):,} bytes, allowed are {LARGEST_ARCHIVE:,}")
        self._content = memoryview(content)
        self._end, count = _directory(content)
        self.entries: Mapping[str, Entry] = self._checked(count)

    def read(self, path: str) -> bytes:
        """Inflate an entry. It takes as much memory as the directory says, never more.

        Raises:
            ArchiveError: the entry is damaged, or is not what the directory says.
            KeyError: there is no such entry.
        """
        entry = self.entries[path]
        data = self._data(path, entry)
        content = bytes(data) if entry.method == _STORED else _inflated(path, data, entry.size)
        _require(len(content) == entry.size and zlib.crc32(content) == entry.crc, f"{_shown(path)} is damaged")
        return content

    def _checked(self, count: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        names: set[str] = set()
        total = 0
        for path, entry in self._listed(count):
            total += entry.size
            if path in names:
                raise ArchiveError(f"has two entries {_shown(path)}")
            names.add(path)
            if not path.endswith("/"):
                entries[path] = entry
        _require(total <= LARGEST_CONTENT, f"would inflate to {total:,} bytes, allowed are {LARGEST_CONTENT:,}")
        _require(
            total <= LARGEST_RATIO * len(self._content),
            f"would inflate to {total:,} bytes, more than {LARGEST_RATIO} times its size: a zip bomb",
        )
        return entries

    def _listed(self, count: int) -> Iterator[tuple[str, Entry]]:
        """Yield the entries of the directory. The memory for each is bounded by the archive's size."""
        at, end = self._end.offset, self._end.offset + self._end.size
        for _ in range(count):
            _require(at + _DIRECTORY.size <= end, "has a directory that ends early")
            found = _DIRECTORY.unpack_from(self._content, at)
            signature, _, _, flags, method, _, _, crc, compressed, size, name, extra, comment = found[:13]
            attributes, offset = found[15:]
            _require(signature == b"PK\x01\x02", "has a damaged directory")
            after = at + _DIRECTORY.size + name
            _require(after + extra + comment <= end, "has a directory that ends early")
            path = _path(bytes(self._content[at + _DIRECTORY.size : after]), flags)
            _check_kind(path, flags, method, attributes >> 16)
            _check_size(path, method, compressed, size)
            yield path, Entry(offset, compressed, size, method, crc)
            at = after + extra + comment
        _require(at == end, "has a directory with more than its entries")

    def _data(self, path: str, entry: Entry) -> memoryview:
        """Return the bytes of an entry as they lie in the archive."""
        start = entry.offset + _LOCAL.size
        _require(start <= self._end.offset, f"{_shown(path)} lies outside of the archive")
        signature, *_, name, extra = _LOCAL.unpack_from(self._content, entry.offset)
        begin = start + name + extra
        found = bytes(self._content[start : start + name])
        _require(signature == b"PK\x03\x04", f"{_shown(path)} is damaged")
        _require(found in {path.encode(), path.encode("cp437", "replace")}, f"names {_shown(path)} in two ways")
        _require(begin + entry.compressed <= self._end.offset, f"{_shown(path)} lies outside of the archive")
        return self._content[begin : begin + entry.compressed]


class _End(NamedTuple):
    """Where the directory lies."""

    offset: int
    size: int


def _directory(content: bytes) -> tuple[_End, int]:
    """Find the directory, and return its place and its number of entries."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - _END.size - _LONGEST_COMMENT))
    _require(0 <= at <= len(content) - _END.size, "is no zip archive, or only the start of one")
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(content, at)
    _require(disk == first_disk == 0 and here == count, "is a part of an archive")
    _require(count <= MOST_ENTRIES, f"has {count:,} entries, allowed are {MOST_ENTRIES:,}")
    complete = offset + size == at and at + _END.size + comment == len(content)
    _require(complete, "has something beside its entries and its directory")
    return _End(offset, size), count


def _path(name: bytes, flags: int) -> str:
    """Decode and check the name of an entry."""
    try:
        path = name.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise ArchiveError(f"has an entry whose name is not UTF-8: {_shown(repr(name))}") from None
    parts = path.removesuffix("/").split("/")
    if _ABSOLUTE.match(path) or "\\" in path or not {"", ".", ".."}.isdisjoint(parts):
        raise ArchiveError(f"has the path {_shown(path)}, allowed are paths inside the archive")
    if not path.isprintable():
        raise ArchiveError(f"has the path {_shown(path)}, allowed are printable characters")
    return path


def _check_kind(path: str, flags: int, method: int, mode: int) -> None:
    if flags & _ENCRYPTED:
        raise ArchiveError(f"has the encrypted entry {_shown(path)}")
    if method not in {_STORED, _DEFLATED}:
        raise ArchiveError(f"has {_shown(path)} in compression {method}, allowed are 0 (stored) and 8 (deflated)")
    kind = stat.S_IFMT(mode)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        found = "link" if kind == stat.S_IFLNK else "special file"
        raise ArchiveError(f"has the {found} {_shown(path)}, allowed are files and folders")


def _check_size(path: str, method: int, compressed: int, size: int) -> None:
    if size > LARGEST_ENTRY:
        raise ArchiveError(f"has {_shown(path)} with {size:,} bytes, allowed are {LARGEST_ENTRY:,}")
    if method == _STORED and compressed != size:
        raise ArchiveError(f"has {_shown(path)} with two sizes")
    if path.endswith("/") and size:
        raise ArchiveError(f"has the folder {_shown(path)} with content")


def _inflated(path: str, data: memoryview, size: int) -> bytes:
    try:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        content = inflater.decompress(data, size + 1)  # 0 would mean no limit
    except zlib.error:
        raise ArchiveError(f"{_shown(path)} is damaged") from None
    _require(len(content) <= size, f"{_shown(path)} is larger than the directory says")
    _require(inflater.eof and not inflater.unused_data, f"{_shown(path)} is damaged")
    return content


def _shown(path: str) -> str:
    return log_line(path, 100)


def _require(condition: bool, problem: str) -> None:
    if not condition:
        raise ArchiveError(problem)
