"""Modulation, recorded pulses and LED strips through the guest's modules, on the simulated Pi."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.devices.ws2812 import Ws2812
from hostcore.events import PwmSet
from hostcore.pulse import Pulse
from tests.contract.calls import ours
from tests.sandbox import Sandbox
from tests.wired_pi import Timetable, WiredPi

PREPARE = """
import machine, pulseio, pwmio
from digitalio import DigitalInOut
from machine import Pin as MicroPin
from microcontroller.pin import Pin
from neopixel_write import neopixel_write
"""


class TestPwm:
    def test_pwmio_sets_duty_and_frequency(self, sandbox: Sandbox) -> None:
        calls = (
            "pwm = pwmio.PWMOut(Pin(18), frequency=50, duty_cycle=0x8000)",
            "pwm.frequency, pwm.duty_cycle, pwm.period, pwm.enabled",
            "pwm.duty_cycle = 0xFFFF",
            "pwm.duty_cycle = 70000",
            "pwm.frequency = 0",
            "pwm.enabled = 1",
            "pwm.enabled = False",
            "pwm.enabled = True",
            "pwm.period = 0.01",
            "pwm.deinit()",
            "pwm.duty_cycle",
        )
        assert ours(sandbox, calls, PREPARE, "pwm:18").results[1:] == (
            "(50, 32768, 0.02, True)",
            "done",
            "ValueError: duty_cycle must be between 0 and 65535",
            "ValueError: frequency must round to a positive integer with a period >=1 ns",
            "TypeError: enabled must be bool",
            "done",
            "done",
            "done",
            "None",
            "ValueError: Object has been deinitialized",
        )
        assert modulation(sandbox) == [(0x8000 / 0xFFFF, 50), (1, 50), (0, 50), (1, 50), (1, 100), (0, 100)]

    def test_machine_sets_duty_and_frequency(self, sandbox: Sandbox) -> None:
        calls = (
            "pwm = machine.PWM(MicroPin(18), freq=50, duty_ns=1_500_000)",
            "pwm.freq(), pwm.duty_ns(), pwm.duty_u16()",
            "pwm.duty_u16(65535)",
            "pwm.freq(100)",
            "pwm.deinit()",
        )
        assert ours(sandbox, calls, PREPARE, "pwm:18").results[1] == "(50, 1500000, 4915)"
        assert modulation(sandbox) == [(0.075, 50), (1, 50), (1, 100), (0, 100)]

    def test_rpi_gpio_modulates_an_output_until_it_is_stopped(self, sandbox: Sandbox) -> None:
        calls = ("GPIO.setmode(GPIO.BCM)", "GPIO.setup(18, GPIO.OUT)", "pwm = GPIO.PWM(18, 50)", "pwm.start(7.5)")
        told = ours(
            sandbox,
            (*calls, "pwm.ChangeDutyCycle(10)", "pwm.ChangeFrequency(60)", "pwm.stop()", "GPIO.PWM(18, 50) and 0"),
            "import RPi.GPIO as GPIO",
            "pwm:18",
            "gpio:18:out",
        )
        assert told.results[-1] == "0"
        assert modulation(sandbox) == [(0.075, 50), (0.1, 50), (0.1, 60)]
        assert told.levels == ((18, False),)


class TestPulses:
    def test_a_trigger_pulse_is_answered(self, sandbox: Sandbox) -> None:
        calls = (
            "pulses = pulseio.PulseIn(Pin(4), maxlen=81, idle_state=True)",
            "pulses.pause()",
            "pulses.clear()",
            "pulses.resume(1000)",
            "pulses.pause()",
            "len(pulses), pulses.maxlen, pulses.paused",
            "all(40 < pulses[index] < 60 for index in range(0, 81, 2))",
            "pulses.popleft() == pulses[0]",
            "pulses[80]",
            "[pulses.popleft() for _ in range(len(pulses))] and len(pulses)",
            "pulses.popleft()",
        )
        told = ours(sandbox, calls, PREPARE, "gpio:4:pulses").results
        assert told[5:7] == ("(81, 81, True)", "True")
        assert told[8:] == ("IndexError: list index out of range", "0", "IndexError: pop from empty list")

    def test_pulses_without_a_trigger_are_recorded_when_they_are_asked_for(
        self, tmp_path: Path, cache_folder: Path
    ) -> None:
        clock = VirtualClock()
        echo = (Pulse(True, 400_000), Pulse(False, 9_000_000), Pulse(True, 4_500_000), Pulse(False, 70_000_000))
        sandbox = Sandbox(tmp_path, cache_folder, clock, machine=WiredPi(clock, {5: Timetable(clock, (), echo)}))
        calls = ("pulses = pulseio.PulseIn(Pin(5), maxlen=9, idle_state=True)", "len(pulses)", "pulses[0], pulses[1]")
        told = ours(sandbox, (*calls, "machine.time_pulse_us(MicroPin(5), 0)"), PREPARE, "gpio:5:pulses")
        assert told.results[1:] == ("3", "(9000, 4500)", "9000")
        sandbox.close()

    def test_a_silent_line_has_no_pulses(self, sandbox: Sandbox) -> None:
        calls = ("len(pulseio.PulseIn(Pin(6)))", "machine.time_pulse_us(MicroPin(6), 1, 1000)")
        assert ours(sandbox, calls, PREPARE, "gpio:6:pulses").results == ("0", "-2")

    def test_a_distance_sensor_measures_its_echo(self, tmp_path: Path, cache_folder: Path) -> None:
        clock = VirtualClock()
        echo = (Pulse(False, 450_000), Pulse(True, 2_913_000), Pulse(False, 100_000_000))
        sandbox = Sandbox(tmp_path, cache_folder, clock, machine=WiredPi(clock, {24: Timetable(clock, (), echo)}))
        calls = (
            "sensor = gpiozero.DistanceSensor(echo=24, trigger=23, max_distance=2)",
            "round(sensor.distance, 3), round(sensor.value, 3), sensor.in_range, sensor.max_distance",
            "sensor.threshold_distance",
            "gpiozero.DistanceSensor(echo=25, trigger=26, max_distance=0)",
            "gpiozero.DistanceSensor(echo=25, trigger=26).distance",
        )
        permissions = ("gpio:24:pulses", "gpio:25:pulses", "gpio:23:out", "gpio:26:out")
        told = ours(sandbox, calls, "import gpiozero", *permissions).results
        assert told[1:] == (
            "(0.5, 0.25, False, 2)",
            "0.3",
            "ValueError: invalid maximum distance (must be positive)",
            "SensorError: no echo on GPIO25 for the trigger on GPIO26: check wiring and power",
        )
        sandbox.close()


class TestNeopixelWrite:
    def test_the_bytes_are_colours_in_the_order_of_the_strip(self, sandbox: Sandbox) -> None:
        calls = ("neopixel_write(DigitalInOut(Pin(18)), bytearray((2, 1, 3, 20, 10, 30)))",)
        assert ours(sandbox, calls, PREPARE, "leds").results == ("None",)
        assert strip(sandbox).colors == ((1, 2, 3), (10, 20, 30), (0, 0, 0), (0, 0, 0))

    @pytest.mark.parametrize(
        ("length", "error"),
        [
            (16, "16 bytes are no colours of 3 bytes: LEDs with white (RGBW) are not supported"),
            (15, "colours for 5 LEDs, but the strip has 4 (count in [leds] of host.toml)"),
        ],
    )
    def test_what_the_strip_cannot_show_is_refused(self, sandbox: Sandbox, length: int, error: str) -> None:
        calls = (f"neopixel_write(DigitalInOut(Pin(18)), bytes({length}))",)
        assert ours(sandbox, calls, PREPARE, "leds").results == (f"RuntimeError: {error}",)


class TestRpiWs281x:
    """As in rpi_ws281x 5.0.0."""

    PREPARE = "from rpi_ws281x import Adafruit_NeoPixel, Color, PixelStrip, ws"

    def test_colours_are_scaled_by_the_brightness(self, sandbox: Sandbox) -> None:
        calls = (
            "strip = Adafruit_NeoPixel(3, 18, 800000, 10, False, 127, 0, ws.WS2811_STRIP_GRB)",
            "strip.begin()",
            "strip.setPixelColor(0, Color(255, 128, 0))",
            "strip[1:] = 0x0000FF",
            "strip.setPixelColorRGB(9, 1, 2, 3)",
            "len(strip), strip.numPixels(), hex(strip.getPixelColor(0)), strip[9], strip.getPixelColorRGB(0).g",
            "strip.show()",
        )
        told = ours(sandbox, calls, self.PREPARE, "leds").results
        assert told[5] == "(3, 3, '0xff8000', 4294967295, 128)"
        assert strip(sandbox).colors == ((127, 64, 0), (0, 0, 127), (0, 0, 127), (0, 0, 0))

    def test_a_longer_strip_is_refused(self, sandbox: Sandbox) -> None:
        told = ours(sandbox, ("PixelStrip(5, 18).begin()",), self.PREPARE, "leds").results
        assert told == ("RuntimeError: 5 LEDs, but the strip has 4 (count in [leds] of host.toml)",)


def modulation(sandbox: Sandbox) -> list[tuple[float, float]]:
    """The duties and frequencies that were set."""
    return [(event.duty, event.frequency_hz) for event in sandbox.events if isinstance(event, PwmSet)]


def strip(sandbox: Sandbox) -> Ws2812:
    """The strip of the simulated Pi."""
    target = sandbox.machine.spi_device(0, 1).target  # type: ignore[attr-defined] # a SimulatedSpiDevice
    assert isinstance(target, Ws2812)
    return target
