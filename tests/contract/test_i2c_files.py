"""The device files /dev/i2c-N of the sandbox against those of the kernel: the same calls, wires, results and errors."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.i2c_bench import I2cBench, bench_on
from tests.emulation.faults import Fault
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

I2C_SLAVE, I2C_SLAVE_FORCE = 0x0703, 0x0706
OPENED = f"""
import fcntl, io, os
file = os.open("/dev/i2c-1", os.O_RDWR)
fcntl.ioctl(file, {I2C_SLAVE}, 0x50)
both = open("/dev/i2c-1", "r+b", buffering=0)
fcntl.ioctl(both, {I2C_SLAVE_FORCE}, 0x50)
reader, writer = io.open("/dev/i2c-1", "rb", 0), io.open("/dev/i2c-1", mode="wb", buffering=0)
fcntl.ioctl(reader, {I2C_SLAVE}, 0x50)
fcntl.ioctl(writer.fileno(), {I2C_SLAVE}, 0x50)
"""


@pytest.fixture
def bench(kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[I2cBench]:
    with bench_on(kernel, linux, tmp_path, cache_folder, OPENED) as made:
        yield made


@pytest.mark.parametrize(
    "call",
    [
        "os.write(file, b'abc')",
        "os.write(file, bytearray(b'a'))",
        "os.write(file, bytes(9000))",
        "os.read(file, 3)",
        "os.read(file, 9000)[:3]",
        "(os.write(file, b'a'), os.read(file, 2), os.close(file))",
        "both.write(b'ab')",
        "both.read(3)",
        "(buffer := bytearray(4), both.readinto(buffer), buffer)",
        "(writer.write(b'a'), reader.read(1))",
        "(both.name, both.readable(), both.writable(), reader.writable(), writer.readable(), both.closed)",
        "(both.close(), both.close(), both.closed)",
        "both.flush()",
        "[stream.__exit__(None, None, None) for stream in [open('/dev/i2c-1', 'rb', 0)] if stream.__enter__()]",
        "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.ioctl(file, 0x0701, 3)",
        "fcntl.ioctl(file, 0x0702, 3)",
        "fcntl.ioctl(file, 0x0704, 0)",
        "(fcntl.LOCK_SH, fcntl.LOCK_UN, fcntl.F_GETFL, fcntl.F_SETFL, fcntl.FD_CLOEXEC)",
    ],
)
def test_calls(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "returned"


@pytest.mark.parametrize(
    "call",
    [
        f"(fcntl.ioctl(file, {I2C_SLAVE}, 0x40), os.write(file, b'a'))",
        f"(fcntl.ioctl(both, {I2C_SLAVE}, 0x40), both.read(1))",
        f"fcntl.ioctl(file, {I2C_SLAVE}, 0x80)",
        "fcntl.ioctl(file, 0x07FF, 0)",
        "fcntl.ioctl(file, 0x0704, 1)",
        "os.open('/dev/i2c-9', os.O_RDWR)",
        "open('/dev/i2c-9', 'rb', 0)",
        "open('/dev/i2c-1', 'r+b')",
        "open('/dev/i2c-1', 'r', 0)",
        "reader.write(b'a')",
        "writer.read(1)",
        "(os.close(file), os.write(file, b'a'))",
        "(os.close(file), os.close(file))",
        "(both.close(), both.read(1))",
        "(both.close(), both.fileno())",
        "os.write(file, 'a')",
        "os.write(file, 5)",
    ],
)
def test_refusals(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "raised"


@pytest.mark.parametrize("number", [errno.EREMOTEIO, errno.EIO, errno.ETIMEDOUT])
@pytest.mark.parametrize("call", ["os.write(file, b'a')", "os.read(file, 1)", "both.read(1)", "both.write(b'a')"])
def test_faults_of_the_bus(bench: I2cBench, call: str, number: int) -> None:
    assert bench.same(call, faults=[Fault(number)])[0][2] == number
