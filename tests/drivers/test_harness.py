"""The list of packages, the register file, and the table of `make drivers`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.drivers.packages import Package, read_packages
from tests.drivers.register_file import CHECKSUMS, Contents, RegisterFile, Repeater, SpiRegisterFile
from tests.drivers.table import Share, page, row, shares
from tests.drivers.trial import Outcome

PACKAGE = Package("adafruit-circuitpython-sht4x", "i2c", "import adafruit_sht4x", read="sensor.temperature")
DONE = Outcome(PACKAGE, "1.0", is_pure=True, is_imported=True, is_read=True)


def register_file(**contents: object) -> RegisterFile:
    return RegisterFile(Contents(**contents), 0x44)


def read(chip: RegisterFile, pointer: bytes, length: int) -> bytes:
    chip.start(False)
    chip.write(pointer)
    chip.start(True)
    answer = chip.read(length)
    chip.stop()
    return answer


# The list


def test_the_list_has_at_least_120_packages_60_of_them_adafruits() -> None:
    packages = read_packages()
    assert len(packages) >= 120
    assert sum(each.is_adafruit for each in packages) >= 60


def test_every_simulated_chip_that_a_library_drives_is_in_the_list() -> None:
    assert {each.simulated for each in read_packages()} >= {"aht20", "bh1750", "bme680", "dht22", "ssd1306", "ws2812"}


def test_the_driver_of_each_package_is_python() -> None:
    for package in read_packages():
        compile(package.plugin({**package.whole_reading, **package.same}), package.name, "exec")


def test_a_key_with_a_mistake_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text('[pynmea2]\nbus = "uart"\nimport = "import pynmea2"\nsensd = "x"\n')
    with pytest.raises(ValueError, match="pynmea2 has unknown keys: sensd"):
        read_packages(tmp_path)


# The register file


def test_registers_hold_what_is_listed_and_the_fill_elsewhere() -> None:
    chip = register_file(registers={0x10: b"\x01\x02", 0x0F: b"\xaa"}, fill=0x55)
    assert read(chip, b"\x0f", 4) == b"\xaa\x01\x02\x55"
    assert read(chip, b"\x11", 2) == b"\x02\x55"


def test_a_register_of_two_bytes_may_overlap_the_next_one() -> None:
    chip = register_file(registers={0xFE: b"\x54\x49", 0xFF: b"\x22\x70"})
    assert (read(chip, b"\xfe", 2), read(chip, b"\xff", 2)) == (b"\x54\x49", b"\x22\x70")


def test_a_register_keeps_what_is_written_to_it() -> None:
    chip = register_file()
    chip.write(b"\x20\x07")
    assert read(chip, b"\x20", 2) == b"\x07\x80"


def test_a_register_may_refuse_writes() -> None:
    assert register_file(refuses=0xFE).write(b"\xfe\x54\x00") == 1


def test_words_have_their_checksums() -> None:
    answer = read(register_file(checksum="sensirion", words=b"\xbe\xef"), b"\xfd", 6)
    assert answer == b"\xbe\xef\x92" * 2  # the example of Sensirion SHT4x, 4.4


def test_an_smbus_checksum_covers_the_addresses() -> None:
    answer = read(register_file(checksum="smbus"), b"\x09", 3)
    assert answer[2] == CHECKSUMS["smbus"](b"\x88\x09\x89" + answer[:2])


def test_over_spi_the_highest_bit_may_or_may_not_belong_to_the_number() -> None:
    chip = SpiRegisterFile(Contents({0x0F: b"\x33", 0xD0: b"\x60"}))
    for byte, held in ((0x8F, 0x33), (0xD0, 0x60)):
        assert chip.transfer(bytes([byte, 0]), 1_000_000)[1] == held
        chip.deselect()


def test_a_device_at_a_serial_port_repeats_itself() -> None:
    device = Repeater(b"abc")
    assert device.send(2) + device.send(2) + device.send(2) == b"abcab"


# The table


def test_an_aim_counts_only_the_packages_that_it_is_about() -> None:
    needy = replace(DONE, package=replace(PACKAGE, name="inky", needs="Pillow"), is_imported=False, is_read=None)
    _, able, adafruit, wired, simulated = shares([DONE, needy])
    assert [(each.reached, each.of) for each in (able, adafruit, wired, simulated)] == [(1, 1), (1, 1), (1, 1), (0, 0)]


@pytest.mark.parametrize(("reached", "met"), [(94, False), (95, True)])
def test_an_aim_is_met_from_its_share_on(reached: int, met: bool) -> None:
    assert Share("Imported", reached, 100, 0.95).is_met is met


def test_a_row_and_the_page_say_what_stops_a_package() -> None:
    failed = replace(DONE, is_read=False, reason="a | b")
    assert row(failed).split() == ["adafruit-circuitpython-sht4x", "1.0", "i2c", "yes", "yes", "no", "-", "a", "|", "b"]
    assert "| adafruit-circuitpython-sht4x | 1.0 | i2c | yes | yes | no | - | a \\| b |" in page([failed])
