"""Drivers of this host's own read sensors for plugins of the demo:plugin contract, on the plugin's own account."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.buses.call_limit import TimeLimit, WithinCall
from hostcore.clock import VirtualClock
from hostcore.compat.demo.sensors import MOST_SENSORS, Sensors
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Reading, TransferCompleted
from hostcore.hostcall import CrashKind, Trap
from tests.guests import MEMORY, USES_MEMORY
from tests.sandbox import Sandbox

pytest_plugins = ["tests.demo.fixtures"]
pytestmark = pytest.mark.timeout(600)  # building and compiling, the first time


class Shelf:
    """Starts drivers that need no sandbox.

    Attributes:
        started: the drivers' names and settings, in order.
        closed: those that were closed.
        broken: the settings whose driver crashes.
        late: the settings whose driver dies of the time limit.
    """

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        self.closed: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.late: set[str] = set()

    def start(self, driver: str, settings: str) -> ShelfDriver:
        self.started.append((driver, settings))
        return ShelfDriver(self, driver, settings)


class ShelfDriver:
    def __init__(self, shelf: Shelf, driver: str, settings: str) -> None:
        self._shelf, self._key = shelf, (driver, settings)

    def read(self) -> Reading:
        if self._key[1] in self._shelf.broken:
            raise PluginCrashedError("probe", "KeyError: 'gain'", kind="exception")
        if self._key[1] in self._shelf.late:
            raise PluginCrashedError("probe", "still asleep after 5 s", kind=CrashKind.DEADLINE)
        return {"key": self._key}

    def close(self) -> None:
        self._shelf.closed.append(self._key)


def never() -> None:
    """Nobody's time is over."""


def test_a_driver_is_started_once_for_each_sensor() -> None:
    shelf = Shelf()
    sensors = Sensors(shelf.start, never)
    for line in (4, 5, 4, 5):
        assert sensors.read("dht22", {"line": line}) == {"key": ("dht22", f'{{"line": {line}}}')}
    assert shelf.started == [("dht22", '{"line": 4}'), ("dht22", '{"line": 5}')]
    sensors.close()
    sensors.close()
    assert sorted(shelf.closed) == shelf.started


def test_a_driver_that_crashed_is_an_error_and_is_replaced() -> None:
    shelf = Shelf()
    shelf.broken.add('{"line": 4}')
    sensors = Sensors(shelf.start, never)
    with pytest.raises(PluginReportedError, match="the host's driver dht22 crashed: KeyError: 'gain'"):
        sensors.read("dht22", {"line": 4})
    shelf.broken.clear()
    sensors.read("dht22", {"line": 4})
    assert (len(shelf.started), len(shelf.closed)) == (2, 1)


def test_a_driver_that_dies_because_the_plugins_time_is_over_ends_the_plugin() -> None:
    def over() -> None:
        raise Trap(CrashKind.DEADLINE, "still running after 5 s")

    shelf = Shelf()
    shelf.broken.add('{"line": 4}')
    with pytest.raises(Trap, match="still running"):
        Sensors(shelf.start, over).read("dht22", {"line": 4})


def test_a_driver_that_dies_of_the_plugins_time_limit_ends_the_plugin_even_if_it_has_got_more_time_since() -> None:
    shelf = Shelf()
    shelf.late.add('{"line": 4}')
    with pytest.raises(Trap, match="still asleep after 5 s") as trap:
        Sensors(shelf.start, never).read("dht22", {"line": 4})
    assert trap.value.kind == CrashKind.DEADLINE


def test_many_sensors_keep_only_so_many_drivers() -> None:
    shelf = Shelf()
    sensors = Sensors(shelf.start, never)
    for line in range(50):
        sensors.read("dht22", {"line": line})
        sensors.read("dht22", {"line": 0})  # in use all the time
        assert len(shelf.started) - len(shelf.closed) <= MOST_SENSORS
    assert shelf.started.count(("dht22", '{"line": 0}')) == 1


def test_a_call_within_a_call_begins_no_time_of_its_own() -> None:
    clock = VirtualClock()
    outer = TimeLimit(clock, 1.0)
    outer.begin()
    inner = WithinCall(outer)
    inner.wait_until(900_000_000)
    inner.begin()
    with pytest.raises(Trap, match="still asleep after 1 s"):
        inner.wait_until(1_800_000_000)
    clock.advance(1.0)
    with pytest.raises(Trap, match="still running after 1 s"):
        inner.check()
    inner.stop()
    assert inner.stopped
    assert outer.stopped


# In the sandbox


def test_reading_sensors_without_end_is_cut_short(sandbox: Sandbox, probe_file: Path) -> None:
    plugin = sandbox.load_file(probe_file, "i2c:1:0x77", call_seconds=1.0)
    with pytest.raises(PluginCrashedError) as crash:
        plugin.update("while True: gpio.read_bme680(0x77)")
    assert crash.value.kind == CrashKind.DEADLINE
    assert sandbox.clock.monotonic_ns() < 2_000_000_000


def test_a_driver_sleeps_no_longer_than_the_plugins_call_may_take(sandbox: Sandbox, probe_file: Path) -> None:
    plugin = sandbox.load_file(probe_file, "i2c:1:0x77", call_seconds=0.1)
    with pytest.raises(PluginCrashedError) as crash:
        plugin.update("gpio.read_bme680(0x77)")  # needs 0.15 s
    assert crash.value.kind == CrashKind.DEADLINE


def test_drivers_end_with_their_plugin(sandbox: Sandbox, probe_file: Path) -> None:
    plugin = sandbox.load_file(probe_file, "i2c:1:0x77", "gpio:4:pulses")
    plugin.update("gpio.read_bme680(0x77), gpio.read_dht22(4)")
    plugin.close()
    fresh = sandbox.load_file(probe_file, "i2c:1:0x77")
    sandbox.events.clear()
    fresh.update("gpio.read_bme680(0x77)")
    written = [each.messages[0].data for each in sandbox.events if isinstance(each, TransferCompleted)]
    assert b"\xe0\xb6" in written  # a new driver resets the sensor


STARTS_BY_READING = f"""
(component
  (import "demo:plugin/gpio-provider@0.2.0" (instance $gpio
    (export "read-dht22" (func (param "pin" u8) (result (result (tuple float32 float32) (error string)))))))
  {MEMORY}
  (core func $read (canon lower (func $gpio "read-dht22") {USES_MEMORY}))
  (core module $main
    (import "host" "read" (func $read (param i32 i32)))
    (func $start (call $read (i32.const 4) (i32.const 0)))
    (start $start)
    (func (export "update") (param i32 i32)))
  (core instance $main (instantiate $main (with "host" (instance (export "read" (func $read))))))
  (func $update (param "sensor-data" string) (canon lift (core func $main "update") {USES_MEMORY}))
  (instance $oled (export "update" (func $update)))
  (export "demo:plugin/oled-logic@0.2.0" (instance $oled)))
"""


def test_a_component_may_read_a_sensor_before_it_has_quite_started(sandbox: Sandbox) -> None:
    path = sandbox.folder / "early.wasm"
    path.write_bytes(bytes(wat2wasm(STARTS_BY_READING)))
    sandbox.load_file(path, "gpio:4:pulses").update("{}")
    assert [(each.plugin, each.bus, each.outcome) for each in sandbox.events] == [("early", "gpio", "ok")]
