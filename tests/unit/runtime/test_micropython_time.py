"""MicroPython's functions of time in the sandbox."""

from __future__ import annotations

import pytest

from tests.sandbox import Sandbox

PERIOD = 1 << 30


@pytest.mark.parametrize("module", ["time", "utime"])
def test_sleeps_take_their_time(sandbox: Sandbox, module: str) -> None:
    source = f"""
import {module} as t
def read():
    ms, us = t.ticks_ms(), t.ticks_us()
    t.sleep_ms(1500)
    t.sleep_us(250_000)
    t.sleep_ms(-5)
    return {{"ms": t.ticks_diff(t.ticks_ms(), ms), "us": t.ticks_diff(t.ticks_us(), us)}}
"""
    reading = sandbox.load(source).read()
    assert reading == {"ms": pytest.approx(1750, abs=2), "us": pytest.approx(1_750_000, abs=2_000)}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (f"utime.ticks_add({PERIOD - 1}, 3)", 2),
        ("utime.ticks_add(2, -3)", PERIOD - 1),
        (f"utime.ticks_diff(2, {PERIOD - 1})", 3),
        (f"utime.ticks_diff({PERIOD - 1}, 2)", -3),
        ("utime.ticks_diff(7, 7)", 0),
        ("ustruct.unpack('<h', b'\\x01\\x02')[0]", 0x0201),
        ("abs(utime.time() - time.time()) < 1", True),
    ],
)
def test_ticks_wrap_around(sandbox: Sandbox, expression: str, value: object) -> None:
    source = f"import time, utime, ustruct\ndef read():\n    return {{'value': {expression}}}\n"
    assert sandbox.load(source).read() == {"value": value}
