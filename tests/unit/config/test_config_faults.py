"""``[[simulation.faults]]`` of host.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.config.loading import parse_config
from hostcore.errors import ConfigError
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import GPIO, BusName


def faults_of(*lines: str) -> tuple[Fault, ...]:
    text = "\n".join(("[[simulation.faults]]", *lines))
    return parse_config(Path("host.toml"), text).simulation.faults


def test_a_fault_needs_a_kind_and_a_bus() -> None:
    assert faults_of('kind = "stuck-scl"', 'bus = "i2c-1"') == (Fault(FaultKind.STUCK_SCL, BusName("i2c-1")),)


def test_a_fault_says_whom_it_strikes_and_how_often() -> None:
    (fault,) = faults_of(
        'kind = "bit-flips"', 'bus = "i2c-1"', "address = 0x76", "every = 3", "probability = 0.5", "from_s = 10",
        "to_s = 20", "amount = 2",
    )  # fmt: skip
    assert fault == Fault(FaultKind.BIT_FLIPS, BusName("i2c-1"), 0x76, 3, 0.5, 10, 20, 2)


def test_each_bus_names_its_devices_as_elsewhere_in_the_file() -> None:
    assert faults_of('kind = "unplugged"', 'bus = "gpio"', "line = 4") == (Fault(FaultKind.UNPLUGGED, GPIO, 4),)
    assert faults_of('kind = "delay"', 'bus = "spi-0"', "chip_select = 1")[0].address == 1


def test_a_fault_of_a_register_names_it() -> None:
    (fault,) = faults_of(
        'kind = "other-identity"', 'bus = "i2c-1"', "address = 0x76", "register = 0xD0", "value = 0x58"
    )
    assert (fault.register, fault.value) == (0xD0, 0x58)


@pytest.mark.parametrize(
    ("lines", "line", "problem"),
    [
        (('bus = "i2c-1"',), 1, "simulation.faults[0]: missing here: kind"),
        (('kind = "nak"', 'bus = "i2c-1"'), 2, "did you mean 'nack'?"),
        (('kind = "nack"', 'bus = "gpio"'), 3, "found 'gpio', allowed is a bus of the kind i2c for nack"),
        (('kind = "nack"', 'bus = "i2c-7"'), 3, "found the bus i2c-7, allowed are those of [buses]"),
        (('kind = "nack"', 'bus = "i2c-1"', "address = 0x78"), 4, "allowed is a whole number from 8 to 119"),
        (('kind = "nack"', 'bus = "i2c-1"', "line = 4"), 4, "unknown key"),
        (('kind = "stuck-sda"', 'bus = "i2c-1"', "address = 0x76"), 4, "unknown key"),
        (('kind = "nack"', 'bus = "i2c-1"', "every = 0"), 4, "allowed is a whole number from 1 to 1000000"),
        (('kind = "nack"', 'bus = "i2c-1"', "probability = 0"), 4, "allowed is a number from 1e-06 to 1"),
        (('kind = "delay"', 'bus = "i2c-1"', "amount = 2000"), 4, "allowed is a number from 0.1 to 1000 ms"),
        (('kind = "nack"', 'bus = "i2c-1"', "from_s = 9", "to_s = 8"), 1, "allowed is one after the beginning"),
    ],
)
def test_mistakes_are_named_with_their_line(lines: tuple[str, ...], line: int, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        faults_of(*lines)
    assert problem in str(refused.value)
    assert refused.value.line == line
