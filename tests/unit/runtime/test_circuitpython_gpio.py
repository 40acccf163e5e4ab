"""The guest's modules of CircuitPython and MicroPython for GPIO lines, on the simulated Pi."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.errors import PluginReportedError
from tests.contract.calls import ours
from tests.sandbox import Sandbox
from tests.wired_pi import Timetable, WiredPi

PREPARE = """
import digitalio, machine, pulseio, pwmio
from digitalio import DigitalInOut, Direction, DriveMode, Pull
from machine import Pin as MicroPin
from microcontroller.pin import Pin
from neopixel_write import neopixel_write
"""
OUT, IN = "gpio:17:out", "gpio:17:in"


class TestDigitalInOut:
    """As in Adafruit-Blinka 10, `digitalio.py`."""

    def test_an_output_is_low_first(self, sandbox: Sandbox) -> None:
        calls = ("line = DigitalInOut(Pin(17))", "line.switch_to_output(value=True)", "line.value", "line.direction")
        told = ours(sandbox, (*calls, "line.drive_mode", "line.value = 0", "line.value"), PREPARE, OUT)
        assert told.results[2:] == (
            "True",
            "digitalio.Direction.OUTPUT",
            "digitalio.DriveMode.PUSH_PULL",
            "done",
            "False",
        )
        assert told.levels == ((17, False), (17, True), (17, False))

    def test_a_line_that_becomes_an_output_at_once_needs_no_permission_to_read(self, sandbox: Sandbox) -> None:
        calls = ("line = DigitalInOut(Pin(17))", "line.direction = Direction.OUTPUT", "line.value")
        assert ours(sandbox, calls, PREPARE, OUT).results == ("done", "done", "False")

    def test_the_data_pin_of_neopixels_is_not_driven(self, sandbox: Sandbox) -> None:
        calls = ("line = DigitalInOut(Pin(17))", "line.direction = Direction.OUTPUT", "line.direction")
        told = ours(sandbox, calls, PREPARE + "__name__ = 'neopixel'")
        assert told.results == ("done", "done", "digitalio.Direction.OUTPUT")

    def test_an_input_has_a_pull(self, sandbox: Sandbox) -> None:
        calls = (
            "line = DigitalInOut(Pin(17))",
            "line.direction, line.pull",
            "line.pull = Pull.UP",
            "line.value, line.pull",
        )
        told = ours(sandbox, (*calls, "line.switch_to_input(Pull.DOWN)", "line.value"), PREPARE, IN)
        assert told.results[1:] == (
            "(digitalio.Direction.INPUT, None)",
            "done",
            "(True, digitalio.Pull.UP)",
            "None",
            "False",
        )

    @pytest.mark.parametrize(
        ("calls", "error"),
        [
            (("line.value = True",), "Not an output"),
            (("line.drive_mode",), "Not an output"),
            (("line.direction = 5",), "Not a Direction"),
            (("line.pull = 5",), "Not a Pull"),
            (("line.switch_to_output()", "line.pull"), "Not an input"),
            (("line.switch_to_output()", "line.pull = Pull.UP"), "Not an input"),
            (("line.switch_to_output(drive_mode=DriveMode.OPEN_DRAIN)",), "a Raspberry Pi has no open-drain outputs"),
            (("line.deinit()", "line.value"), "the DigitalInOut was freed by deinit()"),
        ],
    )
    def test_what_does_not_fit_is_an_attribute_error(
        self, sandbox: Sandbox, calls: tuple[str, ...], error: str
    ) -> None:
        told = ours(sandbox, ("line = DigitalInOut(Pin(17))", *calls), PREPARE, IN, OUT)
        assert told.results[-1] == f"AttributeError: {error}"

    @pytest.mark.parametrize(("number", "permissions"), [(8, ()), (5, ("gpio:5:out",))], ids=["CE0", "another line"])
    def test_a_chip_select_is_driven_with_the_transfers_of_its_bus(
        self, sandbox: Sandbox, number: int, permissions: tuple[str, ...]
    ) -> None:
        calls = (
            "spi, cs = board.SPI(), DigitalInOut(Pin(NUMBER))".replace("NUMBER", str(number)),
            "cs.switch_to_output(value=True)",
            "spi.try_lock()",
            "cs.value = False",
            "spi.write(b'12')",
            "spi.readinto(answer := bytearray(2))",
            "cs.value = True",
            "cs.value",
        )
        told = ours(sandbox, calls, PREPARE + "import board", "spi:0.0", *permissions)
        assert [each for each in told.results if each not in {"done", "None"}] == ["True", "True"]

    def test_a_denied_line_is_reported(self, sandbox: Sandbox) -> None:
        plugin = sandbox.load(f"{PREPARE}\ndef read(): DigitalInOut(Pin(17)).switch_to_output()")
        with pytest.raises(PluginReportedError, match="gpio:17:out"):
            plugin.read()


class TestMachinePin:
    """As MicroPython's documentation of `machine.Pin` says."""

    def test_an_output(self, sandbox: Sandbox) -> None:
        calls = (
            "pin = MicroPin(17, MicroPin.OUT, value=1)",
            "pin.value(), pin()",
            "pin.off()",
            "pin.toggle()",
            "pin(0)",
        )
        told = ours(sandbox, (*calls, "pin", "MicroPin(pin).id"), PREPARE, OUT)
        assert told.results[1:] == ("(1, 1)", "None", "None", "None", "Pin(GPIO17, mode=OUT)", "17")
        assert told.levels == ((17, True), (17, False), (17, True), (17, False))

    def test_an_open_drain_output_is_released_to_be_high(self, sandbox: Sandbox) -> None:
        calls = ("pin = MicroPin(17, MicroPin.OPEN_DRAIN, value=1)", "pin.value()", "pin.value(0)", "pin.value()")
        told = ours(sandbox, (*calls, "pin.on()", "pin.value()"), PREPARE, IN, OUT)
        assert told.results[1:] == ("1", "None", "0", "None", "1")
        assert told.levels == ((17, False),)

    def test_wrong_arguments_are_refused(self, sandbox: Sandbox) -> None:
        calls = ("MicroPin('LED')", "MicroPin(17, 9)", "MicroPin(17, MicroPin.IN, 9)")
        assert all(each.startswith("ValueError: ") for each in ours(sandbox, calls, PREPARE).results)

    def test_an_interrupt_is_a_callback_after_an_edge(self, tmp_path: Path, cache_folder: Path) -> None:
        clock = VirtualClock()
        button = Timetable(clock, ((0.5, False), (0.7, True)))
        sandbox = Sandbox(tmp_path, cache_folder, clock, machine=WiredPi(clock, {17: button}))
        calls = (
            "import time; seen = []",
            "pin = MicroPin(17, MicroPin.IN, MicroPin.PULL_UP)",
            "pin.irq(lambda pin: seen.append(pin.value()), MicroPin.IRQ_FALLING)",
            "time.sleep(1)",
            "pin.irq()",
            "seen",
        )
        assert ours(sandbox, calls, PREPARE, IN).results[-1] == "[0]"
        sandbox.close()


def test_an_output_that_cannot_be_released_stays_and_the_log_says_so(sandbox: Sandbox) -> None:
    calls = ("GPIO.setmode(GPIO.BCM)", "GPIO.setup(17, GPIO.OUT, initial=1)", "GPIO.cleanup()")
    ours(sandbox, calls, "import RPi.GPIO as GPIO", OUT)
    assert sandbox.lines() == ["GPIO 17 remains an output: to release it, the plugin needs gpio:17:in"]
