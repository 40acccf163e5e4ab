"""Checksums: damaged on the wires, wrong in the chip, wrong in the driver, or not looked at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hostcore.chips.crc import checksum
from hostcore.chips.library import shipped_library
from hostcore.chips.model import Crc
from hostcore.errors import BusError
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.evidence import Bench, a_plugin
from tests.watched import Driver, Watched

I2C = BusName("i2c-1")
SHT3X = shipped_library().chip("sht3x")
assert SHT3X is not None and SHT3X.crc is not None
RIGHT = SHT3X.crc
OTHER = Crc(8, 0x07, 0x00, "x")


def sht3x(check: Callable[[bytes], int] | None) -> Callable[[Driver], dict[str, float]]:
    """A driver that checks its answers with this function."""

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x44, b"\x24\x00")
        driver.sleep(0.02)
        data = driver.read(0x44, 6)
        for block, received in ((data[:2], data[2]), (data[3:5], data[5])):
            if check is not None and check(block) != received:
                raise ValueError(f"checksum of {block.hex()} is {received:02x}")
        return {"temperature": int.from_bytes(data[:2], "big") * 175 / 65535 - 45}

    return read


def watched(check: Callable[[bytes], int] | None, *faults: Fault, seconds: float = 60) -> Watched:
    pi = Watched()
    pi.plug("registers:sht3x", 0x44)
    pi.drive("sht3x", sht3x(check))
    pi.fault(*faults)
    return pi.run(seconds)


def right(block: bytes) -> int:
    return checksum(RIGHT, block)


def test_a_driver_that_checks_right_checksums_raises_nothing() -> None:
    assert watched(right).sentences() == []


def test_a_driver_that_does_not_check_raises_nothing_while_all_are_right() -> None:
    assert watched(None).sentences() == []


def test_a_driver_with_the_wrong_algorithm() -> None:
    (found,) = watched(lambda block: checksum(OTHER, block)).findings
    assert found.kind == "driver-checksum" and found.plugin == "sht3x"
    assert "and the chip sent that" in found.sentence
    assert found.advice == "The SHT3x uses a CRC-8 with the polynomial 0x31 and the start value 0xff."


def test_answers_that_are_damaged_now_and_then() -> None:
    pi = watched(right, Fault(FaultKind.WRONG_CRC, I2C, 0x44, every=7))
    found = next(each for each in pi.findings if each.kind == "checksum-sometimes-wrong")
    assert "The fault is on the wires." in found.sentence and "pull-ups" in found.advice
    assert "should be 0x" in found.evidence[0].text
    assert "checksum-ignored" not in pi.kinds()


def test_a_driver_that_takes_damaged_answers() -> None:
    pi = watched(None, Fault(FaultKind.WRONG_CRC, I2C, 0x44, every=7))
    assert {"checksum-sometimes-wrong", "checksum-ignored"} <= set(pi.kinds())
    found = next(each for each in pi.findings if each.kind == "checksum-ignored")
    assert found.sentence.startswith("sht3x does not look at the checksums of the SHT3x at 0x44")


def test_a_driver_that_repeats_its_last_reading_does_look_at_the_checksum() -> None:
    def read(driver: Driver) -> dict[str, float]:
        with suppress(ValueError, BusError):
            driver.memory["last"] = sht3x(right)(driver)
        last: dict[str, float] = driver.memory["last"]
        return last

    pi = Watched()
    pi.plug("registers:sht3x", 0x44)
    pi.drive("sht3x", read)
    pi.run(5)
    pi.fault(Fault(FaultKind.WRONG_CRC, I2C, 0x44, every=7))
    assert "checksum-ignored" not in pi.run(60).kinds()


def test_a_chip_whose_checksums_are_those_of_another_chip() -> None:
    bench = Bench(a_plugin("sht3x"))
    for value in range(8):
        block = bytes([0x60, value * 7])
        answer = block + bytes([checksum(OTHER, block)])
        bench.transfer("sht3x", 0x44, "2400")
        bench.wait(0.02)
        bench.transfer("sht3x", 0x44, read=(answer + answer).hex())
        bench.failure("sht3x", "CRC mismatch")
        bench.wait(1)
    (found,) = bench.findings()
    assert found.kind == "checksum-always-wrong"
    assert "fit a CRC-8 with the polynomial 0x07 and the start value 0x00" in found.sentence


def test_an_old_damage_is_forgotten() -> None:
    pi = watched(right, Fault(FaultKind.WRONG_CRC, I2C, 0x44, every=4, to_s=30))
    assert "checksum-sometimes-wrong" in pi.kinds()
    assert pi.run(360).kinds() == []
