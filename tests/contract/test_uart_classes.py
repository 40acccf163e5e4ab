"""`busio.UART` and `machine.UART` in the sandbox, on a port whose RX is wired to its TX."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginReportedError
from tests.sandbox import Sandbox

BUSIO = "import board\nport = board.UART()\n"
MACHINE = "from machine import UART\nport = UART(1, 115200, timeout=10)\n"


def answer(sandbox: Sandbox, prelude: str, calls: str) -> object:
    """The result of the last of `calls`."""
    *first, last = calls.split("; ")
    body = "\n".join(f"    {each}" for each in (*prelude.splitlines(), *first))
    return sandbox.load(f'def read():\n{body}\n    return {{"answer": {last}}}', "uart:serial0").read()["answer"]


@pytest.mark.parametrize("prelude", [BUSIO, MACHINE], ids=["busio", "machine"])
@pytest.mark.parametrize(
    ("calls", "result"),
    [
        ("port.write(b'abc')", 3),
        ("port.write(b'abc'); port.read(2).decode()", "ab"),
        ("port.write(b'abc'); port.read().decode()", "abc"),
        ("port.read(2)", None),
        ("port.read()", None),
        ("port.readline()", None),
        ("port.write(b'one\\ntwo'); port.readline().decode()", "one\n"),
        ("port.write(b'abc'); buffer = bytearray(5); [port.readinto(buffer), *buffer]", [3, 97, 98, 99, 0, 0]),
        ("port.write(b'abc'); buffer = bytearray(5); [port.readinto(buffer, 2), *buffer]", [2, 97, 98, 0, 0, 0]),
        ("port.readinto(bytearray(5))", None),
    ],
)
def test_nothing_in_time_is_none_and_the_rest_is_what_arrived(
    sandbox: Sandbox, prelude: str, calls: str, result: object
) -> None:
    assert answer(sandbox, prelude, calls) == result


def test_busio_has_the_settings_of_the_original(sandbox: Sandbox) -> None:
    calls = "port.write(b'ab'); port.timeout = 0; port.baudrate = 57600; [port.in_waiting, port.timeout, port.baudrate]"
    assert answer(sandbox, BUSIO, calls) == [2, 0, 57600]
    assert answer(sandbox, BUSIO, "port.write(b'ab'); port.reset_input_buffer(); port.in_waiting") == 0
    assert answer(sandbox, BUSIO, "port.try_lock(); port.try_lock()") is False


def test_machine_counts_what_waits(sandbox: Sandbox) -> None:
    assert answer(sandbox, MACHINE, "port.write(b'ab'); [port.any(), port.txdone(), port.flush()]") == [2, True, None]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("board.D4, board.RX", "No Hardware UART on"),
        ("board.TX, board.RX, parity=busio.UART.Parity.ODD", "parity 'O' is not offered by this host"),
        ("board.TX, board.RX, parity=1", "Invalid parity"),
        ("board.TX, board.RX, bits=9", "Not a valid byte size: 9"),
        ("board.TX, board.RX, stop=2", "stopbits 2 is not offered"),
    ],
)
def test_what_busio_cannot_do_is_refused_in_words(sandbox: Sandbox, arguments: str, problem: str) -> None:
    plugin = sandbox.load(f"import board, busio\ndef read():\n    busio.UART({arguments})", "uart:serial0")
    with pytest.raises(PluginReportedError, match=problem):
        plugin.read()


def test_a_denied_port_is_denied(sandbox: Sandbox) -> None:
    plugin = sandbox.load("import board\ndef read():\n    try: board.UART()\n    except OSError: return {}")
    with pytest.raises(PluginReportedError, match="does not let probe"):
        plugin.read()


@pytest.mark.parametrize("path", ["serial0", "/dev/serial0", "/dev/ttyS0", "/dev/ttyAMA0"])
def test_the_header_port_has_several_names(sandbox: Sandbox, path: str) -> None:
    source = f"import serial\ndef read():\n    return {{'sent': serial.Serial({path!r}).write(b'a')}}"
    assert sandbox.load(source, "uart:serial0").read() == {"sent": 1}


def test_the_port_is_listed(sandbox: Sandbox) -> None:
    source = """
        from serial.tools import list_ports

        def read():
            return {"ports": [port.device for port in list_ports.comports()]}
    """
    assert sandbox.load(source, "uart:serial0").read() == {"ports": ["/dev/serial0"]}
