"""The alarms on the screen: above everything until somebody acknowledges them, with the bell, beside the reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.events import (
    Alarm,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    EventsDropped,
    FindingRaised,
    ReadingPublished,
)
from tests.screen import NOW, S, Screen, drive
from tests.trouble import SIZES, SLOW, session, words
from tui.desk_app import NEWS_NS
from tui.terminal import Terminal

HOT = Alarm("too-warm", "air.temperature is above 30 °C", "Open the window", "air", "temperature", "°C")
DOOR = Alarm("open-door", "door.is_open is true", plugin="door", reading="is_open", has_bell=False)
RAISED = AlarmRaised(NOW, HOT, NOW, 31.2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("terminal", [Terminal(), Terminal(is_console=True)])
def test_whatever_is_shown_an_alarm_is_in_sight_above_all_else(size: tuple[int, int], terminal: Terminal) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, SLOW, NOW), RAISED)
        for pane in "12345678":
            await screen.press(pane)
            text = words(screen)
            assert "ALARM too-warm: air.temperature is above 30 °C (31.2 °C): Open the window" in text
            assert "acknowledge" in text
            assert text.index("ALARM too-warm") < text.index("air is slow"), "the alarm comes first"

    drive(scenario, session(), size, terminal=terminal)


@pytest.mark.parametrize("is_chosen", [True, False])
def test_the_coloured_ground_of_an_alarm_is_that_of_its_word_alone(is_chosen: bool) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RAISED)
        await screen.press("8" if is_chosen else "1")
        shown = [segment for strip in screen.app.screen._compositor.render_strips() for segment in strip]
        (word,) = [each for each in shown if "ALARM" in each.text]
        ground = screen.app.look.cursor if is_chosen else screen.app.look.alarm
        assert word.style is not None and word.style.bgcolor == ground.bgcolor
        grounds = [each.style.bgcolor for each in shown if each.style and each.style.bgcolor is not None]
        assert grounds.count(screen.app.look.alarm.bgcolor) == (0 if is_chosen else 1)

    drive(scenario, session(), terminal=Terminal(is_console=True))


def test_a_acknowledges_the_most_urgent_one_and_it_moves_back() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RAISED, AlarmRaised(NOW + S, DOOR, NOW + S))
        assert "8 what to do, a acknowledge" in words(screen)
        await screen.press("a")
        await screen.until(lambda: screen.session.acknowledged == ["too-warm"])
        await screen.publish(AlarmAcknowledged(NOW + S, HOT))
        text = words(screen)
        assert text.index("ALARM open-door: door.is_open is true") < text.index("alarm too-warm")
        await screen.press("a")
        await screen.until(lambda: screen.session.acknowledged == ["too-warm", "open-door"])
        await screen.publish(AlarmAcknowledged(NOW + S, DOOR))
        assert "alarm too-warm: air.temperature is above 30 °C (31.2 °C): Open the window; acknowledged" in words(
            screen
        )
        assert "ALARM" not in words(screen)
        assert "a acknowledge" not in words(screen)
        await screen.press("a")
        assert "No alarm waits for you." in words(screen)

    drive(scenario, session(), (100, 24))


def test_one_that_is_cleared_is_gone() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RAISED)
        await screen.publish(AlarmCleared(NOW, HOT))
        assert "too-warm" not in screen.text

    drive(scenario, session())


def test_in_the_problems_pane_the_chosen_one_is_acknowledged() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RAISED, AlarmRaised(NOW + S, DOOR, NOW + S), FindingRaised(NOW, SLOW, NOW))
        await screen.press("8")
        assert "3 problems" in screen.text
        assert "a acknowledges it: you have seen it." in words(screen)
        await screen.press("down", "a")
        await screen.until(lambda: screen.session.acknowledged == ["open-door"])

    drive(scenario, session())


def test_a_screen_that_only_looks_says_why_it_does_not() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RAISED)
        await screen.press("a")
        await screen.until(lambda: "only looks" in words(screen))
        assert screen.session.changes == []

    drive(scenario, session(), read_only="This screen only looks.")


def test_the_value_has_a_mark() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "air", {"temperature": 31.2, "humidity": 40.0}), RAISED)
        assert "temperature !" in screen.text
        assert "humidity !" not in screen.text
        await screen.publish(AlarmCleared(NOW, HOT))
        assert "temperature !" not in screen.text

    drive(scenario, session())


def test_the_bell_rings_once_for_each_new_alarm_that_has_one() -> None:
    async def scenario(screen: Screen) -> None:
        rung: list[int] = []
        screen.app.bell = lambda: rung.append(1)  # type: ignore[method-assign]
        await screen.publish(RAISED)
        assert len(rung) == 1
        await screen.publish(replace(RAISED, time_ns=NOW + 30 * S), AlarmAcknowledged(NOW, HOT))
        await screen.publish(EventsDropped(NOW, 5), replace(RAISED, time_ns=NOW + 60 * S))
        assert len(rung) == 1, "the host only says again what holds"
        await screen.publish(AlarmRaised(NOW + S, DOOR, NOW + S))
        assert len(rung) == 1, "this one has no bell"
        await screen.publish(AlarmCleared(NOW, HOT), replace(RAISED, time_ns=NOW + 2 * S, since_ns=NOW + 2 * S))
        assert len(rung) == 2

    drive(scenario, session())


def test_an_alarm_of_yesterday_does_not_ring_in_a_new_screen() -> None:
    async def scenario(screen: Screen) -> None:
        rung: list[int] = []
        screen.app.bell = lambda: rung.append(1)  # type: ignore[method-assign]
        await screen.publish(AlarmRaised(NOW, HOT, NOW - NEWS_NS))
        assert rung == []
        assert "ALARM too-warm" in words(screen)

    drive(scenario, session())


def test_a_frozen_screen_does_not_ring() -> None:
    async def scenario(screen: Screen) -> None:
        rung: list[int] = []
        screen.app.bell = lambda: rung.append(1)  # type: ignore[method-assign]
        await screen.press("F")
        screen.session.publish([RAISED])
        await screen.wait(1)
        assert rung == []
        assert "ALARM" not in screen.text

    drive(scenario, session())


def test_text_of_a_plugin_cannot_act_on_the_terminal() -> None:
    async def scenario(screen: Screen) -> None:
        unit = Alarm("a", "air.t is above 30 \x1b[2J", "x", "air", "t", "\x1b[2J")
        await screen.publish(AlarmsSet(NOW, (unit,)), AlarmRaised(NOW, unit, NOW, 31.0))
        assert "\x1b" not in screen.text
        assert "above 30" in screen.text

    drive(scenario, session())
