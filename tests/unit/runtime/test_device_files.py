"""Drivers that open /dev/i2c-N themselves, and those that need the numbers of ctypes."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.errors import PluginReportedError
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


def test_a_driver_with_its_own_open_file_reads_a_register(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import fcntl, io
        def read():
            writer = io.open(file="/dev/i2c-1", mode="wb", buffering=0)
            with io.open("/dev/i2c-1", "rb", buffering=0) as reader, writer:
                fcntl.ioctl(reader, 0x0703, 0x77)
                fcntl.ioctl(writer.fileno(), 0x0703, 0x77)
                writer.write(bytes([0xD0]))
                return {"id": reader.read(1)[0]}
        """,
        "i2c:1:0x77",
    )
    assert plugin.read() == {"id": 0x61}


def test_a_driver_with_a_descriptor_reads_a_register(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import fcntl, os
        def read():
            device = os.open("/dev/i2c-1", os.O_RDWR)
            fcntl.flock(device, fcntl.LOCK_EX)
            fcntl.ioctl(device, 0x0703, 0x77)
            os.write(device, bytes([0xD0]))
            found = os.read(device, 1)
            os.close(device)
            return {"id": found[0]}
        """,
        "i2c:1:0x77",
    )
    assert plugin.read() == {"id": 0x61}


def test_a_device_that_does_not_answer_is_an_os_error(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import fcntl
        def read():
            with open("/dev/i2c-1", "r+b", buffering=0) as device:
                fcntl.ioctl(device, 0x0703, 0x50)
                try:
                    device.read(1)
                except OSError as error:
                    return {"errno": error.errno}
        """,
        "i2c:1:0x50",
    )
    assert plugin.read() == {"errno": 121}


def test_a_missing_permission_is_named(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import fcntl
        def read():
            with open("/dev/i2c-1", "r+b", buffering=0) as device:
                fcntl.ioctl(device, 0x0703, 0x77)
                device.write(b"x")
        """
    )
    with pytest.raises(PluginReportedError, match=r'does not grant probe "i2c:1:0x77"'):
        plugin.read()


def test_no_other_file_and_no_other_request_is_there(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import errno, fcntl, os
        def attempt(function, *arguments):
            try:
                function(*arguments)
            except OSError as error:
                return errno.errorcode[error.errno]
        def read():
            with open("/dev/i2c-1", "r+b", buffering=0) as device:
                return {
                    "request": attempt(fcntl.ioctl, device, 0x0707, 0),
                    "address": attempt(fcntl.ioctl, device, 0x0703, 0x80),
                    "file": attempt(fcntl.ioctl, 1, 0x0703, 0x77),
                    "spi": attempt(open, "/dev/spidev0.0"),
                    "mem": attempt(os.open, "/dev/mem", os.O_RDWR),
                }
        """
    )
    assert plugin.read() == {
        "request": "ENOTTY",
        "address": "EINVAL",
        "file": "ENOTTY",
        "spi": "ENOENT",
        "mem": "ENOENT",
    }


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
