"""The sandbox's `machine.SPI`, on a wire from MOSI to MISO."""

from __future__ import annotations

import pytest

from hostcore.backends.spi import SpiSelect
from hostcore.errors import PluginReportedError
from hostcore.events import TransferCompleted
from tests.sandbox import Sandbox


def answer(sandbox: Sandbox, calls: str, bus: str = "SPI(0, 1_000_000, polarity=1, phase=1)") -> object:
    """The result of the last of `calls`."""
    *first, last = (f"bus = {bus}", *calls.split("; "))
    body = "\n".join(f"    {each}" for each in first)
    source = f'from machine import SPI, SoftSPI\ndef read():\n{body}\n    return {{"answer": {last}}}'
    return sandbox.load(source, "spi:0.0").read()["answer"]


@pytest.mark.parametrize(
    ("calls", "result"),
    [
        ("bus.write(b'ab')", None),
        ("list(bus.read(2, 0x42))", [0, 0]),
        ("buffer = bytearray(2); bus.readinto(buffer, 0x42); list(buffer)", [0, 0]),
        ("buffer = bytearray(2); bus.write_readinto(b'ab', buffer); list(buffer)", [0, 0]),
    ],
)
def test_transfers_select_no_chip(sandbox: Sandbox, calls: str, result: object) -> None:
    assert answer(sandbox, calls) == result
    (transfer,) = [each for each in sandbox.events if isinstance(each, TransferCompleted)]
    assert transfer.spi is not None
    assert (transfer.spi.speed_hz, transfer.spi.mode, transfer.spi.select) == (1_000_000, 3, SpiSelect.NONE)


@pytest.mark.parametrize(
    ("bus", "problem"),
    [
        ("SPI(0, bits=16)", "words of 8 bits"),
        ("SPI(0, firstbit=SPI.LSB)", "highest bit first"),
        ("SoftSPI(bits=7)", "words of 8 bits"),
    ],
)
def test_what_a_pi_cannot_do_is_refused(sandbox: Sandbox, bus: str, problem: str) -> None:
    with pytest.raises(PluginReportedError, match=problem):
        answer(sandbox, "None", bus)


def test_buffers_of_different_lengths_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(PluginReportedError, match="buffers must be the same length"):
        answer(sandbox, "bus.write_readinto(b'ab', bytearray(3))")


def test_the_line_of_a_chip_select_selects_its_chip(sandbox: Sandbox) -> None:
    calls = "import _chip_select; taken = _chip_select.takes(8, False); bus.write(b'ab'); [taken, *bus.read(2, 7)]"
    assert answer(sandbox, calls) == [True, 7, 7]
    (transfer,) = [each for each in sandbox.events if isinstance(each, TransferCompleted)]
    assert [message.data for message in transfer.messages] == [b"ab", b"\7\7", b"\7\7"]
