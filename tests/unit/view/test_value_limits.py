"""Between which values a number can lie, as its class or the chip of its driver says."""

from __future__ import annotations

import pytest

from hostcore.chips.library import shipped_library
from hostcore.decoding.sites import SiteChip
from hostcore.events import AdjustedValue, Message, Outcome, TransferCompleted
from hostcore.events.findings import Confidence
from hostcore.place import BusName
from hostcore.quantities import Quantity
from hostcore.view.limits import Limits, limits_of
from hostcore.view.readings import Item
from hostcore.view.series import Series
from hostcore.view.traffic import SeenTransfer


def number(key: str, unit: str, device_class: str = "") -> Item:
    return Item(("air", key), Quantity(unit, device_class), series=Series())


def transfers(*chips: str, confidence: Confidence = Confidence.CERTAIN) -> list[SeenTransfer]:
    """A transfer to each of these chips."""
    library = {chip.name: chip for chip in shipped_library().all()}
    done = TransferCompleted(1, "air", BusName("i2c-1"), 0x38, (Message(True, b"\0"),), Outcome.OK, "", 1)
    return [SeenTransfer(done, SiteChip(library[name], confidence, "", (library[name],))) for name in chips]


@pytest.mark.parametrize("device_class", ["humidity", "battery", "moisture"])
def test_a_share_of_a_whole_is_0_to_100_percent(device_class: str) -> None:
    found = limits_of(number("x", "%", device_class), ())
    assert found is not None and (found.low, found.high) == (0, 100)


def test_another_percentage_has_no_limits() -> None:
    assert limits_of(number("cpu", "%"), ()) is None


def test_a_result_has_the_range_of_its_chip() -> None:
    found = limits_of(number("temperature", "°C", "temperature"), transfers("AHT20"))
    assert found == Limits(-40.0, 85.0, "AHT20/AHT21/DHT20 reports")


def test_a_chip_that_is_likely_is_called_that() -> None:
    found = limits_of(number("temperature", "°C"), transfers("AHT20", confidence=Confidence.LIKELY))
    assert found is not None and found.source == "Likely AHT20/AHT21/DHT20 reports"


def test_the_widest_range_of_several_modes_counts() -> None:
    found = limits_of(number("light", "lx"), transfers("BH1750"))
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
    assert limits_of(number("temperature", "°C"), seen) is None


def test_an_adjusted_number_is_not_what_its_chip_reports() -> None:
    item = number("temperature", "°C")
    item.adjusted = AdjustedValue(("temperature",), 21.0)
    assert limits_of(item, transfers("AHT20")) is None
