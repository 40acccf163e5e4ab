"""Between which values a number can lie, as its class or the chip of its driver says."""

from __future__ import annotations

import pytest

from hostcore.chips.library import shipped_library
from hostcore.decoding.sites import SiteChip
from hostcore.events import AdjustedValue, Alarm, AlarmsSet, Message, Outcome, TransferCompleted
from hostcore.events.findings import Confidence
from hostcore.place import BusName
from hostcore.quantities import Quantity
from hostcore.view.alarms import Bounds
from hostcore.view.limits import Limits, bounds_of, limits_of, possible
from hostcore.view.readings import Item
from hostcore.view.series import Series
from hostcore.view.traffic import SeenTransfer
from hostcore.view.view import View
from tests.scripted_session import host_facts


def number(key: str, unit: str, device_class: str = "") -> Item:
    return Item(("air", key), Quantity(unit, device_class), series=Series())


def transfers(*chips: str, confidence: Confidence = Confidence.CERTAIN) -> list[SeenTransfer]:
    """A transfer to each of these chips."""
    library = {chip.name: chip for chip in shipped_library().all()}
    done = TransferCompleted(1, "air", BusName("i2c-1"), 0x38, (Message(True, b"\0"),), Outcome.OK, "", 1)
    return [SeenTransfer(done, SiteChip(library[name], confidence, "", (library[name],))) for name in chips]


@pytest.mark.parametrize("device_class", ["humidity", "battery", "moisture"])
def test_a_share_of_a_whole_is_0_to_100_percent(device_class: str) -> None:
    found = possible(number("x", "%", device_class), ())
    assert found is not None and (found.low, found.high) == (0, 100)


def test_another_percentage_has_no_limits() -> None:
    assert possible(number("cpu", "%"), ()) is None


def test_a_result_has_the_range_of_its_chip() -> None:
    found = possible(number("temperature", "°C", "temperature"), transfers("AHT20"))
    assert found == Limits(-40.0, 85.0, "AHT20/AHT21/DHT20 reports")


def test_a_chip_that_is_likely_is_called_that() -> None:
    found = possible(number("temperature", "°C"), transfers("AHT20", confidence=Confidence.LIKELY))
    assert found is not None and found.source == "Likely AHT20/AHT21/DHT20 reports"


def test_the_widest_range_of_several_modes_counts() -> None:
    found = possible(number("light", "lx"), transfers("BH1750"))
    assert found is not None and (found.low, found.high) == (0, 54613)


@pytest.mark.parametrize(
    "seen",
    [
        (),
        transfers("AHT20", confidence=Confidence.POSSIBLE),
        transfers("AHT20", "LM75"),
        transfers("BH1750"),
    ],
    ids=[
        "no chip",
        "a chip that is only possible",
        "two chips that could be it",
        "a chip that measures something else",
    ],
)
def test_nothing_is_said_where_it_is_not_known(seen: list[SeenTransfer]) -> None:
    assert possible(number("temperature", "°C"), seen) is None


def test_an_adjusted_number_is_not_what_its_chip_reports() -> None:
    item = number("temperature", "°C")
    item.adjusted = AdjustedValue(("temperature",), 21.0)
    assert possible(item, transfers("AHT20")) is None


def alarmed(*alarms: Alarm) -> View:
    view = View(host_facts(), ())
    view.fold([AlarmsSet(1, alarms)])
    return view


def alarm(name: str, below: float | None = None, above: float | None = None, reading: str = "humidity") -> Alarm:
    return Alarm(name, "", plugin="air", reading=reading, below=below, above=above)


def test_the_narrowest_limits_of_all_alarms_about_a_number_count() -> None:
    view = alarmed(alarm("a", 20, 80), alarm("b", 30), alarm("c", above=90), alarm("d", 50, reading="temperature"))
    assert bounds_of(number("humidity", "%"), view) == Bounds(30, 80)


def test_alarms_on_both_sides_are_the_limits_with_room_around_them() -> None:
    view = alarmed(alarm("a", 40, 60))
    found = limits_of(number("humidity", "%", "humidity"), view)
    assert found is not None and (found.low, found.high) == (35, 65)


def test_an_alarm_on_one_side_leaves_the_limits_as_they_are() -> None:
    view = alarmed(alarm("a", above=60))
    found = limits_of(number("humidity", "%", "humidity"), view)
    assert found is not None and (found.low, found.high) == (0, 100)


def test_a_number_without_an_alarm_has_no_bounds() -> None:
    bounds = bounds_of(number("humidity", "%"), alarmed())
    assert not bounds and bounds.hold(-1e300) and bounds.hold(1e300)
