"""What only wires show, on this very computer. Variables say what is wired; see docs/pi.md.

With these variables, `test_backend.py` and `test_backend_devices.py` run on this computer, too. The emulated kernel
stands in for it here, in a run of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostcore.clock import RealClock
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from hostcore.selftest.model import Verdict
from hostcore.selftest.wires import try_spi, try_uart, try_wire
from tests.backend_machine import Machine, needs
from tests.contract.calls import CPU
from tests.emulation import preload
from tests.emulation.gpio import GpioChip
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SpiSlot
from tests.emulation.targets import Memory
from tests.emulation.uart import LoopbackPort
from tests.wiring import Part, WiredChip, Wiring, wiring_of

pytest_plugins = ["tests.emulation.machine", "tests.backend_fixture"]

WIRED = {
    "WASI_HOST_TEST_I2C": "1:0x76:0xd0=0x61",
    "WASI_HOST_TEST_GPIO": "16,20",
    "WASI_HOST_TEST_SPI": "0.0",
    "WASI_HOST_TEST_UART": "serial0",
}
FILES = [Path(__file__).with_name(name) for name in ("test_backend.py", "test_backend_devices.py", "test_wired_pi.py")]


@pytest.mark.wired
class TestOnThisComputer:
    @pytest.fixture
    def wired(self, wired_machine: Machine, request: pytest.FixtureRequest) -> Machine:
        wired_machine.require(request.node)
        return wired_machine

    @needs(Part.LINES)
    def test_two_lines_carry_levels_both_ways_and_edges(self, wired: Machine) -> None:
        one, other = map(wired.factory.gpio_line, wired.lines)
        for result in (try_wire("there", one, other), try_wire("back", other, one)):
            assert result.verdict is Verdict.OK, result

    @needs(Part.SPI)
    def test_all_bytes_come_back_over_spi(self, wired: Machine) -> None:
        result = try_spi("loopback", wired.factory.spi_device(*wired.spi))
        assert result.verdict is Verdict.OK, result

    @needs(Part.PORT)
    def test_all_bytes_come_back_over_the_serial_port(self, wired: Machine) -> None:
        result = try_uart("loopback", wired.factory.uart(wired.port))
        assert result.verdict is Verdict.OK, result


@pytest.fixture
def wired_kernel(kernel: EmulatedKernel) -> EmulatedKernel:
    """An emulated Pi with all that the variables name."""
    pytest.importorskip("lgpio", reason="lgpio has no wheel for this Python; see the extra `pi`")
    kernel.plug("i2c-1", I2cAdapter({0x76: Memory(bytes(0xD0) + b"\x61")}))
    kernel.plug("gpiochip0", GpioChip(wire=(16, 20)))
    kernel.plug("spidev0.0", SpiSlot(SpiLoopback(RealClock(), Environment(RealClock()))))
    (kernel.root / "proc/cpuinfo").write_text(CPU)
    kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
    return kernel


def run_suite(kernel: EmulatedKernel, **variables: str) -> tuple[int, str]:
    """Run the suite on an emulated machine, in a process of its own. Returns its status, and what it prints."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-m", "wired", *map(str, FILES)]
    usual = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**usual, **preload.environment(kernel.root), **variables}
    done = subprocess.run(
        command, env=environment, cwd=preload.PROJECT, capture_output=True, text=True, timeout=240, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.thorough
class TestOnAnEmulatedPi:
    def test_the_suite_passes_with_everything_wired(self, wired_kernel: EmulatedKernel) -> None:
        port = LoopbackPort()
        wired_kernel.link("serial0", port.path)
        status, out = run_suite(wired_kernel, **WIRED)
        port.unplug()
        assert status == 0, out
        assert " passed" in out
        assert "only the simulated Pi and the emulated kernel have a BH1750" in out

    def test_what_is_not_wired_is_skipped_with_how_to_enable_it(self, wired_kernel: EmulatedKernel) -> None:
        status, out = run_suite(wired_kernel, WASI_HOST_TEST_SPI="0.0")
        assert status == 0, out
        assert "WASI_HOST_TEST_GPIO=16,20 names two GPIO lines that are wired together; see docs/pi.md" in out

    def test_a_chip_that_is_another_one_fails(self, wired_kernel: EmulatedKernel) -> None:
        status, out = run_suite(wired_kernel, WASI_HOST_TEST_I2C="1:0x76:0xd0=0x58")
        assert status == 1, out


class TestTheVariables:
    def test_say_what_is_wired(self) -> None:
        wiring = wiring_of(WIRED)
        assert wiring == Wiring(WiredChip(1, 0x76, b"\xd0", b"\x61"), (16, 20), (0, 0), "serial0")
        assert wiring.parts == {Part.CHIP, Part.LINES, Part.SPI, Part.PORT}

    def test_are_not_needed(self) -> None:
        assert wiring_of({"WASI_HOST_TEST_I2C": ""}) == Wiring()

    @pytest.mark.parametrize(
        ("name", "text"),
        [("I2C", "1"), ("I2C", "1:0x76"), ("GPIO", "16"), ("SPI", "0"), ("UART", "../../etc/passwd")],
    )
    def test_of_another_form_are_refused_with_an_example(self, name: str, text: str) -> None:
        with pytest.raises(ValueError, match=f"WASI_HOST_TEST_{name} is .*; it has to be like WASI_HOST_TEST_{name}="):
            wiring_of({f"WASI_HOST_TEST_{name}": text})
