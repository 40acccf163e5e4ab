"""The findings on the screen: in their own pane, and the surest one above every other pane."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.color import Color

from hostcore.events import (
    Confidence,
    Evidence,
    Finding,
    FindingCleared,
    FindingRaised,
    Message,
    Outcome,
    Presence,
    Probed,
    ReadingPublished,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.terminal import Terminal

WRONG_ADDRESS = Finding(
    "wrong-address",
    "Nothing answers at 0x77 on i2c-1, where air looks for its BME680. At 0x76, a chip answers that is a BME680: wrong "
    "address.",
    "Change the address to 0x76 in air and in host.toml.",
    Confidence.CERTAIN,
    (Evidence("asked for 1 byte, no-acknowledge", NOW - S, "air", 12, 7),),
    "air",
    BusName("i2c-1"),
    0x77,
)
SLOW = Finding("slow-plugin", "air is slow: a reading takes 3 s.", "Read less often.", Confidence.LIKELY, plugin="air")
SIZES = [(60, 18), (80, 24), (120, 40), (200, 60)]


def session() -> ScriptedSession:
    return ScriptedSession(facts=host_facts(started_ns=NOW), known=[plugin_facts("air")])


def words(screen: Screen) -> str:
    """The text on the screen without the breaks of its lines and without frames."""
    lines = (line.strip("│║ ") for line in screen.lines)
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("terminal", [Terminal(), Terminal(is_console=True)])
def test_whatever_is_shown_the_surest_finding_is_in_sight(size: tuple[int, int], terminal: Terminal) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, SLOW, NOW), FindingRaised(NOW, WRONG_ADDRESS, NOW))
        for pane in "1234568":
            await screen.press(pane)
            assert "Nothing answers at 0x77 on i2c-1, where air looks for its BME680." in words(screen), pane
            assert "certain" in words(screen)

    drive(scenario, session(), size, terminal)


def test_the_line_above_the_panes_says_how_many_others_there_are_and_where() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, SLOW, NOW), FindingRaised(NOW, WRONG_ADDRESS, NOW))
        assert "+1 more, 8 what to do" in words(screen)

    drive(scenario, session(), size=(80, 24))


def test_the_pane_says_what_to_do_and_shows_the_evidence() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW - 60 * S), FindingRaised(NOW, SLOW, NOW))
        await screen.press("8")
        assert screen.line("-> Change the address to 0x76 in air and in host.toml.")
        assert screen.line("air, since 11:59:00 (1m ago), 1 observation")
        await screen.press("enter")
        assert screen.line("11:59:59", "air line 12")
        assert screen.line("asked for 1 byte, no-acknowledge")
        await screen.press("escape", "down", "enter")
        assert screen.line("slow-plugin, likely")

    drive(scenario, session(), size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_a_finding_that_holds_no_longer_is_gone(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW), FindingCleared(NOW, WRONG_ADDRESS))
        assert "Nothing answers" not in screen.text
        await screen.press("8")
        assert "Nothing is wrong, as far as the host can tell." in words(screen)

    drive(scenario, session(), size=size)


def test_a_finding_about_the_simulated_pi_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        finding = Finding("x", "A wire is loose.", "Press.", Confidence.LIKELY, is_simulated=True)
        await screen.publish(FindingRaised(NOW, finding, NOW))
        assert "A wire is loose. (simulated)" in words(screen)

    drive(scenario, session(), size=(80, 24))


# Beside what they concern

BY_READING = Finding(
    "byte-order", "The temperature jumps at zero.", "Swap its bytes.", Confidence.LIKELY, plugin="air", reading="t"
)
POSSIBLE = Finding("x", "It may be slow.", "Wait.", Confidence.POSSIBLE, plugin="air")


async def run_air(screen: Screen) -> None:
    await screen.publish(
        StateChanged(NOW, "air", State.LOADING, State.RUNNING, "loaded"),
        ReadingPublished(NOW, "air", {"t": 21.5, "h": 40.25}),
    )


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
        assert screen.line("70: -- -- -- -- -- -- --!--")
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


def test_plugins_in_more_or_less_certain_trouble_are_counted_together() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            *(StateChanged(NOW, name, State.LOADING, State.RUNNING, "") for name in ("air", "light")),
            FindingRaised(NOW, WRONG_ADDRESS, NOW),
            FindingRaised(NOW, replace(SLOW, plugin="light"), NOW),
        )
        assert "2 TROUBLE" in screen.lines[0] and "1 TROUBLE" not in screen.lines[0]

    known = [plugin_facts("air"), plugin_facts("light")]
    drive(scenario, ScriptedSession(facts=host_facts(started_ns=NOW), known=known))
