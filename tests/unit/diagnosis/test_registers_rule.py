"""Registers and commands that a chip does not have, or that are used against its data sheet."""

from __future__ import annotations

from hostcore.events import Confidence, Outcome
from tests.evidence import Bench, a_plugin
from tests.watched import Driver, Watched


def test_a_stop_where_the_chip_needs_a_repeated_start() -> None:
    bench = Bench(a_plugin("mlx90614"))
    for _ in range(3):
        bench.transfer("mlx90614", 0x5A, "07", line=12)
        bench.transfer("mlx90614", 0x5A, read="d23a9b", line=13)
        bench.wait(1)
    (found,) = bench.findings()
    assert found.kind == "no-repeated-start" and found.evidence[0].source_line == 13
    assert "MLX90614 at 0x5a on i2c-1 needs a repeated start" in found.sentence


def test_a_repeated_start_raises_nothing() -> None:
    bench = Bench(a_plugin("mlx90614"))
    for _ in range(5):
        bench.transfer("mlx90614", 0x5A, "07", "d23a9b")
        bench.wait(1)
    assert bench.findings() == ()


def test_a_stop_where_the_chip_does_not_mind_raises_nothing() -> None:
    bench = Bench(a_plugin("bme280"))
    for _ in range(5):
        bench.transfer("bme280", 0x76, "d0")
        bench.transfer("bme280", 0x76, read="60")
        bench.wait(1)
    assert bench.findings() == ()


def test_a_write_to_a_register_that_does_not_exist() -> None:
    bench = Bench(a_plugin("bme280"))
    bench.transfer("bme280", 0x76, "d0", "60")
    bench.transfer("bme280", 0x76, "9127", line=4)
    (found,) = bench.findings()
    assert (found.kind, found.confidence) == ("read-only-register", Confidence.CERTAIN)
    bench.transfer("bme280", 0x76, "2527", line=4)
    found = next(each for each in bench.findings() if each.kind == "no-such-register")
    assert found.sentence == "bme280 writes 27 to register 0x25, which the BME280 at 0x76 on i2c-1 does not have."


def test_a_library_may_look_once_for_a_register_of_a_sister_chip() -> None:
    bench = Bench(a_plugin("bme280"))
    bench.transfer("bme280", 0x76, "d0", "60")
    bench.transfer("bme280", 0x76, "00", "00")
    assert bench.findings() == ()
    bench.transfer("bme280", 0x76, "00", "00")
    bench.transfer("bme280", 0x76, "00", "00")
    assert bench.kinds() == ["no-such-register"]


def test_a_write_to_a_register_that_can_only_be_read() -> None:
    bench = Bench(a_plugin("lis3dh"))
    bench.transfer("lis3dh", 0x18, "0f", "33")
    bench.transfer("lis3dh", 0x18, "0f57", line=3)
    (found,) = bench.findings()
    assert found.kind == "read-only-register"
    assert found.sentence.startswith("lis3dh writes 57 to register WHO_AM_I (0x0f) of the LIS3DH at 0x18 on i2c-1")


def test_reserved_bits_and_reserved_registers() -> None:
    bench = Bench(a_plugin("lis3dh"))
    bench.transfer("lis3dh", 0x18, "0f", "33")
    chip = bench.case.library.chip("lis3dh")
    assert chip is not None
    register = next(each for each in chip.registers if each.zero_bits)
    bench.transfer("lis3dh", 0x18, f"{register.address:02x}ff")
    bench.transfer("lis3dh", 0x18, f"{chip.reserved[0].start:02x}01")
    found = {each.kind: each.sentence for each in bench.findings()}
    assert set(found) == {"reserved-bits", "reserved-register"}
    assert register.name in found["reserved-bits"] and "reserved and ha" in found["reserved-bits"]


def test_a_finding_ends_when_a_corrected_driver_takes_over() -> None:
    pi = Watched()
    pi.plug("registers:lis3dh", 0x18)
    mistake = [b"\x0f\x57"]

    def setup(driver: Driver) -> None:
        driver.write_read(0x18, b"\x0f", 1)
        driver.write(0x18, b"\x20\x57")
        for data in mistake:
            driver.write(0x18, data)

    def read(driver: Driver) -> dict[str, int]:
        return {"x": int.from_bytes(driver.write_read(0x18, b"\xa8", 6)[:2], "little", signed=True)}

    pi.drive("lis3dh", read, setup)
    assert pi.run(20).kinds() == ["read-only-register"]
    mistake.clear()
    pi.restart("lis3dh")
    assert pi.run(30).kinds() == []


def test_a_command_that_the_chip_refuses_and_another_chip_has() -> None:
    bench = Bench(a_plugin("sht3x"))
    for _ in range(3):
        bench.transfer("sht3x", 0x44, "fd", line=5, outcome=Outcome.NO_ACKNOWLEDGE)
        bench.failure("sht3x", "no acknowledge")
        bench.wait(0.5)
    assert "unknown-command" not in bench.kinds()  # nothing may be there at all
    bench.scan([0x44])
    found = next(each for each in bench.findings() if each.kind == "unknown-command")
    assert found.sentence.startswith("sht3x sends the command fd to the SHT3x at 0x44 on i2c-1")


def test_a_command_without_an_answer_on_a_simulated_chip() -> None:
    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x44, b"\x24\x99")
        driver.sleep(0.02)
        return {"temperature": int.from_bytes(driver.read(0x44, 6)[:2], "big") * 175 / 65535 - 45}

    pi = Watched()
    pi.plug("registers:sht3x", 0x44)
    pi.drive("sht3x", read)
    assert "unknown-command" in pi.run(20).kinds()


def test_a_command_that_is_only_tried_raises_nothing() -> None:
    bench = Bench(a_plugin("aht20"))
    bench.transfer("aht20", 0x38, "e10800", outcome=Outcome.NO_ACKNOWLEDGE)
    bench.wait(1)
    bench.reading("aht20", temperature=21.5)
    assert bench.findings() == ()
