"""What an author gets wrong in a call of the host is told in words, with the place."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.hostcall import CrashKind
from hostcore.runtime.crash import line_of
from tests.sandbox import Sandbox

WRONG_KIND = {
    "i2c.write('0x23', b'')": "address is '0x23' (str); a whole number is needed",
    "i2c.read(0x23, 2.0)": "read_length is 2.0 (float); a whole number is needed",
    "i2c.transaction(None, [])": "address is None (NoneType); a whole number is needed",
    "i2c.write(0x23, b'', bus='1')": "bus is '1' (str); a whole number is needed",
    "gpio.read(17.0)": "line is 17.0 (float); a whole number is needed",
    "relays.write(3, True)": "name is 3 (int); text is needed",
    "iio.read(1, 'temp')": "device is 1 (int); text is needed",
    "uart.read(port=[])": "port is of type list; text is needed",
    "pwm.write(18, 'half')": "could not convert string to float: 'half'",
}
TOO_LARGE = {
    "i2c.write(300, b'')": "address 300; 0 to 255 are possible",
    "i2c.read(0x23, -1)": "read_length -1; 0 to 4294967295 are possible",
    "i2c.transaction(-1, [])": "address -1; 0 to 255 are possible",
    "gpio.read(-1)": "line -1; 0 to 255 are possible",
    "gpio.write(1 << 70, True)": "line of more than 20 digits; 0 to 255 are possible",
    "gpio.capture(4, timeout=9)": "timeout in ns 9000000000; 0 to 4294967295 are possible",
    "leds.set_color(0, 256, 0, 0)": "red 256; 0 to 255 are possible",
    "leds.fill(0, 0, -1)": "blue -1; 0 to 255 are possible",
    "pwm.write(-1, 0.5)": "line -1; 0 to 255 are possible",
    "relays.pulse('fan', 3, on=-1)": "on in ms -1000; 0 to 4294967295 are possible",
    "uart.read(10, timeout=-1)": "timeout in ms -1000; 0 to 4294967295 are possible",
    "uart.set_baud(-9600)": "baud -9600; 0 to 4294967295 are possible",
    "spi.transaction([spi.Read(-1)])": "length -1; 0 to 4294967295 are possible",
    "spi.transfer(b'', speed_hz=-1)": "speed_hz -1; 0 to 4294967295 are possible",
}
IMPORTS = "from host import gpio, i2c, iio, leds, pwm, relays, spi, uart\n"


@pytest.mark.parametrize("call", WRONG_KIND)
def test_a_value_of_the_wrong_kind_is_an_exception_with_its_line(sandbox: Sandbox, call: str) -> None:
    plugin = sandbox.load(f"{IMPORTS}def read():\n    {call}\n")
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    assert crash.value.kind == CrashKind.EXCEPTION
    assert WRONG_KIND[call] in crash.value.problem
    assert line_of(crash.value.traceback, "probe.py") == 3


@pytest.mark.parametrize("call", TOO_LARGE)
def test_a_number_that_does_not_fit_is_an_error_that_the_plugin_outlives(sandbox: Sandbox, call: str) -> None:
    plugin = sandbox.load(f"{IMPORTS}calls = [lambda: {{}}, lambda: {call}]\ndef read(): return calls.pop()()")
    with pytest.raises(PluginReportedError) as error:
        plugin.read()
    assert error.value.problem.endswith(f"no such access: {TOO_LARGE[call]}")
    assert plugin.read() == {}


def test_what_is_true_or_false_may_be_a_number(sandbox: Sandbox) -> None:
    plugin = sandbox.load("from host import gpio\ndef read(): gpio.write(17, 1); return {}", "gpio:17:out")
    assert plugin.read() == {}


@pytest.mark.parametrize("returned", ["{'x': 10 ** 5000}", "{'x': {1, 10 ** 5000}}", "10 ** 5000"])
def test_an_integer_that_is_too_long_is_an_error_without_pythons_advice(sandbox: Sandbox, returned: str) -> None:
    plugin = sandbox.load(f"def read(): return {returned}")
    for _ in range(2):
        with pytest.raises(PluginReportedError, match=r"read\(\) returned ") as error:
            plugin.read()
        assert "set_int_max_str_digits" not in error.value.problem


def test_an_integer_of_too_many_digits_is_told_in_plain_words(sandbox: Sandbox) -> None:
    plugin = sandbox.load("def read(): return {'x': 10 ** 5000}")
    with pytest.raises(PluginReportedError) as error:
        plugin.read()
    assert error.value.problem == (
        "read() returned a value that is not JSON: an integer has more than 4300 digits: a dict"
    )
