"""The event of an access names the line of the plugin's file that asked for it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from hostcore.errors import PluginReportedError
from hostcore.events import Outcome, TransferCompleted
from tests.sandbox import Sandbox

BUSES = ("i2c:1:0x23", "spi:0.0", "uart:serial0", "iio:bme280", "system")
LINES = ("gpio:4:pulses", "gpio:17:in", "gpio:22:out")
ACTUATORS = ("leds", "relay:fan", "pwm:18")


def transfers(sandbox: Sandbox) -> list[TransferCompleted]:
    return [each for each in sandbox.events if isinstance(each, TransferCompleted)]


def lines(sandbox: Sandbox, source: str) -> list[int]:
    """The line of every access that one reading makes."""
    sandbox.load(source, *BUSES, *LINES, *ACTUATORS).read()
    return [each.source_line for each in transfers(sandbox)]


def marked(source: str) -> list[int]:
    """The lines that end with ``# here``, in the order of the file."""
    return [number for number, text in enumerate(dedent(source).splitlines(), 1) if text.endswith("# here")]


@pytest.mark.parametrize(
    "call",
    [
        "i2c.write(0x23, b'\\x10')",
        "i2c.read(0x23, 2)",
        "i2c.transfer(0x23, b'\\x10', 0)",
        "i2c.transaction(0x23, [i2c.Write(b'\\x10'), i2c.Read(2)])",
        "spi.transfer(b'x')",
        "spi.transaction([spi.Write(b'x'), spi.Read(1)])",
        "gpio.read(17)",
        "gpio.write(22, True)",
        "gpio.capture(4)",
        "uart.write(b'x')",
        "uart.read(1, timeout=0)",
        "uart.set_baud(9600)",
        "iio.channels('bme280')",
        "iio.read('bme280', 'temp')",
        "system.status()",
    ],
)
def test_every_access_to_the_hardware_has_its_line(sandbox: Sandbox, call: str) -> None:
    assert lines(
        sandbox, f"from host import gpio, i2c, iio, spi, system, uart\ndef read():\n\n    {call}\n    return {{}}"
    ) == [4]


@pytest.mark.parametrize(
    "call",
    [
        "leds.fill(9, 9, 9) or leds.show()",
        "relays.write('fan', True)",
        "relays.pulse('fan')",
        "pwm.write(18, 0.5)",
        "relays.read('buzzer')",
    ],
)
def test_every_effect_on_an_actuator_has_its_line(sandbox: Sandbox, call: str) -> None:
    source = f"""
    import host
    from host import leds, pwm, relays
    def read():
        try:
            {call}  # here
        except host.Denied:
            pass
        return {{}}
    """
    assert lines(sandbox, source)[:1] == marked(source)


def test_each_call_has_its_own_line(sandbox: Sandbox) -> None:
    source = """
    from host import i2c
    def read():
        i2c.write(0x23, b"\\x10")  # here
        i2c.read(
            0x23,
            2,
        )
        i2c.read(0x23, 2)  # here
        return {}
    """
    first, over_many_lines, last = lines(sandbox, source)
    assert [first, last] == marked(source)
    assert over_many_lines == first + 1, "a call over several lines is where it begins"


def test_setup_and_the_plugin_s_own_top_level_have_lines_too(sandbox: Sandbox) -> None:
    source = """
    from host import i2c
    i2c.write(0x23, b"\\x01")  # here
    def setup():
        i2c.write(0x23, b"\\x10")  # here
    def read():
        return {}
    """
    assert lines(sandbox, source) == marked(source)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            from host import i2c
            def measure(length):
                return i2c.read(0x23, length)  # here
            def read():
                return {"n": len(measure(2))}
            """,
            id="a function of the plugin",
        ),
        pytest.param(
            """
            from host import i2c
            measure = (
                lambda: i2c.read(0x23, 2)  # here
            )
            def read():
                return {"n": len(measure())}
            """,
            id="a lambda",
        ),
        pytest.param(
            """
            from host import i2c
            def rank(value):
                i2c.read(0x23, 2)  # here
                return value
            def read():
                return {"sorted": sorted([1], key=rank)}
            """,
            id="called back by sorted()",
        ),
        pytest.param(
            """
            from functools import partial
            from host import i2c
            measure = partial(i2c.read, 0x23, 2)
            def read():
                measure()  # here
                return {}
            """,
            id="functools.partial of a function of the host",
        ),
        pytest.param(
            """
            from contextlib import ExitStack
            from host import i2c
            def read():
                with ExitStack() as stack:  # here
                    stack.callback(i2c.read, 0x23, 2)
                return {}
            """,
            id="called by the standard library, from a with statement of the plugin",
        ),
        pytest.param(
            """
            from host import i2c
            class Sensor:
                @property
                def value(self):
                    return i2c.read(0x23, 2)  # here
            def read():
                return {"n": len(Sensor().value)}
            """,
            id="a property",
        ),
        pytest.param(
            """
            from host import i2c
            def values():
                yield i2c.read(0x23, 2)  # here
            def read():
                return {"n": sum(map(len, values()))}
            """,
            id="a generator",
        ),
        pytest.param(
            """
            from host import i2c
            library = {}
            exec(compile("def measure(read):\\n    return read(0x23, 2)", "/lib/library.py", "exec"), library)
            def read():
                return {"n": len(library["measure"](i2c.read))}  # here
            """,
            id="a library",
        ),
    ],
)
def test_the_line_is_the_innermost_one_of_the_plugin_s_file(sandbox: Sandbox, source: str) -> None:
    assert lines(sandbox, source) == marked(source)


def test_an_access_that_was_denied_has_its_line(sandbox: Sandbox) -> None:
    plugin = sandbox.load("from host import i2c\ndef read():\n    i2c.read(0x50, 1)", "i2c:1:0x23")
    with pytest.raises(PluginReportedError):
        plugin.read()
    assert [(each.outcome, each.source_line) for each in transfers(sandbox)] == [(Outcome.DENIED, 3)]


@pytest.mark.parametrize(
    ("sent", "shown"), [("0", 0), ("0xFF_FFFF", 0xFF_FFFF), ("1 << 48 | 7 << 24 | 3", 3), ("2**64 - 1", 0xFF_FFFF)]
)
def test_a_plugin_may_send_any_line(sandbox: Sandbox, sent: str, shown: int) -> None:
    source = f"""
    from wit_world.imports import python_wire
    def read():
        return {{"n": len(python_wire.i2c_transfer({sent}, None, 0x23, "", 2))}}
    """
    assert lines(sandbox, source) == [shown]


def test_a_call_of_the_contract_s_own_functions_has_no_line_of_an_earlier_call(sandbox: Sandbox) -> None:
    source = """
    from host import i2c
    from wit_world.imports import i2c as contract
    def read():
        i2c.read(0x23, 2)  # here
        contract.transfer(None, 0x23, b"", 2)
        return {}
    """
    assert lines(sandbox, source) == [*marked(source), 0]


def test_code_without_line_numbers_has_the_line_0(sandbox: Sandbox) -> None:
    source = """
    from host import i2c
    def measure():
        i2c.read(0x23, 2)
    measure.__code__ = measure.__code__.replace(co_linetable=b"")
    def read():
        measure()
        return {}
    """
    assert lines(sandbox, source) == [0]
