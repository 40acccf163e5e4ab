"""A finding marks its driver, reading and address wherever they are shown."""

from __future__ import annotations

import pytest
from rich.color import Color

from hostcore.events import (
    Confidence,
    Finding,
    FindingCleared,
    FindingRaised,
    Message,
    Outcome,
    Presence,
    Probed,
    ScanCompleted,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.trouble import SIZES, SLOW, WRONG_ADDRESS, run_air, session, words

BY_READING = Finding(
    "byte-order", "The temperature jumps at zero.", "Swap its bytes.", Confidence.LIKELY, plugin="air", reading="t"
)

POSSIBLE = Finding("x", "It may be slow.", "Wait.", Confidence.POSSIBLE, plugin="air")


def ink_at(screen: Screen, words: str) -> Color | None:
    """The colour of the first piece of text on the screen that has these words."""
    strips = screen.app.screen._compositor.render_strips()
    for segment in (segment for strip in strips for segment in strip):
        if words in segment.text and segment.style is not None:
            return segment.style.color
    raise AssertionError(f"no {words!r} on the screen:\n{screen.text}")


@pytest.mark.parametrize("size", SIZES)
def test_a_plugin_with_a_finding_looks_healthy_nowhere(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        await screen.press("2")
        healthy = ink_at(screen, "1 running")
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW))
        assert "1 TROUBLE" in screen.lines[0] and "running" not in screen.lines[0]
        assert "! TROUBLE" in screen.line("air  ", "Nothing") if size[0] >= 80 else "TROUBLE" in screen.text
        assert ink_at(screen, "1 TROUBLE") != healthy
        assert "+ running" not in screen.text and "+ air" not in screen.text
        await screen.publish(FindingCleared(NOW, WRONG_ADDRESS))
        assert "TROUBLE" not in screen.text

    drive(scenario, session(), size)


def test_a_finding_that_is_only_possible_leaves_the_plugin_its_state() -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        await screen.publish(FindingRaised(NOW, POSSIBLE, NOW))
        assert "1 running" in screen.lines[0]

    drive(scenario, session(), size=(80, 24))


def test_the_page_of_a_plugin_has_its_findings_and_what_to_do() -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW))
        await screen.press("2", "enter")
        assert screen.line("What is wrong")
        assert "At 0x76, a chip answers that is a BME680: wrong address." in words(screen)
        assert screen.line("-> Change the address to 0x76")

    drive(scenario, session(), size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_the_grid_marks_the_address_and_the_words_beside_it_say_why(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        probed = tuple(Probed(each, Presence.ABSENT, "") for each in range(0x08, 0x78))
        await screen.publish(
            ScanCompleted(NOW, BusName("i2c-1"), ScanMode.AUTO, probed, 1), FindingRaised(NOW, WRONG_ADDRESS, NOW)
        )
        await screen.press("5")
        assert screen.line("70:  -- -- -- -- -- -- --!--")
        assert screen.text.count("!--") == 1

    drive(scenario, session(), size)


def test_the_words_of_an_address_have_its_finding_and_what_to_do() -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW))
        await screen.press("5", *["down"] * 6, *["right"] * 15)
        assert screen.line("0x77 not scanned: press s, used by air")
        assert "-> Change the address to 0x76 in air and in host.toml." in words(screen)

    drive(
        scenario,
        ScriptedSession(facts=host_facts(started_ns=NOW), known=[plugin_facts("air", "i2c:1:0x77")]),
        (120, 40),
    )


@pytest.mark.parametrize("size", SIZES)
def test_a_reading_and_its_driver_are_marked(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        await screen.press("1")
        assert not any(" !" in line for line in screen.lines if "t " in line and "21.5" in line)
        await screen.publish(FindingRaised(NOW, BY_READING, NOW))
        assert " t ! " in screen.line("21.5") and "air !" in screen.text
        assert "!" not in screen.line("40.25")

    drive(scenario, session(), size)


def test_findings_leave_room_for_the_traffic() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(*(FindingRaised(NOW, each, NOW) for each in (SLOW, WRONG_ADDRESS)))
        await screen.publish(
            TransferCompleted(
                NOW, "air", BusName("i2c-1"), 0x77, (Message(True, b"\xd0"),), Outcome.NO_ACKNOWLEDGE, "", 1000
            )
        )
        assert screen.line("i2c-1 0x77", "NO-ACKNOWLEDGE W d0")

    drive(scenario, session(), (120, 40))
