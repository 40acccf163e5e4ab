"""The sandbox's `smbus2` against the original one: the same calls, the same wires, results and exceptions.

The original makes its calls on an emulated kernel, and the sandbox reaches the same kernel through the host.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.devices.base import I2cTarget
from tests.contract.i2c_bench import CHIP, I2cBench, bench_on
from tests.emulation.faults import Fault
from tests.emulation.i2c import FUNCTIONS_OF_GPIO, I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.smbus import packet_error_code
from tests.emulation.targets import Memory, Recorder
from tests.emulation.worker import Worker

pytestmark = pytest.mark.thorough

pytest_plugins = ["tests.emulation.machine"]

OPENED = "from smbus2 import I2cFunc, SMBus, i2c_msg\nbus = SMBus(1)\n"
WITH_PEC = OPENED + "bus.pec = 1\n"
NOBODY = 0x40
any_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


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
    "bus.read_i2c_block_data(0x50, 3, 1)",
    "bus.read_i2c_block_data(0x50, 3, 32)",
    "bus.write_i2c_block_data(0x50, 3, [])",
    "bus.write_i2c_block_data(0x50, 3, [1, 2])",
    "bus.write_i2c_block_data(0x50, 3, b'ab')",
    "bus.write_i2c_block_data(0x50, 3, (1, True))",
    "bus.write_i2c_block_data(0x50, 3, [0] * 32)",
    "bus.write_i2c_block_data(0x50, 3, range(4))",
    "bus.read_byte(0x50, force=True)",
    "bus.read_byte_data(i2c_addr=0x50, register=3, force=False)",
    "bus.write_byte_data(i2c_addr=0x50, register=3, value=4)",
    "bus.read_i2c_block_data(i2c_addr=0x50, register=3, length=4)",
    "bus.write_byte_data(0x50, 0x1FF, -1)",
    "bus.write_word_data(0x50, -1, -2)",
    "bus.write_i2c_block_data(0x50, 300, [256, -1, 511])",
]


@pytest.mark.parametrize("call", CALLS)
def test_calls(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "returned"


@pytest.mark.parametrize("call", [each for each in CALLS if "read_i2c" not in each and "write_i2c" not in each])
def test_calls_with_a_packet_error_code(bench: I2cBench, call: str) -> None:
    outcome, *_ = bench.same(call, prelude=WITH_PEC)
    reads = "read" in call or "process" in call
    assert outcome[0] == ("raised" if reads else "returned")  # the chip's next byte is not the right code


@pytest.mark.parametrize("call", [each for each in CALLS if "i2c_block" in each])
def test_an_i2c_block_has_no_packet_error_code(bench: I2cBench, call: str) -> None:
    assert bench.same(call, prelude=WITH_PEC)[0][0] == "returned"


REFUSED = [
    "bus.read_byte(0x40)",
    "bus.write_byte(0x40, 1)",
    "bus.read_byte(0x80)",
    "bus.write_quick(0x400)",
    "bus.read_byte(None)",
    "bus.read_byte()",
    "bus.read_byte_data(0x50)",
    "bus.read_byte_data(0x50, 1.5)",
    "bus.read_byte_data(0x50, 'a')",
    "bus.read_byte_data(0x50, None)",
    "bus.write_byte_data(0x50, 1, b'a')",
    "bus.write_byte_data(0x50, 1, '1')",
    "bus.write_word_data(0x50, 1, 1.0)",
    "bus.read_i2c_block_data(0x50, 1, 33)",
    "bus.read_i2c_block_data(0x50, 1, -1)",
    "bus.read_i2c_block_data(0x50, 1, 1.0)",
    "bus.read_i2c_block_data(0x50, 1, '1')",
    "bus.read_i2c_block_data(0x50, 1)",
    "bus.write_i2c_block_data(0x50, 1, [0] * 33)",
    "bus.write_i2c_block_data(0x50, 1, 5)",
    "bus.write_i2c_block_data(0x50, 1, None)",
    "bus.write_i2c_block_data(0x50, 1, 'ab')",
    "bus.write_i2c_block_data(0x50, 1, [1.5])",
    "bus.write_i2c_block_data(0x50, 1, [None])",
    "bus.write_i2c_block_data(0x80, 1, [None])",
    "bus.write_block_data(0x50, 1, bytes(33))",
    "bus.block_process_call(0x50, 1, [0] * 33)",
    "bus.i2c_rdwr()",
    "bus.i2c_rdwr(*[i2c_msg.write(0x50, [1])] * 43)",
    "bus.i2c_rdwr(i2c_msg.read(0x50, 8193))",
    "bus.i2c_rdwr(i2c_msg.read(0x40, 1))",
    "bus.i2c_rdwr(1)",
    "bus.i2c_rdwr([i2c_msg.read(0x50, 1)])",
    "SMBus(1.0)",
    "SMBus(b'/dev/i2c-1')",
    "SMBus('/dev/nothing')",
    "SMBus('/dev/i2c-9')",
    "SMBus(9)",
    "SMBus(-1)",
    "SMBus(True)",
    "SMBus('i2c-1')",
    "SMBus().read_byte(0x50)",
    "SMBus().enable_pec()",
    "bus.close(), bus.read_byte(0x50)",
    "bus.close(), bus.i2c_rdwr(i2c_msg.read(0x50, 1))",
]


@pytest.mark.parametrize("call", REFUSED)
def test_refusals(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "raised"


OBJECTS = [
    "bus.fd is not None, int(bus.funcs), bus.pec, bus.force",
    "SMBus().fd, int(SMBus().funcs), SMBus().pec, SMBus(force=True).force",
    "bus.funcs & I2cFunc.SMBUS_PEC, repr(I2cFunc.SMBUS_QUICK), int(I2cFunc.SMBUS_EMUL)",
    "bus.close(), bus.close(), bus.fd",
    "[SMBus('/dev/i2c-1').read_byte(0x50)]",
    "SMBus(bus=1, force=False).read_byte(0x50)",
    "bus.__enter__() is bus, bus.__exit__(None, None, None), bus.fd",
    "bus.enable_pec(), bus.pec, bus.enable_pec(False), bus.pec",
    "setattr(bus, 'pec', True), bus.pec, setattr(bus, 'pec', 0), bus.pec",
    "bus.read_byte(0x50), bus.address",
]


@pytest.mark.parametrize("call", OBJECTS)
def test_objects(bench: I2cBench, call: str) -> None:
    assert bench.same(call)[0][0] == "returned"


MESSAGES = [
    "list(i2c_msg.read(0x50, 3)), bytes(i2c_msg.read(0x50, 3))",
    "repr(i2c_msg.read(0x50, 2)), str(i2c_msg.read(0x50, 1))",
    "repr(i2c_msg.write(0x50, [1, 2])), str(i2c_msg.write(0x50, 'a\\xffb')), len(i2c_msg.write(0x50, [7]))",
    "list(i2c_msg.write(0x50, 'a\\xff')), list(i2c_msg.write(0x50, b'ab')), list(i2c_msg.write(0x50, (5, 6)))",
    "list(i2c_msg.write(0x50, bytearray(b'ab'))), list(i2c_msg.write(0x50, 3)), list(i2c_msg.write(0x50, range(3)))",
    "[(m.addr, m.flags, m.len) for m in (i2c_msg.read(0x50, 3), i2c_msg.write(0x150, [1]), i2c_msg.read(-1, 1))]",
    "i2c_msg.write(0x50, [5, 6]).buf[1], i2c_msg.write(0x50, [5, 6]).buf[0:2]",
    "i2c_msg.write(0x50, [256])",
    "i2c_msg.write(0x50, [-1])",
    "i2c_msg.write(0x50, '\\u0100')",
    "i2c_msg.write(0x50, None)",
    "i2c_msg.write(0x50, 1.5)",
    "i2c_msg.read(0x50, -1)",
    "i2c_msg.read(0x50, None)",
    "i2c_msg.read(0x50, 'a')",
    "i2c_msg.read('a', 1)",
    "i2c_msg.read(0x50, 70000).len",
]


@pytest.mark.parametrize("call", MESSAGES)
def test_messages(bench: I2cBench, call: str) -> None:
    bench.same(call)


TRANSACTIONS = [
    "w = i2c_msg.write(0x50, [1])\nr = i2c_msg.read(0x50, 4)\nnote(lambda: bus.i2c_rdwr(w, r))\nnote(lambda: list(r))",
    "r = i2c_msg.read(0x50, 2)\nbuffer = r.buf\nnote(lambda: bus.i2c_rdwr(r))\nnote(lambda: buffer[0])",
    "r = i2c_msg.read(0x50, 1)\nnote(lambda: bus.i2c_rdwr(i2c_msg.write(0x50, []), r))\nnote(lambda: r.buf[0])",
    "rs = [i2c_msg.read(0x50, n) for n in (1, 2, 3)]\nnote(lambda: bus.i2c_rdwr(*rs))\nnote(lambda: [*map(list, rs)])",
    "r = i2c_msg.read(0x40, 2)\nnote(lambda: bus.i2c_rdwr(r))\nnote(lambda: list(r))",
    "r = i2c_msg.read(0x50, 8192)\nnote(lambda: bus.i2c_rdwr(r))\nnote(lambda: list(r))",
    "m = i2c_msg.write(0x50, [1, 2])\nm.buf[1] = 9\nnote(lambda: bus.i2c_rdwr(m))",
    "m = i2c_msg.write(0x50, [1, 2])\nm.buf[0] = b'x'\nm.len = 1\nnote(lambda: bus.i2c_rdwr(m))",
    "note(lambda: bus.i2c_rdwr(*[i2c_msg.write(0x50, [1])] * 42))",
]


@pytest.mark.parametrize("code", TRANSACTIONS)
def test_transactions(bench: I2cBench, code: str) -> None:
    bench.same_code(code)


@pytest.mark.parametrize("number", [errno.EREMOTEIO, errno.EIO, errno.ETIMEDOUT, errno.EAGAIN])
@pytest.mark.parametrize("call", ["bus.read_byte_data(0x50, 1)", "bus.i2c_rdwr(i2c_msg.read(0x50, 1))"])
def test_faults_of_the_bus(bench: I2cBench, call: str, number: int) -> None:
    assert bench.same(call, faults=[Fault(number)])[0][2] == number


def test_a_byte_that_the_device_refuses(bench: I2cBench) -> None:
    call = "bus.write_i2c_block_data(0x50, 1, [2, 3, 4])"
    assert bench.same(call, chip=lambda: Recorder(b"x", accepts=2))[0][2] == errno.EREMOTEIO


class TestBlocksWhoseLengthTheDeviceSays:
    """The sandbox reads 32 bytes and cuts them, so the wires differ in how many bytes are read."""

    @pytest.fixture
    def bench(self, kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[I2cBench]:
        adapter = I2cAdapter({}, functions=FUNCTIONS_OF_GPIO)
        with bench_on(kernel, linux, tmp_path, cache_folder, OPENED, adapter) as made:
            yield made

    @pytest.mark.parametrize("length", [0, 1, 5, 32, 33, 255])
    def test_without_a_packet_error_code(self, bench: I2cBench, length: int) -> None:
        def chip() -> I2cTarget:
            return Memory(bytes((length, *range(32))) + bytes(222) + bytes((length,)))

        outcomes = bench.same("bus.read_block_data(0x50, 0)", "bus.block_process_call(0x50, 253, [5])", chip=chip)
        assert all(each[0] == ("returned" if 1 <= length <= 32 else "raised") for each in outcomes)

    @pytest.mark.parametrize("right", [True, False])
    @pytest.mark.parametrize("length", [1, 5, 32])
    def test_with_a_packet_error_code(self, bench: I2cBench, length: int, right: bool) -> None:
        block = bytes((length, *range(length)))
        code = packet_error_code(bytes((CHIP << 1, 3, CHIP << 1 | 1)) + block) ^ (not right)

        def chip() -> I2cTarget:
            return Memory(bytes(3) + block + bytes((code,)))

        (outcome,) = bench.same("bus.read_block_data(0x50, 3)", prelude=WITH_PEC, chip=chip)
        assert outcome[0] == ("returned" if right else "raised")


@pytest.mark.parametrize(
    ("call", "sent", "length"),
    [
        ("bus.read_byte(0x50)", "", 1),
        ("bus.read_byte_data(0x50, 9)", "a009", 1),
        ("bus.read_word_data(0x50, 9)", "a009", 2),
        ("bus.process_call(0x50, 9, 0x1234)", "a0093412", 2),
    ],
)
@pytest.mark.parametrize("right", [True, False])
def test_the_packet_error_code_of_a_read(bench: I2cBench, call: str, sent: str, length: int, right: bool) -> None:
    data = bytes(range(1, length + 1))
    code = packet_error_code(bytes.fromhex(sent) + bytes((CHIP << 1 | 1,)) + data) ^ (not right)
    (outcome,) = bench.same(call, prelude=WITH_PEC, chip=lambda: Recorder(data + bytes((code,))))
    assert outcome[0] == ("returned" if right else "raised")
    assert right or outcome[2] == errno.EBADMSG


addresses = st.sampled_from([CHIP, CHIP, CHIP, CHIP, NOBODY, 0x80, -1])
bytes_or_not = st.integers(-2, 300)
words_or_not = st.integers(-2, 70_000)
blocks = st.lists(bytes_or_not, max_size=34)
lengths = st.integers(-2, 40).filter(bool)
CALL = st.one_of(
    st.builds("bus.write_quick({})".format, addresses),
    st.builds("bus.read_byte({})".format, addresses),
    st.builds("bus.write_byte({}, {})".format, addresses, bytes_or_not),
    st.builds("bus.read_byte_data({}, {})".format, addresses, bytes_or_not),
    st.builds("bus.write_byte_data({}, {}, {})".format, addresses, bytes_or_not, bytes_or_not),
    st.builds("bus.read_word_data({}, {})".format, addresses, bytes_or_not),
    st.builds("bus.write_word_data({}, {}, {})".format, addresses, bytes_or_not, words_or_not),
    st.builds("bus.process_call({}, {}, {})".format, addresses, bytes_or_not, words_or_not),
    st.builds("bus.write_block_data({}, {}, {})".format, addresses, bytes_or_not, blocks),
    st.builds("bus.read_i2c_block_data({}, {}, {})".format, addresses, bytes_or_not, lengths),
    st.builds("bus.write_i2c_block_data({}, {}, {})".format, addresses, bytes_or_not, blocks),
)


@any_example
@given(calls=st.lists(CALL, min_size=1, max_size=8), answers=st.binary(min_size=1, max_size=40), pec=st.booleans())
def test_any_calls(bench: I2cBench, calls: list[str], answers: bytes, pec: bool) -> None:
    bench.same(*calls, prelude=WITH_PEC if pec else OPENED, chip=lambda: Recorder(answers))


message = st.one_of(
    st.builds("i2c_msg.read(0x50, {})".format, st.integers(1, 300)),
    st.builds("i2c_msg.write(0x50, {})".format, st.binary(max_size=300)),
)


@any_example
@given(messages=st.lists(message, min_size=1, max_size=6), answers=st.binary(min_size=1, max_size=40))
def test_any_transaction(bench: I2cBench, messages: list[str], answers: bytes) -> None:
    code = f"ms = [{', '.join(messages)}]\nnote(lambda: bus.i2c_rdwr(*ms))\nnote(lambda: [bytes(m) for m in ms])"
    bench.same_code(code, chip=lambda: Recorder(answers))
