"""A fault on demand as a value."""

from __future__ import annotations

import pytest

from hostcore.faults.model import TRAITS, Fault, FaultKind, ordinal, problem_of
from hostcore.place import GPIO, BusKind, BusName

I2C = BusName("i2c-1")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(FaultKind.NACK, I2C, 0x76, every=3), "i2c-1 0x76 NACK every 3rd"),
        (Fault(FaultKind.STUCK_SDA, I2C), "i2c-1 SDA stuck low"),
        (Fault(FaultKind.DELAY, I2C, 0x23, amount=120), "i2c-1 0x23 delay 120 ms"),
        (Fault(FaultKind.BIT_FLIPS, BusName("spi-0"), 1, probability=0.05), "spi-0 1 bit flips 1 bits 5 %"),
        (Fault(FaultKind.UNPLUGGED, GPIO, 4, from_s=10, to_s=20), "gpio 4 unplugged from 10 s to 20 s after the start"),
        (Fault(FaultKind.NACK, I2C, to_s=607.719), "i2c-1 NACK to 10 min 8 s after the start"),
        (Fault(FaultKind.NACK, I2C, from_s=0.5), "i2c-1 NACK from 0.5 s after the start"),
    ],
)
def test_it_says_itself_in_a_few_words(fault: Fault, words: str) -> None:
    assert str(fault) == words


@pytest.mark.parametrize("number", [1, 2, 3, 4, 11, 12, 13, 21, 101, 111])
def test_ordinals_end_as_people_say_them(number: int) -> None:
    ends = {1: "st", 2: "nd", 3: "rd", 21: "st", 101: "st"}
    assert ordinal(number) == f"{number}{ends.get(number, 'th')}"


@pytest.mark.parametrize("kind", FaultKind)
def test_each_kind_is_possible_on_its_buses_with_its_usual_strength(kind: FaultKind) -> None:
    names = {BusKind.UART: "uart-serial0", BusKind.I2C: "i2c-1", BusKind.SPI: "spi-0"}
    for bus in TRAITS[kind].buses:
        assert problem_of(Fault(kind, BusName(names.get(bus, bus.value)))) == ""


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(FaultKind.NACK, GPIO), "allowed is a bus of the kind i2c"),
        (Fault(FaultKind.STUCK_SCL, I2C, 0x76), "concerns the whole bus"),
        (Fault(FaultKind.NACK, I2C, amount=1), "found an amount, allowed is none"),
        (Fault(FaultKind.BIT_FLIPS, I2C, amount=9), "found the amount 9, allowed is 1 to 8 bits"),
        (Fault(FaultKind.NACK, I2C, register=1), "found a register"),
        (Fault(FaultKind.NACK, I2C, from_s=5, to_s=5), "allowed is one after the beginning"),
    ],
)
def test_it_says_what_is_not_possible(fault: Fault, problem: str) -> None:
    assert problem in problem_of(fault)


def test_it_is_on_from_its_beginning_to_before_its_end() -> None:
    fault = Fault(FaultKind.NACK, I2C, from_s=1, to_s=2)
    assert [fault.is_on(moment) for moment in (0.9, 1, 1.9, 2)] == [False, True, True, False]
    assert [fault.is_over(moment) for moment in (0.9, 1.9, 2)] == [False, False, True]


def test_an_earlier_end_stays() -> None:
    assert Fault(FaultKind.NACK, I2C, to_s=5).until(9).to_s == 5
    assert Fault(FaultKind.NACK, I2C).until(9).to_s == 9
