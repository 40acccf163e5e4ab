"""The sandbox's `serial` against pyserial: the same calls on a port whose RX is wired to its TX.

The original opens the port on an emulated machine, and the sandbox reaches the same port through the host.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.backends.base import Factory
from hostcore.clock import RealClock
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.originals import BothWays
from tests.emulation.uart import LoopbackPort
from tests.emulation.worker import Worker
from tests.sandbox import Sandbox

pytestmark = pytest.mark.thorough

pytest_plugins = ["tests.emulation.machine"]

OPENED = "import serial, io, time\nport = serial.Serial('/dev/serial0', 115200, timeout=2)\n"
CLOSED = "\nport.close()"
WAIT = """
def wait(count):
    while port.in_waiting < count:
        time.sleep(0.001)
"""


class Bench:
    """Both modules, and a loopback on /dev/serial0."""

    def __init__(self, kernel: EmulatedKernel, linux: Worker, sandbox: Sandbox) -> None:
        self.port = LoopbackPort()
        kernel.link("serial0", self.port.path)
        self._linux = linux
        self._both = BothWays(linux, sandbox, "uart:serial0", "uart:serial9")

    def same(self, code: str, prelude: str = OPENED + WAIT, end: str = CLOSED) -> list[Any]:
        """Run `code` with both modules. Returns what both noted."""
        original, wires = self._both.original(prelude + code + end), self._wires()
        ours = self._both.ours(prelude + code + end)
        assert ours == original
        assert self._wires() == wires
        return ours

    def _wires(self) -> bytes:
        """The bytes that were sent since the last call."""
        heard = bytes(self.port.heard)
        self.port.heard.clear()
        self._linux.close()
        return heard


@pytest.fixture
def bench(kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[Bench]:
    sandbox = Sandbox(tmp_path, cache_folder, RealClock(), machine=cast("Factory", linux))
    made = Bench(kernel, linux, sandbox)
    yield made
    sandbox.close()
    made.port.unplug()


def test_what_was_written_is_read_in_every_way(bench: Bench) -> None:
    bench.same("""
note(lambda: port.write(b"hello"))
note(lambda: port.read(5))
note(lambda: port.write(bytearray(b"one\\ntwo\\nthree")))
note(lambda: port.readline())
note(lambda: port.read_until(b"o"))
note(lambda: port.read())
wait(5)
note(lambda: port.in_waiting)
note(lambda: port.inWaiting())
note(lambda: port.read_all())
note(lambda: port.write(memoryview(b"a;b;c")))
note(lambda: port.read_until(b";"))
note(lambda: port.read_until(expected=b";", size=1))
note(lambda: port.read_until(size=2))
note(lambda: port.write([65, 66, 67]))
buffer = bytearray(5)
port.timeout = 0.05
note(lambda: port.readinto(buffer))
note(lambda: buffer)
""")


def test_lines_are_iterated_and_wrapped(bench: Bench) -> None:
    bench.same(
        """
port.write(b"one\\r\\ntwo\\r\\n")
note(lambda: next(port))
wait(5)
port.timeout = 0.05
note(lambda: list(port))
port.write(b"last")
wait(4)
note(lambda: io.TextIOWrapper(io.BufferedReader(port, 4)).read(4))
""",
        end="",
    )


def test_a_read_ends_with_its_timeout(bench: Bench) -> None:
    bench.same("""
port.timeout = 0.02
note(lambda: port.read(3))
note(lambda: port.readline())
note(lambda: port.read_until(b"x"))
port.write(b"ab")
wait(2)
note(lambda: port.read(5))
port.timeout = 0
note(lambda: port.read(3))
note(lambda: port.read_all())
note(lambda: port.readline())
note(lambda: port.read(0))
""")


def test_received_bytes_can_be_dropped(bench: Bench) -> None:
    bench.same("""
port.write(b"abc")
wait(3)
note(lambda: port.reset_input_buffer())
note(lambda: port.in_waiting)
port.write(b"abc")
wait(3)
note(lambda: port.flushInput())
port.timeout = 0
note(lambda: port.read(3))
note(lambda: port.reset_output_buffer())
note(lambda: port.flushOutput())
note(lambda: port.flush())
""")


SETTINGS = {
    "baudrate": ("9600", "115200", "'9600'", "-1", "None"),
    "bytesize": ("8", "4", "'8'"),
    "parity": ("'N'", "'X'", "None", "0"),
    "stopbits": ("1", "3", "None"),
    "timeout": ("None", "0", "0.5", "3", "-1", "'a'"),
    "write_timeout": ("None", "0", "0.5", "-1"),
    "writeTimeout": ("1",),
    "inter_byte_timeout": ("None", "1", "-1"),
    "xonxoff": ("False",),
    "rtscts": ("False",),
    "dsrdtr": ("False", "None"),
}
NAMES = ", ".join(f"port.{name}" for name in SETTINGS)


def test_settings_of_an_open_port(bench: Bench) -> None:
    code = "".join(
        f"note(lambda: setattr(port, {name!r}, {value}))\nnote(lambda: ({NAMES}))\n"
        for name, values in SETTINGS.items()
        for value in values
    )
    bench.same(code)


def test_settings_at_the_start(bench: Bench) -> None:
    code = "".join(
        f"note(lambda: serial.Serial({name}={value}).get_settings())\n"
        for name, values in SETTINGS.items()
        for value in values
    )
    bench.same(code, end="")
    bench.same("note(lambda: port.get_settings())\nport.apply_settings({'timeout': 7})\nnote(lambda: port.timeout)")


def test_opening_and_closing(bench: Bench) -> None:
    bench.same(
        """
note(lambda: (port.is_open, port.isOpen(), port.name, port.port, port.portstr))
note(port.open)
note(port.close)
note(port.close)
note(lambda: port.is_open)
for call in (lambda: port.read(), lambda: port.write(b"a"), port.flush, port.reset_input_buffer,
             port.reset_output_buffer, port.readline):
    note(call)
note(port.open)
note(lambda: port.is_open)
with port as same:
    note(lambda: same is port)
note(lambda: port.is_open)
with port:
    note(lambda: port.is_open)
port = serial.Serial()
note(port.open)
note(lambda: port.is_open)
port.port = "/dev/serial0"
note(lambda: port.is_open)
note(port.open)
port.close()
note(lambda: serial.Serial("/dev/serial9"))
note(lambda: serial.Serial(port=7))
note(lambda: serial.Serial("/dev/serial0", unknown=1))
note(lambda: serial.Serial("/dev/serial0", 115200, 8, "N", 1, 0.5).timeout)
note(lambda: serial.serial_for_url("/dev/serial0", 9600, timeout=1).baudrate)
note(lambda: serial.serial_for_url("/dev/serial0", do_not_open=True).is_open)
note(lambda: serial.serial_for_url("nonsense://x"))
"""
    )


def test_what_may_be_written(bench: Bench) -> None:
    bench.same("""
note(lambda: port.write("text"))
note(lambda: port.write(None))
note(lambda: port.write([300]))
note(lambda: port.write(b""))
note(lambda: port.write(()))
note(lambda: (port.readable(), port.writable(), port.seekable(), port.closed))
""")


def test_names_and_classes(bench: Bench) -> None:
    bench.same("""
from serial.serialutil import SerialException
import serial.tools.list_ports
note(lambda: issubclass(serial.SerialException, OSError))
note(lambda: issubclass(serial.SerialTimeoutException, SerialException))
note(lambda: issubclass(serial.PortNotOpenError, serial.SerialException))
note(lambda: isinstance(port, io.RawIOBase))
note(lambda: (serial.PARITY_NONE, serial.PARITY_EVEN, serial.PARITY_ODD, serial.PARITY_MARK, serial.PARITY_SPACE))
note(lambda: (serial.STOPBITS_ONE, serial.STOPBITS_ONE_POINT_FIVE, serial.STOPBITS_TWO))
note(lambda: (serial.FIVEBITS, serial.SIXBITS, serial.SEVENBITS, serial.EIGHTBITS))
note(lambda: (list(serial.XON), list(serial.XOFF), serial.VERSION, serial.__version__))
note(lambda: serial.to_bytes([1, 2]))
note(lambda: list(port.BAUDRATES))
note(lambda: repr(port).partition("open=")[2])
note(lambda: str(serial.PortNotOpenError()))
""")


def test_a_setting_that_the_host_does_not_offer_is_refused_as_a_serial_exception(bench: Bench) -> None:
    both = bench._both
    for setting in ("bytesize=7", "parity='E'", "stopbits=2", "rtscts=True", "xonxoff=True", "dsrdtr=True"):
        code = f"import serial\nnote(lambda: serial.Serial('/dev/serial0', {setting}))"
        assert both.ours(code) == [["raised", "OSError", None]]
    text = both.ours(
        "import serial\ntry:\n    serial.Serial('/dev/serial0', parity='E')\nexcept OSError as e:\n    answer = str(e)"
    )
    assert str(text).startswith("Could not configure port: parity 'E' is not offered by this host")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60), max_size=5), st.lists(st.integers(0, 30), max_size=10))
def test_any_bytes_come_back_in_parts_of_any_length(bench: Bench, written: list[bytes], lengths: list[int]) -> None:
    total, reads = sum(map(len, written)), []
    for length in lengths:
        reads.append(min(length, total - sum(reads)))
    code = "".join(f"note(lambda: port.write({part!r}))\n" for part in written)
    code += "".join(f"note(lambda: port.read({length}))\n" for length in reads)
    bench.same(f"{code}note(lambda: port.read({total - sum(reads)}))")
