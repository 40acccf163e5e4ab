"""The findings on the screen: in their own pane, and the surest one above every other pane."""

from __future__ import annotations

import pytest

from hostcore.events import Confidence, Evidence, Finding, FindingCleared, FindingRaised
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
    (Evidence("asked for 1 bytes, no-acknowledge", NOW - S, "air", 12, 7),),
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
        assert screen.line("asked for 1 bytes, no-acknowledge")
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
