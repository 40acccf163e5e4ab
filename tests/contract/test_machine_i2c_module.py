"""The sandbox's `machine.I2C` on the wires, as MicroPython's documentation and its extmod/machine_i2c.c describe it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.i2c_bench import ANSWERS, I2cBench, bench_on
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker

pytestmark = pytest.mark.thorough

pytest_plugins = ["tests.emulation.machine"]

OPENED = "from machine import I2C, SoftI2C\ni2c = I2C(0, scl=1, sda=0, freq=400000)\nread = bytearray(3)\n"
WRITE, READ, STOP = "start to write", "start to read", "stop"
ABC = list(ANSWERS[:3])


@pytest.fixture
def bench(kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[I2cBench]:
    with bench_on(kernel, linux, tmp_path, cache_folder, OPENED) as made:
        yield made


def value(bench: I2cBench, call: str) -> Any:
    """The value of one call in the sandbox."""
    ((kind, _, result),) = bench.ours(f"{OPENED}note(lambda: ({call}))")
    assert kind == "returned", result
    return result


@pytest.mark.parametrize(
    ("call", "returned", "wires"),
    [
        ("i2c.readfrom(0x50, 3)", ["bytes", *ABC], [READ, 3, STOP]),
        ("i2c.readfrom(0x50, 3, False)", ["bytes", *ABC], [READ, 3, STOP]),
        ("(i2c.readfrom_into(0x50, read), read)", ["tuple", None, ["bytearray", *ABC]], [READ, 3, STOP]),
        ("i2c.writeto(0x50, b'abc')", 3, [WRITE, b"abc", STOP]),
        ("i2c.writeto(0x50, 'abc')", 3, [WRITE, b"abc", STOP]),
        ("i2c.writeto(0x50, bytearray(b'a'), True)", 1, [WRITE, b"a", STOP]),
        ("i2c.writeto(0x50, b'')", 0, [WRITE, STOP]),
        ("i2c.writevto(0x50, (b'a', bytearray(b'bc')))", 3, [WRITE, b"abc", STOP]),
        ("i2c.readfrom_mem(0x50, 0x12, 3)", ["bytes", *ABC], [WRITE, b"\x12", READ, 3, STOP]),
        ("i2c.readfrom_mem(0x50, 0x1234, 3, addrsize=16)", ["bytes", *ABC], [WRITE, b"\x12\x34", READ, 3, STOP]),
        ("i2c.readfrom_mem(0x50, 0x1234, 1)", ["bytes", ABC[0]], [WRITE, b"\x34", READ, 1, STOP]),
        (
            "(i2c.readfrom_mem_into(0x50, 7, memoryview(read)[1:]), read)",
            ["tuple", None, ["bytearray", 0, *ABC[:2]]],
            [WRITE, b"\x07", READ, 2, STOP],
        ),
        ("i2c.writeto_mem(0x50, 0x12, b'ab')", None, [WRITE, b"\x12ab", STOP]),
        ("i2c.writeto_mem(0x50, 0x12, b'ab', addrsize=16)", None, [WRITE, b"\x00\x12ab", STOP]),
        ("SoftI2C(scl=5, sda=4, freq=100000).readfrom(0x50, 1)", ["bytes", ABC[0]], [READ, 1, STOP]),
        ("I2C(scl=5, sda=4).writeto(0x50, b'a')", 1, [WRITE, b"a", STOP]),
        ("i2c.scan()", ["list", 0x50], [WRITE, STOP]),
    ],
)
def test_one_transfer(bench: I2cBench, call: str, returned: object, wires: list[object]) -> None:
    assert value(bench, call) == returned
    assert bench.wires == wires


class TestAWriteWithoutAStop:
    def test_is_sent_with_the_next_transfer_after_a_repeated_start(self, bench: I2cBench) -> None:
        assert value(bench, "(i2c.writeto(0x50, b'a', False), i2c.readfrom(0x50, 1))")[1] == 1
        assert bench.wires == [WRITE, b"a", READ, 1, STOP]

    def test_is_sent_before_another_write(self, bench: I2cBench) -> None:
        value(bench, "(i2c.writeto(0x50, b'a', stop=False), i2c.writeto(0x50, b'b'))")
        assert bench.wires == [WRITE, b"a", WRITE, b"b", STOP]

    @pytest.mark.parametrize("call", ["i2c.deinit()", "i2c.scan()", "i2c.writeto(0x51, b'', False)"])
    def test_is_sent_alone_if_the_next_transfer_goes_elsewhere(self, bench: I2cBench, call: str) -> None:
        value(bench, f"(i2c.writeto(0x50, b'a', False), {call})")
        assert bench.wires[:3] == [WRITE, b"a", STOP]

    def test_is_not_sent_twice_if_it_fails(self, bench: I2cBench) -> None:
        code = f"{OPENED}i2c.writeto(0x40, b'a', False)\nnote(lambda: i2c.readfrom(0x40, 1))\nnote(i2c.deinit)"
        assert [each[0] for each in bench.ours(code)] == ["raised", "returned"]


@pytest.mark.parametrize(
    ("call", "exception"),
    [
        ("i2c.readfrom(0x40, 1)", "OSError"),
        ("i2c.readfrom_mem(0x50, 1, 1, addrsize=12)", "ValueError"),
        ("i2c.readfrom_mem(0x50, 1, 1, addrsize=40)", "ValueError"),
        ("i2c.start()", "OSError"),
        ("i2c.stop()", "OSError"),
        ("i2c.write(b'a')", "OSError"),
        ("i2c.readinto(read)", "OSError"),
        ("i2c.writeto(0x50, 5)", "TypeError"),
        ("I2C(0, nonsense=1)", "TypeError"),
        ("SoftI2C()", "TypeError"),
    ],
)
def test_refusals(bench: I2cBench, call: str, exception: str) -> None:
    ((kind, name, _),) = bench.ours(f"{OPENED}note(lambda: {call})")
    assert (kind, name) == ("raised", exception)
