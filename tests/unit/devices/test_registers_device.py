"""A simulated chip that is made of its chip file."""

from __future__ import annotations

from tests.watched import Driver, Watched


def test_a_bosch_chip_takes_pairs_of_number_and_value_in_one_write() -> None:
    pi = Watched(rules=())
    pi.plug("registers:bme280", 0x76)

    def read(driver: Driver) -> dict[str, int]:
        driver.write(0x76, bytes.fromhex("f201 f525 f427"))
        humidity, _, measuring, config = driver.write_read(0x76, b"\xf2", 4)
        return {"hum": humidity, "meas": measuring, "config": config}

    pi.drive("bme280", read)
    pi.run(1)
    assert pi.case.plugins["bme280"].readings[-1].numbers == {"hum": 0x01, "meas": 0x27, "config": 0x25}


def test_it_has_the_name_of_its_chip_for_a_person_who_asks_at_another_address() -> None:
    pi = Watched(rules=())
    pi.plug("registers:bme280", 0x76)
    pi.drive("air", lambda driver: {"id": driver.write_read(0x77, b"\xd0", 1)[0]})
    pi.run(1)
    assert "on this simulated bus are 0x76 BME280" in pi.case.plugins["air"].failures[-1].error
