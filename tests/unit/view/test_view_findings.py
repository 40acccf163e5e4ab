"""The present findings of a view: in order, and beside what they concern."""

from __future__ import annotations

import pytest

from hostcore.events import Confidence, EventsDropped, Finding, FindingCleared, FindingRaised
from hostcore.place import BusName
from hostcore.view.findings import Findings, finding_json
from tests.scripted_session import plugin_facts

I2C = BusName("i2c-1")


def finding(
    kind: str = "x",
    confidence: Confidence = Confidence.CERTAIN,
    *,
    plugin: str = "",
    bus: str = "",
    address: int | None = None,
    reading: str = "",
) -> Finding:
    place = BusName(bus) if bus else None
    return Finding(kind, "It is so.", "Do this.", confidence, (), plugin, place, address, reading)


def findings(*found: Finding, grants: dict[str, str] | None = None) -> Findings:
    made = Findings()
    made.know(tuple(plugin_facts(name, grant) for name, grant in (grants or {}).items()))
    for number, each in enumerate(found):
        made.raise_(FindingRaised(number, each, number))
    return made


def test_the_surest_come_first_and_of_these_the_oldest() -> None:
    made = findings(
        finding("a", Confidence.POSSIBLE),
        finding("b"),
        finding("c", Confidence.LIKELY),
        finding("d", Confidence.CERTAIN),
    )
    assert [each.finding.kind for each in made.all()] == ["b", "d", "c", "a"]


def test_what_holds_no_longer_is_gone_and_counted_no_longer() -> None:
    made = findings(finding("a"), finding("a", address=1))
    assert made.counts() == {("a", Confidence.CERTAIN): 2}
    made.clear(FindingCleared(9, finding("a")))
    assert made.counts() == {("a", Confidence.CERTAIN): 1}


def test_a_finding_that_still_holds_is_no_change() -> None:
    made = findings(finding("a"))
    before = made.revision
    made.raise_(FindingRaised(30, finding("a"), 0))
    assert made.revision == before
    made.raise_(FindingRaised(31, finding("a", Confidence.LIKELY), 0))
    assert made.revision > before


def test_when_events_were_lost_only_what_is_raised_again_is_shown() -> None:
    made = findings(finding("a"), finding("b"))
    made.forget(EventsDropped(9, 3))
    assert not made.all()
    made.raise_(FindingRaised(30, finding("b"), 1))
    assert [each.finding.kind for each in made.all()] == ["b"]


@pytest.mark.parametrize(
    ("found", "concerned"),
    [
        pytest.param(finding(plugin="air"), ["air"], id="its own"),
        pytest.param(finding(bus="i2c-1"), ["air", "light"], id="its whole bus"),
        pytest.param(finding(bus="i2c-1", address=0x76), ["air"], id="a device that several use"),
        pytest.param(finding(plugin="light", bus="i2c-1", address=0x76), ["light"], id="the device of another plugin"),
        pytest.param(finding(bus="gpio", address=4), ["door"], id="a line"),
        pytest.param(finding(bus="gpio", address=5), [], id="another line"),
        pytest.param(finding(bus="spi-0", address=1), ["flash"], id="a chip select"),
        pytest.param(finding(bus="uart-serial0"), ["gps"], id="a serial port"),
        pytest.param(finding(), [], id="the whole computer"),
    ],
)
def test_a_finding_concerns_the_plugins_that_may_use_what_it_is_about(found: Finding, concerned: list[str]) -> None:
    grants = {
        "air": "i2c:1:0x76",
        "light": "i2c:1:0x23",
        "door": "gpio:4:in",
        "flash": "spi:0.1",
        "gps": "uart:serial0",
        "rest": "system",
    }
    made = findings(found, grants=grants)
    assert [name for name in grants if list(made.about_plugin(name))] == concerned


@pytest.mark.parametrize("confidence", Confidence)
def test_a_plugin_is_in_trouble_if_a_finding_about_it_is_certain_or_likely(confidence: Confidence) -> None:
    trouble = findings(finding("a", confidence, plugin="air")).trouble_of("air")
    assert (trouble is not None) == (confidence is not Confidence.POSSIBLE)


def test_each_address_and_each_reading_has_its_surest_finding() -> None:
    made = findings(
        finding("a", Confidence.LIKELY, bus="i2c-1", address=0x76),
        finding("b", bus="i2c-1", address=0x76),
        finding("c", bus="i2c-3", address=0x23),
        finding("d", plugin="air", reading="temperature"),
    )
    assert {address: each.kind for address, each in made.at_addresses(I2C).items()} == {0x76: "b"}
    assert {place: each.kind for place, each in made.about_readings().items()} == {("air", "temperature"): "d"}


def test_a_finding_as_json_has_all_its_fields_and_since_when_it_holds() -> None:
    told = finding_json(FindingRaised(7, finding("a", bus="i2c-1", address=0x76), 5))
    assert (told["kind"], told["confidence"], told["bus"], told["address"], told["since_ns"]) == (
        "a", "certain", "i2c-1", 0x76, 5,
    )  # fmt: skip
