"""The calibration of a chip: not read, read in part, or read from the wrong place; and a heater that is never on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hostcore.events import State, StateChanged
from tests.watched import Driver, Watched

WHOLE = ((0x88, 24), (0xA1, 1), (0xE1, 7))


def bme280(
    *blocks: tuple[int, int],
    keys: Sequence[str] = ("temperature", "pressure", "humidity"),
    is_woken: bool = False,
) -> Watched:
    """A driver that reads these blocks of the calibration: (first register, bytes)."""

    def setup(driver: Driver) -> None:
        driver.write_read(0x76, b"\xd0", 1)
        for first, length in blocks:
            driver.write_read(0x76, bytes([first]), length)
        driver.write(0x76, bytes.fromhex("f201f427"))

    def read(driver: Driver) -> dict[str, float]:
        data = driver.write_read(0x76, b"\xf7", 8)
        return dict.fromkeys(keys, int.from_bytes(data[3:6], "big") / 200_000)

    pi = Watched()
    pi.plug("registers:bme280", 0x76)
    pi.drive("bme280", read, setup)
    pi.take(StateChanged(pi.clock.wall_ns(), "bme280", State.LOADING, State.RUNNING, "", is_woken=is_woken))
    return pi.run(20)


def test_a_driver_that_reads_all_of_it_raises_nothing() -> None:
    assert bme280(*WHOLE).sentences() == []


def test_a_driver_that_reads_register_by_register_raises_nothing() -> None:
    single = [(first + offset, 1) for first, length in WHOLE for offset in range(length)]
    assert bme280(*single).sentences() == []


def test_a_driver_needs_only_the_parameters_of_what_it_publishes() -> None:
    assert bme280((0x88, 26), keys=["temperature", "pressure"]).sentences() == []
    assert bme280((0x88, 6), keys=["temperature"]).sentences() == []


def test_a_driver_that_reads_none_of_it() -> None:
    (found,) = bme280().findings
    assert found.kind == "calibration-not-read"
    assert found.sentence.startswith("bme280 never reads the calibration of the BME280 at 0x76 on i2c-1.")


def test_a_driver_that_was_woken_has_read_it_in_an_earlier_run() -> None:
    assert bme280(is_woken=True).sentences() == []


def test_a_driver_that_reads_too_few_bytes() -> None:
    (found,) = bme280((0x88, 22), (0xA1, 1), (0xE1, 7)).findings
    assert found.kind == "calibration-partial" and "dig_P9 (0x9e) is missing" in found.sentence


def test_a_driver_that_forgets_a_block() -> None:
    (found,) = bme280((0x88, 24), (0xA1, 1)).findings
    assert found.kind == "calibration-partial" and "dig_H2 (0xe1), dig_H3 (0xe3)" in found.sentence


def test_a_driver_that_reads_from_the_wrong_place() -> None:
    (found,) = bme280((0x89, 24), (0xA1, 1), (0xE1, 7)).findings
    assert found.kind == "calibration-wrong-place"
    assert "It begins at 0x89, in the middle of dig_T1 (0x88)." in found.sentence


def bme680(*settings: bytes) -> Watched:
    def setup(driver: Driver) -> None:
        for first, length in ((0x8A, 23), (0xE1, 14), (0x00, 5)):
            driver.write_read(0x77, bytes([first]), length)

    def read(driver: Driver) -> dict[str, float]:
        for each in settings:
            driver.write(0x77, each)
        driver.write(0x77, b"\x72\x01\x74\x25")
        driver.sleep(0.25)
        data = driver.write_read(0x77, b"\x1d", 15)
        return {"temperature": data[5], "gas_resistance": float(data[13])}

    pi = Watched()
    pi.plug("bme680", 0x77)
    pi.drive("bme680", read, setup)
    return pi.run(20)


def test_gas_readings_with_a_heater_that_is_never_on() -> None:
    (found,) = bme680().findings
    assert found.kind == "heater-off" and "run_gas in ctrl_gas_1 is 0" in found.sentence


def test_gas_readings_with_a_heater_that_is_switched_off() -> None:
    found = bme680(b"\x5a\x70", b"\x64\x59", b"\x71\x10", b"\x70\x08").findings[0]
    assert found.kind == "heater-off" and "heat_off switches it off" in found.sentence


def test_gas_readings_with_a_hot_heater_raise_nothing() -> None:
    assert bme680(b"\x5a\x70", b"\x64\x59", b"\x71\x10").sentences() == []


@pytest.mark.parametrize("seconds", [20, 60])
def test_a_driver_that_starts_again_has_to_read_it_again(seconds: int) -> None:
    pi = bme280(*WHOLE)
    pi.restart("bme280")
    assert pi.run(seconds).sentences() == []
