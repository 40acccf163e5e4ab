"""A plugin that sends the host whatever it can think of: it hurts itself at most, and quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.hostcall import CrashKind
from hostcore.log.safe_text import MAX_LINE
from hostcore.runtime.crash import MAX_TRACEBACK
from tests.sandbox import Sandbox
from tests.waiting import soon

GRANTED = ("i2c:1:0x23", "gpio:4:pulses", "uart:serial0", "spi:0.0")


def answer(sandbox: Sandbox, call: str) -> str:
    """What the host says to a call of the raw bindings, past all checks of the guest's own modules."""
    plugin = sandbox.load(
        f"""
        import json
        from componentize_py_types import Err
        from wit_world.imports import python_wire, spi
        def read():
            try:
                return {{"ok": repr({call})[:300]}}
            except Err as err:
                return {{type(err.value).__name__: err.value.value}}
        """,
        *GRANTED,
    )
    with soon(2.0):
        ((case, text),) = plugin.read().items()
    return f"{case}: {text}"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("python_wire.i2c_transaction(1, None, 0x23, 'w0 ' * 300_000, '')", "900000 characters"),
        ("python_wire.i2c_transaction(1, None, 0x23, '', '')", "0 operations; 1 to 42"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'r-5', '')", "not of the form"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'r99999', '')", "99999 bytes; 1 to 8192"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'r4294967295', '')", "4294967295 bytes; 1 to 8192"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'r' + '9' * 4000, '')", "not of the form"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'r', '')", "not of the form"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'w1 rx', 'a')", "not of the form"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'x1', 'a')", "not of the form"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'w1\\x1b[2J', 'a')", "not of the form 'w3 r2'"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'w5', 'a')", "writes 5 bytes, but 1 were given"),
        ("python_wire.i2c_transaction(1, None, 0x23, 'w-1', 'a')", "not of the form"),
        ("python_wire.i2c_transfer(1, None, 0x23, '\\u20ac', 0)", "above U+00FF"),
        ("python_wire.i2c_transfer(1, None, 0x23, 'x' * 1_000_000, 0)", "1000000 bytes; 0 to 8192"),
        ("python_wire.i2c_transfer(1, 200, 0x23, '', 1)", "does not let"),
        ("python_wire.gpio_capture(1, 4, '0:1 ' * 250_000, 1, 1)", "1000000 characters"),
        ("python_wire.gpio_capture(1, 4, 'high', 1, 1)", "not of the form"),
        ("python_wire.gpio_capture(1, 4, '1:2:3', 1, 1)", "not of the form"),
        ("python_wire.gpio_capture(1, 4, '1:-5', 1, 1)", "not of the form"),
        ("python_wire.gpio_capture(1, 4, '1:9999999999', 1, 1)", "9999999999 ns of pulses"),
        ("python_wire.uart_read(1, 'x' * 1_000_000, 1, 0)", "serial port"),
        ("python_wire.uart_read(1, 'serial0\\x00', 1, 0)", "serial port"),
        ("python_wire.spi_transfer(1, 0, 0, 'x' * 100_000, 1, 0)", "100000 bytes"),
        ("python_wire.spi_transaction(1, 0, 0, 'r4294967295', '', 1, 0, spi.Select.LOW, None)", "4294967295 bytes"),
        ("python_wire.spi_transaction(1, 0, 0, 'd4294967295', '', 1, 0, spi.Select.LOW, None)", "4294967295 µs"),
        ("python_wire.spi_transaction(1, 0, 0, 'w1 x2', 'a', 1, 0, spi.Select.LOW, None)", "not of the form 'w3 r2 t4"),
        ("python_wire.spi_transaction(1, 0, 0, 'w1 t2', 'a', 1, 0, spi.Select.LOW, None)", "writes 3 bytes, but 1"),
        ("python_wire.spi_transaction(1, 0, 0, 'r99999999999', '', 1, 0, spi.Select.LOW, None)", "not of the form"),
        ("python_wire.spi_transaction(1, 0, 0, 'd1 ' * 2000, '', 1, 0, spi.Select.LOW, None)", "6000 characters"),
        ("python_wire.spi_transaction(1, 0, 0, 'w1', 'a', 1, 0, spi.Select.LOW, 200)", "LINE 0 to 53"),
    ],
)
def test_nonsense_over_the_raw_bindings_is_answered_with_an_error(sandbox: Sandbox, call: str, words: str) -> None:
    said = answer(sandbox, call)
    assert words in said
    assert len(said) < 1000


def test_a_million_operations_end_the_plugin_before_the_host_looks_at_them(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        from wit_world.imports import i2c
        def read(): i2c.transaction(None, 0x23, [i2c.Operation_Read(1)] * 900_000)
        """,
        *GRANTED,
    )
    with pytest.raises(PluginCrashedError, match="one call passed the host more than 2162688 bytes") as crash:
        plugin.read()
    assert crash.value.kind == CrashKind.DATA


def test_a_long_death_is_cut_short(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        r"""
        from wit_world.imports import python_wire
        def read(): python_wire.raised("first\nline" * 50_000, "line\n" * 100_000 + "the end")
        """
    )
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    assert len(crash.value.problem) < MAX_LINE + 100
    assert crash.value.problem.startswith(r"first\nline")
    assert len(crash.value.traceback) < MAX_TRACEBACK + 100
    assert crash.value.traceback.endswith("line\nthe end")


def test_a_long_error_is_cut_to_one_line(sandbox: Sandbox) -> None:
    plugin = sandbox.load("import host\ndef read(): raise host.Error('first\\n\\x1b[2J' * 60_000)")
    with pytest.raises(PluginReportedError) as error:
        plugin.read()
    assert error.value.problem.startswith(r"first\n\x1b[2Jfirst")
    assert len(error.value.problem.splitlines()) == 1
    assert len(error.value.problem) < MAX_LINE * 3


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ("{'x': float('nan')}", "not JSON"),
        ("{'x': float('inf')}", "not JSON"),
        ("{'x': object()}", "not JSON"),
        ("{'x': {1, 2}}", "not JSON"),
        ("{(1, 2): 3}", "not JSON"),
        ("[1, 2]", "a reading is a dict"),
        ("None", "a reading is a dict"),
        ("'text'", "a reading is a dict"),
    ],
)
def test_a_reading_that_is_no_json_object_is_an_error_and_the_plugin_lives_on(
    sandbox: Sandbox, reading: str, words: str
) -> None:
    plugin = sandbox.load(f"readings = [{{}}, {reading}]\ndef read(): return readings.pop()")
    with pytest.raises(PluginReportedError, match=words):
        plugin.read()
    assert plugin.read() == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the reading is an empty text, not JSON$"),
        ("{", "not JSON"),
        ('{"x": NaN}', "NaN is not JSON"),
        ('{"x": Infinity}', "Infinity is not JSON"),
        ('{"x": 1e999}', "not JSON"),
        ('{"x": ' + "1" * 5000 + "}", 'not JSON: an integer has more than 4300 digits: {"x": 111'),
        ('{"x": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
        ("[" * 20000, "nested too deeply"),
        ('{"x": ' + "[" * 64 + "]" * 64 + "}", "nested too deeply: 64 levels are allowed"),
        ('{"x": ' + '{"y": ' * 64 + "1" + "}" * 65, "nested too deeply"),
        ('{"x": 1} {}', "not JSON"),
        ('"text"', "not a JSON object"),
        ("null", "not a JSON object"),
        ('{"x": "\\ud800"}', r"not JSON: U\+D800 is half of a pair, which is no character: "),
        ('{"\\udfff": 1}', "not JSON"),
    ],
)
def test_what_a_foreign_component_returns_as_json_is_checked(sandbox: Sandbox, text: str, words: str) -> None:
    plugin = sandbox.load(f"import plugin_code\nplugin_code._to_json = lambda _: {text!r}\ndef read(): return {{}}")
    with pytest.raises(PluginReportedError, match=words) as error:
        plugin.read()
    assert len(str(error.value)) < 400


def test_a_reading_may_have_sixty_four_levels(sandbox: Sandbox) -> None:
    plugin = sandbox.load("import json\ndef read(): return {'x': json.loads('[' * 63 + ']' * 63)}")
    assert str(plugin.read()["x"]) == "[" * 63 + "]" * 63


def test_a_plugin_cannot_reach_its_neighbour_in_the_same_component(sandbox: Sandbox, tmp_path: Path) -> None:
    victim = sandbox.load("import json\nvalue = 1\ndef read(): return {'value': value}", name="victim")
    vandal = sandbox.load(
        """
        import builtins, json, sys
        def read():
            json.dumps = lambda *_, **__: "vandalised"
            builtins.dict = list
            sys.modules.clear()
            return {}
        """,
        name="vandal",
    )
    with pytest.raises((PluginReportedError, PluginCrashedError)):
        vandal.read()
    assert victim.read() == {"value": 1}
    assert sandbox.load("def read(): return {'fresh': True}", name="fresh").read() == {"fresh": True}


def test_a_text_of_more_than_two_megabytes_is_not_taken(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        "from wit_world.imports import settings, log\ndef read(): log.write(log.Level.INFO, 'x' * (3 << 20))"
    )
    with pytest.raises(PluginCrashedError, match="one call passed the host more than 2162688 bytes"):
        plugin.read()
