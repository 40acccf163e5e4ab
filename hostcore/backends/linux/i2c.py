"""I2C buses of the Linux kernel, through smbus2 (kernel, Documentation/i2c/dev-interface.rst)."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path

from smbus2 import I2cFunc, SMBus, i2c_msg
from smbus2.smbus2 import I2C_RDWR, I2C_SLAVE, i2c_rdwr_ioctl_data

from hostcore.backends.base import I2cBus, I2cOperation, I2cRead, I2cWrite
from hostcore.backends.i2c import I2cSettings, Levels, Recovery
from hostcore.backends.linux.faults import meaning_of
from hostcore.backends.linux.file import DeviceFile
from hostcore.backends.linux.i2c_pins import opened_wires
from hostcore.backends.linux.i2c_settings import i2c_settings
from hostcore.backends.linux.node import described
from hostcore.backends.linux.setup import I2C_DEVICES, i2c_missing, i2c_path
from hostcore.backends.linux.smbus import Call, smbus_call
from hostcore.errors import BusError, BusFaultError, ClaimedByKernelError, NoAcknowledgeError, UnsupportedError
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, BusName, Place

STUCK_AFTER = 3
"""The bus may be stuck after this number of failed transfers in a row, none of which ended without an acknowledge."""

_STUCK = (
    "the bus looks stuck, SDA or SCL held low; switch all devices off and on, then look for a short, "
    "a missing pull-up, a chip without power"
)


class LinuxI2cBus(I2cBus):
    """The bus /dev/i2c-N. If its adapter is unplugged, transfers fail until it is plugged in again.

    Args:
        number: N.

    Raises:
        UnsupportedError: the bus does not exist or cannot be used. The message says what to do.
    """

    def __init__(self, number: int) -> None:
        self._number, self._name = number, BusName.i2c(number)
        path = i2c_path(number)
        self._file: DeviceFile[SMBus] = DeviceFile(path, lambda: _opened(path), lambda: i2c_missing(number))
        self._unanswered = 0

    def transaction(self, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        if not I2C_FIRST_ADDRESS <= address <= I2C_LAST_ADDRESS:
            raise self._error(
                UnsupportedError,
                address,
                f"only 7-bit addresses from 0x{I2C_FIRST_ADDRESS:02X} to 0x{I2C_LAST_ADDRESS:02X} can be used, "
                "no reserved and no 10-bit ones",
            )
        bus = self._file.handle()
        call = self._call(bus, address, operations)
        try:
            self._select(bus, address)
            received = call()
        except OSError as error:
            raise self._failure(address, operations, error) from error
        self._unanswered = 0
        return received

    def settings(self) -> I2cSettings:
        return i2c_settings(self._number)

    def levels(self) -> Levels | None:
        try:
            with opened_wires(self._number, may_drive=False) as wires:
                return wires.levels()
        except UnsupportedError:
            return None

    def unstick(self) -> Recovery:
        for device in self.settings().kernel_devices:
            if device.driver:
                place = Place(self._name, device.address)
                raise ClaimedByKernelError(
                    f"{_claim(self._number, device.address)}. Clocks on the bus would disturb it", place
                )
        with opened_wires(self._number, may_drive=True) as wires:
            recovery = wires.free()
        self._unanswered = 0
        return recovery

    def close(self) -> None:
        """Close the bus; the next transaction opens it again."""
        self._file.close()

    def _call(self, bus: SMBus, address: int, operations: Sequence[I2cOperation]) -> Call:
        """The call that carries out the operations. The adapter's abilities are checked first, as in i2cdetect."""
        if bus.funcs & I2cFunc.I2C and list(operations) != [I2cWrite(b"")]:
            return lambda: self._rdwr(bus, address, operations)
        try:
            return smbus_call(bus, address, operations)
        except UnsupportedError as error:
            raise self._error(UnsupportedError, address, error.problem) from None

    def _select(self, bus: SMBus, address: int) -> None:
        """Ask whether a kernel driver has the address. I2C_RDWR does not check this, and would disturb the driver."""
        try:
            _ioctl(bus, I2C_SLAVE, address)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            raise self._error(ClaimedByKernelError, address, _claim(self._number, address)) from error

    def _rdwr(self, bus: SMBus, address: int, operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        """Like `SMBus.i2c_rdwr`, which drops the result of the call: the number of completed messages."""
        messages = [
            i2c_msg.write(address, each.data) if isinstance(each, I2cWrite) else i2c_msg.read(address, each.length)
            for each in operations
        ]
        done = _ioctl(bus, I2C_RDWR, i2c_rdwr_ioctl_data.create(*messages))  # type: ignore[arg-type]  # the stub errs
        if done < len(messages):
            raise self._error(BusFaultError, address, f"the bus stopped after {done} of {len(messages)} messages")
        return tuple(
            bytes(message) for message, each in zip(messages, operations, strict=True) if isinstance(each, I2cRead)
        )

    def _failure(self, address: int, operations: Sequence[I2cOperation], error: OSError) -> BusError:
        lost = self._file.lost(error)
        if lost is not None:
            return lost
        kind, meaning = meaning_of(error)
        problem = f"{meaning}: {described(error)}"
        if kind is UnsupportedError:
            return self._error(kind, address, problem + _what_it_cannot(operations))
        self._unanswered = 0 if kind is NoAcknowledgeError else self._unanswered + 1
        if self._unanswered >= STUCK_AFTER:
            problem += f". {STUCK_AFTER} transfers or more in a row went unanswered: {_STUCK}"
        return self._error(kind, address, problem)

    def _error(self, kind: type[BusError], address: int, problem: str) -> BusError:
        return kind(problem, Place(self._name, address), device=str(self._file.path))


def _opened(path: Path) -> SMBus:
    bus = SMBus()
    try:
        bus.open(str(path))
    except OSError:
        bus.close()
        raise
    return bus


def _ioctl(bus: SMBus, request: int, argument: int | i2c_rdwr_ioctl_data) -> int:
    assert bus.fd is not None
    return ioctl(bus.fd, request, argument)


def _claim(bus: int, address: int) -> str:
    device = I2C_DEVICES / f"{bus}-{address:04x}"
    try:
        driver = (device / "driver").readlink().name
    except OSError:
        return "a driver of the kernel has this device"
    return (
        f"the kernel's driver {driver} has this device; read it from /sys/bus/iio or /sys/class/hwmon, or take it "
        f"from that driver: `echo {device.name} | sudo tee /sys/bus/i2c/drivers/{driver}/unbind`"
    )


def _what_it_cannot(operations: Sequence[I2cOperation]) -> str:
    if any(isinstance(each, I2cRead) for each in operations[:-1]):
        return ". On a Raspberry Pi's own buses only the last message may read: split it into several transactions"
    if any(isinstance(each, I2cWrite) and not each.data for each in operations):
        return ". Many adapters cannot send a write without bytes"
    return ""
