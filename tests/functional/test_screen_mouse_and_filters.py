"""The mouse reaches everything that is drawn, and ``/`` filters every pane that has rows."""

from __future__ import annotations

import pytest

from hostcore.actuation import SwitchRelay
from hostcore.events import Confidence, Finding, FindingRaised, Presence, Probed, ReadingPublished, ScanCompleted, State
from hostcore.events import StateChanged as Changed
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

LOOSE = Finding("x", "A wire is loose.", "Press it.", Confidence.LIKELY, plugin="light")
DIM = Finding("y", "The lamp is dim.", "Wipe it.", Confidence.LIKELY, plugin="air")


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts(name) for name in ("light", "air", "soil")])


async def click(screen: Screen, text: str, times: int = 1) -> None:
    """Click where this text begins."""
    row = next(place for place, line in enumerate(screen.lines) if text in line)
    await screen.pilot.click(offset=(screen.lines[row].index(text), row), times=times)
    await screen.pilot.pause()


def test_a_click_on_the_title_of_a_column_sorts_by_it_and_another_one_turns_it_round() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "light", {"alpha": 5, "beta": 7}))
        await click(screen, "now")
        assert screen.line("↓now") and screen.text.index("beta") < screen.text.index("alpha")
        await click(screen, "↓now")
        assert screen.line("↑now") and screen.text.index("alpha") < screen.text.index("beta")

    drive(scenario, session())


def test_a_click_on_a_plugin_of_the_strip_shows_its_details() -> None:
    async def scenario(screen: Screen) -> None:
        await click(screen, "air")
        assert "Plugin air" in screen.text

    drive(scenario, session())


def test_a_click_on_what_is_wrong_goes_to_the_problems() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, LOOSE, NOW))
        await click(screen, "A wire is loose.")
        assert "[8 Problems]" in screen.text

    drive(scenario, session())


def test_a_click_on_an_address_moves_the_cursor_there() -> None:
    async def scenario(screen: Screen) -> None:
        probed = tuple(
            Probed(each, Presence.PRESENT if each == 0x5C else Presence.ABSENT, "") for each in range(8, 120)
        )
        await screen.publish(ScanCompleted(NOW, "i2c-1", "auto", probed, 1, is_simulated=True))
        await screen.press("5")
        await click(screen, " 5c")
        assert screen.app.panes.scanner.address == 0x5C

    drive(scenario, session())


@pytest.mark.parametrize("text", ["air", "AIR", "quarantined", "a?ir"])
def test_plugins_are_filtered_by_name_and_state(text: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(Changed(NOW, "air", State.LOADING, State.QUARANTINED, "it crashed"))
        await screen.press("2", "slash")
        screen.app.panes.current.set_filter(text)  # type: ignore[attr-defined]
        await screen.press("enter")
        assert screen.line("X QUARANTINED") and not [line for line in screen.lines if "║soil" in line]
        assert f"find {text}" in screen.text
        await screen.press("escape")
        assert screen.line("║soil") and f"find {text}" not in screen.text

    drive(scenario, session())


def test_the_keys_act_on_the_plugin_that_the_filter_shows() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("2", "slash")
        await screen.type("soil")
        await screen.press("enter", "enter")
        assert "Plugin soil" in screen.text

    drive(scenario, session())


def test_a_filter_that_no_plugin_passes_leaves_nothing_for_the_keys() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("2", "slash")
        await screen.type("moon")
        await screen.press("enter", "enter", "s", "x", "down")
        assert "nothing passes the filters" in screen.text and len(screen.app.screen_stack) == 1

    drive(scenario, session())


def test_problems_are_filtered_and_their_evidence_is_that_of_the_row() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, LOOSE, NOW), FindingRaised(NOW, DIM, NOW))
        await screen.press("8", "slash")
        await screen.type("dim")
        await screen.press("enter")
        assert "The lamp is dim." in screen.text and "A wire is loose." not in screen.text
        await screen.press("enter")
        assert screen.line("y, likely")
        await screen.press("escape", "slash")
        await screen.type("mer")
        await screen.press("enter")
        assert "nothing passes the filters: Esc clears them" in screen.text
        await screen.press("escape")
        assert "A wire is loose." in screen.text

    drive(scenario, session())


def test_outputs_are_filtered_and_keys_act_on_the_output_that_is_shown() -> None:
    made = ScriptedSession(facts=host_facts(relays=("fan", "lamp")))

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "slash")
        await screen.type("lamp")
        await screen.press("enter")
        assert screen.line("relay lamp") and "relay fan" not in screen.text and "find lamp" in screen.text
        await screen.press("enter")
        assert made.actuations == [SwitchRelay("lamp", True)]
        await screen.press("escape")
        assert screen.line("relay fan")

    drive(scenario, made)


def test_an_output_is_switched_by_name_from_any_pane() -> None:
    made = ScriptedSession(facts=host_facts(relays=("fan", "lamp")))

    async def scenario(screen: Screen) -> None:
        await screen.press("colon")
        await screen.type("relay fan on")
        assert screen.line("Switch fan on")
        await screen.press("enter")
        await screen.until(lambda: made.actuations == [SwitchRelay("fan", True)])

    drive(scenario, made)
