"""Every chip file that comes with the host: it can be read, and a chip that is made of it behaves as it says."""

from __future__ import annotations

import pytest

from hostcore.backends.base import I2cRead, I2cWrite
from hostcore.backends.simulated.factory import SimulatedI2cBus
from hostcore.chips.library import shipped_library
from hostcore.chips.model import AutoIncrement, Chip, Condition, Register, Role
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.base import I2cTarget
from hostcore.devices.catalog import CHIPS, ChipKind, SimulatedChip, build
from hostcore.devices.environment import Environment
from hostcore.devices.registers import RegisterFile
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS

FEWEST = 60
"""The least number of chips that the host has to know."""
SAME_CHIP = {"LIS3MDL", "LSM9DS1 magnetometer", "LSM9DS1M"}
"""The LSM9DS1 has the very magnetometer that is sold as LIS3MDL."""

NAMES = shipped_library().names()
MODELS = [pytest.param(kind, address, id=f"{kind.name}@{address:#x}") for kind in CHIPS for address in kind.addresses]


def chip_named(name: str) -> Chip:
    chip = shipped_library().chip(name)
    assert chip is not None, [str(problem) for problem in shipped_library().problems]
    return chip


def bus_with(chip: Chip, clock: VirtualClock) -> SimulatedI2cBus:
    target = RegisterFile(clock, Environment(clock), chip, powered_ns=clock.monotonic_ns() - 3600 * NS_PER_S)
    return SimulatedI2cBus(1, dict.fromkeys(chip.addresses, target))


def read(bus: SimulatedI2cBus, chip: Chip, register: Register, address: int) -> bytes:
    by_bit = chip.bus.auto_increment is AutoIncrement.BIT and register.size > 1
    number = register.address | (chip.bus.increment_bit if by_bit else 0)
    select = [I2cWrite(number.to_bytes(chip.bus.register_bytes, "big"))] if chip.bus.register_bytes else []
    (data,) = bus.transaction(address, [*select, I2cRead(register.size)])
    return data


def tells_state(chip: Chip) -> list[Register]:
    """The registers with a bit that says whether a measurement runs or is complete."""
    states = (chip.measurement.busy, chip.measurement.ready) if chip.measurement else ()
    return [each.register for each in states if isinstance(each, Condition)]


def test_there_are_enough_chips() -> None:
    assert len(NAMES) >= FEWEST
    assert shipped_library().all() and not shipped_library().problems


@pytest.mark.parametrize("name", NAMES)
class TestEveryChip:
    def test_its_facts_name_their_source(self, name: str) -> None:
        chip = chip_named(name)
        crc = [chip.crc] if chip.crc else []
        facts = (chip, chip.bus, *chip.registers, *chip.commands, *chip.identity, *crc)
        assert all(each.source.strip() for each in facts)

    def test_it_answers_at_each_of_its_addresses_with_its_identity(self, name: str) -> None:
        chip, clock = chip_named(name), VirtualClock()
        bus = bus_with(chip, clock)
        for address in chip.addresses:
            bus.transaction(address, [I2cRead(1)])
            for identity in chip.identity:
                assert read(bus, chip, identity.register, address) in identity.answers

    def test_its_settings_have_their_values_after_power_on(self, name: str) -> None:
        chip, clock = chip_named(name), VirtualClock()
        bus = bus_with(chip, clock)
        changing = {Role.DATA, Role.STATUS, Role.FIFO}
        for register in chip.registers:
            is_steady = register.is_readable and register.role not in changing and register not in tells_state(chip)
            if is_steady and register.reset is not None:
                assert read(bus, chip, register, chip.addresses[0]) == register.bytes_of(register.reset), register.name

    def test_it_is_a_candidate_at_its_addresses(self, name: str) -> None:
        chip = chip_named(name)
        assert all(chip in shipped_library().at(address) for address in chip.addresses)


def test_no_two_files_have_a_name_in_common() -> None:
    names = [(name, chip.purpose) for chip in shipped_library().all() for name in chip.names]
    assert sorted(set(names)) == sorted(names)


def test_an_identity_means_one_chip_at_an_address() -> None:
    for address in range(I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS + 1):
        chips = [chip for chip in shipped_library().at(address) if chip.identity and chip.name not in SAME_CHIP]
        identities = [
            tuple((each.register.address, each.register.size, each.values) for each in chip.identity) for chip in chips
        ]
        assert len(set(identities)) == len(identities), [(hex(address), chip.name, chip.identity) for chip in chips]


@pytest.mark.parametrize(("kind", "address"), MODELS)
def test_every_chip_with_a_model_of_its_own_is_a_candidate_at_its_addresses(kind: ChipKind, address: int) -> None:
    assert kind.name in [chip.key for chip in shipped_library().at(address)]


@pytest.mark.parametrize("address", [0x76, 0x77])
def test_the_identity_of_the_bme680_is_that_of_its_model(address: int) -> None:
    chip, clock = chip_named("bme680"), VirtualClock()
    target = build(SimulatedChip("bme680", bus=1, address=address), clock, Environment(clock))
    assert isinstance(target, I2cTarget)
    bus = SimulatedI2cBus(1, {address: target})
    (identity,) = chip.identity
    assert read(bus, chip, identity.register, address) in identity.answers


def test_nothing_is_known_of_an_address_without_chips() -> None:
    assert shipped_library().at(0x09) == ()
