"""Chips that are read before they are ready, or that nobody has started."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hostcore.events import Confidence, Outcome
from tests.evidence import Bench, a_plugin
from tests.watched import Driver, Watched


def bh1750(wait_s: float, start: bytes = b"\x20") -> Callable[[Driver], dict[str, float]]:
    def read(driver: Driver) -> dict[str, float]:
        if start:
            driver.write(0x23, start)
        driver.sleep(wait_s)
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}

    return read


def aht20(wait_s: float, *, polls: bool, initialises: bool = True) -> Callable[[Driver], dict[str, float]]:
    def read(driver: Driver) -> dict[str, float]:
        if initialises and not driver.memory:
            driver.write(0x38, b"\xbe\x08\x00")
            driver.sleep(0.01)
            driver.memory["is_ready"] = True
        driver.write(0x38, b"\xac\x33\x00")
        driver.sleep(wait_s)
        answer = driver.read(0x38, 7)
        while polls and answer[0] & 0x80:
            driver.sleep(0.01)
            answer = driver.read(0x38, 7)
        return {"humidity": (int.from_bytes(answer[1:4], "big") >> 4) / 10485.76}

    return read


BME280_SETUP = (b"\xf2\x01", b"\xf4\x27")


def bme280(*settings: bytes) -> tuple[Callable[[Driver], dict[str, float]], Callable[[Driver], None]]:
    def setup(driver: Driver) -> None:
        driver.write_read(0x76, b"\xd0", 1)
        driver.write_read(0x76, b"\x88", 24)
        driver.write_read(0x76, b"\xa1", 1)
        driver.write_read(0x76, b"\xe1", 7)
        for each in settings:
            driver.write(0x76, each)
        driver.sleep(0.1)

    def read(driver: Driver) -> dict[str, float]:
        data = driver.write_read(0x76, b"\xf7", 8)
        pressure, temperature = int.from_bytes(data[:3], "big"), int.from_bytes(data[3:6], "big")
        return {"pressure": pressure / 4096, "temperature": temperature / 200_000}

    return read, setup


def watched(name: str, chip: str, address: int, *functions: Callable[[Driver], object], seconds: float = 30) -> Watched:
    pi = Watched()
    pi.plug(chip, address)
    pi.drive(name, *functions)  # type: ignore[arg-type]
    return pi.run(seconds)


def test_a_driver_that_does_not_wait_for_the_measurement() -> None:
    (raised,) = watched("bh1750", "bh1750", 0x23, bh1750(0.05)).raised
    found = raised.finding
    assert found.kind == "read-early" and raised.seconds < 10
    assert found.sentence == (
        "bh1750 reads the BH1750 at 0x23 on i2c-1 50 ms after it starts a measurement, before there is a result. "
        "It gets an old value. The data sheet says up to 180 ms."
    )
    assert len(found.evidence) == 2 and found.evidence[0].source_line


@pytest.mark.parametrize("wait_s", [0.12, 0.18, 0.3])
def test_the_typical_time_is_long_enough(wait_s: float) -> None:
    assert watched("bh1750", "bh1750", 0x23, bh1750(wait_s)).sentences() == []


def test_a_driver_that_ignores_the_busy_bit() -> None:
    found = watched("aht20", "aht20", 0x38, aht20(0.02, polls=False)).findings[0]
    assert found.kind == "read-early" and "says that it still measures" in found.sentence


def test_a_driver_that_polls_the_busy_bit_raises_nothing() -> None:
    assert watched("aht20", "aht20", 0x38, aht20(0.0, polls=True)).sentences() == []


def test_a_driver_whose_early_reads_are_refused() -> None:
    bench = Bench(a_plugin("sht3x"))
    for _ in range(5):
        bench.transfer("sht3x", 0x44, "2400")
        bench.wait(0.003)
        bench.transfer("sht3x", 0x44, outcome=Outcome.NO_ACKNOWLEDGE, asked=(6,))
        bench.failure("sht3x", "no acknowledge")
        bench.wait(1)
    found = next(each for each in bench.findings() if each.kind == "read-early")
    assert "The chip refuses that. The data sheet says up to 15 ms." in found.sentence


def test_a_driver_that_reads_again_until_the_chip_answers_raises_nothing() -> None:
    bench = Bench(a_plugin("sht3x"))
    for _ in range(5):
        bench.transfer("sht3x", 0x44, "2400")
        bench.wait(0.003)
        bench.transfer("sht3x", 0x44, outcome=Outcome.NO_ACKNOWLEDGE, asked=(6,))
        bench.wait(0.012)
        bench.transfer("sht3x", 0x44, read="6666 93 6666 93")
        bench.reading("sht3x", temperature=25.0)
        bench.wait(1)
    assert bench.findings() == ()


def test_a_chip_that_was_never_started() -> None:
    (raised,) = watched("bme280", "registers:bme280", 0x76, *bme280()).raised
    found = raised.finding
    assert (found.kind, found.confidence) == ("never-started", Confidence.CERTAIN)
    assert "0x800000, its value before the first measurement" in found.sentence
    assert found.sentence.endswith("Nothing has written to ctrl_meas (0xf4).")


def test_a_chip_that_was_put_to_sleep() -> None:
    found = watched("bme280", "registers:bme280", 0x76, *bme280(b"\xf4\x24")).findings[0]
    assert found.kind == "never-started" and found.sentence.endswith("ctrl_meas (0xf4) was set to 0x24.")


def test_a_chip_that_was_started_raises_nothing() -> None:
    assert watched("bme280", "registers:bme280", 0x76, *bme280(*BME280_SETUP)).sentences() == []


@pytest.mark.parametrize(("before", "kinds"), [("", ["never-started"]), ("21b1", []), ("21ac", [])])
def test_a_chip_that_always_says_that_it_has_no_result_was_never_started(before: str, kinds: list[str]) -> None:
    bench = Bench(a_plugin("scd4x"))
    if before:
        bench.transfer("scd4x", 0x62, before)
    for _ in range(12):
        bench.transfer("scd4x", 0x62, "e4b8")
        bench.wait(0.001)
        bench.transfer("scd4x", 0x62, read="8000 a2")
        bench.failure("scd4x", "no data yet")
        bench.wait(5)
    assert bench.kinds() == kinds


def test_a_chip_that_was_started_before_the_host_has_a_result_in_time() -> None:
    bench = Bench(a_plugin("scd4x"))
    for second in range(60):
        bench.transfer("scd4x", 0x62, "e4b8")
        bench.wait(0.001)
        bench.transfer("scd4x", 0x62, read="8006 04" if second % 30 == 29 else "8000 a2")
        bench.wait(1)
        assert bench.findings() == ()


def test_a_chip_without_a_known_value_at_rest_that_was_never_started() -> None:
    def read(driver: Driver) -> dict[str, float]:
        driver.write_read(0x18, b"\x0f", 1)
        return {"x": int.from_bytes(driver.write_read(0x18, b"\xa8", 6)[:2], "little", signed=True) / 16384}

    found = watched("lis3dh", "registers:lis3dh", 0x18, read).findings[0]
    assert found.kind == "never-started" and "always reads 0x0000" in found.sentence

    def started(driver: Driver) -> dict[str, float]:
        driver.write(0x18, b"\x20\x57")
        return read(driver)

    assert watched("lis3dh", "registers:lis3dh", 0x18, started).sentences() == []


def test_a_chip_with_commands_that_is_only_read() -> None:
    found = watched("bh1750", "bh1750", 0x23, bh1750(0.2, start=b"")).findings[0]
    assert found.kind == "never-started" and "every read returns 00 00" in found.sentence
    assert "It measures only after the command CONTINUOUS_HIGH" in found.sentence


def test_a_chip_that_runs_since_before_the_host_raises_nothing() -> None:
    bench = Bench(a_plugin("bh1750"))
    for value in ("01ff", "0201", "0200", "01fe", "0201", "01ff"):
        bench.transfer("bh1750", 0x23, read=value)
        bench.wait(1)
    assert bench.findings() == ()


def test_a_chip_that_was_not_initialised() -> None:
    found = watched("aht20", "aht20", 0x38, aht20(0.08, polls=True, initialises=False)).findings[0]
    assert found.kind == "never-started" and "humidity and temperature are 0 in every answer" in found.sentence


def test_a_quantity_that_is_switched_off_but_published() -> None:
    found = watched("bme280", "registers:bme280", 0x76, *bme280(*BME280_SETUP)).findings
    assert found == ()
    bench = Bench(a_plugin("bme280"))
    bench.transfer("bme280", 0x76, "d0", "60")
    bench.transfer("bme280", 0x76, "88", bytes(range(24)).hex())
    bench.transfer("bme280", 0x76, "f423")
    for value in range(6):
        bench.transfer("bme280", 0x76, "f7", f"8000008a{value:02x}008000")
        bench.reading("bme280", temperature=21.0 + value / 100, pressure=700.0)
        bench.wait(1)
    (off,) = bench.findings()
    assert off.kind == "not-measured" and "does not measure press" in off.sentence
    assert "ctrl_meas.osrs_p says that it is skipped" in off.sentence
