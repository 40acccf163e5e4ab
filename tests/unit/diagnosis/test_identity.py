"""What a chip says about itself is compared with what its driver is for."""

from __future__ import annotations

import pytest

from hostcore.events import Confidence
from tests.evidence import Bench, a_plugin


def bench(name: str = "bme280") -> Bench:
    return Bench(a_plugin(name, "i2c:1:0x76"))


def asked(made: Bench, *answers: str, plugin: str = "bme280") -> Bench:
    """The driver read the register 0xd0."""
    for answer in answers:
        made.transfer(plugin, 0x76, "d0", answer, line=7)
        made.wait(1)
    return made


def test_another_chip_than_the_driver_expects_is_named() -> None:
    (found,) = asked(bench(), "58").findings()
    assert found.sentence == "The chip at 0x76 on i2c-1 is a BMP280, not a BME280: its register id (0xd0) reads 0x58."
    assert (found.kind, found.confidence, found.plugin) == ("wrong-chip", Confidence.CERTAIN, "bme280")
    assert found.evidence[0].source_line == 7


@pytest.mark.parametrize(("answer", "cause"), [("ff", "but ones"), ("00", "but zeros"), ("37", "a copy")])
def test_an_unknown_identity_is_told(answer: str, cause: str) -> None:
    (found,) = asked(bench(), answer).findings()
    assert found.kind == "unknown-chip" and cause in found.sentence
    assert found.confidence is Confidence.LIKELY


def test_two_identities_mixed_on_the_wires_are_two_chips() -> None:
    (found,) = asked(bench(), "40", "40").findings()
    assert found.kind == "two-chips"
    assert "a BME280" in found.sentence and "a BMP280" in found.sentence and "0x40" in found.sentence


def test_two_identities_in_turn_are_two_chips() -> None:
    (found,) = asked(bench(), "60", "58", "60").findings()
    assert found.kind == "two-chips" and "0x60 and 0x58 in turn" in found.sentence


def test_an_identity_that_changes_by_bits_is_read_over_bad_wires() -> None:
    (found,) = asked(bench(), "60", "60", "62", "60", "20").findings()
    assert found.kind == "bit-flips" and "pull-ups" in found.advice
    assert [each.text for each in found.evidence] == ["wrote d0, read 62", "wrote d0, read 20"]


def test_the_right_chip_raises_nothing() -> None:
    assert asked(bench(), "60", "60", "60").findings() == ()


def test_a_driver_that_is_for_no_known_chip_raises_nothing() -> None:
    assert asked(bench("garden"), "58", plugin="garden").findings() == ()
