"""Old scripts for a Raspberry Pi run as they are, and read the same as the host's own drivers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import Sandbox
from tests.script_run import run_script

SCRIPTS = Path(__file__).with_name("scripts")
PLUGINS = Path(__file__).parents[2] / "plugins"


def test_a_light_sensor_over_smbus(sandbox: Sandbox) -> None:
    run = run_script(sandbox, SCRIPTS / "light_smbus.py", "i2c:1:0x23", sleeps=5)
    own = sandbox.load_file(PLUGINS / "bh1750.py", "i2c:1:0x23").read()
    assert [*run.readings[-1]] == ["Light Level"]
    assert run.readings[-1]["Light Level"] == pytest.approx(own["illuminance"], rel=0.2)
    assert sandbox.lines()[0].startswith("Light Level : ")


def test_a_humidity_sensor_over_smbus2_that_prints_json(sandbox: Sandbox) -> None:
    run = run_script(sandbox, SCRIPTS / "humidity_smbus2.py", "i2c:3:0x38", sleeps=4)
    own = sandbox.load_file(PLUGINS / "aht20.py", "i2c:3:0x38", settings='{"bus": 3}').read()
    assert run.readings[-1] == pytest.approx(own, abs=1.0)


def test_a_script_that_looks_for_a_chip_and_catches_everything(sandbox: Sandbox) -> None:
    run = run_script(sandbox, SCRIPTS / "find_chip.py", "i2c:1:0x76-0x77")
    assert run.has_ended
    assert run.readings == [{"Chip at 119": 0x61}]
    assert sandbox.lines()[0].startswith("0x76: ")


def test_a_led_and_a_button_over_rpi_gpio(sandbox: Sandbox) -> None:
    run = run_script(sandbox, SCRIPTS / "blink_gpio.py", "gpio:17:out", "gpio:27:in", sleeps=6)
    assert run.readings == [{"blinks": count, "button": 1} for count in (1, 2, 3)]


def test_a_led_over_gpiozero(sandbox: Sandbox) -> None:
    run = run_script(sandbox, SCRIPTS / "led_gpiozero.py", "gpio:17:out", sleeps=4)
    assert run.readings == [{"led": 1}, {"led": 0}, {"led": 1}, {"led": 0}, {"led": 1}]


def test_a_serial_port(sandbox: Sandbox) -> None:
    run = run_script(sandbox, SCRIPTS / "echo_serial.py", "uart:serial0", sleeps=100)
    assert run.has_ended
    assert run.readings[-1] == {"Temperature": 3.5}


def test_a_converter_over_spidev(sandbox: Sandbox) -> None:
    """The loopback returns the request, whose last ten bits are those of the command."""
    run = run_script(sandbox, SCRIPTS / "loopback_spidev.py", "spi:0.0", sleeps=10)
    assert run.has_ended
    assert run.readings[-1] == {"Channel 5": (0xD0 & 3) << 8}
