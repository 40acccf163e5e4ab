"""The sandbox's `spidev` against the original one: the same calls, the same wires, results and exceptions.

The original makes its calls on an emulated kernel, and the sandbox reaches the same kernel through the host.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.backends.base import Factory
from hostcore.clock import RealClock, VirtualClock
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.originals import BothWays
from tests.emulation.spi import BITS_PER_WORD, LSB_FIRST, MAX_SPEED_HZ, MODE, SpiSlot
from tests.emulation.worker import Worker
from tests.sandbox import Sandbox

pytestmark = pytest.mark.thorough

pytest.importorskip("spidev", reason="spidev needs a C compiler to be installed; it is part of the extra `pi`")
pytest_plugins = ["tests.emulation.machine"]

OPENED = "import spidev\nspi = spidev.SpiDev()\nspi.open(0, 1)\n"
FAST = 125_000_000


class Bench:
    """Both modules, and a loopback on /dev/spidev0.1."""

    def __init__(self, kernel: EmulatedKernel, linux: Worker, sandbox: Sandbox) -> None:
        clock = VirtualClock()
        self.slot = SpiSlot(SpiLoopback(clock, Environment(clock)))
        kernel.plug("spidev0.1", self.slot)
        self._linux = linux
        self._both = BothWays(linux, sandbox, *(f"spi:{place}" for place in ("0.1", "0.5", "0.0", "9.0")))

    def same(self, code: str, prelude: str = OPENED) -> list[object]:
        """Run `code` with both modules. Returns what both noted."""
        original, wires = self._both.original(prelude + code), self._wires()
        ours = self._both.ours(prelude + code)
        assert ours == original
        assert self._wires() == wires
        return ours

    def _wires(self) -> list[object]:
        """The transfers since the last call. The device forgets its settings."""
        seen = [*self.slot.seen]
        self.slot.seen.clear()
        self.slot.settings = {MODE: 0, LSB_FIRST: 0, BITS_PER_WORD: 8, MAX_SPEED_HZ: FAST}
        self._linux.close()
        return [each for each in seen if each.data]


@pytest.fixture
def bench(kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path) -> Iterator[Bench]:
    sandbox = Sandbox(tmp_path, cache_folder, RealClock(), machine=cast("Factory", linux))
    yield Bench(kernel, linux, sandbox)
    sandbox.close()


TRANSFERS = [
    "note(lambda: spi.xfer([1, 2, 3]))",
    "note(lambda: spi.xfer((1, 2, 3)))",
    "note(lambda: spi.xfer(b'abc'))",
    "note(lambda: spi.xfer(bytearray(b'abc')))",
    "note(lambda: spi.xfer(range(5)))",
    "note(lambda: spi.xfer2([0xFF] * 4096))",
    "note(lambda: spi.xfer2((7,)))",
    "note(lambda: spi.xfer2([255, 256, 257, -1]))",
    "note(lambda: spi.xfer2([True, False]))",
    "note(lambda: spi.xfer3([1, 2, 3]))",
    "note(lambda: len(spi.xfer3([5] * 9000)))",
    "note(lambda: spi.xfer2([1], 250000))",
    "note(lambda: spi.xfer2([1], 250000, 40))",
    "note(lambda: spi.xfer2([1], 0, 40, 8))",
    "note(lambda: spi.readbytes(5))",
    "note(lambda: spi.readbytes(0))",
    "note(lambda: spi.readbytes(-3))",
    "note(lambda: len(spi.readbytes(5000)))",
    "note(lambda: spi.writebytes([1, 2]))",
    "note(lambda: spi.writebytes(b'ab'))",
    "note(lambda: spi.writebytes2([1] * 5000))",
    "note(lambda: spi.writebytes2(bytes(9000)))",
    "note(lambda: spi.writebytes2(b''))",
]
REFUSED = [
    "note(lambda: spi.xfer([]))",
    "note(lambda: spi.xfer2(()))",
    "note(lambda: spi.xfer3([]))",
    "note(lambda: spi.writebytes([]))",
    "note(lambda: spi.writebytes2([]))",
    "note(lambda: spi.xfer([1.5]))",
    "note(lambda: spi.xfer2('ab'))",
    "note(lambda: spi.xfer2(7))",
    "note(lambda: spi.xfer2(None))",
    "note(lambda: spi.xfer2([None]))",
    "note(lambda: spi.xfer2([0] * 4097))",
    "note(lambda: spi.writebytes([0] * 4097))",
    "note(lambda: spi.xfer2([1], 0, 0, 16))",
    "note(lambda: spi.xfer2(values=[1]))",
    "note(lambda: spi.readbytes('a'))",
    "note(lambda: spi.open(0, 5))",
    "note(lambda: spi.open(9, 0))",
    "note(lambda: spi.open(-1, 0))",
    "note(lambda: spi.open('0', 0))",
    "note(lambda: spi.open_path('/dev/spidev0.5'))",
]
SETTINGS = [
    *[f"note(lambda: setattr(spi, 'mode', {value}))" for value in (0, 1, 2, 3, 4, -1, 256, "'1'", "1.0", None)],
    *[f"note(lambda: setattr(spi, 'max_speed_hz', {value}))" for value in (1, 500_000, FAST, 0, "'1'", None)],
    *[f"note(lambda: setattr(spi, 'bits_per_word', {value}))" for value in (8, 9, 16, 7, 33, 0, "'8'")],
    *[
        f"note(lambda: setattr(spi, '{name}', {value}))"
        for name in ("cshigh", "no_cs", "lsbfirst", "loop", "read0")
        for value in (True, False, 1, None)
    ],
    "note(lambda: setattr(spi, 'threewire', False))",
    "note(lambda: setattr(spi, 'speed', 1))",
]
NAMES = ("mode", "max_speed_hz", "bits_per_word", "cshigh", "no_cs", "lsbfirst", "threewire", "loop", "read0")
ALL_SETTINGS = "".join(f"note(lambda: spi.{name})\n" for name in NAMES)


@pytest.mark.parametrize("code", TRANSFERS)
def test_transfers(bench: Bench, code: str) -> None:
    assert bench.same(code)[0] != "raised"


def test_what_is_refused(bench: Bench) -> None:
    noted = bench.same("\n".join(REFUSED))
    assert len(noted) == len(REFUSED)
    assert all(cast("list[object]", each)[0] == "raised" for each in noted)


def test_settings_and_their_values_afterwards(bench: Bench) -> None:
    for setting in SETTINGS:
        bench.same(f"{setting}\n{ALL_SETTINGS}note(lambda: spi.xfer2([1, 2]))")


def test_settings_hold_for_all_following_transfers(bench: Bench) -> None:
    change = "spi.mode, spi.max_speed_hz, spi.no_cs = 3, 1_000_000, True\n"
    bench.same(
        change + "note(lambda: spi.readbytes(2))\nnote(lambda: spi.writebytes([5]))\nnote(lambda: spi.xfer([1]))"
    )


def test_a_list_that_was_sent_holds_the_received_bytes(bench: Bench) -> None:
    code = "data = [1, 300, 3]\nnote(lambda: spi.xfer2(data) is data)\nnote(lambda: data)\nsame = (4, 5)\n"
    assert bench.same(code + "note(lambda: spi.xfer2(same) is same)")[1] == ["returned", "list", ["list", 1, 44, 3]]


def test_a_device_that_is_not_open(bench: Bench) -> None:
    calls = [*TRANSFERS, *SETTINGS, ALL_SETTINGS, "note(spi.close)", "note(spi.fileno)"]
    noted = bench.same("\n".join(calls), prelude="import spidev\nspi = spidev.SpiDev()\n")
    assert ["raised", "OSError", 9] in noted


def test_a_device_that_was_closed(bench: Bench) -> None:
    bench.same(f"spi.mode = 1\nnote(spi.close)\nnote(spi.close)\n{ALL_SETTINGS}note(lambda: spi.xfer([1]))")


def test_the_ways_to_open_a_device(bench: Bench) -> None:
    code = """
note(lambda: spidev.SpiDev(0, 1).xfer([1]))
note(lambda: spidev.SpiDev(0, 5))
note(lambda: spidev.SpiDev(0))
spi = spidev.SpiDev()
note(lambda: spi.open_path("/dev/spidev0.1"))
note(lambda: spi.xfer([2]))
note(lambda: spi.open(bus=0, device=1))
with spidev.SpiDev(0, 1) as spi:
    note(lambda: spi.xfer([3]))
note(lambda: spi.xfer([3]))
class Sensor(spidev.SpiDev):
    name = "mine"
spi = Sensor(0, 1)
spi.other = 1
note(lambda: spi.xfer([4]))
"""
    bench.same(code, prelude="import spidev\n")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["xfer", "xfer2", "xfer3", "writebytes", "writebytes2"]),
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40),
    st.integers(0, 3),
    st.integers(1, 2**32 - 1),
)
def test_any_bytes_mode_and_speed(bench: Bench, method: str, values: list[int], mode: int, speed: int) -> None:
    bench.same(f"spi.mode, spi.max_speed_hz = {mode}, {speed}\nnote(lambda: spi.{method}({values}))")
