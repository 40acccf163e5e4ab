"""An emulated I2C adapter with the interface of the kernel's i2c-dev driver.

Sources: the kernel's Documentation/i2c/dev-interface.rst, smbus-protocol.rst and fault-codes.rst; linux/i2c-dev.h and
linux/i2c.h. The functions and constants carry the names of those headers, as smbus2 spells them.
"""

from __future__ import annotations

import errno
import struct
import sys
import threading
from collections.abc import Mapping, Sequence

from smbus2 import I2cFunc
from smbus2.smbus2 import I2C_FUNCS, I2C_PEC, I2C_RDWR, I2C_SLAVE, I2C_SLAVE_FORCE, I2C_SMBUS, I2C_SMBUS_BLOCK_MAX

from hostcore.devices.base import I2cTarget
from tests.emulation.device import Device, DeviceFile
from tests.emulation.i2c_message import I2C_M_RECV_LEN, I2cMessage, unpack_messages
from tests.emulation.smbus import NEEDED, SmbusCall

I2C_RETRIES, I2C_TIMEOUT, I2C_TENBIT = 0x0701, 0x0702, 0x0704
I2C_M_TEN = 0x0010
MESSAGES_MAX = 42
"""I2C_RDWR_IOCTL_MAX_MSGS of linux/i2c-dev.h."""
LENGTH_MAX = 8192
"""Longest message of I2C_RDWR, and of read and write (i2c-dev.c)."""
FUNCTIONS_OF_I2C = I2cFunc.I2C | I2cFunc.SMBUS_EMUL
"""Functions of the Pi's own adapter: I2C, and SMBus made from I2C. It cannot read a block whose length the device says,
and ignores I2C_M_RECV_LEN (i2c-bcm2835.c)."""
FUNCTIONS_OF_GPIO = FUNCTIONS_OF_I2C | I2cFunc.SMBUS_READ_BLOCK_DATA | I2cFunc.SMBUS_BLOCK_PROC_CALL
"""Functions of the adapter made of two GPIO lines, which can (i2c-algo-bit.c)."""


class I2cAdapter(Device):
    """An I2C bus with simulated chips.

    Args:
        targets: the chips by their 7-bit address.
        name: the kernel's name for the adapter.
        functions: the answer of I2C_FUNCS. An adapter without I2C supports only SMBus.
        claimed: addresses that kernel drivers use, and the names of the drivers.
        no_acknowledge: errno for a missing acknowledge: EREMOTEIO on the Pi, ENXIO by the kernel's convention.
        one_read: refuse a read that is not the last message, as i2c-bcm2835 does.
        zero_length: whether it can send only the address.
    """

    def __init__(
        self,
        targets: Mapping[int, I2cTarget],
        *,
        name: str = "i2c-gpio",
        functions: int = FUNCTIONS_OF_I2C,
        claimed: Mapping[int, str] | None = None,
        no_acknowledge: int = errno.EREMOTEIO,
        one_read: bool = False,
        zero_length: bool = True,
    ) -> None:
        super().__init__()
        self.name, self.functions = name, functions
        self.targets = dict(targets)
        self.claimed = dict(claimed or {})
        self.transfers = 0
        self._no_acknowledge = no_acknowledge
        self._one_read, self._zero_length = one_read, zero_length
        self._lock = threading.Lock()

    def transfer(self, messages: Sequence[I2cMessage]) -> list[bytes]:
        """Bytes that each message read, empty for a write. May be fewer than `messages` (the kernel's i2c_transfer)."""
        with self._lock:
            self.transfers += 1
            fault = next(self.faults, None)
            if fault is not None:
                fault.strike()
                if fault.short is not None:
                    messages = messages[: fault.short]
            self._check(messages)
            return self._on_the_wires(messages)

    def _check(self, messages: Sequence[I2cMessage]) -> None:
        if any(message.flags & I2C_M_TEN for message in messages):
            raise OSError(errno.EOPNOTSUPP, "10-bit address")
        if self._one_read and any(message.reading for message in messages[:-1]):
            raise OSError(errno.EOPNOTSUPP, "only one read message supported, has to be last")
        if not self._zero_length and not all(message.length for message in messages):
            raise OSError(errno.EOPNOTSUPP, "adapter quirk: no zero length")

    def _on_the_wires(self, messages: Sequence[I2cMessage]) -> list[bytes]:
        started: list[I2cTarget] = []
        received = []
        try:
            for message in messages:
                target = self.targets.get(message.address)
                if target is None:
                    raise self._refused()
                started.append(target)
                if not target.start(message.reading):
                    raise self._refused()
                received.append(self._received(target, message) if message.reading else b"")
                if message.data and target.write(message.data) < len(message.data):
                    raise self._refused()
        finally:
            for target in dict.fromkeys(started):
                target.stop()
        return received

    def _received(self, target: I2cTarget, message: I2cMessage) -> bytes:
        if not message.flags & I2C_M_RECV_LEN or not self.functions & I2cFunc.SMBUS_READ_BLOCK_DATA:
            return target.read(message.length)
        (length,) = target.read(1)
        if not 1 <= length <= I2C_SMBUS_BLOCK_MAX:
            raise OSError(errno.EPROTO, "invalid block length (i2c-algo-bit.c)")
        return bytes((length, *target.read(length + message.length - 1)))

    def _refused(self) -> OSError:
        return OSError(self._no_acknowledge, "no acknowledge")

    def open(self) -> I2cFile:
        return I2cFile(self)


class I2cFile(DeviceFile):
    """An opened /dev/i2c-N: its adapter, and the address set with I2C_SLAVE."""

    def __init__(self, adapter: I2cAdapter) -> None:
        super().__init__(adapter)
        self._adapter = adapter
        self._address = 0
        self._pec = False

    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        if request == I2C_RDWR:
            return self._rdwr(payload)
        if request == I2C_SMBUS:
            return 0, self._smbus(SmbusCall.unpack(payload, self._pec))
        if request == I2C_FUNCS:
            return 0, struct.pack("@L", self._adapter.functions)
        self._set(request, int.from_bytes(payload, sys.byteorder))
        return 0, b""

    def _set(self, request: int, number: int) -> None:
        if request in (I2C_SLAVE, I2C_SLAVE_FORCE):
            if number > 0x7F:
                raise OSError(errno.EINVAL, "address")
            if request == I2C_SLAVE and number in self._adapter.claimed:
                raise OSError(errno.EBUSY, self._adapter.claimed[number])
            self._address = number
        elif request == I2C_PEC:
            self._pec = bool(number)
        elif request == I2C_TENBIT:
            if number:
                raise OSError(errno.EINVAL, "only valid if the adapter has that function (dev-interface.rst)")
        elif request not in (I2C_RETRIES, I2C_TIMEOUT):
            raise OSError(errno.ENOTTY, "no such ioctl")

    def _rdwr(self, payload: bytes) -> tuple[int, bytes]:
        messages = unpack_messages(payload)
        if not 1 <= len(messages) <= MESSAGES_MAX or any(message.length > LENGTH_MAX for message in messages):
            raise OSError(errno.EINVAL, "messages")
        received = self._transfer(messages)
        return len(received), b"".join(received)

    def _smbus(self, call: SmbusCall) -> bytes:
        functions = self._adapter.functions
        if not functions & I2cFunc.I2C and not functions & NEEDED[call.kind][call.reading]:
            raise OSError(errno.EOPNOTSUPP, "the adapter cannot do that")
        messages = call.messages(self._address)
        received = self._adapter.transfer(messages)
        if len(received) < len(messages):
            raise OSError(errno.EIO, "fewer messages than asked for (i2c-core-smbus.c)")
        return call.reply(messages, received[-1])

    def read(self, length: int) -> bytes:
        return b"".join(self._transfer([I2cMessage.read(self._address, min(length, LENGTH_MAX))]))

    def write(self, data: bytes) -> int:
        data = data[:LENGTH_MAX]
        self._transfer([I2cMessage.write(self._address, data)])
        return len(data)

    def _transfer(self, messages: Sequence[I2cMessage]) -> list[bytes]:
        if not self._adapter.functions & I2cFunc.I2C:
            raise OSError(errno.EOPNOTSUPP, "I2C level transfers not supported")
        return self._adapter.transfer(messages)
