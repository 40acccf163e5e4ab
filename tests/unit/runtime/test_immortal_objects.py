"""The objects of the Python runtime's image are immortal, so that instances share the pages that hold them."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from hostcore.runtime.immortal_objects import IMMORTAL, STATIC_IMMORTAL, make_immortal
from tests.sandbox import Sandbox

COUNTS = """
import gc, sys, value_texts
gc.unfreeze()
def read():
    objects = gc.get_objects()
    mortal = [each for each in objects if not sys._is_immortal(each)]
    functions = [each for each in objects if type(each).__name__ == "function" and each.__module__ == "json.encoder"]
    code = functions[0].__code__
    parts = [code, code.co_consts, code.co_names, code.co_filename, functions[0].__qualname__]
    numbers = {id(each): str(each) for each in (int, str, float)}  # the build has made such numbers, too
    shown = [value_texts._KINDS[each] for each in numbers]
    return {"all": len(objects), "mortal": len(mortal), "parts": [sys._is_immortal(each) for each in parts],
            "shown": shown}
"""
"""A driver that looks at the objects of its own interpreter."""
PREAMBLE = b"\0asm\x0d\0\x01\0"
BASE = 1024
"""Address of the memory that a test makes."""


def test_only_what_the_plugin_itself_made_is_counted(sandbox: Sandbox) -> None:
    found = sandbox.load(COUNTS, call_seconds=60.0).read()
    assert found["all"] > 20_000 and found["mortal"] < 100
    assert found["parts"] == [True] * 5 and found["shown"] == ["int", "text", "float"]


def number(value: int) -> bytes:
    """Write a number (LEB128)."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number(rest) if rest else bytes([low])


def component(memory: bytes) -> bytes:
    """A component with one module, whose memory begins with these bytes from `BASE` on."""
    data = number(1) + b"\0\x41" + number(BASE) + b"\x0b" + number(len(memory)) + memory
    module = b"\0asm\x01\0\0\0" + b"\x0b" + number(len(data)) + data
    return PREAMBLE + b"\x01" + number(len(module)) + module


def words(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def heap(count: int) -> tuple[bytes, bytes]:
    """A memory with `type`, an object with this count in a chunk of 16 bytes, and the chunk after it. The same with the
    count of an immortal object."""
    kind = words(STATIC_IMMORTAL, BASE, 0, 16 | 3)  # the last word is the head of the chunk that follows
    after = words(0, 16 | 3)
    made = [kind + words(each, BASE) + after + bytes(128) for each in (count, IMMORTAL)]
    return made[0], made[1]


def test_the_count_of_an_object_in_the_heap_is_that_of_an_immortal_one() -> None:
    before, after = heap(count=3)
    assert make_immortal(component(before)) == component(after)


def test_a_word_that_cannot_be_a_count_stays() -> None:
    for count in (0, 1 << 16, BASE << 8):
        before, _ = heap(count)
        assert make_immortal(component(before)) == component(before)


def test_an_integer_whose_value_is_the_address_of_a_type_keeps_its_size() -> None:
    """Its digits, after its size, look like an object inside the object."""
    kind, after = words(STATIC_IMMORTAL, BASE, 0, 32 | 3), words(0, 0, 0, 32 | 3) + bytes(128)
    before, immortal = (kind + words(each, BASE, 8, BASE) + after for each in (1, IMMORTAL))
    assert make_immortal(component(before)) == component(immortal)


def test_an_object_whose_chunk_is_free_stays() -> None:
    before, _ = heap(count=3)
    free = before.replace(words(16 | 3) + words(3), words(16 | 1) + words(3))
    assert make_immortal(component(free)) == component(free)


@given(st.binary(max_size=400))
def test_a_component_without_python_stays_as_it_is(memory: bytes) -> None:
    assert make_immortal(component(memory)) == component(memory)
    assert make_immortal(PREAMBLE) == PREAMBLE
