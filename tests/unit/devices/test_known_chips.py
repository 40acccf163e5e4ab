"""What is known of chips by their addresses, held against the rules of the bus and against the simulated chips."""

from __future__ import annotations

import pytest

from hostcore.backends.base import I2cRead, I2cWrite
from hostcore.backends.simulated.factory import SimulatedI2cBus
from hostcore.clock import VirtualClock
from hostcore.devices.base import I2cTarget
from hostcore.devices.catalog import CHIPS, ChipKind, SimulatedChip, build
from hostcore.devices.environment import Environment
from hostcore.devices.known_chips import KNOWN_CHIPS, KnownChip, candidates
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS

SIMULATED = [
    pytest.param(kind, address, id=f"{kind.name}@{address:#x}") for kind in CHIPS for address in kind.addresses
]
KNOWN = [pytest.param(chip, id=f"{chip.name} {chip.purpose}") for chip in KNOWN_CHIPS]


@pytest.mark.parametrize("chip", KNOWN)
def test_a_chip_is_complete_and_within_the_rules_of_the_bus(chip: KnownChip) -> None:
    assert chip.name and chip.purpose and chip.source
    assert "," not in chip.name + chip.purpose, "lists of chips are written with commas"
    assert list(chip.addresses) == sorted(set(chip.addresses))
    assert all(I2C_FIRST_ADDRESS <= address <= I2C_LAST_ADDRESS for address in chip.addresses)
    if chip.identity:
        assert 0 <= chip.identity.register <= 0xFF
        assert chip.identity.value


def test_no_chip_is_listed_twice() -> None:
    assert len({(chip.name, chip.purpose) for chip in KNOWN_CHIPS}) == len(KNOWN_CHIPS)


@pytest.mark.parametrize(("kind", "address"), SIMULATED)
def test_every_simulated_chip_is_a_candidate_at_its_addresses(kind: ChipKind, address: int) -> None:
    assert kind.name.upper() in [chip.name for chip in candidates(address)]


@pytest.mark.parametrize("address", [0x76, 0x77])
def test_the_identity_of_the_bme680_is_what_the_simulated_one_reads(address: int) -> None:
    clock = VirtualClock()
    target = build(SimulatedChip("bme680", bus=1, address=address), clock, Environment(clock))
    assert isinstance(target, I2cTarget)
    (identity,) = [chip.identity for chip in candidates(address) if chip.name == "BME680"]
    assert identity is not None
    operations = [I2cWrite(bytes([identity.register])), I2cRead(len(identity.value))]
    assert SimulatedI2cBus(1, {address: target}).transaction(address, operations) == (identity.value,)


def test_an_identity_means_one_chip_at_an_address() -> None:
    for address in range(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS + 1):
        # The LSM9DS1 has the very magnetometer that is sold as LIS3MDL.
        chips = [chip for chip in candidates(address) if chip.name != "LSM9DS1"]
        identities = [(chip.identity.register, chip.identity.value) for chip in chips if chip.identity]
        assert len(set(identities)) == len(identities), hex(address)


def test_nothing_is_known_of_most_low_addresses() -> None:
    assert candidates(0x08) == ()


def test_the_bosch_sensors_differ_in_what_they_read() -> None:
    named = {chip.name: chip.identity for chip in candidates(0x77)}
    read = {name: named[name] for name in ("BME680", "BME280", "BMP280", "BMP180")}
    assert {name: (each.register, each.value.hex()) for name, each in read.items() if each} == {
        "BME680": (0xD0, "61"),
        "BME280": (0xD0, "60"),
        "BMP280": (0xD0, "58"),
        "BMP180": (0xD0, "55"),
    }
