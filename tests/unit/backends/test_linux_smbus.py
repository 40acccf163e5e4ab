"""Adapters that speak only SMBus: the Linux backend does with its calls what it can, and refuses the rest."""

from __future__ import annotations

import errno

import pytest
from smbus2 import I2cFunc

from hostcore.backends.base import I2cOperation, I2cRead, I2cWrite
from hostcore.errors import NoAcknowledgeError, UnsupportedError
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

CHIP, NOBODY = 0x50, 0x51
CONTENT = bytes(range(200))
READ_FIRST = (I2cWrite(b"\x00"), I2cRead(1))
SMBUS = I2cFunc.SMBUS_EMUL & ~I2cFunc.SMBUS_PEC
SMBUS_CAN: list[tuple[I2cOperation, ...]] = [
    (I2cWrite(b""),),
    (I2cWrite(b"\x10"),),
    (I2cRead(1),),
    (I2cWrite(b"\x10\xaa"),),
    (I2cWrite(b"\x10\xaa\xbb"),),
    (I2cWrite(b"\x10\xaa\xbb\xcc"),),
    (I2cWrite(b"\x10" + bytes(range(32))),),
    (I2cWrite(b"\x10"), I2cRead(1)),
    (I2cWrite(b"\x10"), I2cRead(2)),
    (I2cWrite(b"\x10"), I2cRead(3)),
    (I2cWrite(b"\x10"), I2cRead(32)),
]
SMBUS_CANNOT: list[tuple[I2cOperation, ...]] = [
    (I2cRead(2),),
    (I2cWrite(b"\x10" + bytes(33)),),
    (I2cWrite(b"\x10"), I2cRead(33)),
    (I2cWrite(b"\x10\x11"), I2cRead(1)),
    (I2cWrite(b""), I2cRead(1)),
    (I2cWrite(b"\x10"), I2cWrite(b"\x11")),
    (I2cWrite(b"\x10"), I2cRead(1), I2cRead(1)),
]


def text_of(operations: tuple[I2cOperation, ...]) -> str:
    return "+".join(f"w{len(each.data)}" if isinstance(each, I2cWrite) else f"r{each.length}" for each in operations)


class TestAnAdapterThatSpeaksOnlySmbus:
    @pytest.mark.parametrize("operations", SMBUS_CAN, ids=text_of)
    def test_what_smbus_has_a_call_for_does_the_same_as_on_i2c(
        self, kernel: EmulatedKernel, linux: Worker, operations: tuple[I2cOperation, ...]
    ) -> None:
        plain, other = Memory(CONTENT), Memory(CONTENT)
        kernel.plug("i2c-1", I2cAdapter({CHIP: plain}))
        kernel.plug("i2c-2", I2cAdapter({CHIP: other}, functions=SMBUS))
        received = linux.i2c_bus(2).transaction(CHIP, operations)
        assert received == linux.i2c_bus(1).transaction(CHIP, operations)
        assert other.content == plain.content
        assert linux.i2c_bus(2).transaction(CHIP, [I2cRead(1)]) == linux.i2c_bus(1).transaction(CHIP, [I2cRead(1)])

    @pytest.mark.parametrize("operations", SMBUS_CANNOT, ids=text_of)
    def test_what_it_has_no_call_for_is_refused_with_what_it_can_do(
        self, kernel: EmulatedKernel, linux: Worker, operations: tuple[I2cOperation, ...]
    ) -> None:
        adapter = I2cAdapter({CHIP: Memory()}, functions=SMBUS)
        kernel.plug("i2c-2", adapter)
        with pytest.raises(UnsupportedError, match=r"I2C bus 2 .*0x50: this adapter speaks only SMBus: "):
            linux.i2c_bus(2).transaction(CHIP, operations)
        assert adapter.transfers == 0

    @pytest.mark.parametrize(
        ("function", "operations"),
        [
            (I2cFunc.SMBUS_QUICK, (I2cWrite(b""),)),
            (I2cFunc.SMBUS_READ_BYTE, (I2cRead(1),)),
            (I2cFunc.SMBUS_WRITE_BYTE, (I2cWrite(b"\x10"),)),
            (I2cFunc.SMBUS_WRITE_I2C_BLOCK, (I2cWrite(b"\x10" + bytes(5)),)),
            (I2cFunc.SMBUS_READ_I2C_BLOCK, (I2cWrite(b"\x10"), I2cRead(5))),
        ],
    )
    def test_a_call_that_the_adapter_lacks_is_not_tried(
        self, kernel: EmulatedKernel, linux: Worker, function: I2cFunc, operations: tuple[I2cOperation, ...]
    ) -> None:
        adapter = I2cAdapter({CHIP: Memory()}, functions=SMBUS & ~function)
        kernel.plug("i2c-2", adapter)
        with pytest.raises(UnsupportedError):
            linux.i2c_bus(2).transaction(CHIP, operations)
        assert adapter.transfers == 0

    @pytest.mark.parametrize("length", [1, 2])
    def test_a_block_does_where_bytes_and_words_are_lacking(
        self, kernel: EmulatedKernel, linux: Worker, length: int
    ) -> None:
        memory = Memory(CONTENT)
        blocks = I2cFunc.SMBUS_I2C_BLOCK
        kernel.plug("i2c-2", I2cAdapter({CHIP: memory}, functions=blocks))
        bus = linux.i2c_bus(2)
        bus.transaction(CHIP, [I2cWrite(b"\x20" + bytes(length))])
        assert bus.transaction(CHIP, [I2cWrite(b"\x1f"), I2cRead(length)]) == ((b"\x1f" + bytes(length))[:length],)

    def test_nobody_at_the_address_is_a_no_acknowledge_there_too(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("i2c-2", I2cAdapter({}, functions=SMBUS, no_acknowledge=errno.ENXIO))
        with pytest.raises(NoAcknowledgeError, match=r"0x51.*ENXIO"):
            linux.i2c_bus(2).transaction(NOBODY, READ_FIRST)
