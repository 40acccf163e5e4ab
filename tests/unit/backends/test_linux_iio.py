"""Sensors that the kernel reads itself, from folders as its drivers make them."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from hostcore.backends.linux import iio as linux_iio
from hostcore.backends.linux.iio import LinuxIio
from hostcore.errors import BusError, BusFaultError, BusTimeoutError, NoAcknowledgeError, UnsupportedError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up /sys/bus/iio/devices."""
    monkeypatch.setattr(linux_iio, "DEVICES", tmp_path)
    return tmp_path


def add(folder: Path, number: int, name: str, **files: str) -> None:
    """Have a driver make a sensor's files."""
    device = folder / f"iio:device{number}"
    device.mkdir()
    for file, text in {"name": name, **files}.items():
        (device / file).write_text(f"{text}\n")


class TestRead:
    def test_a_processed_value_is_taken_as_it_is(self, folder: Path) -> None:
        add(folder, 0, "dht11@4", in_temp_input="21300", in_humidityrelative_input="46500")
        assert LinuxIio().channels("dht11@4") == ("humidityrelative", "temp")
        assert LinuxIio().read("dht11@4", "temp") == 21300
        assert LinuxIio().read("dht11@4", "humidityrelative") == 46500

    def test_a_raw_value_is_shifted_and_then_scaled(self, folder: Path) -> None:
        add(folder, 0, "si7020", in_temp_raw="6000", in_temp_offset="-4368", in_temp_scale="10.725")
        assert LinuxIio().read("si7020", "temp") == pytest.approx((6000 - 4368) * 10.725)

    def test_a_raw_value_without_constants_is_the_value(self, folder: Path) -> None:
        add(folder, 0, "counter", in_count0_raw="-12")
        assert LinuxIio().read("counter", "count0") == -12

    @pytest.mark.parametrize(
        ("channel", "shared"),
        [("voltage0", "voltage"), ("accel_x", "accel"), ("voltage0-voltage1", "voltage-voltage"), ("temp0", "temp0")],
    )
    def test_channels_of_one_type_may_share_their_scale(self, folder: Path, channel: str, shared: str) -> None:
        add(folder, 0, "adc", **{f"in_{channel}_raw": "100", f"in_{shared}_scale": "0.5"})
        assert LinuxIio().read("adc", channel) == 50

    def test_a_channels_own_scale_comes_before_the_shared_one(self, folder: Path) -> None:
        add(folder, 0, "adc", in_voltage0_raw="100", in_voltage0_scale="2", in_voltage_scale="0.5")
        assert LinuxIio().read("adc", "voltage0") == 200

    @pytest.mark.parametrize(
        ("number", "meaning"),
        [(errno.EIO, BusFaultError), (errno.ETIMEDOUT, BusTimeoutError), (errno.EREMOTEIO, NoAcknowledgeError)],
    )
    def test_a_driver_that_cannot_read_its_sensor_is_an_error_of_the_bus(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, meaning: type[BusError]
    ) -> None:
        def fails(path: Path, *arguments: object) -> str:
            raise OSError(number, "from the driver")

        add(folder, 0, "dht11@4", in_temp_input="21300")
        monkeypatch.setattr(linux_iio, "_number", fails)
        with pytest.raises(meaning, match=rf"dht11@4 \(iio:device0\), temp: .*{errno.errorcode[number]}"):
            LinuxIio().read("dht11@4", "temp")

    @pytest.mark.parametrize("answer", ["warm", "nan", "inf", ""])
    def test_an_answer_that_is_no_number_is_an_error_of_the_bus(self, folder: Path, answer: str) -> None:
        add(folder, 0, "odd", in_temp_input=answer)
        with pytest.raises(BusFaultError, match=r"odd \(iio:device0\), temp: the driver's answer"):
            LinuxIio().read("odd", "temp")


class TestNames:
    def test_all_sensors_come_in_the_order_of_their_numbers(self, folder: Path) -> None:
        for number in (10, 2, 0):
            add(folder, number, f"sensor{number}")
        (folder / "trigger0").mkdir()
        assert LinuxIio().devices() == ("sensor0", "sensor2", "sensor10")

    def test_the_device_trees_label_comes_before_the_drivers_name(self, folder: Path) -> None:
        add(folder, 0, "bmp280", label="outdoor", in_temp_input="-4250")
        add(folder, 1, "bmp280", label="no name for a permission")
        assert LinuxIio().devices() == ("outdoor", "bmp280")
        assert LinuxIio().read("outdoor", "temp") == -4250

    def test_a_machine_without_any_says_so(self, folder: Path) -> None:
        assert LinuxIio().devices() == ()
        with pytest.raises(UnsupportedError, match="the kernel reads no sensor bme280; there is none in"):
            LinuxIio().read("bme280", "temp")

    def test_an_unknown_one_is_told_with_those_that_there_are(self, folder: Path) -> None:
        add(folder, 0, "dht11@4")
        with pytest.raises(UnsupportedError, match=r"no sensor bme280; there is dht11@4"):
            LinuxIio().channels("bme280")

    def test_two_of_one_name_are_told_apart_by_nobody(self, folder: Path) -> None:
        add(folder, 0, "bmp280")
        add(folder, 1, "bmp280")
        with pytest.raises(UnsupportedError, match="iio:device0 and iio:device1 are both called bmp280"):
            LinuxIio().read("bmp280", "temp")

    @pytest.mark.parametrize("channel", ["pressure", "", "../iio:device0/in_temp", "temp_input"])
    def test_a_channel_is_one_that_the_device_has(self, folder: Path, channel: str) -> None:
        add(folder, 0, "dht11@4", in_temp_input="21300")
        with pytest.raises(UnsupportedError, match=r"dht11@4 \(iio:device0\) has no channel .*; it has temp"):
            LinuxIio().read("dht11@4", channel)
