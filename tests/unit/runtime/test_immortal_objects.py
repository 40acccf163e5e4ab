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
SIGNALS = """
import decimal, host
def read():
    try:
        return {"value": float(decimal.Decimal("abc"))}
    except decimal.InvalidOperation as error:
        with decimal.localcontext() as context:
            context.traps[decimal.InvalidOperation] = False
            value = str(decimal.Decimal("abc"))
            return {"value": value, "signals": [each.__name__ for each, is_set in context.flags.items() if is_set]}
"""
"""A driver that uses a table in C: pairs of a small number, which is no count, and a type."""
PREAMBLE = b"\0asm\x0d\0\x01\0"
BASE = 1024
"""Address of the memory that a test makes."""


def test_only_what_the_plugin_itself_made_is_counted(sandbox: Sandbox) -> None:
    found = sandbox.load(COUNTS, call_seconds=60.0).read()
    assert found["all"] > 20_000 and found["mortal"] < 100
    assert found["parts"] == [True] * 5 and found["shown"] == ["int", "text", "float"]


def test_a_number_beside_a_type_in_a_table_of_c_keeps_its_value(sandbox: Sandbox) -> None:
    assert sandbox.load(SIGNALS).read() == {"value": "NaN", "signals": ["InvalidOperation"]}


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


def head(size: int, flags: int = 3) -> int:
    """The head of a chunk in use, after one in use."""
    return size | flags


def type_of(basic_size: int, flags: int = 0) -> bytes:
    """A type, of 92 bytes."""
    return words(STATIC_IMMORTAL, BASE, 0, 0, basic_size) + bytes(64) + words(flags, 0)


HAS_GC = 1 << 14
POINTER = 1 << 20
INSTANCES = BASE + 96
"""The address of a type whose objects the garbage collector knows. It is after `type` itself, at `BASE`."""


def heap(*content: int, size: int = 16, free: bool = False) -> bytes:
    """A memory with `type`, a type with objects of 16 bytes, and a heap whose first chunk has this content."""
    first = words(*content).ljust(size - 4, b"\0")
    assert len(first) == size - 4, "the content is larger than its chunk"
    types = type_of(8) + words(0) + type_of(16, HAS_GC)
    rest = words(head(16, 2 if free else 3)) + bytes(12) + words(head(16), 0, 0, 0) * 99
    return types + words(head(size, 1 if free else 3)) + first + rest + bytes(64)


def is_immortal(*content: int, size: int = 16, place: int = 0, free: bool = False) -> bool:
    """Whether the word at this place of the chunk becomes the count of an immortal object. No other word changes."""
    before = heap(*content, size=size, free=free)
    after = make_immortal(component(before))
    changed = list(content)
    changed[place] = IMMORTAL
    assert after in {component(before), component(heap(*changed, size=size, free=free))}
    return after != component(before)


def test_the_count_of_an_object_in_the_heap_is_that_of_an_immortal_one() -> None:
    assert is_immortal(3, BASE)
    assert is_immortal(POINTER, POINTER, 3, INSTANCES, size=32, place=2), (
        "the words of the garbage collector are before it"
    )


def test_a_word_that_cannot_be_a_count_stays() -> None:
    for count in (0, 1 << 16, BASE << 8):
        assert not is_immortal(count, BASE)


def test_an_integer_whose_value_is_the_address_of_a_type_keeps_its_size() -> None:
    """Its digits, after its size, look like an object inside the object."""
    assert is_immortal(1, BASE, 8, INSTANCES, size=32)
    assert not is_immortal(IMMORTAL, BASE, 8, INSTANCES, size=32, place=2)


def test_a_table_of_c_or_rust_with_numbers_and_types_stays() -> None:
    for place in (0, 2, 4):
        table = [POINTER] * place + [8, BASE if place else INSTANCES]
        assert not is_immortal(*table, size=32, place=place), "its objects begin elsewhere in a chunk"
    assert not is_immortal(POINTER, POINTER, 8, INSTANCES, size=96, place=2), "its objects are smaller"


def test_an_object_whose_chunk_is_free_stays() -> None:
    assert not is_immortal(3, BASE, free=True)


def test_what_looks_like_an_object_outside_the_heap_stays() -> None:
    before = heap(0)
    outside = words(0, 0, 0, head(16)) + words(3, BASE, 0, head(16)) + words(0, 0, 0, 0)
    assert make_immortal(component(before + outside)) == component(before + outside)


@given(st.binary(max_size=400))
def test_a_component_without_python_stays_as_it_is(memory: bytes) -> None:
    assert make_immortal(component(memory)) == component(memory)
    assert make_immortal(PREAMBLE) == PREAMBLE
