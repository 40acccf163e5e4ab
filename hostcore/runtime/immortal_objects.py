"""Makes the Python objects of a built component immortal, so that all instances share the memory that holds them.

Every instance starts as a copy-on-write image of the component's memory. CPython counts the references to an object
inside the object, so that a mere use of it wrote to its page, and gave the instance a copy of that page. The objects
that exist when the component is built are never freed anyway: the interpreter needs them. If their count says that they
are immortal, CPython does not touch it any more. That saves half a megabyte for each instance.

CPython has no function for that, so the counts are changed in the file, after the build. Objects are recognized by
their type and by the heap's own words before them. A file in which no objects are recognized stays as it is.

Sources: CPython 3.14, Include/refcount.h (32 bits), Include/cpython/object.h (PyTypeObject), Include/object.h (flags),
Include/internal/pycore_gc.h; wasi-libc, dlmalloc/src/malloc.c (chunks); WebAssembly and component binary formats.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator

from hostcore.quick_dataclass import dataclass

WORD = 4
STATIC_IMMORTAL, IMMORTAL = 7 << 28, 5 << 28
"""Counts of objects that CPython's C code defines, and of others that are immortal."""
MOST_REFERENCES = 1 << 16
"""Counts from here on are not believed: the word could be an address or a hash."""
TP_FLAGS, TYPE_SUBCLASS = 84 // WORD, 1 << 31
"""The word of a type that has its flags, and the flag of metaclasses."""
BEFORE_OBJECT = (0, 2, 4)
"""Words between the begin of a heap chunk and its object: none, those of the garbage collector, and before these the
attributes and weak references."""
PREVIOUS_IN_USE, IN_USE = 1, 2
CHUNK = 16 // WORD
"""Chunks begin at multiples of this many words."""
MODULE_SECTION, COMPONENT_SECTION, DATA_SECTION = 1, 4, 11
"""Numbers of sections: the first two inside components, the last inside modules. A component's core modules and inner
components are complete files, each with a preamble of 8 bytes."""
PREAMBLE = 8
I32_CONST, END = 0x41, 0x0B


@dataclass(frozen=True, slots=True)
class _Segment:
    """Bytes that the memory begins with."""

    address: int
    """Of the first byte in the memory."""
    place: int
    """Of the first byte in the file."""
    size: int

    @property
    def end(self) -> int:
        """The address behind it."""
        return self.address + self.size


def make_immortal(component: bytes) -> bytes:
    """Return the component with all objects of its Python immortal. Takes seconds."""
    segments = sorted(_python_memory(component), key=lambda each: each.address)
    if not segments:
        return component
    changed, addresses = bytearray(component), [each.address for each in segments]
    for index in _objects(_words(component, segments)):
        address = index * WORD
        segment = segments[bisect_right(addresses, address) - 1]
        if address + WORD <= segment.end:  # else the file leaves out zeros in the middle of the count
            struct.pack_into("<I", changed, segment.place + address - segment.address, IMMORTAL)
    return bytes(changed)


def _words(component: bytes, segments: list[_Segment]) -> memoryview:
    """Return the memory as words."""
    memory = bytearray(-(-max(each.end for each in segments) // WORD) * WORD + (CHUNK + 1) * WORD)
    for each in segments:
        memory[each.address : each.end] = component[each.place : each.place + each.size]
    return memoryview(memory).cast("I")


def _objects(words: memoryview) -> Iterator[int]:
    """Yield the index of each heap object's count."""
    types = _types(words)
    for index in [index for index, word in enumerate(words) if word in types]:
        if _is_object(words, index - 1, types):
            yield index - 1


def _is_object(words: memoryview, index: int, types: frozenset[int]) -> bool:
    """Whether the count of a chunk's object is at `index`. Of the places where it could be, the first that has a count
    and a type is meant: an integer whose value is the address of a type looks like an object inside an object."""
    if not _is_mortal(words[index]):
        return False
    for place, before in enumerate(BEFORE_OBJECT):
        begin = index - before
        if begin % CHUNK == 0 and _is_chunk(words, begin):
            earlier = (begin + each for each in BEFORE_OBJECT[:place])
            return not any(_is_mortal(words[each]) and words[each + 1] in types for each in earlier)
    return False


def _types(words: memoryview) -> frozenset[int]:
    """Return the addresses of all types. `type` is its own type, and other metaclasses have a flag."""
    own = [index for index, word in enumerate(words) if word == index * WORD - WORD and index]
    found = {index * WORD - WORD for index in own if words[index - 1] == STATIC_IMMORTAL}
    if len(found) != 1:
        return frozenset()
    metaclasses = set(found)
    while True:
        new = {
            (index - 1) * WORD
            for index, word in enumerate(words)
            if word in metaclasses and _is_count(words[index - 1]) and (index - 1) * WORD not in found
        }
        if not new:
            return frozenset(found)
        found |= new
        metaclasses = {each for each in new if _flags(words, each) & TYPE_SUBCLASS}


def _is_mortal(count: int) -> bool:
    return 0 < count < MOST_REFERENCES


def _is_count(word: int) -> bool:
    return _is_mortal(word) or word in {STATIC_IMMORTAL, IMMORTAL}


def _flags(words: memoryview, address: int) -> int:
    place = address // WORD + TP_FLAGS
    return words[place] if place < len(words) else 0


def _is_chunk(words: memoryview, begin: int) -> bool:
    """Whether the payload of a chunk in use begins at `begin`: its head has its size, and the next one knows of it."""
    head = words[begin - 1]
    after = begin - 1 + (head & ~(CHUNK * WORD - 1)) // WORD
    if not head & IN_USE or not begin < after < len(words):
        return False
    return bool(words[after] & PREVIOUS_IN_USE)


def _python_memory(component: bytes) -> list[_Segment]:
    """Return the segments of the module that has the most data: the memory as the build left it."""
    found = [_segments(component, begin, end) for begin, end in _modules(component, 0, len(component))]
    return max(found, key=lambda segments: sum(each.size for each in segments), default=[])


def _modules(content: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    for section, first, last in _sections(content, begin, end):
        if section == MODULE_SECTION:
            yield first, last
        elif section == COMPONENT_SECTION:
            yield from _modules(content, first, last)


def _sections(content: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number, the begin and the end of each section."""
    place = begin + PREAMBLE
    while place < end:
        size, first = _number(content, place + 1)
        yield content[place], first, first + size
        place = first + size


def _segments(content: bytes, begin: int, end: int) -> list[_Segment]:
    """Return the segments of a module that have a constant address."""
    found = []
    for section, first, _ in _sections(content, begin, end):
        if section != DATA_SECTION:
            continue
        count, place = _number(content, first)
        for _ in range(count):
            address, place = _address(content, place)
            size, place = _number(content, place)
            if address is not None:
                found.append(_Segment(address, place, size))
            place += size
    return found


def _address(content: bytes, place: int) -> tuple[int | None, int]:
    """Read the begin of a segment: its kind, and where it goes. None if that is not a constant."""
    kind, place = _number(content, place)
    if kind == 1:  # a passive one, which goes nowhere by itself
        return None, place
    if kind:
        _, place = _number(content, place)
    if content[place] != I32_CONST:
        return None, content.index(END, place) + 1
    address, place = _number(content, place + 1)
    return (address, place + 1) if content[place] == END else (None, content.index(END, place) + 1)


def _number(content: bytes, place: int) -> tuple[int, int]:
    """Read a number (LEB128), and return it with the place behind it."""
    value = shift = 0
    while True:
        byte = content[place]
        value, shift, place = value | (byte & 0x7F) << shift, shift + 7, place + 1
        if byte < 0x80:
            return value, place
