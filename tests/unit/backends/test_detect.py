"""What is found of the buses of host.toml, on emulated machines in every state."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest

from hostcore.backends.detect import Finding
from hostcore.clock import VirtualClock
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from hostcore.extras import install_command
from hostcore.place import BusName
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
    clock = VirtualClock()
    return SpiSlot(SpiLoopback(clock, Environment(clock)))


class TestAPiWithEverything:
    def test_each_bus_says_what_it_is(self, kernel: EmulatedKernel, serial_port: LoopbackPort, linux: Worker) -> None:
        kernel.plug("i2c-1", I2cAdapter({}, name="bcm2835 (i2c@7e804000)"))
        kernel.plug("spidev0.0", spi_slot())
        kernel.plug("spidev0.1", spi_slot())
        kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        found = [linux.probe(BusName(bus)) for bus in ("i2c-1", "spi-0", "uart-serial0", "system")]
        assert found == [
            Finding(BusName("i2c-1"), True, "/dev/i2c-1, bcm2835 (i2c@7e804000)"),
            Finding(BusName("spi-0"), True, "/dev/spidev0.0, /dev/spidev0.1"),
            Finding(BusName("uart-serial0"), True, "/dev/serial0"),
            Finding(BusName("system"), True, "Raspberry Pi 4 Model B Rev 1.4"),
        ]

    def test_the_header_is_the_chip_with_its_label(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("gpiochip0", GpioChip("pinctrl-bcm2711"))
        found = linux.probe(BusName("gpio"))
        assert found.usable
        assert found.reason.startswith("/dev/gpiochip0, pinctrl-bcm2711 with 54 lines")

    @pytest.mark.parametrize("node", ["gpiochip0", "gpiochip4"])
    def test_on_a_pi_5_its_number_depends_on_the_kernel(self, kernel: EmulatedKernel, linux: Worker, node: str) -> None:
        kernel.boot(model="Raspberry Pi 5 Model B Rev 1.0")
        kernel.plug(node, GpioChip("pinctrl-rp1"))
        (kernel.root / "dev/gpiochip10").touch()
        kernel.refused["gpiochip10"] = errno.EACCES  # one of the board's own, which needs nobody's permission
        found = linux.probe(BusName("gpio"))
        assert found.usable
        assert found.reason.startswith(f"/dev/{node}, pinctrl-rp1 with 54 lines")

    def test_gpio_without_lgpio_is_usable_and_says_what_is_lacking(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("gpiochip0", GpioChip())
        found = linux.run(
            dedent("""
            import os
            from unittest.mock import patch
            from hostcore.backends import detect
            from hostcore.backends.linux import pin_libraries
            from hostcore.place import BusName
            with patch.dict(os.environ), patch.object(pin_libraries, "PIN_LIBRARIES", ()):
                del os.environ[pin_libraries.CHOICE]
                answer = detect.probe(BusName("gpio"))
        """)
        )
        assert found.usable
        assert "without pulse-width modulation: lgpio is not installed" in found.reason
        assert " install" in found.advice

    def test_gpio_without_gpiozero_is_usable_and_names_the_extra(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("gpiochip0", GpioChip())
        found = linux.run(
            dedent("""
            import importlib.util
            from unittest.mock import patch
            from hostcore.backends import detect
            from hostcore.backends.linux import pin_libraries
            from hostcore.place import BusName
            def find_spec(name):
                return None if name == "gpiozero" else importlib.util.find_spec(name)
            with patch.object(detect, "find_spec", find_spec), patch.object(pin_libraries, "find_spec", find_spec):
                answer = detect.probe(BusName("gpio"))
        """)
        )
        assert found.usable
        assert "without pulse-width modulation: gpiozero is not installed" in found.reason
        assert found.advice == f"`{install_command('pi')}`"


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("bus", "line"),
        [
            ("i2c-1", "dtparam=i2c_arm=on"),
            ("i2c-3", "dtoverlay=i2c3"),
            ("spi-0", "dtparam=spi=on"),
            ("spi-1", "dtoverlay=spi1-1cs"),
            ("uart-serial0", "enable_uart=1"),
            ("uart-ttyS0", "enable_uart=1"),
            ("uart-ttyAMA0", "dtoverlay=disable-bt"),
            ("uart-ttyAMA3", "dtoverlay=uart3"),
        ],
    )
    def test_an_overlay_that_is_missing_is_named(
        self, linux: Worker, kernel: EmulatedKernel, bus: str, line: str
    ) -> None:
        found = linux.probe(BusName(bus))
        assert not found.usable
        assert "does not exist" in found.reason
        assert found.advice == f"add the line {line} to /boot/firmware/config.txt and restart"

    @pytest.mark.parametrize(
        ("model", "bus", "line"),
        [
            ("5 Model B Rev 1.0", "i2c-5", "dtoverlay=i2c-gpio,bus=5,i2c_gpio_sda=23,i2c_gpio_scl=24"),
            ("5 Model B Rev 1.0", "spi-1", "dtoverlay=spi1-1cs"),
            ("5 Model B Rev 1.0", "spi-2", "dtoverlay=spi2-1cs-pi5"),
            ("5 Model B Rev 1.0", "uart-ttyAMA0", "dtparam=uart0=on"),
            ("5 Model B Rev 1.0", "uart-ttyAMA2", "dtoverlay=uart2-pi5"),
            ("500 Rev 1.0", "uart-ttyAMA0", "dtparam=uart0=on"),
            ("Compute Module 5 Lite Rev 1.0", "i2c-2", "dtoverlay=i2c2-pi5"),
            ("400 Rev 1.0", "i2c-4", "dtoverlay=i2c4"),
            ("Compute Module 4 Rev 1.1", "i2c-6", "dtoverlay=i2c6"),
            ("3 Model B Plus Rev 1.3", "i2c-4", "dtoverlay=i2c-gpio,bus=4,i2c_gpio_sda=23,i2c_gpio_scl=24"),
            ("3 Model B Plus Rev 1.3", "uart-ttyAMA0", "dtoverlay=disable-bt"),
            ("Zero 2 W Rev 1.0", "uart-serial0", "enable_uart=1"),
            ("Zero 2 W Rev 1.0", "uart-ttyAMA3", "enable_uart=1"),
        ],
    )
    def test_it_is_the_overlay_of_this_very_model(
        self, linux: Worker, kernel: EmulatedKernel, model: str, bus: str, line: str
    ) -> None:
        kernel.boot(model=f"Raspberry Pi {model}")
        assert linux.probe(BusName(bus)).advice == f"add the line {line} to /boot/firmware/config.txt and restart"

    @pytest.mark.parametrize("bus", ["i2c-1", "spi-0", "uart-serial0", "gpio"])
    def test_a_machine_that_is_no_pi_has_none_and_no_config_txt(
        self, linux: Worker, kernel: EmulatedKernel, bus: str
    ) -> None:
        kernel.boot(model="")
        found = linux.probe(BusName(bus))
        assert not found.usable
        assert "config.txt" not in found.advice
        assert found.advice

    def test_a_gpio_chip_that_is_not_the_headers_is_not_taken_for_it(
        self, linux: Worker, kernel: EmulatedKernel
    ) -> None:
        kernel.plug("gpiochip0", GpioChip("brcmvirt-gpio"))
        found = linux.probe(BusName("gpio"))
        assert not found.usable
        assert found.reason == "no Raspberry Pi header, the GPIO chips here are brcmvirt-gpio"

    def test_a_computer_without_a_temperature_has_no_system(self, linux: Worker, kernel: EmulatedKernel) -> None:
        found = linux.probe(BusName("system"))
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
        found = linux.probe(BusName(bus))
        assert not found.usable
        assert found.reason == f"no permission for /dev/{node}"
        assert re.search(r"run as root|sudo usermod -aG", found.advice)

    def test_a_port_with_the_kernels_console_is_left_alone(
        self, linux: Worker, kernel: EmulatedKernel, serial_port: LoopbackPort
    ) -> None:
        (kernel.root / "dev/ttyAMA0").unlink()
        (kernel.root / "dev/ttyAMA0").touch()
        kernel.write_sys("class/tty/console/active", "tty1 ttyAMA0\n")
        found = linux.probe(BusName("uart-serial0"))
        assert not found.usable
        assert found.reason == "/dev/serial0 is the kernel's console"
        assert "raspi-config" in found.advice


class TestTheSerialPortOfAPi5:
    """serial0 is not on its header: people look for their sensor there in vain."""

    @pytest.fixture(autouse=True)
    def pi_5(self, kernel: EmulatedKernel) -> None:
        kernel.boot(model="Raspberry Pi 5 Model B Rev 1.0")
        (kernel.root / "dev/ttyAMA10").touch()
        kernel.link("serial0", "ttyAMA10")

    def test_serial0_says_where_it_leads_and_what_the_header_needs(self, linux: Worker) -> None:
        assert linux.probe(BusName("uart-serial0")) == Finding(
            "uart-serial0",
            True,
            "/dev/serial0 is ttyAMA10, the debug port, not GPIO 14 and 15",
            "for those use [buses.uart-ttyAMA0]: add the line dtparam=uart0=on to /boot/firmware/config.txt "
            "and restart",
        )

    def test_with_the_headers_port_there_only_the_name_is_missing(self, linux: Worker, kernel: EmulatedKernel) -> None:
        (kernel.root / "dev/ttyAMA0").touch()
        assert linux.probe(BusName("uart-serial0")).advice == "for those use [buses.uart-ttyAMA0]"
        assert linux.probe(BusName("uart-ttyAMA0")) == Finding(BusName("uart-ttyAMA0"), True, "/dev/ttyAMA0")

    def test_whoever_wants_the_debug_port_by_its_name_gets_it(self, linux: Worker) -> None:
        assert linux.probe(BusName("uart-ttyAMA10")) == Finding(BusName("uart-ttyAMA10"), True, "/dev/ttyAMA10")


def test_probing_moves_nothing_on_any_bus(linux: Worker, kernel: EmulatedKernel) -> None:
    adapter, slot = I2cAdapter({}), spi_slot()
    kernel.plug("i2c-1", adapter)
    kernel.plug("spidev0.0", slot)
    for bus in ("i2c-1", "spi-0"):
        assert linux.probe(BusName(bus)).usable
    assert adapter.transfers == 0
    assert slot.seen == []
    assert adapter.open_files == slot.open_files == 0


def test_probing_loads_no_hardware_library() -> None:
    source = """
import sys
from hostcore.backends.detect import probe
from hostcore.place import BusName
for bus in ("i2c-1", "spi-0", "gpio", "uart-serial0", "system"):
    probe(BusName(bus))
print(sorted({"smbus2", "spidev", "gpiozero", "gpiod", "lgpio", "serial"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding(BusName("i2c-1"), True, "/dev/i2c-1")) == "i2c-1: /dev/i2c-1"
    assert str(Finding(BusName("i2c-1"), False, "no device", "plug it in")) == "i2c-1: no device; plug it in"


def test_what_is_no_bus_is_a_mistake_of_the_caller(linux: Worker, kernel: EmulatedKernel) -> None:
    with pytest.raises(ValueError, match="i2c-N or spi-N"):
        linux.probe(BusName("can-0"))
