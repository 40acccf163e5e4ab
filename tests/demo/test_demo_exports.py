"""What a component of the demo:plugin contract exports tells what it is; its readings reach all who look for them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from hostcore.compat.demo.contract import BME680_POLL, DHT22_POLL, PI_POLL, POLLS, RENDER, UPDATE
from hostcore.errors import MissingImportsError, PluginCrashedError, PluginFileError, PluginReportedError
from hostcore.events import PageRendered, RoundCompleted
from hostcore.hostcall import CrashKind
from hostcore.runtime.contract import offered_interfaces
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.plugin import Plugin
from hostcore.runtime.source_loading import INTERFACES
from tests.demo.components import DASHBOARD, DRIVER, OLED, POLLED_AT, READ_AT, component, poll, running
from tests.guests import linked
from tests.sandbox import Sandbox
from tests.supervised import SupervisedHost

pytest_plugins = ["tests.demo.fixtures", "tests.supervised_fixture"]
pytestmark = pytest.mark.timeout(600)  # building and compiling, the first time

PI = {"cpu-temp": "float32", "fan-on": "bool"}
"""A computer that tells little."""
PI_RECORD = struct.pack("<f?", 48.5, True)
TEXT = b'{"own": 1, "cpu_temp": 0}'
READ = struct.pack("<B3xII", 0, READ_AT + 32, len(TEXT)).ljust(32, b"\0") + TEXT
"""What `read` of this host's own contract returns: ok, and a text."""


def test_what_it_exports_makes_it_driver_display_and_page() -> None:
    assert [INTERFACES[each] for each in (*POLLS, UPDATE, RENDER)] == ["driver"] * 3 + ["display", "page"]


@pytest.mark.parametrize(
    ("exports", "function"),
    [
        (poll("dht22-logic", {"sensor-id": "string"}), DHT22_POLL),
        (poll("bme680-logic", {"sensor-id": "string"}), BME680_POLL),
        (poll("pi-monitor-logic", PI, listed=False), PI_POLL),
        (OLED, UPDATE),
        (DASHBOARD, RENDER),
    ],
)
@pytest.mark.parametrize("version", ["0.2.0", "0.2.99"])
def test_any_patch_of_the_version_fits(engine: GuestEngine, exports: str, function: str, version: str) -> None:
    assert linked(engine, component(exports, version=version), offered_interfaces()).exports.keys() == {function}


@pytest.mark.parametrize("version", ["0.1.0", "0.3.0", "1.2.0", "0.2.0-rc1"])
def test_another_version_is_refused(engine: GuestEngine, version: str) -> None:
    with pytest.raises(PluginFileError, match="exports nothing of wasi-host:plugin or demo:plugin"):
        linked(engine, component(OLED, version=version), offered_interfaces())


def test_records_with_fewer_and_other_fields_are_read(engine: GuestEngine) -> None:
    record = struct.pack("<II f I f", POLLED_AT + 64, 3, 21.5, 2, 0.5)
    polled = (struct.pack("<II", POLLED_AT + 8, 1) + record).ljust(64, b"\0") + b"out"
    fields = {"sensor-id": "string", "temperature": "float32", "battery": "u32", "dew-point": "float32"}
    with running(engine, component(poll("dht22-logic", fields), polled=polled)) as driver:
        assert driver.read() == {"out": {"temperature": 21.5, "battery": 2, "dew_point": 0.5}}
        assert driver.aliases == {"dht22": {"temp": ("out", "temperature")}}


def test_fields_may_be_of_any_type_that_json_can_hold(engine: GuestEngine) -> None:
    record = struct.pack("<f B3x II", 21.5, 3, POLLED_AT + 64, 2)
    polled = (struct.pack("<II", POLLED_AT + 8, 1) + record).ljust(64, b"\0") + b"\x01\x02"
    fields = {"both": "(tuple float32 u8)", "raw": "(list u8)"}
    with running(engine, component(poll("dht22-logic", fields), polled=polled)) as driver:
        assert driver.read() == {"dht22_1": {"both": [21.5, 3], "raw": [1, 2]}}
        assert driver.aliases == {"dht22": {}}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (component(OLED.replace('(param "sensor-data" string)', '(param "p" u32) (param "q" u32)')), "update"),
        (component(DASHBOARD.replace("(result string)", "(result u32)")), "render"),
        (component(poll("dht22-logic", PI).replace("(list $", "(option $")), "poll"),
    ],
)
def test_what_has_another_type_is_refused_with_its_name(engine: GuestEngine, text: str, named: str) -> None:
    with pytest.raises(PluginFileError, match=rf"its demo:plugin/[a-z0-9-]+\.{named} is .*, not .* as wit/demo/ says"):
        linked(engine, text, offered_interfaces())


def test_an_import_of_another_type_is_refused_with_its_name(engine: GuestEngine) -> None:
    imports = '(import "demo:plugin/i2c@0.2.0" (instance (export "transfer" (func (param "addr" float32)))))'
    with pytest.raises(
        PluginFileError,
        match=r"its demo:plugin/i2c\.transfer is \(f32\) -> _, not \(u8 string u32\) -> .* as wit/demo/ says",
    ):
        linked(engine, component(OLED, imports=imports), offered_interfaces())


def test_an_interface_that_the_contract_has_not_is_refused_with_its_name(engine: GuestEngine) -> None:
    imports = '(import "demo:plugin/camera@0.2.0" (instance (export "shoot" (func))))'
    with pytest.raises(MissingImportsError, match=r"not offer: demo:plugin/camera@0\.2\.0\. Offered: demo:plugin/"):
        linked(engine, component(OLED, imports=imports), offered_interfaces())


TYPES = '(type $own (record (field "temperature" float32))) (export "sensor-reading" (type $named (eq $own)))'
"""Of an interface that others use types of."""


def test_an_interface_of_types_alone_needs_nothing_of_the_host(engine: GuestEngine) -> None:
    imports = f'(import "demo:plugin/types@0.2.0" (instance {TYPES}))'
    with running(engine, component(OLED, imports=imports)) as display:
        display.update("{}")


@pytest.mark.parametrize("more", ['(export "lens" (type (sub resource)))', '(export "shoot" (func))'])
def test_types_do_not_hide_what_the_contract_has_not(engine: GuestEngine, more: str) -> None:
    with pytest.raises(MissingImportsError, match=r"not offer: demo:plugin/types@0\.2\.0"):
        linked(
            engine,
            component(OLED, imports=f'(import "demo:plugin/types@0.2.0" (instance {TYPES} {more}))'),
            offered_interfaces(),
        )


@pytest.mark.parametrize("result", ["(result (error string))", "(result u32 (error string))"])
def test_uart_may_return_how_much_it_wrote_or_nothing(engine: GuestEngine, result: str) -> None:
    write = f'(export "write" (func (param "data" (list u8)) (result {result})))'
    linked(
        engine, component(OLED, imports=f'(import "demo:plugin/uart@0.2.0" (instance {write}))'), offered_interfaces()
    )


def test_a_component_may_use_the_old_and_the_new_contract(engine: GuestEngine) -> None:
    text = component(DRIVER, OLED, read=READ, imports='(import "wasi-host:plugin/log@0.1.0" (instance))')
    with running(engine, text) as mixed:
        assert mixed.read() == {"own": 1, "cpu_temp": 0}
        assert mixed.aliases == {}
        mixed.update("{}")


def test_where_both_contracts_have_a_field_the_new_ones_stands(engine: GuestEngine) -> None:
    text = component(DRIVER, poll("pi-monitor-logic", PI, listed=False), read=READ, polled=PI_RECORD)
    with running(engine, text) as mixed:
        assert mixed.read() == {"own": 1, "cpu_temp": 0, "fan_on": True}
        assert mixed.aliases == {"pi": {"cpu_temp": ("cpu_temp",)}}


# With componentize-py


def test_a_page_gets_the_readings_and_returns_html(sandbox: Sandbox, probe_file: Path) -> None:
    assert sandbox.load_file(probe_file).render('{"n": "µ"}') == '<pre>{"n": "µ"}</pre>'


def test_an_exception_is_a_crash_with_its_traceback(sandbox: Sandbox, probe_file: Path) -> None:
    plugin = sandbox.load_file(probe_file)
    with pytest.raises(PluginCrashedError) as crash:
        plugin.update("raise KeyError('gain')")
    assert (crash.value.kind, crash.value.problem) == (CrashKind.EXCEPTION, "KeyError: 'gain' in <string> line 1")
    assert 'probe.py", line' in crash.value.traceback


def test_what_was_printed_in_an_earlier_call_explains_no_crash(sandbox: Sandbox, probe_file: Path) -> None:
    plugin = sandbox.load_file(probe_file)
    plugin.update("import sys; print('Traceback (most recent call last):\\n  File\\nKeyError', file=sys.stderr)")
    assert "KeyError" in sandbox.lines()
    with pytest.raises(PluginCrashedError) as crash:
        plugin.update("import os; os.abort()")
    assert (crash.value.kind, crash.value.traceback) == (CrashKind.TRAP, "")


def reading(plugin: Plugin, script: str) -> object:
    plugin.update(script)
    return plugin.read()


NAN = "dht22 = lambda: [SensorReading('in', float('nan'), 1, 1)]"
SCRIPTS = {
    NAN: "NaN is not JSON",
    NAN.replace("nan", "inf"): "Infinity is not JSON",
    NAN.replace("float('nan')", "-1e999"): "-Infinity is not JSON",
    "dht22 = lambda: [SensorReading('x' * 100_000, 1, 1, 1)]": "65536 are allowed",
    "dht22 = lambda: [SensorReading(str(n), 1, 1, 1) for n in range(1500)]": "65536 are allowed",
    "dht22 = lambda: [SensorReading('in', 1, 1, 1)] * 2": "a second record of 'in'",
    "dht22 = lambda: [SensorReading('\\x1b[2J' * 100, 1, 1, 1)] * 2": "a second record of '\\x1b[2J",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_hostile_records_are_errors_that_the_plugin_survives(sandbox: Sandbox, probe_file: Path, script: str) -> None:
    plugin = sandbox.load_file(probe_file)
    with pytest.raises(PluginReportedError) as error:
        reading(plugin, script)
    assert SCRIPTS[script] in str(error.value)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 300
    assert reading(plugin, "dht22 = list")["cpu_temp"] == 48.5


def test_more_records_than_anybody_needs_end_the_instance(sandbox: Sandbox, probe_file: Path) -> None:
    plugin = sandbox.load_file(probe_file)
    with pytest.raises(PluginCrashedError, match="one call passed the host more than"):
        reading(plugin, "dht22 = lambda: [SensorReading('', 1, 1, 1)] * 70_000")


# In a whole host


def test_dashboards_find_readings_where_they_look_for_them(supervised: SupervisedHost, probe_file: Path) -> None:
    supervised.write("dht22", "def read(): return {'temperature': 20, 'temp': 19}")
    (supervised.folder / "plugins" / "old.wasm").symlink_to(probe_file)
    supervised.start()
    readings = supervised.wait_for(RoundCompleted, where=lambda event: "pi" in event.readings).readings
    assert readings["old"]["memory_used_mb"] == 900
    assert readings["pi"] == {
        "cpu_temp": 48.5,
        "memory_used_mb": 900,
        "memory_total_mb": 3800,
        "uptime_seconds": 86400,
    }
    assert readings["dht22"] == {"temperature": 20, "temp": 19}
    page = supervised.wait_for(PageRendered, "old", where=lambda event: '"pi"' in event.html)
    shown = json.loads(page.html.removeprefix("<pre>").removesuffix("</pre>"))
    assert shown["pi"] == readings["pi"]
    assert shown.keys() == {"timestamp", "dht22", "old", "pi"}
