"""SPI: a chip that does not answer, shifted bits, the wrong mode, and a clock that is too fast."""

from __future__ import annotations

import pytest

from hostcore.backends.spi import SpiSettings
from hostcore.events import Confidence, State, StateChanged
from tests.evidence import Bench, a_plugin


def reads(made: Bench, plugin: str, written: str, read: str, *, count: int = 10, fails: bool, **settings: int) -> None:
    """A driver reads again and again, and says each time whether it could use the answer."""
    for _ in range(count):
        made.transfer(plugin, 0, written, read, bus="spi-0", spi=SpiSettings(**settings), line=12)
        if fails:
            made.failure(plugin, "not my chip")
        else:
            made.reading(plugin, temperature=20 + made.now_ns % 7)
        made.wait(1)


@pytest.mark.parametrize("level", ["00", "ff"])
def test_a_chip_of_which_only_one_level_comes_has_no_contact(level: str) -> None:
    made = Bench(a_plugin("adc", "spi:0.0"))
    reads(made, "adc", "d000", level * 2, fails=True)
    (found,) = made.findings()
    assert found.sentence == (
        f"All 10 last answers of chip select 0 of spi-0 are 0x{level}: likely, MISO has no contact, or the chip has no "
        "power or is not at this chip select."
    )
    assert "MISO (GPIO 9, pin 21)" in found.advice and "chip select 0 (GPIO 8, pin 24)" in found.advice
    assert (found.kind, found.plugin, found.bus, found.address) == ("spi-no-answer", "adc", "spi-0", 0)
    assert [each.source_line for each in found.evidence] == [12, 12]


def test_the_finding_ends_when_the_wire_has_contact() -> None:
    made = Bench(a_plugin("adc", "spi:0.0"))
    reads(made, "adc", "d000", "0000", fails=True)
    assert made.kinds() == ["spi-no-answer"]
    reads(made, "adc", "d000", "0060", fails=False)
    assert made.kinds() == []


def test_a_display_that_sends_nothing_back_is_fine() -> None:
    made = Bench(a_plugin("screen", "spi:0.0"))
    for _ in range(50):
        made.transfer("screen", 0, "2c" * 16, "00" * 16, bus="spi-0", spi=SpiSettings())
        made.wait(1)
    assert made.findings() == ()


def test_an_input_at_zero_volts_is_fine() -> None:
    made = Bench(a_plugin("adc", "spi:0.0"))
    for _ in range(50):
        made.transfer("adc", 0, "018000", "000000", bus="spi-0", spi=SpiSettings())
        made.reading("adc", voltage=0.0)
        made.wait(1)
    assert made.findings() == ()


def test_a_converter_that_only_says_ones_is_possibly_without_contact() -> None:
    made = Bench(a_plugin("adc", "spi:0.0"))
    for _ in range(20):
        made.transfer("adc", 0, "018000", "ffffff", bus="spi-0", spi=SpiSettings())
        made.reading("adc", voltage=3.3)
        made.wait(1)
    (found,) = made.findings()
    assert found.confidence is Confidence.POSSIBLE and "possibly, MISO" in found.sentence


def test_a_driver_that_was_stopped_has_no_trouble() -> None:
    made = Bench(a_plugin("adc", "spi:0.0"))
    reads(made, "adc", "d000", "0000", fails=True)
    made.take(StateChanged(made.now_ns, "adc", State.RUNNING, State.STOPPED, "a person's order"))
    made.wait(10)
    assert made.findings() == ()


@pytest.mark.parametrize("shifted", ["30", "b0", "c0", "c1"])
def test_an_identity_that_is_shifted_by_one_bit_tells_of_the_mode(shifted: str) -> None:
    made = Bench(a_plugin("bme280", "spi:0.0"))
    reads(made, "bme280", "d0", shifted, fails=True, mode=0)
    (found,) = made.findings()
    assert found.kind == "spi-mode" and found.confidence is Confidence.LIKELY
    assert f"register id reads 0x{shifted} instead of 0x60 of a BME280" in found.sentence
    assert "mode 0 is the wrong one" in found.sentence and "Try mode 3" in found.advice


def test_an_identity_that_is_right_is_fine() -> None:
    made = Bench(a_plugin("bme280", "spi:0.0"))
    reads(made, "bme280", "d000", "ff60", fails=False, mode=3)
    assert made.findings() == ()


def test_another_identity_is_no_shifted_one() -> None:
    made = Bench(a_plugin("bme280", "spi:0.0"))
    reads(made, "bme280", "d0", "58", fails=True)
    assert "spi-mode" not in made.kinds()


def test_a_mode_that_the_chip_does_not_have_is_told() -> None:
    made = Bench(a_plugin("bme280", "spi:0.0"))
    reads(made, "bme280", "d0", "17", fails=True, mode=1)
    (found,) = made.findings()
    assert found.sentence == ("bme280 uses mode 1 at chip select 0 of spi-0, but a BME280 works in modes 0 and 3 only.")
    assert found.advice == "Set the mode to 0 in bme280."


def test_a_mode_in_which_the_chip_says_who_it_is_works() -> None:
    made = Bench(a_plugin("bme280", "spi:0.0"))
    reads(made, "bme280", "d0", "60", fails=False, mode=1)
    assert made.findings() == ()


def test_a_clock_that_is_too_fast_for_the_chip_is_told() -> None:
    made = Bench(a_plugin("bme280", "spi:0.0"))
    reads(made, "bme280", "d0", "60", fails=False, speed_hz=20_000_000)
    (found,) = made.findings()
    assert found.sentence == ("bme280 clocks chip select 0 of spi-0 with 20 MHz, but a BME280 allows 10 MHz at most.")
    reads(made, "bme280", "d0", "60", fails=False, speed_hz=10_000_000)
    assert made.kinds() == []
