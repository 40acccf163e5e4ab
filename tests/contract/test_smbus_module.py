"""The sandbox's `smbus` against the extension module of i2c-tools: the same calls, wires, results and exceptions.

The original must be compiled: `pip install smbus`, or Raspberry Pi OS's package python3-smbus.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.devices.base import I2cTarget
from tests.contract.i2c_bench import CHIP, I2cBench, bench_on
from tests.emulation.i2c import FUNCTIONS_OF_GPIO, I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory, Recorder
from tests.emulation.worker import Worker

pytest.importorskip("smbus", reason="smbus is not installed; it needs a C compiler and Python's headers")
pytest_plugins = ["tests.emulation.machine"]

OPENED = "from smbus import SMBus\nbus = SMBus(1)\n"
WITH_PEC = OPENED + "bus.pec = 1\n"


@pytest.fixture
def bench(kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[I2cBench]:
    with bench_on(kernel, linux, tmp_path, cache_folder, OPENED) as made:
        yield made


CALLS = [
    "bus.write_quick(0x50)",
    "bus.read_byte(0x50)",
    "bus.write_byte(0x50, 7)",
    "bus.read_byte_data(0x50, 3)",
    "bus.write_byte_data(0x50, 3, 200)",
    "bus.read_word_data(0x50, 3)",
    "bus.write_word_data(0x50, 3, 0x1234)",
    "bus.process_call(0x50, 3, 0x1234)",
    "bus.write_block_data(0x50, 3, [])",
    "bus.write_block_data(0x50, 3, [1, 2])",
    "bus.read_i2c_block_data(0x50, 3)",
    "bus.read_i2c_block_data(0x50, 3, 1)",
    "bus.read_i2c_block_data(0x50, 3, 32)",
    "bus.read_i2c_block_data(0x50, 3, 288)",
    "bus.write_i2c_block_data(0x50, 3, [1, 2])",
    "bus.write_i2c_block_data(0x50, 3, [])",
    "bus.write_byte_data(0x50, 0x1FF, -1)",
    "bus.pec",
    "bus.close()",
    "SMBus().close()",
    "SMBus(bus=1).read_byte(0x50)",
    "SMBus().open(bus=1)",
    "SMBus(-3).pec",
    "(setattr(bus, 'pec', 7), bus.pec, setattr(bus, 'pec', False), bus.pec)",
]
REFUSED = [
    "bus.read_byte(0x40)",
    "bus.read_byte(0x80)",
    "bus.read_byte(-2)",
    "bus.read_byte(None)",
    "bus.read_byte(1.5)",
    "bus.read_byte('a')",
    "bus.read_byte()",
    "bus.write_byte(0x50, 1.5)",
    "bus.write_byte(0x50, 'a')",
    "bus.write_byte(0x80, None)",
    "bus.read_byte_data(0x50, None)",
    "bus.write_word_data(0x50, 1, 1.0)",
    "bus.read_i2c_block_data(0x50, 1, 33)",
    "bus.read_i2c_block_data(0x50, 1, -1)",
    "bus.read_i2c_block_data(0x50, 1, None)",
    "bus.write_i2c_block_data(0x50, 1, [0] * 33)",
    "bus.write_i2c_block_data(0x50, 1, (1, 2))",
    "bus.write_i2c_block_data(0x50, 1, b'ab')",
    "bus.write_i2c_block_data(0x50, 1, 5)",
    "bus.write_i2c_block_data(0x50, 1, [1.5])",
    "bus.write_i2c_block_data(0x80, 1, [1.5])",
    "bus.write_block_data(0x50, 1, [0] * 33)",
    "bus.block_process_call(0x50, 1, [0] * 33)",
    "bus.i2c_rdwr",
    "bus.fd",
    "bus.__enter__",
    "SMBus('/dev/i2c-1')",
    "SMBus(None)",
    "SMBus(9)",
    "SMBus().open(9)",
    "SMBus(1.0)",
    "SMBus().open(-1)",
    "SMBus().open('1')",
    "SMBus().read_byte(0x50)",
    "setattr(SMBus(), 'pec', True)",
    "(bus.close(), bus.read_byte(0x50))",
]


@pytest.mark.parametrize("prelude", [OPENED, WITH_PEC])
@pytest.mark.parametrize("call", [each for each in CALLS if "read" not in each and "process" not in each])
def test_calls(bench: I2cBench, call: str, prelude: str) -> None:
    assert bench.same(call, prelude=prelude)[0][0] == "returned"


@pytest.mark.parametrize("call", [each for each in CALLS if "read" in each or "process" in each])
def test_calls_that_read(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "returned"
    bench.same(call, prelude=WITH_PEC)


@pytest.mark.parametrize("call", REFUSED)
def test_refusals(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "raised"


@pytest.mark.parametrize("length", [0, 1, 32, 33])
def test_blocks_whose_length_the_device_says(
    kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path, length: int
) -> None:
    def chip() -> I2cTarget:
        return Memory(bytes((length, *range(32))) + bytes(222) + bytes((length,)))

    adapter = I2cAdapter({}, functions=FUNCTIONS_OF_GPIO)
    with bench_on(kernel, linux, tmp_path, cache_folder, OPENED, adapter) as bench:
        bench.same("bus.read_block_data(0x50, 0)", "bus.block_process_call(0x50, 253, [5])", chip=chip)


addresses = st.sampled_from([CHIP, CHIP, CHIP, 0x40])
numbers = st.integers(-2, 70_000)
blocks = st.lists(numbers, max_size=34)
CALL = st.one_of(
    st.builds("bus.read_byte({})".format, addresses),
    st.builds("bus.write_byte({}, {})".format, addresses, numbers),
    st.builds("bus.read_byte_data({}, {})".format, addresses, numbers),
    st.builds("bus.write_byte_data({}, {}, {})".format, addresses, numbers, numbers),
    st.builds("bus.read_word_data({}, {})".format, addresses, numbers),
    st.builds("bus.write_word_data({}, {}, {})".format, addresses, numbers, numbers),
    st.builds("bus.process_call({}, {}, {})".format, addresses, numbers, numbers),
    st.builds("bus.write_block_data({}, {}, {})".format, addresses, numbers, blocks),
    st.builds("bus.read_i2c_block_data({}, {}, {})".format, addresses, numbers, st.integers(-2, 40).filter(bool)),
    st.builds("bus.write_i2c_block_data({}, {}, {})".format, addresses, numbers, blocks),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(CALL, min_size=1, max_size=8), answers=st.binary(min_size=1, max_size=40), pec=st.booleans())
def test_any_calls(bench: I2cBench, calls: list[str], answers: bytes, pec: bool) -> None:
    bench.same(*calls, prelude=WITH_PEC if pec else OPENED, chip=lambda: Recorder(answers))
