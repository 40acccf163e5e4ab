"""The sandbox's `busio.I2C` and `adafruit_extended_bus` against Adafruit-Blinka: the same calls, wires and results.

Blinka itself needs no compiler, but packages that it names do: `pip install --no-deps Adafruit-Blinka Adafruit-PureIO
Adafruit-PlatformDetect`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.i2c_bench import I2cBench, bench_on
from tests.emulation.faults import Fault
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Recorder
from tests.emulation.worker import Worker

pytestmark = pytest.mark.thorough

pytest.importorskip("adafruit_blinka", reason="Adafruit-Blinka is not installed")
pytest_plugins = ["tests.emulation.machine"]

OPENED = """
import os
os.environ.update(BLINKA_FORCEBOARD="RASPBERRY_PI_4B", BLINKA_FORCECHIP="BCM2XXX")
import busio
from microcontroller import pin
i2c = busio.I2C(pin.SCL, pin.SDA)
read = bytearray(b"......")
"""


@pytest.fixture
def bench(kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[I2cBench]:
    with bench_on(kernel, linux, tmp_path, cache_folder, OPENED) as made:
        yield made


CALLS = [
    "i2c.writeto(0x50, b'')",
    "i2c.writeto(0x50, b'abc')",
    "i2c.writeto(0x50, bytearray(b'abc'))",
    "i2c.writeto(0x50, memoryview(b'abc'))",
    "i2c.writeto(0x50, 'a\\xff')",
    "i2c.writeto(0x50, b'abcdef', start=2)",
    "i2c.writeto(0x50, b'abcdef', start=1, end=3)",
    "i2c.writeto(0x50, b'abcdef', end=-1)",
    "i2c.writeto(0x50, b'abcdef', start=-2)",
    "(i2c.readfrom_into(0x50, read), read)",
    "(i2c.readfrom_into(0x50, read, start=2), read)",
    "(i2c.readfrom_into(0x50, read, end=3), read)",
    "(i2c.readfrom_into(0x50, read, start=1, end=4), read)",
    "(i2c.readfrom_into(0x50, memoryview(read)[2:4]), read)",
    "(i2c.writeto_then_readfrom(0x50, b'ab', read), read)",
    "(i2c.writeto_then_readfrom(0x50, b'ab', read, stop=True), read)",
    "(i2c.writeto_then_readfrom(0x50, b'abc', read, out_start=1, out_end=2, in_start=2, in_end=4), read)",
    "(i2c.writeto_then_readfrom(0x50, b'abc', read, out_end=1, in_end=2, stop=True), read)",
    "(i2c.writeto_then_readfrom(0x50, b'', read), read)",
    "(i2c.writeto_then_readfrom(0x50, memoryview(b'abc')[1:], memoryview(read)[1:3]), read)",
    "i2c.scan()",
    "(i2c.try_lock(), i2c.try_lock(), i2c.unlock(), i2c.try_lock())",
    "(i2c.unlock(), i2c.try_lock())",
    "(i2c.__enter__() is i2c, i2c.try_lock(), i2c.__exit__(None, None, None))",
    "(i2c.deinit(), i2c.deinit())",
    "(i2c.init(pin.SCL, pin.SDA, 100000), i2c.scan())",
    "busio.I2C(scl=pin.SCL, sda=pin.SDA, frequency=400000).scan()",
    "(repr(pin.SCL), pin.SDA.id, pin.D4 == 4, pin.D4 == pin.D5, pin.SCL == pin.D3)",
    "(list(map(repr, pin.i2cPorts[0])), pin.uartPorts[0][0], pin.spiPorts[0][0])",
]


@pytest.mark.parametrize("call", CALLS)
def test_calls(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "returned"


REFUSED = [
    "i2c.writeto(0x40, b'')",
    "i2c.writeto(0x40, b'a')",
    "i2c.readfrom_into(0x40, read)",
    "i2c.writeto_then_readfrom(0x40, b'a', read)",
    "i2c.writeto_then_readfrom(0x40, b'a', read, stop=True)",
    "i2c.writeto(0x50, None)",
    "i2c.writeto(0x50, 5)",
    "i2c.readfrom_into(0x50, b'......')",
    "i2c.readfrom_into(0x50, None)",
    "i2c.writeto_then_readfrom(0x50, b'a', b'......')",
    "i2c.writeto(None, b'a')",
    "i2c.writeto(0x50, b'a', 1)",
    "busio.I2C(pin.SDA, pin.SCL)",
    "busio.I2C(pin.D5, pin.D6)",
    "busio.I2C()",
    "(i2c.deinit(), i2c.scan())",
    "(i2c.deinit(), i2c.writeto(0x50, b'a'))",
    "(i2c.__exit__(None, None, None) if not i2c.__enter__() else None, i2c.deinit(), i2c.writeto(0x50, b''))",
]


@pytest.mark.parametrize("call", REFUSED)
def test_refusals(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "raised"


@pytest.mark.parametrize("number", [errno.EREMOTEIO, errno.EIO, errno.ETIMEDOUT])
@pytest.mark.parametrize("call", ["i2c.writeto(0x50, b'a')", "i2c.writeto_then_readfrom(0x50, b'a', read)"])
def test_faults_of_the_bus(bench: I2cBench, call: str, number: int) -> None:
    assert bench.same(call, faults=[Fault(number)])[0][2] == number


def test_a_lost_arbitration_is_an_error(bench: I2cBench) -> None:
    # The original writes to a file, and Python takes EAGAIN of a file as "nothing written" without an error.
    (outcome,) = bench.ours(f"{OPENED}note(lambda: i2c.writeto(0x50, b'a'))", faults=[Fault(errno.EAGAIN)])
    assert outcome == ["raised", "BlockingIOError", errno.EAGAIN]


bounds = st.one_of(st.none(), st.integers(-7, 7))
starts = st.integers(-7, 7)
CALL = st.one_of(
    st.builds("i2c.writeto(0x50, {}, start={}, end={})".format, st.binary(max_size=6), starts, bounds),
    st.builds(
        "(i2c.readfrom_into(0x50, read, start={}, end={}), bytes(read))".format, st.integers(0, 3), st.integers(4, 6)
    ),
    st.builds(
        "(i2c.writeto_then_readfrom(0x50, {}, read, out_start={}, out_end={}, in_start={}, in_end={}, stop={}), "
        "bytes(read))".format,
        st.binary(min_size=1, max_size=6),
        st.just(0),
        bounds,
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(4, 6)),
        st.booleans(),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(CALL, min_size=1, max_size=6), answers=st.binary(min_size=1, max_size=40))
def test_any_calls(bench: I2cBench, calls: list[str], answers: bytes) -> None:
    bench.same(*calls, chip=lambda: Recorder(answers))


def test_the_pins_of_a_board_are_those_of_its_chip(bench: I2cBench) -> None:
    names = "SDA SCL MISO MOSI SCLK SCK CE0 CE1 TXD RXD MISO_1 MOSI_1 SCLK_1 SCK_1 " + " ".join(
        f"D{n}" for n in range(28)
    )
    (outcome,) = bench.same(f"[getattr(pin, name).id for name in {names.split()}]")
    code = f"import board\nnote(lambda: [getattr(board, name).id for name in {names.split()}])"
    assert bench.ours(code) == [outcome]


def test_an_extended_bus_is_the_bus_with_that_number(bench: I2cBench) -> None:
    code = "from adafruit_extended_bus import ExtendedI2C\nnote(lambda: ExtendedI2C(1).writeto(0x50, b'ab'))"
    assert bench.ours(code) == [["returned", "NoneType", None]]
    assert bench.wires == ["start to write", b"ab", "stop"]
