"""What scans and transfers tell about the buses and the displays on them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.chips.library import shipped_library
from hostcore.events import ChipIdentified, Message, Outcome, Presence, Probed, ScanCompleted, TransferCompleted
from hostcore.place import BusName
from hostcore.view.displays import Displays
from hostcore.view.scans import Owners, Scans, owners
from tests.scripted_session import plugin_facts
from tests.ssd1306_display import UPRIGHT
from tui.scanner.address_words import could_be

BUS = BusName.i2c(1)


def transfer(
    *messages: Message, address: int = 0x77, outcome: Outcome = Outcome.OK, plugin: str = "p"
) -> TransferCompleted:
    return TransferCompleted(1, plugin, BUS, address, messages, outcome, "" if outcome is Outcome.OK else "why", 1000)


def out(*data: int) -> Message:
    return Message(True, bytes(data))


def scan(*answering: int, presence: Presence = Presence.PRESENT) -> ScanCompleted:
    probed = tuple(
        Probed(address, presence if address in answering else Presence.ABSENT, "") for address in range(0x08, 0x78)
    )
    return ScanCompleted(1, BUS, "auto", probed, 1)


def test_a_scan_is_held_against_the_one_before() -> None:
    scans = Scans()
    scans.complete(scan(0x23, 0x77))
    first = scans.of(BUS)
    assert first is not None and not first.appeared and not first.vanished
    scans.complete(scan(0x23, 0x3C))
    second = scans.of(BUS)
    assert second is not None
    assert (second.appeared, second.vanished, second.answering) == ({0x3C}, {0x77}, (0x23, 0x3C))


def test_a_bus_that_nobody_scanned_has_no_scan() -> None:
    assert Scans().of(BUS) is None


def test_failures_are_counted_and_denials_are_not_traffic() -> None:
    scans = Scans()
    scans.follow(transfer(outcome=Outcome.DENIED))
    assert scans.traffic(BUS, 0x77) is None
    scans.follow(transfer(outcome=Outcome.NO_ACKNOWLEDGE, plugin="a"))
    scans.follow(transfer(out(1), plugin="b"))
    traffic = scans.traffic(BUS, 0x77)
    assert traffic is not None
    assert (traffic.transfers, traffic.failed, traffic.last_error, traffic.plugins) == (2, 1, "why", ["a", "b"])


def test_permissions_tell_who_owns_an_address_and_who_only_reads_there() -> None:
    facts = [
        plugin_facts("a", "i2c:1:0x76-0x77:read", "gpio:4:in", "spi:0.1"),
        plugin_facts("b", "i2c:1:0x77", "i2c:1:0x77:write"),
    ]
    assert owners(facts) == {(BUS, 0x76): Owners(["a"], []), (BUS, 0x77): Owners(["a", "b"], ["b"])}


def test_chips_are_offered_by_address_with_what_they_are() -> None:
    assert could_be(shipped_library(), 0x77).startswith("BME680, BME280 (air sensor), BMP280, ")
    assert could_be(shipped_library(), 0x09) == ""


def test_a_chip_that_was_identified_is_known_until_a_scan_misses_it() -> None:
    scans = Scans()
    scans.complete(scan(0x77))
    event = ChipIdentified(1, BUS, 0x77, ("BME680",), "0xd0 reads 61")
    scans.identify(event)
    scans.complete(scan(0x77, 0x23))
    assert scans.identity(BUS, 0x77) == event
    assert scans.identity(BUS, 0x76) is None
    scans.complete(scan(0x23))
    scans.complete(scan(0x77))
    assert scans.identity(BUS, 0x77) is None


def test_a_display_is_decoded_from_the_bytes_to_it() -> None:
    displays = Displays()
    displays.follow(transfer(out(0x00, *UPRIGHT), address=0x3C))
    displays.follow(transfer(out(0x40, 0xFF), address=0x3C))
    (display,) = displays.all()
    picture = display.picture()
    assert (picture.width, picture.height, picture.on) == (128, 64, True)
    assert [picture.lit(0, y) for y in range(9)] == [True] * 8 + [False]
    assert display.transfers == 2


def test_a_display_that_drives_32_rows_is_a_small_one() -> None:
    displays = Displays()
    displays.follow(transfer(out(0x00, 0xA8, 31, 0xDA, 0x02, *UPRIGHT), address=0x3D))
    assert displays.all()[0].picture().height == 32


def test_only_successful_writes_to_a_displays_address_are_decoded() -> None:
    displays = Displays()
    displays.follow(transfer(out(0x00, 0xAF), address=0x77))
    displays.follow(transfer(out(0x00, 0xAF), address=0x3C, outcome=Outcome.NO_ACKNOWLEDGE))
    displays.follow(transfer(Message(False, b"\x40"), address=0x3C))
    assert not displays.all()


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_to_a_display_are_taken(writes: list[bytes]) -> None:
    displays = Displays()
    for data in writes:
        displays.follow(transfer(Message(True, data), address=0x3C))
    for display in displays.all():
        assert len(display.picture().rows) == display.picture().height
