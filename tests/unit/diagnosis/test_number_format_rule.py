"""Bytes in the wrong order, numbers with the wrong sign, and readings that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from hostcore.chips.model import Scale
from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal, Step
from tests.evidence import Bench, a_plugin
from tests.watched import Driver, Watched

FROST = {
    **DEFAULT_SIGNALS,
    Quantity.TEMPERATURE: Signal(1.0, noise=0.6, steps=(Step(20, -1.0), Step(30, 0.5), Step(40, -0.8))),
}


def tmp117(convert: Callable[[bytes], float], *, frost: bool = False, seconds: float = 40) -> Watched:
    """A driver of the TMP117, whose temperature has 16 bits."""

    def setup(driver: Driver) -> None:
        driver.write_read(0x48, b"\x0f", 2)

    def read(driver: Driver) -> dict[str, float]:
        return {"temperature": round(convert(driver.write_read(0x48, b"\x00", 2)), 2)}

    pi = Watched(FROST if frost else DEFAULT_SIGNALS)
    pi.plug("registers:tmp117", 0x48)
    pi.drive("tmp117", read, setup)
    return pi.run(seconds)


def right(data: bytes) -> float:
    return int.from_bytes(data, "big", signed=True) / 128


@pytest.mark.parametrize("frost", [False, True])
@pytest.mark.parametrize("unit", [Scale(), Scale(scale=1.8, offset=32), Scale(scale=128)], ids=["°C", "°F", "raw"])
def test_the_right_number_in_any_unit_raises_nothing(frost: bool, unit: Scale) -> None:
    assert tmp117(lambda data: unit.value(right(data)), frost=frost).sentences() == []  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", [1.0, 128.0], ids=["°C", "raw"])
def test_bytes_in_the_wrong_order(unit: float) -> None:
    pi = tmp117(lambda data: int.from_bytes(data, "little", signed=True) / 128 * unit)
    found = next(each for each in pi.findings if each.kind == "wrong-byte-order")
    assert found.reading == "temperature" and found.plugin == "tmp117"
    assert "with its bytes in the wrong order: the bytes" in found.sentence and "°C, but it published" in found.sentence
    assert 'int.from_bytes(data, "big", signed=True)' in found.advice


def test_a_number_without_its_sign_in_the_cold() -> None:
    pi = tmp117(lambda data: int.from_bytes(data, "big") / 128, frost=True)
    found = next(each for each in pi.findings if each.kind == "wrong-sign")
    assert found.sentence.startswith("tmp117 takes TEMP") and "with the wrong sign" in found.sentence


def test_a_number_without_its_sign_where_it_is_always_cold() -> None:
    pi = Watched({**DEFAULT_SIGNALS, Quantity.TEMPERATURE: Signal(-18.0, noise=0.1)})
    pi.plug("registers:tmp117", 0x48)
    pi.drive("tmp117", lambda driver: {"temperature": int.from_bytes(driver.write_read(0x48, b"\x00", 2), "big") / 128})
    assert pi.run(20).kinds() == ["wrong-sign"]


def test_numbers_without_their_sign_that_hardly_differ_are_not_taken_for_swapped_bytes() -> None:
    bench = Bench(a_plugin("mpu6050"))
    bench.transfer("mpu6050", 0x68, "6b00")
    for place in range(20):
        z = (-16400, -16391, -16378, -16404, -16385, -16397)[place % 6] & 0xFFFF
        bench.transfer("mpu6050", 0x68, "3f", f"{z:04x}")
        bench.reading("mpu6050", z=z / 16384)
        bench.wait(1)
    assert bench.kinds() == ["wrong-sign"]


def test_a_rounding_does_not_decide_between_the_right_number_and_one_that_is_a_multiple_of_it() -> None:
    bench = Bench(a_plugin("bme680"))
    bench.transfer("bme680", 0x77, "d0", "61")
    middle = 0x4B00  # below it, bytes in the wrong order and with a sign are negative: they have no jump there
    for place in range(20):
        number = middle + (-30, -17, 0, 11, 29)[place % 5]
        bench.transfer("bme680", 0x77, "25", f"{number:04x}")
        fits_the_wrong_one_better = 0.119 if number == middle else 0.0
        bench.reading("bme680", humidity=number + fits_the_wrong_one_better)
        bench.wait(1)
    assert "wrong-byte-order" not in bench.kinds()


def test_a_number_without_its_sign_in_the_warmth_raises_nothing() -> None:
    assert tmp117(lambda data: int.from_bytes(data, "big") / 128).sentences() == []


def of_unknown_chip(values: Iterable[float]) -> Bench:
    bench = Bench(a_plugin("garden"))
    for value in values:
        bench.reading("garden", temperature=value)
        bench.wait(1)
    return bench


def test_a_reading_that_jumps_where_it_should_pass_zero() -> None:
    (found,) = of_unknown_chip([0.5, 0.25, 0.0625, 4095.9375, 4095.75, 4095.5, 4095.875, 0.125, 0.25]).findings()
    assert found.kind == "wrong-sign" and found.reading == "temperature"
    assert found.sentence.startswith("temperature of garden jumps from 4095.88 to 0.125")


@pytest.mark.parametrize(
    "values",
    [
        [0.5, 0.2, -0.3, -0.5, 0.1, 0.3, -0.2, 0.6],
        [0, 65535, 0, 65535, 1, 65535, 2, 65535],
        [0, 60000, 12, 61000, 5, 60500, 7, 60010],
        [20.0, 20.1, 255.9, 255.8, 20.3, 255.7, 20.2, 255.6],
        [10, 200, 4000, 4095, 4096, 3000, 500, 2, 1, 0],
    ],
    ids=["passes zero", "a switch", "a lamp", "not at zero", "a ramp"],
)
def test_readings_that_may_jump_raise_nothing(values: list[float]) -> None:
    assert of_unknown_chip(values).findings() == ()


def test_an_angle_may_go_round() -> None:
    bench = Bench(a_plugin("garden"))
    for angle in (5, 3, 1, 4095, 4092, 4090, 4094, 2, 4, 6):
        bench.reading("garden", angle=angle, raw_position=angle)
        bench.wait(1)
    assert bench.findings() == ()


def test_several_numbers_that_cannot_be() -> None:
    bench = Bench(a_plugin("bme280"))
    for value in range(10):
        bench.reading("bme280", temperature=-143.2 - 60 * value, pressure=1543.0 + 9 * value, humidity=40.0)
        bench.wait(1)
    (found,) = bench.findings()
    assert found.kind == "impossible-numbers"
    assert found.sentence.startswith("Several numbers of bme280 cannot be: temperature -683.2 and pressure 1624.")


def test_pressure_in_any_unit_and_fog_raise_nothing() -> None:
    bench = Bench(a_plugin("bme280"))
    for pressure in (1013.2, 101320.0, 101.32, 1.01320, 29.92, 760.0):
        bench.reading("bme280", temperature=85.0, pressure=pressure, humidity=101.5, temp_raw=5e5, pressure_trend=-3)
        bench.wait(1)
    assert bench.findings() == ()
