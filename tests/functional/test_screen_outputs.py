"""The outputs pane: LEDs, relays, lines with pulse-width modulation."""

from __future__ import annotations

import pytest

from hostcore.events import LedsShown, PluginsChanged, PwmSet, RelaySwitched
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.trouble import SIZES
from tui.terminal import Terminal


def session() -> ScriptedSession:
    return ScriptedSession(
        facts=host_facts(started_ns=NOW, leds=8, relays=("buzzer", "fan")), known=[plugin_facts("cooling", "pwm:18")]
    )


def test_everything_that_is_driven_has_its_value_in_words() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("7")
        assert screen.line("relay buzzer", "- off")
        assert screen.line("PWM line 18", "not set")
        assert screen.line("LEDs 0-6", "000000")
        await screen.publish(
            RelaySwitched(NOW, "cooling", "fan", True),
            PwmSet(NOW, "cooling", 18, 0.62, 25_000.0),
            LedsShown(NOW, "status", ((255, 0, 0), *[(0, 0, 0)] * 6, (1, 35, 69))),
        )
        assert screen.line("relay fan", "# on", "by cooling, just now")
        assert screen.line("PWM line 18", "[######....]", "62%", "25000 Hz")
        assert screen.line("LEDs 0-6", "██ff0000 ··000000 ")
        assert screen.line("LED 7", "██012345")
        assert "LEDs by status, just now" in screen.text
        await screen.publish(RelaySwitched(NOW, "", "fan", False))
        assert screen.line("relay fan", "- off", "by the host")

    drive(scenario, session())


@pytest.mark.parametrize("size", SIZES)
def test_it_is_there_only_where_there_is_something_to_drive(size: tuple[int, int]) -> None:
    made = ScriptedSession(facts=host_facts(started_ns=NOW), known=[plugin_facts("cooling")])

    async def scenario(screen: Screen) -> None:
        await screen.press("7")
        assert "7 Outp" not in screen.text and "1 Readings" in screen.text
        made.known = [plugin_facts("cooling", "pwm:18")]
        await screen.publish(PluginsChanged(NOW, ("cooling",)))
        await screen.press("7")
        assert "7 Outputs" in screen.text and screen.line("PWM line 18")
        await screen.press("tab")
        assert screen.app.panes.current.title == "Problems"
        await screen.press("shift+tab")
        made.known = [plugin_facts("cooling")]
        await screen.publish(PluginsChanged(NOW, ("cooling",)))
        assert "7 Outp" not in screen.text and "1 Readings" in screen.text
        await screen.press("tab")
        assert screen.app.panes.current.title == "Plugins"

    drive(scenario, made, size)


def test_beside_the_other_panes_it_grows_with_its_rows() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        made.known = [plugin_facts("cooling", "pwm:12", "pwm:18")]
        await screen.publish(PluginsChanged(NOW, ("cooling",)))
        await screen.until(lambda: "PWM line 12" in screen.text)
        assert screen.line("LEDs 0-3") and screen.line("1 row below")
        made.known = [plugin_facts("cooling")]
        await screen.publish(PluginsChanged(NOW, ("cooling",)))
        await screen.until(lambda: "PWM line 12" not in screen.text)
        assert screen.line("LEDs 4-7")

    drive(scenario, made, (120, 40))


def test_without_colour_the_digits_say_it() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("7")
        await screen.publish(LedsShown(NOW, "status", ((255, 0, 0),) * 8))
        assert screen.line("LEDs 0-6", "██ff0000 ██ff0000")

    drive(scenario, session(), terminal=Terminal(no_color=True))
