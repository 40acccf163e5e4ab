"""Every function that the demo:plugin contract offers, called by a component that was built against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hostcore import shipped
from hostcore.events import LedsShown, Level, RelaySwitched, TransferCompleted
from hostcore.place import BusKind, BusName
from hostcore.runtime.plugin import Plugin
from tests.sandbox import Sandbox

pytest_plugins = ["tests.demo.fixtures"]
pytestmark = pytest.mark.timeout(600)  # building and compiling, the first time

Load = Callable[..., Plugin]
ALL = (
    "gpio:4:pulses",
    "i2c:1:0x77",
    "i2c:1:0x23",
    "spi:0.0",
    "uart:serial0",
    "system",
    "leds",
    "relay:buzzer",
    "relay:fan",
)
"""The permissions that the functions need on the simulated Pi."""


@pytest.fixture
def load(sandbox: Sandbox, probe_file: Path) -> Iterator[Load]:
    """Loads the probe with these permissions; everything it prints is in `sandbox.lines()`."""
    yield lambda *permissions, **options: sandbox.load_file(probe_file, *permissions, **options)


def told(sandbox: Sandbox, plugin: Plugin, expression: str) -> str:
    """What the expression is in the plugin; for an error of the contract its text."""
    before = len(sandbox.logged)
    plugin.update(f"try: print({expression})\nexcept Err as error: print('Err:', error.value)")
    return "\n".join(text for _, text in sandbox.logged[before:])


# Sensors


def test_a_dht22_is_read_by_this_hosts_own_driver(sandbox: Sandbox, load: Load) -> None:
    temperature, humidity = map(float, told(sandbox, load(*ALL), "*gpio.read_dht22(4)").split())
    sandbox.clock.advance(2.0)
    own = sandbox.load_file(shipped.folder() / "plugins" / "dht22.py", "gpio:4:pulses").read()
    assert abs(temperature - own["temperature"]) < 0.5
    assert abs(humidity - own["humidity"]) < 1
    transfer = sandbox.events[0]
    assert isinstance(transfer, TransferCompleted)
    assert (transfer.plugin, transfer.bus, transfer.address, transfer.outcome) == ("probe", "gpio", 4, "ok")
    assert transfer.source_line == 0, "a line of the host's own driver is none of the plugin's file"


def test_a_bme680_is_read_in_the_contracts_units(sandbox: Sandbox, load: Load) -> None:
    temperature, humidity, pressure, gas = map(float, told(sandbox, load(*ALL), "*gpio.read_bme680(0x77)").split())
    assert {(each.plugin, each.address) for each in sandbox.events} == {("probe", 0x77)}
    own = sandbox.load_file(shipped.folder() / "plugins" / "bme680.py", "i2c:1:0x77").read()
    assert abs(temperature - own["temperature"]) < 0.5
    assert abs(humidity - own["humidity"]) < 1
    assert abs(pressure - own["pressure"]) < 1
    assert abs(gas * 1000 / own["gas_resistance"] - 1) < 0.1


def test_a_sensor_is_set_up_once_and_read_often(sandbox: Sandbox, load: Load) -> None:
    plugin = load(*ALL)
    told(sandbox, plugin, "gpio.read_bme680(0x77)")
    first = len(sandbox.events)
    for _ in range(3):
        told(sandbox, plugin, "gpio.read_bme680(0x77)")
    assert len(sandbox.events) - first == 3 * 2  # measure, fetch


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("gpio.read_dht22(5)", "no answer on GPIO 5"),
        ("gpio.read_dht22(200)", "LINE 0 to 53"),
        ("gpio.read_bme680(0x76)", "0x76"),
        ("gpio.read_bme680(0x23)", "not a BME680"),
        ("gpio.read_bme680(0)", "0x08"),
    ],
)
def test_a_sensor_that_is_not_there_is_an_error(sandbox: Sandbox, load: Load, call: str, words: str) -> None:
    plugin = load("gpio:5:pulses", "i2c:1:0x76", "i2c:1:0x23")
    text = told(sandbox, plugin, call)
    assert text.startswith("Err: ")
    assert words in text
    assert told(sandbox, plugin, "1") == "1"  # it lives on


# Buses


def test_i2c_takes_and_gives_hex_text(sandbox: Sandbox, load: Load) -> None:
    plugin = load(*ALL)
    assert told(sandbox, plugin, "i2c.transfer(0x77, 'D0', 1)") == "61"
    assert told(sandbox, plugin, "i2c.transfer(0x77, '8a', 2) == i2c.transfer(0x77, '8A', 2)") == "True"
    assert told(sandbox, plugin, "repr(i2c.transfer(0x23, '01', 0))") == "''"
    assert len(told(sandbox, plugin, "i2c.transfer(0x23, '', 2)")) == 4
    assert told(sandbox, plugin, "repr(i2c.transfer(0x23, '', 0))") == "''"  # the address alone


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("i2c.transfer(0x77, 'D', 1)", "is not hex text"),
        ("i2c.transfer(0x77, 'xy', 1)", "is not hex text"),
        ("i2c.transfer(0x77, '\\u0664\\u0664', 1)", "is not hex text"),
        ("i2c.transfer(0x77, '00' * 8193, 0)", "8193 bytes"),
        ("i2c.transfer(0x77, '00', 8193)", "8193 bytes"),
        ("i2c.transfer(0x77, '00', 2**32 - 1)", "4294967295 bytes"),
        ("i2c.transfer(0x78, '00', 1)", "0x77"),
        ("i2c.transfer(0x77, 'zz' * 100_000, 1)", "is not hex text"),
        ("spi.transfer(bytes(4097))", "4097 bytes"),
        ("uart.read(4097)", "4097"),
        ("uart.write(bytes(4097))", "4097 bytes"),
        ("uart.set_baud(7)", "7 baud"),
    ],
)
def test_what_no_bus_can_do_is_an_error(sandbox: Sandbox, load: Load, call: str, words: str) -> None:
    text = told(sandbox, load(*ALL, "i2c:1:0x08-0x77"), call)
    assert text.startswith("Err: ")
    assert words in text
    assert len(text) < 300


def test_spi_is_the_first_device_of_the_first_bus(sandbox: Sandbox, load: Load) -> None:
    assert told(sandbox, load(*ALL), "spi.transfer(b'abc')") == "b'abc'"  # MISO is wired to MOSI


def test_uart_is_the_first_port(sandbox: Sandbox, load: Load) -> None:
    plugin = load(*ALL)
    exchange = "uart.set_baud(9600), uart.write(b'hello'), uart.read(4), uart.read(4)"
    assert told(sandbox, plugin, exchange) == "None 5 b'hell' b'o'"
    assert told(sandbox, plugin, "uart.read(4)") == "b''"


def test_a_host_without_spi_and_uart_says_so(sandbox: Sandbox, load: Load) -> None:
    sandbox.buses.first = {BusKind.I2C: BusName("i2c-1")}
    plugin = load(*ALL)
    assert "add [buses.spi-0]" in told(sandbox, plugin, "spi.transfer(b'')")
    for call in ("uart.read(1)", "uart.write(b'')", "uart.set_baud(9600)"):
        assert "add [buses.uart-serial0]" in told(sandbox, plugin, call)


# The computer


def test_the_time_is_the_hosts_and_needs_no_permission(sandbox: Sandbox, load: Load) -> None:
    assert told(sandbox, load(), "gpio.get_timestamp_ms()") == str(sandbox.clock.wall_ns() // 1_000_000)


def test_the_computers_state(sandbox: Sandbox, load: Load) -> None:
    plugin = load("system")
    status = sandbox.machine.system().status()
    assert abs(float(told(sandbox, plugin, "gpio.get_cpu_temp()")) - status.cpu_temperature) < 1e-3
    megabytes = (status.memory_used >> 20, status.memory_total >> 20)
    assert told(sandbox, plugin, "system.get_memory_usage()") == str(megabytes)
    assert told(sandbox, plugin, "system.get_uptime()") == str(int(status.uptime))
    assert 0 < float(told(sandbox, plugin, "system.get_cpu_usage()")) < 100


# What can be seen and heard


def test_leds_show_at_the_end_of_the_round(sandbox: Sandbox, load: Load) -> None:
    plugin = load("leds")
    told(sandbox, plugin, "leds.set_all(1, 2, 3), leds.set_led(2, 255, 0, 0), leds.set_two(9, 8, 7, 6, 5, 4)")
    assert not sandbox.events
    sandbox.actuators.leds.show_changed()
    colors = ((9, 8, 7), (6, 5, 4), (255, 0, 0), (1, 2, 3))
    assert [(each.plugin, each.colors) for each in sandbox.events if isinstance(each, LedsShown)] == [("probe", colors)]


def test_leds_show_at_once_when_asked(sandbox: Sandbox, load: Load) -> None:
    plugin = load("leds")
    told(sandbox, plugin, "leds.set_led(0, 1, 1, 1), leds.sync_leds(), leds.clear(), leds.sync_leds()")
    shown = [each.colors[0] for each in sandbox.events if isinstance(each, LedsShown)]
    assert shown == [(1, 1, 1), (0, 0, 0)]


def test_the_fan_is_switched_and_asked(sandbox: Sandbox, load: Load) -> None:
    plugin = load("relay:fan")
    states = "fan.get_fan_state(), fan.set_fan(True), fan.get_fan_state(), fan.set_fan(False), fan.get_fan_state()"
    assert told(sandbox, plugin, states) == "False None True None False"
    assert [(each.relay, each.on) for each in sandbox.events if isinstance(each, RelaySwitched)] == [
        ("fan", True),
        ("fan", False),
    ]


@pytest.mark.parametrize("call", ["buzzer.buzz(20)", "buzzer.beep(2, 10, 5)"])
def test_the_buzzer_sounds_while_the_plugin_goes_on(sandbox: Sandbox, load: Load, call: str) -> None:
    assert told(sandbox, load("relay:buzzer"), call) == "None"
    switched = next(each for each in sandbox.events if isinstance(each, RelaySwitched))
    assert (switched.plugin, switched.relay, switched.on) == ("probe", "buzzer", True)


# Permissions

REPORTED = {
    "gpio.read_dht22(4)": "gpio:4:pulses",
    "gpio.read_bme680(0x77)": "i2c:1:0x77",
    "i2c.transfer(0x23, '10', 2)": "i2c:1:0x23",
    "spi.transfer(b'a')": "spi:0.0",
    "uart.read(1)": "uart:serial0",
    "uart.write(b'a')": "uart:serial0",
    "uart.set_baud(9600)": "uart:serial0",
}
SILENT = {
    "gpio.get_cpu_temp()": ("system", "0.0"),
    "system.get_memory_usage()": ("system", "(0, 0)"),
    "system.get_cpu_usage()": ("system", "0.0"),
    "system.get_uptime()": ("system", "0"),
    "leds.set_led(0, 1, 2, 3)": ("leds", "None"),
    "leds.set_all(1, 2, 3)": ("leds", "None"),
    "leds.set_two(1, 2, 3, 4, 5, 6)": ("leds", "None"),
    "leds.clear()": ("leds", "None"),
    "leds.sync_leds()": ("leds", "None"),
    "buzzer.buzz(10)": ("relay:buzzer", "None"),
    "buzzer.beep(1, 10, 10)": ("relay:buzzer", "None"),
    "fan.set_fan(True)": ("relay:fan", "None"),
    "fan.get_fan_state()": ("relay:fan", "False"),
}


@pytest.mark.parametrize("call", REPORTED)
def test_without_its_permission_a_function_reports_which_one_is_missing(
    sandbox: Sandbox, load: Load, call: str
) -> None:
    permission = REPORTED[call]
    text = told(sandbox, load(*(each for each in ALL if each != permission)), call)
    assert text.startswith("Err: host.toml does not let probe ") and f'add "{permission}"' in text


@pytest.mark.parametrize("call", SILENT)
def test_what_cannot_report_does_nothing_and_the_log_tells_why_once(sandbox: Sandbox, load: Load, call: str) -> None:
    permission, otherwise = SILENT[call]
    plugin = load(*(each for each in ALL if each != permission))
    complaint, answer = told(sandbox, plugin, call).splitlines()
    assert answer == otherwise
    assert f'add "{permission}" to permissions in [plugins.probe]' in complaint
    assert sandbox.logged[-2][0] is Level.WARNING
    assert told(sandbox, plugin, call) == otherwise
    assert not any(isinstance(each, LedsShown | RelaySwitched) for each in sandbox.events)


def test_a_plugin_without_permissions_touches_nothing(sandbox: Sandbox, load: Load) -> None:
    plugin = load()
    for call in (*REPORTED, *SILENT):
        told(sandbox, plugin, call)
    sandbox.actuators.leds.show_changed()
    assert all(isinstance(each, TransferCompleted) and each.outcome == "denied" for each in sandbox.events)


def test_an_led_that_is_not_there_is_told_once(sandbox: Sandbox, load: Load) -> None:
    plugin = load("leds")
    assert "there is no LED 4" in told(sandbox, plugin, "leds.set_led(4, 1, 1, 1)")
    assert told(sandbox, plugin, "leds.set_led(3, 1, 1, 1), leds.set_led(4, 1, 1, 1)") == "None None"
