"""What is found of the buses of host.toml, on emulated machines in every state."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from hostcore.backends.detect import Finding
from hostcore.clock import VirtualClock
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from tests.emulation.gpio import GpioChip
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SpiSlot
from tests.emulation.uart import LoopbackPort
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]


@pytest.fixture
def serial_port(kernel: EmulatedKernel) -> Iterator[LoopbackPort]:
    made = LoopbackPort()
    kernel.link("ttyAMA0", made.path)
    kernel.link("serial0", "ttyAMA0")
    yield made
    made.unplug()


def spi_slot() -> SpiSlot:
    pytest.importorskip("spidev", reason="spidev needs a C compiler to be installed; it is part of the extra `pi`")
    clock = VirtualClock()
    return SpiSlot(SpiLoopback(clock, Environment(clock)))


class TestAPiWithEverything:
    def test_each_bus_says_what_it_is(self, kernel: EmulatedKernel, serial_port: LoopbackPort, linux: Worker) -> None:
        kernel.plug("i2c-1", I2cAdapter({}, name="bcm2835 (i2c@7e804000)"))
        kernel.plug("spidev0.0", spi_slot())
        kernel.plug("spidev0.1", spi_slot())
        kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        found = [linux.probe(bus) for bus in ("i2c-1", "spi-0", "uart-serial0", "system")]
        assert found == [
            Finding("i2c-1", True, "/dev/i2c-1, bcm2835 (i2c@7e804000)"),
            Finding("spi-0", True, "/dev/spidev0.0, /dev/spidev0.1"),
            Finding("uart-serial0", True, "/dev/serial0"),
            Finding("system", True, "Raspberry Pi 4 Model B Rev 1.4"),
        ]

    def test_the_header_is_the_chip_with_its_label(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("gpiochip0", GpioChip("pinctrl-bcm2711"))
        found = linux.probe("gpio")
        assert found.usable
        assert found.reason.startswith("/dev/gpiochip0, pinctrl-bcm2711 with 54 lines")

    @pytest.mark.skipif(find_spec("lgpio") is not None, reason="lgpio is installed")
    def test_gpio_without_lgpio_is_usable_for_pulses_and_says_what_is_lacking(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        kernel.plug("gpiochip0", GpioChip())
        found = linux.probe("gpio")
        assert found.usable
        assert "for pulses only: lgpio is not installed" in found.reason
        assert "pip install" in found.advice


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("bus", "line"),
        [
            ("i2c-1", "dtparam=i2c_arm=on"),
            ("i2c-3", "dtoverlay=i2c3"),
            ("spi-0", "dtparam=spi=on"),
            ("spi-1", "dtoverlay=spi1-1cs"),
            ("uart-serial0", "enable_uart=1"),
        ],
    )
    def test_an_overlay_that_is_missing_is_named(
        self, linux: Worker, kernel: EmulatedKernel, bus: str, line: str
    ) -> None:
        found = linux.probe(bus)
        assert not found.usable
        assert "does not exist" in found.reason
        assert found.advice == f"add the line {line} to /boot/firmware/config.txt and restart"

    @pytest.mark.parametrize("bus", ["i2c-1", "spi-0", "uart-serial0", "gpio"])
    def test_a_machine_that_is_no_pi_has_none_and_no_config_txt(
        self, linux: Worker, kernel: EmulatedKernel, bus: str
    ) -> None:
        kernel.boot(model="")
        found = linux.probe(bus)
        assert not found.usable
        assert "config.txt" not in found.advice
        assert found.advice

    def test_a_gpio_chip_that_is_not_the_headers_is_not_taken_for_it(
        self, linux: Worker, kernel: EmulatedKernel
    ) -> None:
        kernel.plug("gpiochip0", GpioChip("brcmvirt-gpio"))
        found = linux.probe("gpio")
        assert not found.usable
        assert found.reason == "no Raspberry Pi header, the GPIO chips here are brcmvirt-gpio"

    def test_a_computer_without_a_temperature_has_no_system(self, linux: Worker, kernel: EmulatedKernel) -> None:
        found = linux.probe("system")
        assert not found.usable
        assert "temperature" in found.reason


class TestWhatIsThereButNotForUs:
    @pytest.mark.parametrize(("bus", "node"), [("i2c-1", "i2c-1"), ("spi-0", "spidev0.0"), ("gpio", "gpiochip0")])
    def test_no_permission_is_told_from_no_device(
        self, linux: Worker, kernel: EmulatedKernel, bus: str, node: str
    ) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        kernel.plug("spidev0.0", spi_slot())
        kernel.plug("gpiochip0", GpioChip())
        kernel.refused[node] = errno.EACCES
        found = linux.probe(bus)
        assert not found.usable
        assert found.reason == f"no permission for /dev/{node}"
        assert re.search(r"run as root|sudo usermod -aG", found.advice)

    def test_a_port_with_the_kernels_console_is_left_alone(
        self, linux: Worker, kernel: EmulatedKernel, serial_port: LoopbackPort
    ) -> None:
        (kernel.root / "dev/ttyAMA0").unlink()
        (kernel.root / "dev/ttyAMA0").touch()
        kernel.write_sys("class/tty/console/active", "tty1 ttyAMA0\n")
        found = linux.probe("uart-serial0")
        assert not found.usable
        assert found.reason == "/dev/serial0 is the kernel's console"
        assert "raspi-config" in found.advice


def test_probing_moves_nothing_on_any_bus(linux: Worker, kernel: EmulatedKernel) -> None:
    adapter, slot = I2cAdapter({}), spi_slot()
    kernel.plug("i2c-1", adapter)
    kernel.plug("spidev0.0", slot)
    for bus in ("i2c-1", "spi-0"):
        assert linux.probe(bus).usable
    assert adapter.transfers == 0
    assert slot.seen == []
    assert adapter.open_files == slot.open_files == 0


def test_probing_loads_no_hardware_library() -> None:
    source = """
import sys
from hostcore.backends.detect import probe
for bus in ("i2c-1", "spi-0", "gpio", "uart-serial0", "system"):
    probe(bus)
print(sorted({"smbus2", "spidev", "gpiozero", "gpiod", "lgpio", "serial"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("i2c-1", True, "/dev/i2c-1")) == "i2c-1: /dev/i2c-1"
    assert str(Finding("i2c-1", False, "no device", "plug it in")) == "i2c-1: no device; plug it in"


def test_what_is_no_bus_is_a_mistake_of_the_caller(linux: Worker, kernel: EmulatedKernel) -> None:
    with pytest.raises(ValueError, match="can-0"):
        linux.probe("can-0")
