"""Names of functions are taken out of components before wasmtime could unmangle them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasmtime import wat2wasm

from hostcore.runtime.engine import engine_config
from hostcore.runtime.native.objects import Component, Engine
from hostcore.runtime.without_names import without_names

NAMED = """
(component
  (core module $named (func $_Z4evilv (export "run") unreachable))
  (component (core module $nested (func $_Z6nestedv unreachable)))
  (core instance $made (instantiate $named)))
"""


def test_names_are_gone_at_every_depth_and_the_component_still_compiles() -> None:
    binary = bytes(wat2wasm(NAMED))
    assert b"_Z4evilv" in binary
    assert b"_Z6nestedv" in binary
    bare = without_names(binary)
    assert b"_Z4evilv" not in bare
    assert b"_Z6nestedv" not in bare
    Component(Engine(engine_config()), bare)


def test_what_has_no_names_stays_as_it_is() -> None:
    bare = without_names(bytes(wat2wasm(NAMED)))
    assert without_names(bare) == bare


def test_a_section_that_is_longer_than_the_file_is_told() -> None:
    with pytest.raises(ValueError, match="longer than the file"):
        without_names(b"\0asm\x0d\0\x01\0" + b"\x01\x7f" + b"abc")


@given(st.binary(max_size=200))
def test_no_garbage_does_more_than_a_value_error(garbage: bytes) -> None:
    try:
        without_names(b"\0asm\x0d\0\x01\0" + garbage)
    except ValueError as error:
        assert str(error)
