"""Serial ports of the Linux backend, beyond the contract: pyserial on pseudo terminals."""

from __future__ import annotations

import errno
import fcntl
import os
import termios
from collections.abc import Iterator

import pytest

from hostcore.backends.base import Uart
from hostcore.clock import NS_PER_S
from hostcore.errors import BusFaultError, BusTimeoutError, UnsupportedError
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.uart import LoopbackPort
from tests.emulation.worker import Worker

pytest.importorskip("serial", reason="pyserial is part of the extra `pi`")
pytest_plugins = ["tests.emulation.machine"]


@pytest.fixture
def port(kernel: EmulatedKernel) -> Iterator[LoopbackPort]:
    made = LoopbackPort()
    kernel.link("ttyUSB0", made.path)
    yield made
    made.unplug()


@pytest.fixture
def uart(port: LoopbackPort, linux: Worker) -> Uart:
    opened: Uart = linux.uart("ttyUSB0")
    return opened


def speed_of(path: str) -> int:
    file = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        return int(termios.tcgetattr(file)[4])
    finally:
        os.close(file)


def test_the_port_starts_at_9600_baud_and_takes_others(port: LoopbackPort, uart: Uart) -> None:
    assert speed_of(port.path) == termios.B9600
    uart.set_baud(115_200)
    assert speed_of(port.path) == termios.B115200


def test_bytes_pass_as_they_are(uart: Uart) -> None:
    data = bytes(range(256))
    uart.write(data)
    received = b""
    while len(received) < len(data) and (part := uart.read(256, NS_PER_S)):
        received += part
    assert received == data


def test_a_port_that_another_program_holds_is_refused(port: LoopbackPort, linux: Worker) -> None:
    holder = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    try:
        with pytest.raises(UnsupportedError, match=r"/dev/ttyUSB0 is in use by another program; `sudo fuser"):
            linux.uart("ttyUSB0")
    finally:
        os.close(holder)


@pytest.mark.parametrize("name", ["mem", "watchdog", "sda", "null", "../etc/passwd", "tty", "", "ttyUSB0/x"])
def test_what_is_not_called_like_a_serial_port_is_not_opened(linux: Worker, name: str) -> None:
    with pytest.raises(UnsupportedError, match="is not the name of a serial port, such as serial0"):
        linux.uart(name)


def test_a_missing_port_names_those_there_are(port: LoopbackPort, linux: Worker) -> None:
    with pytest.raises(UnsupportedError, match=r"/dev/serial0 does not exist, there is ttyUSB0; .*enable_uart=1"):
        linux.uart("serial0")
    with pytest.raises(UnsupportedError, match=r"/dev/ttyACM0 does not exist, .*plug the adapter in"):
        linux.uart("ttyACM0")


def test_a_port_that_hung_up_works_again_at_its_speed_once_it_is_back(
    kernel: EmulatedKernel, port: LoopbackPort, uart: Uart
) -> None:
    uart.set_baud(57_600)
    port.unplug()
    (kernel.root / "dev/ttyUSB0").unlink()
    for _ in range(2):
        with pytest.raises(BusFaultError, match="/dev/ttyUSB0 is gone"):
            uart.read(1, 0)
    again = LoopbackPort()
    kernel.link("ttyUSB0", again.path)
    uart.write(b"back")
    assert uart.read(4, NS_PER_S) == b"back"
    assert speed_of(again.path) == termios.B57600
    again.unplug()


def test_a_write_that_nobody_takes_ends_in_a_timeout(kernel: EmulatedKernel, linux: Worker) -> None:
    stuck = LoopbackPort(echoing=False)
    kernel.link("ttyUSB1", stuck.path)
    uart = linux.uart("ttyUSB1")
    uart.set_baud(4_000_000)
    with pytest.raises(BusTimeoutError, match="/dev/ttyUSB1 did not take the bytes in time"):
        for _ in range(100):
            uart.write(bytes(4096))
    stuck.unplug()


def test_a_terminal_error_is_a_bus_fault(port: LoopbackPort, uart: Uart) -> None:
    port.unplug()
    with pytest.raises(BusFaultError, match=rf"/dev/ttyUSB0.*({errno.EIO}|disconnected|gone)"):
        uart.write(b"x")
