"""What stands behind each bus of host.toml, on machines with and without hardware."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hostcore.backends.base import BackendKind
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.buses.choice import choose_buses, sources
from hostcore.clock import VirtualClock
from hostcore.config.loading import parse_config
from hostcore.errors import ConfigError
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import run_python

pytest_plugins = ["tests.emulation.machine"]

DESCRIBE = """
import sys
from pathlib import Path
from hostcore.clock import RealClock
from hostcore.config.loading import parse_config
from hostcore.buses.choice import choose_buses

machine = choose_buses(parse_config(Path("host.toml"), {settings!r}), RealClock())
for facts in machine.facts:
    print(facts.name, machine.sources[facts.name].kind, facts.backend, facts.reason, sep=" | ")
print(*sorted({{"smbus2", "gpiozero", "spidev", "gpiod", "serial"}} & sys.modules.keys()))
print(*sorted({{"hostcore.backends.linux.factory", "hostcore.backends.detect"}} & sys.modules.keys()))
"""
BUSES = ("i2c-1", "i2c-3", "spi-0", "gpio", "uart-serial0", "iio", "system")
ALL_AUTO = "".join(f"[buses.{bus}]\n" for bus in BUSES)


def described(kernel: EmulatedKernel, settings: str) -> tuple[dict[str, tuple[str, str]], str, str]:
    """What stands behind each bus on the emulated machine and why, and what of the Linux backend was loaded."""
    done = run_python(kernel.root, DESCRIBE.format(settings=settings))
    assert done.stderr == ""
    *buses, libraries, modules = done.stdout.split("\n")[:-1]
    found = {}
    for line in buses:
        name, source, kind, reason = line.split(" | ")
        assert source == kind
        found[name] = (kind, reason)
    return found, libraries, modules


class TestAuto:
    def test_without_hardware_all_is_simulated_and_nothing_of_linux_is_loaded(self, kernel: EmulatedKernel) -> None:
        found, libraries, modules = described(kernel, ALL_AUTO)
        assert found == {
            "i2c-1": ("simulated", "this machine has no /dev/i2c-1"),
            "i2c-3": ("simulated", "this machine has no /dev/i2c-3"),
            "spi-0": ("simulated", "this machine has no /dev/spidev0.*"),
            "gpio": ("simulated", "this machine has no /dev/gpiochip*"),
            "uart-serial0": ("simulated", "this machine has no /dev/serial0"),
            "iio": ("simulated", "this machine has no /sys/bus/iio/devices/iio:device*"),
            "system": ("simulated", "this machine has no /sys/class/thermal/thermal_zone*"),
        }
        assert (libraries, modules) == ("", "")

    def test_what_is_there_is_taken_and_no_library_is_loaded_before_it_is_used(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-1", I2cAdapter({}, name="bcm2835 (i2c@7e804000)"))
        kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
        kernel.write_sys("bus/iio/devices/iio:device0/name", "dht11@4\n")
        found, libraries, _ = described(kernel, ALL_AUTO)
        assert found["i2c-1"] == ("linux", "/dev/i2c-1, bcm2835 (i2c@7e804000)")
        assert found["system"] == ("linux", "Raspberry Pi 4 Model B Rev 1.4")
        assert found["iio"] == ("linux", "dht11@4")
        assert found["i2c-3"][0] == found["spi-0"][0] == "simulated"
        assert libraries == ""

    def test_what_may_not_be_used_is_simulated_and_says_what_to_do(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        kernel.refused["i2c-1"] = 13  # EACCES
        kind, reason = described(kernel, ALL_AUTO)[0]["i2c-1"]
        assert kind == "simulated"
        assert reason.startswith("no permission for /dev/i2c-1; ")


class TestWhatTheFileSays:
    def test_simulated_is_simulated_whatever_there_is(self, kernel: EmulatedKernel) -> None:
        kernel.plug("i2c-1", I2cAdapter({}))
        found, _, modules = described(kernel, '[buses.i2c-1]\nbackend = "simulated"\n')
        assert found == {"i2c-1": ("simulated", "")}
        assert modules == ""

    def test_linux_is_linux_even_before_the_adapter_is_plugged_in(self, kernel: EmulatedKernel) -> None:
        assert described(kernel, '[buses.i2c-1]\nbackend = "linux"\n')[0] == {"i2c-1": ("linux", "")}

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
