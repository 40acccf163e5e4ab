"""The sandbox's `busio.SPI`: what a driver does while its chip is selected is one transaction on the wires."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.clock import VirtualClock
from hostcore.devices.base import SPI_MODES, SpiTarget
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Environment
from hostcore.errors import PluginReportedError
from hostcore.events import TransferCompleted
from hostcore.runtime.plugin import Plugin
from tests.sandbox import Sandbox

LINE = 5
DRIVER = """
import time
from types import SimpleNamespace
import host
import _chip_select
import busio

def pin(number):
    return SimpleNamespace(id=number)

class Output:
    def __init__(self, line):
        self.line = line
    def set(self, level):
        if not _chip_select.takes(self.line, level):
            host.gpio.write(self.line, level)

class Device:
    def __init__(self, spi, cs):
        self.spi, self.cs = spi, cs
        cs.set(True)
    def __enter__(self):
        assert self.spi.try_lock()
        self.spi.configure(baudrate=250_000, polarity=1, phase=1)
        self.cs.set(False)
        return self.spi
    def __exit__(self, *error):
        self.cs.set(True)
        self.spi.unlock()

spi = busio.SPI(pin(11), pin(10), pin(9))
device = None

def setup():
    global device
    device = Device(spi, Output({line}))

def read():
    buffer = bytearray(4)
{body}
    return {{"buffer": list(buffer)}}
"""


class Notebook(SpiTarget):
    """A chip that notes the bytes of each selection, and answers each byte with its number in the selection."""

    modes = SPI_MODES

    def __init__(self) -> None:
        self.selections: list[list[bytes]] = []
        self._open = False
        self._count = 0

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        if not self._open:
            self.selections.append([])
            self._open, self._count = True, 0
        self.selections[-1].append(data)
        self._count += len(data)
        return bytes(number & 0xFF for number in range(self._count - len(data), self._count))

    def deselect(self) -> None:
        self._open = False


class Bench:
    """A chip on CE0 and one on a line, and plugins that use them."""

    def __init__(self, folder: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = VirtualClock()
        made: list[Notebook] = []

        def make(*_arguments: object, **_options: object) -> Notebook:
            made.append(Notebook())
            return made[-1]

        monkeypatch.setattr("hostcore.backends.simulated.factory.build", make)
        chips = [SimulatedChip("loopback-spi", bus=0, chip_select=0), SimulatedChip("loopback-spi", bus=0, line=LINE)]
        machine = SimulatedFactory(clock, Environment(clock), chips, (1,))
        self.sandbox = Sandbox(folder, cache_folder, clock, machine=machine)
        self.made = made

    def driver(self, body: str, line: int = LINE, *permissions: str) -> Plugin:
        indented = "\n".join(f"    {each}" for each in body.strip().splitlines())
        wanted = permissions or ("spi:0.0", "gpio:5:out", "gpio:6:out", "gpio:6:in")
        return self.sandbox.load(DRIVER.format(line=line, body=indented), *wanted)

    def chip(self) -> Notebook:
        """The only chip that was ever selected."""
        (chip,) = [each for each in self.made if each.selections]
        return chip

    def transfers(self) -> list[TransferCompleted]:
        """The SPI transactions."""
        return [each for each in self.sandbox.events if isinstance(each, TransferCompleted) and each.spi is not None]


@pytest.fixture
def bench(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    made = Bench(tmp_path, cache_folder, monkeypatch)
    yield made
    made.sandbox.close()


READ_REGISTER = """
with device as spi:
    spi.write(b"\\x75")
    spi.readinto(buffer)
"""


def test_a_write_and_a_read_are_one_selection_by_the_line(bench: Bench) -> None:
    plugin = bench.driver(READ_REGISTER)
    for _ in range(2):
        assert plugin.read() == {"buffer": [1, 2, 3, 4]}
    assert bench.chip().selections == [[b"\x75", bytes(4)]] * 2
    settings = bench.transfers()[0].spi
    assert settings is not None
    assert (settings.speed_hz, settings.mode, settings.line) == (250_000, 3, LINE)


def test_the_controllers_own_chip_select_needs_no_permission_for_its_line(bench: Bench) -> None:
    plugin = bench.driver(READ_REGISTER, 8, "spi:0.0")
    assert plugin.read() == {"buffer": [1, 2, 3, 4]}
    assert bench.chip().selections == [[b"\x75", bytes(4)]]


def test_writes_are_sent_together_when_the_chip_is_deselected(bench: Bench) -> None:
    bench.driver('with device as spi:\n    spi.write(b"ab")\n    spi.write(b"abcd", start=2, end=3)').read()
    assert b"".join(bench.chip().selections[0]) == b"abc"
    assert len(bench.chip().selections) == 1


def test_sending_and_receiving_at_the_same_time(bench: Bench) -> None:
    body = 'with device as spi:\n    spi.write_readinto(b"\\x01\\x80\\x00\\x00", buffer, out_end=3, in_start=1)'
    assert bench.driver(body).read() == {"buffer": [0, 0, 1, 2]}
    assert bench.chip().selections == [[b"\x01\x80\x00"]]


def test_a_read_sends_the_value_that_was_asked_for(bench: Bench) -> None:
    bench.driver("with device as spi:\n    spi.readinto(buffer, end=2, write_value=0xFF)").read()
    assert bench.chip().selections == [[b"\xff\xff"]]


def test_a_pause_between_write_and_read_is_kept_on_the_wires(bench: Bench) -> None:
    body = READ_REGISTER.replace("    spi.readinto", "    time.sleep(0.02)\n    spi.readinto")
    bench.driver(body).read()
    assert bench.transfers()[0].duration_ns >= 20_000_000


def test_a_transfer_after_a_read_is_refused_and_says_what_to_do(bench: Bench) -> None:
    plugin = bench.driver(READ_REGISTER + "    spi.readinto(buffer)")
    with pytest.raises(
        PluginReportedError, match=r"another transfer after a read, while GPIO 5.*use one write_readinto"
    ):
        plugin.read()
    with pytest.raises(PluginReportedError, match="another transfer after a read"):
        plugin.read()


def test_another_line_after_a_write_is_refused_and_before_it_is_not(bench: Bench) -> None:
    bench.driver('with device as spi:\n    Output(6).set(True)\n    spi.write(b"a")').read()
    plugin = bench.driver('with device as spi:\n    spi.write(b"a")\n    Output(6).set(True)')
    with pytest.raises(PluginReportedError, match="GPIO 6 is used after a write to the chip that GPIO 5 selects"):
        plugin.read()


def test_a_denied_transfer_at_the_end_of_a_selection_leaves_the_bus_unlocked(bench: Bench) -> None:
    plugin = bench.driver('with device as spi:\n    spi.write(b"a")', LINE, "gpio:5:out")
    for _ in range(2):
        with pytest.raises(PluginReportedError, match="does not let probe use chip select 0 of spi-0"):
            plugin.read()


def test_without_a_lock_each_transfer_stands_for_itself(bench: Bench) -> None:
    bench.driver('spi.write(b"a")\nspi.readinto(buffer)').read()
    assert bench.chip().selections == [[b"a"], [bytes(4)]]


def test_a_long_write_without_a_selection_is_sent_in_parts(bench: Bench) -> None:
    bench.driver("spi.write(bytes(5000))").read()
    assert [len(data) for (data,) in bench.chip().selections] == [4096, 904]


def test_pins_without_a_port_are_refused_as_by_the_original(bench: Bench) -> None:
    plugin = bench.driver("busio.SPI(pin(4), pin(10), pin(9))")
    with pytest.raises(PluginReportedError, match="No Hardware SPI on"):
        plugin.read()


@pytest.mark.parametrize("call", ["spi.configure()", "spi.write_readinto(b'ab', buffer)"])
def test_what_the_original_refuses_is_refused(bench: Bench, call: str) -> None:
    with pytest.raises(PluginReportedError, match=r"First call try_lock|must be of equal length"):
        bench.driver(call).read()
