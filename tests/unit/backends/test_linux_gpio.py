"""GPIO levels of the Linux backend, beyond the contract: gpiozero's mock pins, lgpio if it is installed, and gpiod."""

from __future__ import annotations

import struct
import time
from importlib.util import find_spec
from textwrap import dedent

import gpiozero
import pytest
from gpiozero import BadPinFactory

from hostcore.backends.base import Pull
from hostcore.backends.linux.factory import LinuxFactory
from hostcore.clock import NS_PER_S, RealClock
from hostcore.devices.dht22 import Dht22
from hostcore.devices.environment import Environment
from hostcore.errors import UnsupportedError
from tests.emulation import preload
from tests.emulation.gpio import GpioChip, GpioLine
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker

pytest_plugins = ["tests.emulation.machine"]

REVISION_PI_4 = 0xC03111


def test_a_line_with_a_resistor_on_the_board_has_no_other_pull(linux: Worker, kernel: EmulatedKernel) -> None:
    line = linux.gpio_line(2)
    assert line.read(Pull.UP) is True
    for pull in (Pull.DOWN, Pull.NONE):
        with pytest.raises(UnsupportedError, match="GPIO line 2: GPIO2 has a fixed pull resistor"):
            line.read(pull)
    assert line.read(Pull.UP) is True


def test_a_line_that_is_not_on_the_header_is_refused_when_it_is_used(linux: Worker, kernel: EmulatedKernel) -> None:
    with pytest.raises(UnsupportedError, match="GPIO line 45"):
        linux.gpio_line(45).write(True)


def test_an_output_stays_at_its_level_until_it_is_written_again(linux: Worker, kernel: EmulatedKernel) -> None:
    line = linux.gpio_line(27)
    for level in (True, False, False, True):
        line.write(level)
        assert line.read(Pull.NONE) is level
        line.write(level)


def test_without_a_header_a_capture_says_so(linux: Worker, kernel: EmulatedKernel) -> None:
    kernel.plug("gpiochip0", GpioChip("gpio-virtio"))
    with pytest.raises(UnsupportedError, match="no Raspberry Pi header, the GPIO chips here are gpio-virtio"):
        linux.gpio_line(4).capture((), 1000, 10)


@pytest.mark.parametrize("is_installed", [True, False])
def test_lgpio_is_advised_only_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch, is_installed: bool) -> None:
    def fails() -> None:
        raise BadPinFactory("Unable to load any default pin factory!")

    monkeypatch.setattr(gpiozero.Device, "ensure_pin_factory", fails)
    monkeypatch.setattr("hostcore.backends.linux.gpiozero.find_spec", lambda name: name if is_installed else None)
    with pytest.raises(UnsupportedError, match="Unable to load any default pin factory!") as raised:
        LinuxFactory().gpio_line(4).read(Pull.UP)
    assert ("pip install lgpio" in str(raised.value)) is not is_installed


@pytest.fixture(params=["lgpio", "gpiod"])
def library(request: pytest.FixtureRequest) -> str:
    """What makes the system calls: gpiozero's first choice, or gpiod where gpiozero has none."""
    if request.param == "lgpio" and find_spec("lgpio") is None:
        pytest.skip("lgpio is part of the extra `pi`, and has no wheel for this Python")
    return str(request.param)


class TestOnSystemCalls:
    """Both libraries make real system calls, and share the chip with the pulses of gpiod."""

    @pytest.fixture(autouse=True)
    def _library(self, library: str) -> None:
        self.library = library

    def lines(self, kernel: EmulatedKernel, chip: GpioChip, source: str) -> list[str]:
        revision = kernel.root / "proc/device-tree/system/linux,revision"
        revision.parent.mkdir(parents=True, exist_ok=True)
        revision.write_bytes(struct.pack(">L", REVISION_PI_4))
        kernel.plug("gpiochip0", chip)
        program = dedent(f"""
            import os
            from hostcore.backends.linux import pin_libraries
            if {self.library!r} == "gpiod":
                pin_libraries.PIN_LIBRARIES = ()
            from hostcore.backends.base import Pull
            from hostcore.backends.linux.factory import LinuxFactory
            from hostcore.pulse import Pulse
            factory = LinuxFactory()
        """)
        done = preload.run_python(kernel.root, program + dedent(source))
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def test_levels_are_read_and_written(self, kernel: EmulatedKernel) -> None:
        source = """
            line = factory.gpio_line(27)
            print([line.read(pull) for pull in (Pull.UP, Pull.DOWN, Pull.UP)])
            line.write(True)
            print(line.read(Pull.NONE))
        """
        assert self.lines(kernel, GpioChip(), source) == ["[True, False, True]", "True"]

    def test_a_line_is_the_same_object_when_asked_for_again(self, kernel: EmulatedKernel) -> None:
        source = """
            line = factory.gpio_line(4)
            line.read(Pull.UP), line.capture([], 1_000_000, 1)
            print(factory.gpio_line(4) is line)
        """
        assert self.lines(kernel, GpioChip(), source) == ["True"]

    def test_a_line_goes_back_and_forth_between_levels_and_pulses(self, kernel: EmulatedKernel) -> None:
        clock = RealClock()
        sensor = Dht22(clock, Environment(clock), powered_ns=time.monotonic_ns() - 3600 * NS_PER_S)
        source = """
            line = factory.gpio_line(4)
            for _ in range(2):
                print(line.read(Pull.UP), len(line.capture([Pulse(False, 1_000_000)], 100_000_000, 1024)))
        """
        assert self.lines(kernel, GpioChip(parts={4: sensor}), source) == ["True 84", "True 84"]

    def test_a_line_that_another_program_has_is_refused_with_its_name(self, kernel: EmulatedKernel) -> None:
        chip = GpioChip()
        chip.requested[17] = GpioLine(chip, 17, "pigpiod")
        source = """
            from hostcore.errors import LineClaimedError
            try:
                factory.gpio_line(17).write(True)
            except LineClaimedError as error:
                print(error.claimed_by, error, sep="|")
        """
        told = "pigpiod|GPIO line 17: pigpiod uses it; `gpioinfo` lists who has which line"
        assert self.lines(kernel, chip, source) == [told]

    def test_closing_gives_all_lines_back(self, kernel: EmulatedKernel) -> None:
        chip = GpioChip()
        source = """
            factory.gpio_line(17).write(True)
            factory.close()
            print(LinuxFactory().gpio_line(17).read(Pull.DOWN))
        """
        assert self.lines(kernel, chip, source) == ["False"]
        assert chip.requested == {}

    def test_the_working_directory_stays_what_and_as_it_was(self, kernel: EmulatedKernel) -> None:
        source = """
            before = os.getcwd(), sorted(os.listdir())
            factory.gpio_line(17).read(Pull.UP)
            print((os.getcwd(), sorted(os.listdir())) == before)
        """
        assert self.lines(kernel, GpioChip(), source) == ["True"]

    @pytest.mark.parametrize("level", [True, False])
    def test_the_first_level_of_an_output_is_the_one_that_was_asked_for(
        self, kernel: EmulatedKernel, level: bool
    ) -> None:
        chip = GpioChip()
        self.lines(kernel, chip, f"factory.gpio_line(22).write({level})\nfactory.close()")
        assert chip.driven == [(22, level)]

    def test_an_input_that_becomes_an_output_has_its_level_from_the_start(self, kernel: EmulatedKernel) -> None:
        chip = GpioChip()
        source = """
            line = factory.gpio_line(22)
            line.read(Pull.UP), line.write(True), line.read(Pull.UP), line.write(True)
            line.capture([Pulse(True, 1_000)], 1_000, 1)
            line.write(True)
        """
        self.lines(kernel, chip, source)
        assert {level for _, level in chip.driven} == {True}

    def test_a_relay_that_a_low_level_switches_on_stays_off_until_it_is_switched_on(
        self, kernel: EmulatedKernel
    ) -> None:
        chip = GpioChip()
        source = """
            from hostcore.actuators.relays import Relays
            from hostcore.buses.shared import Buses
            from hostcore.clock import RealClock
            from hostcore.config.actuators import RelaySettings
            from hostcore.place import GPIO
            from hostcore.plugin.gate import host_gate
            buses = Buses({GPIO: factory}, RealClock())
            host = host_gate(buses, lambda event: None)
            relays = Relays([RelaySettings("buzzer", line=22, active_low=True)], buses, host, lambda event: None)
            for on in (False, True):
                relays.write(host, None, "buzzer", on)
            relays.stop()
            buses.close()
        """
        self.lines(kernel, chip, source)
        assert chip.driven == [(22, True), (22, False), (22, True)]

    @pytest.mark.parametrize(("duty", "level"), [(1.0, True), (0.0, False)])
    def test_modulation_that_never_changes_the_level_drives_no_other(
        self, kernel: EmulatedKernel, duty: float, level: bool
    ) -> None:
        chip = GpioChip()
        source = f"""
            factory.pwm(18).write({duty}, 1000.0)
            factory.gpio_line(18).write({level})
        """
        self.lines(kernel, chip, source)
        assert {driven for _, driven in chip.driven} == {level}

    @pytest.mark.parametrize("library", ["gpiod"], indirect=True)
    def test_gpiod_refuses_modulation_and_names_what_can_do_it(self, kernel: EmulatedKernel) -> None:
        source = """
            from hostcore.errors import UnsupportedError
            try:
                factory.pwm(18).write(0.5, 1000.0)
            except UnsupportedError as error:
                print(error)
        """
        (told,) = self.lines(kernel, GpioChip(), source)
        assert told.startswith(
            "GPIO line 18: gpiod cannot do pulse-width modulation; lgpio can: `sudo apt install python3"
        )

    @pytest.mark.parametrize("library", ["lgpio"], indirect=True)
    def test_a_line_goes_back_and_forth_between_levels_and_modulation(self, kernel: EmulatedKernel) -> None:
        chip = GpioChip()
        source = """
            line, output = factory.gpio_line(18), factory.pwm(18)
            for _ in range(2):
                output.write(0.5, 1000.0)
                line.write(True)
                print(line.read(Pull.NONE))
            output.write(0.5, 1000.0)
            factory.close()
        """
        assert self.lines(kernel, chip, source) == ["True", "True"]
        assert chip.requested == {}
