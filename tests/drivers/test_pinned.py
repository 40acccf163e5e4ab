"""Drivers with libraries of PyPI, unmodified, from metadata, lock and wheels to a reading in the sandbox."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.events import Reading
from hostcore.libraries.lock import read_lock
from tests.drivers.machine import RegisterFilePi
from tests.drivers.packages import Package, read_packages
from tests.drivers.pinned import PINNED, PinnedWheels
from tests.drivers.running import UPTIME_NS, running
from tests.drivers.trial import try_package

PACKAGES = {each.name: each for each in read_packages()}
ADAFRUIT_BME280 = PACKAGES["adafruit-circuitpython-bme280"]
BME280_ON_SPI = replace(
    ADAFRUIT_BME280,
    bus="spi",
    imports="import board\nimport digitalio\nfrom adafruit_bme280 import basic",
    setup="sensor = basic.Adafruit_BME280_SPI(board.SPI(), digitalio.DigitalInOut(board.D5))",
)
BOSCH_EXAMPLE = {"temperature": 25.08, "pressure": 1006.53}
"""°C and hPa of the example in BST-BMP280-DS001, 3.12, with the calibration and the results in the list of packages."""

ReadRegisters = Callable[[Package, Mapping[str, str]], Reading]


@pytest.fixture
def read_registers(pinned: PinnedWheels, tmp_path: Path, cache_folder: Path) -> ReadRegisters:
    """Takes a reading of these items on register files."""

    def read(package: Package, items: Mapping[str, str]) -> Reading:
        path = tmp_path / "driver.py"
        path.write_text(package.plugin(items), encoding="utf-8")
        pinned.fetch(path)
        clock = VirtualClock(UPTIME_NS)
        with running(path, RegisterFilePi(package, clock), clock, cache_folder) as plugin:
            return plugin.read()

    return read


@pytest.mark.thorough
def test_wheels_that_are_there_need_no_network(
    pinned: PinnedWheels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    pinned.download()
    with pytest.raises(subprocess.CalledProcessError):
        PinnedWheels(tmp_path / "empty").download()


@pytest.mark.parametrize("name", read_lock(PINNED).dependencies)
def test_a_driver_completes_a_reading_and_reads_the_simulated_chip_like_our_own(
    name: str, pinned: PinnedWheels, tmp_path: Path, cache_folder: Path
) -> None:
    package = PACKAGES[name]
    outcome = try_package(package, tmp_path, pinned.fetch, cache_folder)
    assert not outcome.reason
    assert outcome.is_imported
    assert outcome.is_read is (True if package.can_read_registers else None)
    assert outcome.is_right is (True if package.simulated else None)


@pytest.mark.parametrize("package", [ADAFRUIT_BME280, BME280_ON_SPI], ids=["I2C", "SPI"])
def test_adafruits_bme280_calculates_boschs_example(package: Package, read_registers: ReadRegisters) -> None:
    found = read_registers(package, {"temperature": "sensor.temperature", "pressure": "sensor.pressure"})
    assert found == pytest.approx(BOSCH_EXAMPLE, abs=0.01)


def test_pimoronis_bme280_calculates_boschs_example(read_registers: ReadRegisters) -> None:
    items = {"temperature": "sensor.get_temperature()", "pressure": "sensor.get_pressure()"}
    assert read_registers(PACKAGES["pimoroni-bme280"], items) == pytest.approx(BOSCH_EXAMPLE, abs=0.01)


@pytest.mark.parametrize(
    ("name", "item", "value"),
    [
        # Sensirion SHT3x-DIS, 4.13: the word is 0x8080
        ("adafruit-circuitpython-sht31d", "sensor.temperature", -45 + 175 * 0x8080 / 0xFFFF),
        ("adafruit-circuitpython-sht31d", "sensor.relative_humidity", 100 * 0x8080 / 0xFFFF),
        # TI ADS1115, 7.3.3: 0x2000 in a range of 4.096 V
        ("adafruit-circuitpython-ads1x15", "sensor.voltage", 4.096 / 4),
        # Microchip MCP23017, 3.5.10: GP7 is the highest bit of 0x80
        ("adafruit-circuitpython-mcp230xx", "sensor.value", True),
        # InvenSense RM-MPU-6000A, 4.17 and 4.18: 0x4000 in a range of 2 g, and a temperature of 0x0000
        ("mpu6050-raspberrypi", "sensor.get_accel_data()['x']", 9.80665),
        ("mpu6050-raspberrypi", "sensor.get_temp()", 36.53),
        # TI TMP117, 7.6.2: 0x0C80 in steps of 7.8125 m°C
        ("sparkfun-qwiic-tmp117", "sensor.read_temp_c()", 25.0),
        # NMEA 0183, RMC: 48 degrees and 7.038 minutes
        ("pynmea2", "pynmea2.parse(sensor.readline().decode()).latitude", 48 + 7.038 / 60),
    ],
)
def test_a_driver_reads_what_the_registers_hold(
    name: str, item: str, value: object, read_registers: ReadRegisters
) -> None:
    assert read_registers(PACKAGES[name], {"value": item}) == {"value": pytest.approx(value, rel=1e-3)}
