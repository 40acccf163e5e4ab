"""The numbers of ctypes, which drivers use to give values a sign."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox import Sandbox

MODULES = Path(__file__).parents[3] / "hostcore" / "runtime" / "guest" / "modules"
INTEGERS = ("c_byte", "c_ubyte", "c_short", "c_ushort", "c_int", "c_uint", "c_int8", "c_uint16", "c_int32", "c_uint64")


@cache
def guest_ctypes() -> dict[str, type]:
    """The names of the guest's module, without the sandbox."""
    names: dict[str, type] = {"__name__": "ctypes"}
    source = (MODULES / "ctypes" / "__init__.py").read_text(encoding="utf-8").replace("import refusals", "")
    exec(compile(source, "ctypes.py", "exec"), names)
    return names


@pytest.mark.parametrize("name", INTEGERS)
@given(value=st.integers(-(2**70), 2**70))
def test_the_numbers_of_ctypes_wrap_as_in_c(name: str, value: int) -> None:
    assert guest_ctypes()[name](value).value == getattr(ctypes, name)(value).value


def test_they_are_the_ones_that_a_plugin_imports(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        from ctypes import c_byte, c_short, c_ubyte, sizeof
        def read():
            return {"short": c_short(0xFFFE).value, "byte": c_byte(200).value, "size": sizeof(c_ubyte)}
        """
    )
    assert plugin.read() == {"short": -2, "byte": -56, "size": 1}
