"""What stands behind each bus of host.toml, on machines with and without hardware."""

from __future__ import annotations

import errno
import shutil
import sys
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.backends.linux.factory import LinuxFactory
from hostcore.backends.missing import MissingBus
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.buses.choice import choose_buses, sources
from hostcore.clock import VirtualClock
from hostcore.config.loading import parse_config
from hostcore.errors import ConfigError, UnsupportedError
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from tests.emulation.chosen import ChosenBus
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import run_python
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

BUSES = ("i2c-1", "i2c-3", "spi-0", "gpio", "uart-serial0", "iio", "system")
ALL_AUTO = "".join(f"[buses.{bus}]\n" for bus in BUSES)
LOADED = """
import sys
from pathlib import Path
from hostcore.clock import RealClock
from hostcore.config.loading import parse_config
from hostcore.buses.choice import choose_buses

choose_buses(parse_config(Path("host.toml"), {settings!r}), RealClock())
print(*sorted({{"smbus2", "gpiozero", "spidev", "gpiod", "serial"}} & sys.modules.keys()))
print(*sorted({{"hostcore.backends.linux.factory", "hostcore.backends.detect"}} & sys.modules.keys()))
"""


def loaded(kernel: EmulatedKernel, settings: str) -> list[str]:
    """The libraries that the choice loads, and the parts of the Linux backend."""
    done = run_python(kernel.root, LOADED.format(settings=settings))
    assert done.stderr == ""
    return done.stdout.splitlines()


def kinds(linux: Worker) -> dict[str, str]:
    """The backend of each bus, if all are "auto"."""
    return {bus: chosen.facts.backend for bus, chosen in linux.choose(ALL_AUTO).items()}


@pytest.fixture
def pc(kernel: EmulatedKernel) -> EmulatedKernel:
    """The same machine as a PC, without any bus."""
    kernel.boot(model="")
    return kernel


def put_into_pc(kernel: EmulatedKernel, bus: int, pci_class: str, place: str = "") -> None:
    """Plug an adapter in, and describe it in /sys as a part of the PCI device with this class code."""
    kernel.plug(f"i2c-{bus}", I2cAdapter({}, name="an adapter"))
    device = f"devices/pci0000:00/0000:00:{bus:02x}.0"
    kernel.write_sys(f"{device}/class", f"{pci_class}\n")
    folder = kernel.root / "sys" / device / place / f"i2c-{bus}"
    folder.mkdir(parents=True)
    link = kernel.root / f"sys/bus/i2c/devices/i2c-{bus}"
    (link / "name").rename(folder / "name")
    link.rmdir()
    link.symlink_to(Path("../../..") / folder.relative_to(kernel.root / "sys"))


class TestAutoOnAMachineWithoutHardware:
    def test_all_is_simulated_and_says_why(self, pc: EmulatedKernel, linux: Worker) -> None:
        nodes = {
            "i2c-1": "/dev/i2c-1",
            "i2c-3": "/dev/i2c-3",
            "spi-0": "/dev/spidev0.*",
            "gpio": "/dev/gpiochip*",
            "uart-serial0": "/dev/serial0",
            "iio": "/sys/bus/iio/devices/iio:device*",
            "system": "/sys/class/thermal/thermal_zone*",
        }
        assert [each.facts for each in linux.choose(ALL_AUTO).values()] == [
            BusFacts(BusName(bus), BackendKind.SIMULATED, f"this machine has no {node}, and no other bus for sensors")
            for bus, node in nodes.items()
        ]

    def test_nothing_of_linux_is_loaded(self, pc: EmulatedKernel) -> None:
        assert loaded(pc, ALL_AUTO) == ["", ""]

    def test_a_temperature_a_serial_port_and_a_light_sensor_are_real_and_make_no_other_bus_real(
        self, pc: EmulatedKernel, linux: Worker
    ) -> None:
        pc.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        pc.write_sys("bus/iio/devices/iio:device0/name", "als\n")
        (pc.root / "dev/serial0").touch()
        found = kinds(linux)
        assert [bus for bus in BUSES if found[bus] == "linux"] == ["uart-serial0", "iio", "system"]

    def test_without_a_folder_of_devices_all_is_simulated(self, pc: EmulatedKernel, linux: Worker) -> None:
        shutil.rmtree(pc.root / "dev")
        assert set(kinds(linux).values()) == {"simulated"}

    @pytest.mark.parametrize("pci_class", ["0x030000", "0x038000", "0x0c0500"])
    def test_the_buses_of_a_graphics_card_and_of_the_memory_are_left_alone(
        self, pc: EmulatedKernel, linux: Worker, pci_class: str
    ) -> None:
        put_into_pc(pc, 1, pci_class, place="drm/card0/card0-eDP-1")
        found = linux.choose(ALL_AUTO)
        assert {each.facts.backend for each in found.values()} == {"simulated"}
        reason = '/dev/i2c-1 (an adapter) is inside this PC; backend = "linux" uses it'
        assert found[BusName("i2c-1")].facts.reason == reason

    def test_the_pads_of_a_chipset_are_no_header(self, pc: EmulatedKernel, linux: Worker) -> None:
        (pc.root / "dev/gpiochip0").touch()
        chip = pc.root / "sys/devices/platform/INT34C5:00"
        (chip / "gpiochip0").mkdir(parents=True)
        (chip / "firmware_node").mkdir()
        (pc.root / "sys/bus/gpio/devices").mkdir(parents=True)
        (pc.root / "sys/bus/gpio/devices/gpiochip0").symlink_to("../../../devices/platform/INT34C5:00/gpiochip0")
        assert set(kinds(linux).values()) == {"simulated"}


class TestAutoOnAMachineWithHardware:
    """A bus that should be there is never simulated. Its plugins read the finding of `wasi-host doctor`."""

    def test_what_is_there_is_taken(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("i2c-1", I2cAdapter({}, name="bcm2835 (i2c@7e804000)"))
        kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        kernel.write_sys("bus/iio/devices/iio:device0/name", "dht11@4\n")
        found = linux.choose(ALL_AUTO)
        reasons = {
            "i2c-1": "/dev/i2c-1, bcm2835 (i2c@7e804000)",
            "system": "Raspberry Pi 4 Model B Rev 1.4",
            "iio": "dht11@4",
        }
        for bus, reason in reasons.items():
            assert found[BusName(bus)] == ChosenBus(BusFacts(BusName(bus), BackendKind.LINUX, reason), "")

    def test_no_library_is_loaded_before_a_bus_is_used(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        assert loaded(kernel, ALL_AUTO)[0] == ""

    def test_on_a_pi_with_nothing_enabled_each_use_of_a_bus_says_what_the_doctor_says(
        self, kernel: EmulatedKernel, linux: Worker
    ) -> None:
        found = linux.choose(ALL_AUTO)
        assert {each.facts.backend for each in found.values()} == {"linux"}
        assert not any(each.facts.is_usable for each in found.values())
        assert {bus: each.failure for bus, each in found.items()} == {bus: str(linux.probe(bus)) for bus in found}
        assert found[BusName("i2c-1")].failure.endswith(
            "add the line dtparam=i2c_arm=on to /boot/firmware/config.txt and restart"
        )
        assert "this computer has no temperature sensor" in found[BusName("system")].failure

    def test_without_the_group_each_use_says_how_to_get_it(self, kernel: EmulatedKernel, linux: Worker) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        kernel.refused["i2c-1"] = errno.EACCES
        found = linux.choose(ALL_AUTO)[BusName("i2c-1")]
        assert (found.facts.backend, found.facts.is_usable) == ("linux", False)
        assert found.failure == f"i2c-1: {found.facts.reason}"
        assert found.failure.startswith("i2c-1: no permission for /dev/i2c-1; ")

    def test_without_the_library_for_serial_ports_each_use_names_it(
        self, kernel: EmulatedKernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hostcore.backends.linux.node.DEV", kernel.root / "dev")
        monkeypatch.setattr("hostcore.backends.linux.setup.DEV", kernel.root / "dev")
        monkeypatch.setattr("hostcore.backends.detect.find_spec", lambda name: None)
        (kernel.root / "dev/serial0").touch()
        with pytest.raises(UnsupportedError, match=r"serial0 exists, but pyserial is not installed; `.* install "):
            MissingBus(BusName("uart-serial0"), LinuxFactory()).uart("serial0")

    def test_a_bus_that_was_enabled_since_the_start_is_used(
        self, kernel: EmulatedKernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hostcore.backends.linux.system.ZONES", kernel.root / "sys/class/thermal")
        bus = MissingBus(BusName("system"), LinuxFactory())
        with pytest.raises(UnsupportedError, match="system: this computer has no temperature sensor"):
            bus.system()
        kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        assert bus.system().status().cpu_temperature == 48.312

    def test_in_a_container_a_pi_is_known_by_its_processor(self, pc: EmulatedKernel, linux: Worker) -> None:
        shutil.rmtree(pc.root / "dev")
        (pc.root / "proc/cpuinfo").write_text("processor\t: 0\n\nModel\t\t: Raspberry Pi 3 Model B Rev 1.2\n")
        (pc.root / "proc/device-tree").symlink_to("/sys/firmware/devicetree/base")
        assert set(kinds(linux).values()) == {"linux"}

    @pytest.mark.parametrize("node", ["i2c-7", "spidev1.0", "gpiochip0"])
    def test_any_bus_for_sensors_makes_all_buses_real(self, pc: EmulatedKernel, linux: Worker, node: str) -> None:
        (pc.root / "dev" / node).touch()
        assert set(kinds(linux).values()) == {"linux"}

    def test_an_adapter_on_usb_is_not_inside_the_pc(self, pc: EmulatedKernel, linux: Worker) -> None:
        put_into_pc(pc, 7, "0x0c0330", place="usb1/1-2/1-2:1.0")  # the class code of a USB controller
        assert set(kinds(linux).values()) == {"linux"}


class TestWhatTheFileSays:
    def test_simulated_is_simulated_whatever_there_is(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        assert loaded(kernel, '[buses.i2c-1]\nbackend = "simulated"\n')[1] == ""

    def test_only_what_a_person_has_simulated_is_simulated(self, kernel: EmulatedKernel, linux: Worker) -> None:
        found = linux.choose(ALL_AUTO.replace("[buses.i2c-3]", '[buses.i2c-3]\nbackend = "simulated"'))
        simulated = BusFacts(BusName("i2c-3"), BackendKind.SIMULATED)
        assert [each.facts for each in found.values() if not each.facts.is_real] == [simulated]

    def test_linux_is_linux_even_before_the_adapter_is_plugged_in(self, kernel: EmulatedKernel, linux: Worker) -> None:
        found = linux.choose('[buses.i2c-1]\nbackend = "linux"\n')[BusName("i2c-1")]
        assert found.facts == BusFacts(BusName("i2c-1"), BackendKind.LINUX)

    def test_linux_elsewhere_names_the_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        config = parse_config(Path("host.toml"), '[buses.i2c-1]\nbackend = "linux"\n')
        with pytest.raises(ConfigError, match=r'buses\.i2c-1\.backend: found "linux", but this is darwin; allowed'):
            choose_buses(config, VirtualClock())


def test_all_simulated_buses_are_those_of_one_simulated_pi() -> None:
    settings = "".join(f'[buses.{bus}]\nbackend = "simulated"\n' for bus in BUSES)
    machine = choose_buses(parse_config(Path("host.toml"), settings), VirtualClock())
    assert tuple(machine.sources) == BUSES
    assert len({id(source) for source in machine.sources.values()}) == 1
    assert isinstance(machine.sources["gpio"], SimulatedFactory)
    assert machine.facts[0] == BusFacts(BusName("i2c-1"), BackendKind.SIMULATED)


def test_sources_alone_are_the_same() -> None:
    config = parse_config(Path("host.toml"), '[buses.i2c-7]\nbackend = "simulated"\n')
    assert [(name, source.kind) for name, source in sources(config, VirtualClock()).items()] == [("i2c-7", "simulated")]
