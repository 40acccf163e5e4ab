"""The shipped drivers read what their simulated sensors sense, and report what goes wrong."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.devices.aht20 import Aht20
from hostcore.devices.base import I2cTarget
from hostcore.devices.bh1750 import Bh1750
from hostcore.devices.bme680 import Bme680
from hostcore.devices.environment import Quantity, Signal, Step
from hostcore.errors import PluginReportedError
from tests.plain_python import GUEST, PLUGINS
from tests.workbench import Workbench, bench_with, cause, plug_in, tamper

few = settings(max_examples=25, deadline=None)

I2C_DRIVERS = [("bme680", Bme680, 0x77), ("bh1750", Bh1750, 0x23), ("aht20", Aht20, 0x38)]


@pytest.mark.parametrize(("name", "chip", "address"), I2C_DRIVERS)
def test_an_absent_sensor_is_a_reported_error_and_is_read_once_it_is_there(
    name: str, chip: type[I2cTarget], address: int
) -> None:
    bench = Workbench()
    plugin = bench.plugin(name)
    for _ in range(2):
        with pytest.raises(PluginReportedError, match=f"0x{address:02X}: no device acknowledged") as error:
            plugin.read()
        assert cause(error) == "NoAcknowledge"

    plug_in(bench, chip, address)
    assert plugin.read()


@pytest.mark.parametrize(("name", "chip", "address"), I2C_DRIVERS)
def test_a_sensor_that_was_unplugged_is_configured_anew(name: str, chip: type[I2cTarget], address: int) -> None:
    bench = bench_with(chip, address)
    plugin = bench.plugin(name)
    before = plugin.read()
    del bench.i2c[address]
    with pytest.raises(PluginReportedError):
        plugin.read()

    plug_in(bench, chip, address)
    assert plugin.read() == before


@pytest.mark.parametrize(
    ("name", "chip", "address"), [("bme680", Bme680, 0x76), ("bh1750", Bh1750, 0x5C), ("aht20", Aht20, 0x39)]
)
def test_the_address_and_the_bus_can_be_set(name: str, chip: type[I2cTarget], address: int) -> None:
    bench = bench_with(chip, address)
    assert bench.plugin(name, address=address, bus=1).read()
    with pytest.raises(PluginReportedError, match="there is no I2C bus 3"):
        bench.plugin(name, address=address, bus=3).read()


# BH1750


@few
@given(lux=st.floats(0, 54_000))
def test_bh1750_reads_the_light(lux: float) -> None:
    reading = bench_with(Bh1750, 0x23, {Quantity.ILLUMINANCE: lux}).plugin("bh1750").read()
    assert reading["illuminance"] == pytest.approx(lux, abs=1)


def test_bh1750_reads_the_light_of_now_not_of_the_last_measurement() -> None:
    bench = bench_with(Bh1750, 0x23, {Quantity.ILLUMINANCE: Signal(10, steps=(Step(60, 10_000),))})
    plugin = bench.plugin("bh1750")
    plugin.read()
    bench.clock.advance(60)
    assert plugin.read()["illuminance"] == pytest.approx(10_000, abs=1)


# AHT20


@few
@given(temperature=st.floats(-40, 85), humidity=st.floats(0, 99.99))
def test_aht20_reads_the_air(temperature: float, humidity: float) -> None:
    air: dict[Quantity, float | Signal] = {Quantity.TEMPERATURE: temperature, Quantity.HUMIDITY: humidity}
    reading = bench_with(Aht20, 0x38, air).plugin("aht20").read()
    assert reading["temperature"] == pytest.approx(temperature, abs=0.006)
    assert reading["humidity"] == pytest.approx(humidity, abs=0.006)


@few
@given(byte=st.integers(0, 6), bit=st.integers(0, 7))
def test_aht20_reports_any_flipped_bit(byte: int, bit: int) -> None:
    bench = bench_with(Aht20, 0x38)
    plugin = bench.plugin("aht20")
    plugin.read()
    tamper(bench, 0x38, lambda data: data[:byte] + bytes([data[byte] ^ 1 << bit]) + data[byte + 1 :])
    with pytest.raises(PluginReportedError, match="still busy" if (byte, bit) == (0, 7) else "checksum of ") as error:
        plugin.read()
    assert cause(error) == "SensorError"


def test_aht20_that_lost_its_power_unnoticed_is_reported_once_and_then_read() -> None:
    bench = bench_with(Aht20, 0x38)
    plugin = bench.plugin("aht20")
    before = plugin.read()
    plug_in(bench, Aht20, 0x38)
    bench.clock.advance(1.0)
    with pytest.raises(PluginReportedError, match="lost its calibration"):
        plugin.read()
    assert plugin.read() == before


# The computer itself


def test_pi_monitor_reads_the_system() -> None:
    assert Workbench().plugin("pi_monitor").read() == {
        "cpu_temperature": 48.2,
        "load": 0.38,
        "memory_used_mb": 300,
        "memory_total_mb": 1000,
        "uptime": 3726,
    }


# What all plugins have in common


@pytest.mark.parametrize("path", sorted(PLUGINS.glob("*.py")), ids=lambda path: path.stem)
def test_a_plugin_imports_only_what_the_sandbox_has(path: Path) -> None:
    offered = imported_by(GUEST / "standard_library.py") | {"host"}
    assert imported_by(path) <= offered


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_running_a_plugin_leaves_no_trace_in_the_interpreter() -> None:
    before = sys.modules.copy()
    bench_with(Bh1750, 0x23).plugin("bh1750").read()
    assert [
        name for name in sys.modules if name.partition(".")[0] in {"host", "wit_world", "componentize_py_types"}
    ] == []
    assert sys.modules["time"] is before["time"]
    assert str(GUEST) not in sys.path
