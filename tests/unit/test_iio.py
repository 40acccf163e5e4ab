"""Sensors that the kernel reads itself, from folders as its drivers make them."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from hostcore.backends import iio
from hostcore.backends.iio import IioReading, IioSensor, iio_sensors
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, NoAcknowledgeError


def sensor(folder: Path, number: int, name: str, **files: str) -> IioSensor:
    device = folder / f"iio:device{number}"
    device.mkdir()
    (device / "name").write_text(f"{name}\n")
    for file, text in files.items():
        (device / file).write_text(f"{text}\n")
    return IioSensor(device)


def test_a_dht11_gives_temperature_and_humidity(tmp_path: Path) -> None:
    dht11 = sensor(tmp_path, 0, "dht11@4", in_temp_input="21300", in_humidityrelative_input="46500")
    assert dht11.name == "dht11@4"
    assert dht11.read() == (IioReading("temperature", 21.3, "°C"), IioReading("humidity", 46.5, "%"))


def test_a_bmp280_gives_its_pressure_in_hectopascals(tmp_path: Path) -> None:
    bmp280 = sensor(tmp_path, 0, "bmp280", in_temp_input="-4250", in_pressure_input="101.325")
    assert bmp280.read() == (IioReading("temperature", -4.25, "°C"), IioReading("pressure", 1013.25, "hPa"))


def test_a_raw_value_is_shifted_and_scaled(tmp_path: Path) -> None:
    bh1750 = sensor(tmp_path, 0, "bh1750", in_illuminance_raw="1200", in_illuminance_scale="0.25")
    assert bh1750.read() == (IioReading("illuminance", 300.0, "lux"),)
    si7020 = sensor(tmp_path, 1, "si7020", in_temp_raw="6000", in_temp_offset="-4368", in_temp_scale="10.7")
    assert si7020.read()[0].value == pytest.approx((6000 - 4368) * 10.7 / 1000)


def test_a_sensor_of_something_else_gives_nothing(tmp_path: Path) -> None:
    assert sensor(tmp_path, 0, "adxl345", in_accel_x_raw="12").read() == ()


def test_all_sensors_come_in_the_order_of_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (10, 2, 0):
        sensor(tmp_path, number, f"sensor{number}")
    (tmp_path / "trigger0").mkdir()
    monkeypatch.setattr(iio, "DEVICES", tmp_path)
    assert [(each.number, each.name) for each in iio_sensors()] == [(0, "sensor0"), (2, "sensor2"), (10, "sensor10")]


def test_a_machine_without_industrial_io_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iio, "DEVICES", tmp_path / "iio")
    assert iio_sensors() == ()


@pytest.mark.parametrize(
    ("number", "meaning"),
    [(errno.EIO, BusFaultError), (errno.ETIMEDOUT, BusTimeoutError), (errno.EREMOTEIO, NoAcknowledgeError)],
)
def test_a_driver_that_cannot_read_its_sensor_is_an_error_of_the_bus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, meaning: type[BusError]
) -> None:
    def fails(path: Path, *arguments: object) -> str:
        raise OSError(number, "from the driver")

    dht11 = sensor(tmp_path, 0, "dht11@4", in_temp_input="21300")
    monkeypatch.setattr(Path, "read_text", fails)
    with pytest.raises(meaning, match=rf"dht11@4 \(iio:device0\): .*{errno.errorcode[number]}"):
        dht11.read()


def test_an_answer_that_is_no_number_is_an_error_of_the_bus(tmp_path: Path) -> None:
    with pytest.raises(BusFaultError, match="no number"):
        sensor(tmp_path, 0, "odd", in_temp_input="warm").read()
