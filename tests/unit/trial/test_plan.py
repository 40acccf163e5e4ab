"""Which faults apply to the devices of a driver, and which of them a driver can see."""

from __future__ import annotations

from collections.abc import Mapping

from hostcore.devices.catalog import SimulatedChip
from hostcore.faults.model import Fault, FaultKind
from hostcore.faults.site import Sites
from hostcore.place import GPIO, SYSTEM, BusName, Place
from hostcore.trial.model import Case, Uses
from hostcore.trial.plan import MOST_PLACES, cases_for, ranges_of

I2C, SPI = BusName("i2c-1"), BusName("spi-0")
LINE = Place(GPIO, 4)
DHT22 = {LINE: SimulatedChip("dht22", line=4)}


def uses(*places: Place, reads: bool = True, captures: bool = False) -> Uses:
    every = frozenset(places)
    return Uses(every, every if reads else frozenset(), every if captures else frozenset())


def sites(chip: str, address: int) -> Sites:
    return Sites({(I2C, address): chip})


def cases(chip: str, address: int, *, reads: bool = True) -> Mapping[FaultKind, Case]:
    found = cases_for(uses(Place(I2C, address), reads=reads), sites(chip, address), {})
    return {case.fault.kind: case for case in reversed(found)}


def test_a_chip_with_a_checksum_shows_every_wrong_byte() -> None:
    found = cases("aht20", 0x38)
    assert FaultKind.WRONG_CRC in found
    assert found[FaultKind.BIT_FLIPS].shows_later
    assert found[FaultKind.SECOND_CHIP].shows_later
    assert FaultKind.OTHER_IDENTITY not in found


def test_a_chip_without_a_checksum_hides_bit_flips() -> None:
    found = cases("bh1750", 0x23)
    assert FaultKind.WRONG_CRC not in found
    assert not found[FaultKind.BIT_FLIPS].shows_later
    assert not found[FaultKind.STUCK_SDA].shows_at_start
    assert found[FaultKind.NACK].shows_later


def test_a_chip_with_an_identity_shows_at_the_start_that_it_is_not_alone() -> None:
    found = cases("bme680", 0x77)
    assert FaultKind.OTHER_IDENTITY in found
    assert found[FaultKind.SECOND_CHIP].shows_at_start
    assert not found[FaultKind.SECOND_CHIP].shows_later
    assert found[FaultKind.STUCK_SDA].shows_at_start
    assert not found[FaultKind.STUCK_SDA].shows_later


def test_zeros_have_a_wrong_checksum_unless_it_begins_with_zero() -> None:
    assert cases("sht4x", 0x44)[FaultKind.STUCK_SDA].shows_later
    assert not cases("si7021", 0x40)[FaultKind.STUCK_SDA].shows_later


def test_what_is_missing_can_be_seen_where_something_has_to_come() -> None:
    def shows(place: Place, *, captures: bool = False) -> bool:
        found = cases_for(uses(place, captures=captures), Sites(), {})
        return next(case.shows_later for case in found if case.fault.kind is FaultKind.UNPLUGGED)

    assert shows(Place(I2C, 0x23))
    assert shows(Place(BusName("uart-serial0")))
    assert shows(LINE, captures=True)
    assert not shows(LINE), "its level is that of its pull"
    assert not shows(Place(SPI, 0)), "MISO is low"


def test_a_device_that_is_only_written_has_no_answers_to_spoil() -> None:
    found = cases("ssd1306", 0x3C, reads=False)
    assert FaultKind.BIT_FLIPS not in found
    assert {FaultKind.NACK, FaultKind.UNPLUGGED, FaultKind.STUCK_SCL} <= found.keys()


def test_faults_that_strike_sometimes_are_tried_as_well() -> None:
    found = {case.fault for case in cases_for(uses(Place(I2C, 0x23)), sites("bh1750", 0x23), {})}
    assert Fault(FaultKind.NACK, I2C, 0x23, every=3) in found
    assert Fault(FaultKind.BIT_FLIPS, I2C, 0x23, probability=0.5) in found


def test_a_fault_of_the_whole_bus_is_tried_once() -> None:
    found = cases_for(uses(Place(I2C, 0x23), Place(I2C, 0x77)), Sites(), {})
    assert sum(case.fault.kind is FaultKind.STUCK_SDA for case in found) == 1


def test_pulses_are_spoiled_only_where_they_are_recorded() -> None:
    captured = {case.fault.kind for case in cases_for(uses(LINE, captures=True), Sites(), DHT22)}
    assert captured >= {FaultKind.JITTERED_PULSES, FaultKind.MISSING_PULSES, FaultKind.WRONG_CRC}
    plain = {case.fault.kind for case in cases_for(uses(LINE), Sites(), DHT22)}
    assert plain == {FaultKind.DELAY, FaultKind.UNPLUGGED}


def test_only_a_part_with_a_checksum_can_send_a_wrong_one() -> None:
    found = {case.fault.kind for case in cases_for(uses(LINE, captures=True), Sites(), {})}
    assert FaultKind.WRONG_CRC not in found


def test_an_spi_device_has_the_faults_of_its_bus() -> None:
    found = {case.fault.kind for case in cases_for(uses(Place(SPI, 0)), Sites(), {})}
    assert found == {FaultKind.BIT_FLIPS, FaultKind.DELAY, FaultKind.UNPLUGGED}


def test_the_computer_itself_has_no_faults() -> None:
    assert cases_for(uses(Place(SYSTEM)), Sites(), {}) == ()


def test_a_driver_of_many_devices_is_tried_with_some_of_them() -> None:
    found = cases_for(uses(*(Place(I2C, address) for address in range(8, 100))), Sites(), {})
    assert len({case.fault.address for case in found} - {None}) == MOST_PLACES


def test_the_chip_file_says_which_values_can_be() -> None:
    assert ranges_of(uses(Place(I2C, 0x38)), sites("aht20", 0x38))["temperature"] == (-40, 85)
    assert ranges_of(uses(LINE), Sites()) == {}
