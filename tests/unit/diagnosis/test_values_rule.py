"""Values that never change, constants that do, and chips that say different things."""

from __future__ import annotations

from hostcore.events import Confidence
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.evidence import Bench, a_plugin
from tests.watched import Driver, Watched

I2C = BusName("i2c-1")


def sht3x_bench(answers: list[str], *, readings: list[float]) -> Bench:
    bench = Bench(a_plugin("sht3x"))
    for answer, reading in zip(answers, readings, strict=True):
        bench.transfer("sht3x", 0x44, "2400")
        bench.wait(0.02)
        bench.transfer("sht3x", 0x44, read=answer)
        bench.reading("sht3x", temperature=reading)
        bench.wait(0.98)
    return bench


def answer(temperature: int, humidity: int) -> str:
    from tests.unit.diagnosis.test_checksums_rule import right

    words = [each.to_bytes(2, "big") for each in (temperature, humidity)]
    return b"".join(word + bytes([right(word)]) for word in words).hex()


def test_a_chip_that_sends_the_same_bits_for_a_minute() -> None:
    bench = sht3x_bench([answer(0x6123, 0x7654)] * 70, readings=[21.5] * 70)
    (found,) = bench.findings()
    assert (found.kind, found.confidence) == ("stuck-value", Confidence.LIKELY)
    assert "humidity and temperature of the SHT3x at 0x44 on i2c-1 have not changed by one bit" in found.sentence


def test_a_chip_with_noise_raises_nothing() -> None:
    answers = [answer(0x6123 + second % 3, 0x7654) for second in range(70)]
    assert sht3x_bench(answers, readings=[21.5] * 70).findings() == ()


def test_a_driver_that_publishes_its_first_reading_again_and_again() -> None:
    answers = [answer(0x6123 + 30 * second, 0x7654 + second) for second in range(30)]
    (found,) = sht3x_bench(answers, readings=[21.5] * 30).findings()
    assert found.kind == "same-reading" and "temperature of the SHT3x" in found.sentence


def test_a_driver_that_publishes_once_after_each_transfer_is_judged_too() -> None:
    bench = Bench(a_plugin("tmp117"))
    for second in range(30):
        bench.transfer("tmp117", 0x48, "00", f"{0x0B00 + 8 * second:04x}")
        bench.wait(0.001)
        bench.reading("tmp117", temperature=22.0)
        bench.wait(0.999)
    assert bench.kinds() == ["same-reading"]


def test_a_driver_that_publishes_another_quantity_of_its_chip_raises_nothing() -> None:
    bench = Bench(a_plugin("sht3x"))
    for second in range(30):
        bench.transfer("sht3x", 0x44, "2400")
        bench.wait(0.02)
        bench.transfer("sht3x", 0x44, read=answer(0x6123 + 30 * second, 0x7654))
        bench.reading("sht3x", humidity=46.0)
        bench.wait(0.98)
    assert bench.findings() == ()


def test_a_light_sensor_in_the_dark_raises_nothing() -> None:
    bench = Bench(a_plugin("bh1750"))
    for _ in range(90):
        bench.transfer("bh1750", 0x23, "20")
        bench.wait(0.2)
        bench.transfer("bh1750", 0x23, read="0000")
        bench.reading("bh1750", illuminance=0.0)
        bench.wait(0.8)
    assert bench.findings() == ()


def bme280(pi: Watched) -> None:
    def read(driver: Driver) -> dict[str, float]:
        for first, length in ((0x88, 24), (0xA1, 1), (0xE1, 7)):
            driver.write_read(0x76, bytes([first]), length)
        driver.write(0x76, bytes.fromhex("f201f427"))
        driver.sleep(0.05)
        return {"temperature": int.from_bytes(driver.write_read(0x76, b"\xfa", 3), "big") / 200_000}

    pi.plug("registers:bme280", 0x76)
    pi.drive("bme280", read)


def test_a_calibration_that_changes_was_read_over_bad_wires() -> None:
    pi = Watched()
    bme280(pi)
    pi.fault(Fault(FaultKind.BIT_FLIPS, I2C, 0x76, every=4))
    found = next(each for each in pi.run(30).findings if each.kind == "bit-flips")
    assert "which never changes, reads 0x" in found.sentence and "Ones arrive as zeros" in found.sentence


def test_a_calibration_that_stays_raises_nothing() -> None:
    pi = Watched()
    bme280(pi)
    assert pi.run(90).sentences() == []


def test_a_chip_that_contradicts_itself_when_a_person_asks() -> None:
    pi = Watched()
    pi.plug("registers:bme280", 0x76)
    pi.fault(Fault(FaultKind.SECOND_CHIP, I2C, 0x76, every=2))
    pi.identify(0x76)
    (found,) = pi.run(1).findings
    assert found.kind == "two-chips" and found.sentence.startswith("The chip at 0x76 on i2c-1 says different things")


def test_the_identity_register_of_another_bank_is_another_register() -> None:
    bench = Bench(a_plugin("icm20948"))
    bench.transfer("icm20948", 0x68, "7f00")
    bench.transfer("icm20948", 0x68, "00", "ea")
    bench.transfer("icm20948", 0x68, "0601")
    for _ in range(3):
        bench.transfer("icm20948", 0x68, "7f20")
        bench.transfer("icm20948", 0x68, "00", "04")
        bench.transfer("icm20948", 0x68, "7f00")
    assert bench.findings() == ()
    bench.transfer("icm20948", 0x68, "00", "71")
    assert "wrong-chip" in bench.kinds() or bench.findings()
