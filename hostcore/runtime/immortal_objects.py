"""Makes the Python objects of a built component immortal, so that all instances share the memory that holds them.

Every instance starts as a copy-on-write image of the component's memory. CPython counts the references to an object
inside the object, so that a mere use of it wrote to its page, and gave the instance a copy of that page. The objects
that exist when the component is built are never freed anyway: the interpreter needs them. If their count says that they
are immortal, CPython does not touch it any more. That saves half a megabyte for each instance.

CPython has no function for that, so the counts are changed in the file, after the build. The heap is read chunk by
chunk. A chunk has an object if it has the address of a type where that type's objects have it, and as many bytes as
they have. A file in which no objects are recognized stays as it is.

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
BASIC_SIZE, ITEM_SIZE, TP_FLAGS = 16 // WORD, 20 // WORD, 84 // WORD
"""The words of a type that have the bytes of an object, those of each of its items, and the flags of the type."""
INLINE_VALUES, MANAGED, HAVE_GC, TEXT_SUBCLASS, TYPE_SUBCLASS = 1 << 2, 3 << 3, 1 << 14, 1 << 28, 1 << 31
"""Flags of types: attributes follow the object; attributes or weak references are before it; the garbage collector
knows it; texts; metaclasses."""
BEFORE_GC, BEFORE_MANAGED = 2, 2
"""Words between the begin of a heap chunk and its object: of the garbage collector, and before these of what is
managed."""
LEAST_TEXT = 20
"""The least bytes of a text. The basic size of its type is that of another form of texts."""
PREVIOUS_IN_USE, IN_USE, SIZE = 1, 2, ~15
"""The parts of a chunk's head."""
CHUNK = 16 // WORD
"""Chunks begin at multiples of this many words. That is also the least size of a chunk."""
LEAST_CHUNKS = 64
"""Fewer chunks in a row may be other data that looks like them."""
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
    if not types:
        return
    for begin, end in _chunks(words):
        found = _object_in(words, begin, end, types)
        if found is not None and _is_mortal(words[found]):
            yield found


def _object_in(words: memoryview, begin: int, end: int, types: frozenset[int]) -> int | None:
    """Return where the count of a chunk's object is; None if the chunk has other data. The first place counts: an
    integer whose value is the address of a type looks like an object inside an object."""
    for index in range(begin, min(begin + BEFORE_GC + BEFORE_MANAGED, end - 2) + 1, 2):
        if words[index + 1] in types and _is_count(words[index]) and _fits(words, index, begin, end):
            return index
    return None


def _fits(words: memoryview, index: int, begin: int, end: int) -> bool:
    """Whether an object of the type at `index` would be there, and as large as its chunk.

    The heap has other data, too, such as tables of C or Rust that have a small number before the address of a type.
    """
    kind = words[index + 1] // WORD
    flags = _word(words, kind + TP_FLAGS)
    before = (BEFORE_GC if flags & HAVE_GC else 0) + (BEFORE_MANAGED if flags & MANAGED else 0)
    if index - begin != before:
        return False
    size, least = (end - index) * WORD, _word(words, kind + BASIC_SIZE)
    if flags & TEXT_SUBCLASS:
        return size >= min(least, LEAST_TEXT)
    if flags & INLINE_VALUES or _word(words, kind + ITEM_SIZE):
        return size >= least
    return least <= size < least + 2 * CHUNK * WORD


def _chunks(words: memoryview) -> Iterator[tuple[int, int]]:
    """Yield where the payload of each chunk in use begins and ends.

    One chunk leads to the next. Single words of other data look like heads, too, and may even lead into the heap. So
    the longest row of chunks is the heap.
    """
    lengths: dict[int, int] = {}
    for head in range((len(words) // CHUNK) * CHUNK - 1, 0, -CHUNK):
        if (after := _next_head(words, head)) is not None:
            lengths[head] = lengths.get(after, 0) + 1
    head = max(lengths, key=lengths.__getitem__, default=0)
    if lengths.get(head, 0) < LEAST_CHUNKS:
        return
    while (after := _next_head(words, head)) is not None:
        if words[head] & IN_USE:
            yield head + 1, after
        head = after


def _next_head(words: memoryview, head: int) -> int | None:
    """Return the head of the chunk after the one with this head; None if this is no head."""
    own = words[head]
    size = own & SIZE
    after = head + size // WORD
    if not size or own & ~SIZE & ~(PREVIOUS_IN_USE | IN_USE) or after >= len(words):
        return None
    if bool(own & IN_USE) != bool(words[after] & PREVIOUS_IN_USE):
        return None
    return after


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
        metaclasses = {each for each in new if _word(words, each // WORD + TP_FLAGS) & TYPE_SUBCLASS}


def _is_mortal(count: int) -> bool:
    return 0 < count < MOST_REFERENCES


def _is_count(word: int) -> bool:
    return _is_mortal(word) or word in {STATIC_IMMORTAL, IMMORTAL}


def _word(words: memoryview, index: int) -> int:
    return words[index] if index < len(words) else 0


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
