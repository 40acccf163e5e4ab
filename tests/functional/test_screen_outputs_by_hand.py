"""A person drives outputs on the screen: at once on the simulated Pi, and after a yes on real hardware."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.actuation import COLORS, LightLeds, SetPwm, SwitchRelay
from hostcore.events import LedsShown, PluginsChanged, PwmSet, RelaySwitched
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tui.terminal import Terminal

WHY = "This screen is read-only: a test wants it."


def session(kind: str = "simulated", *, leds: int = 8) -> ScriptedSession:
    facts = host_facts(kind=kind, started_ns=NOW, leds=leds, leds_bus="i2c-3", relays=("buzzer", "fan"))
    return ScriptedSession(
        facts=replace(facts, relay_lines=(22, 27)), known=[plugin_facts("cooling", "pwm:18", "relay:fan")]
    )


def test_enter_or_space_switches_the_relay_under_the_cursor_over() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        screen.app.action_go_to(7)
        screen.app.focused.action_move(1)  # type: ignore[union-attr] - before the pane is drawn, as in one packet of keys
        await screen.press("enter")
        assert made.actuations == [SwitchRelay("fan", True)]
        await screen.publish(RelaySwitched(NOW, "", "fan", True, True, by_person=True))
        assert screen.line("relay fan", "# on", "simulated, by a person, just now")
        await screen.press("space")
        assert made.actuations[1:] == [SwitchRelay("fan", False)]
        assert "+ More" in screen.lines[-1]

    drive(scenario, made)


def test_on_real_hardware_a_relay_waits_for_a_yes_that_knows_the_line_and_who_else_drives_it() -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.publish(RelaySwitched(NOW - 3_000_000_000, "cooling", "fan", True))
        await screen.press("7", "down", "enter")
        assert screen.line("Switch relay fan off?")
        assert screen.line("the relay on GPIO line 27 switches")
        assert screen.line("cooling drove it last, 3s ago")
        await screen.press("enter")
        assert not made.actuations
        await screen.press("enter", "y")
        assert made.actuations == [SwitchRelay("fan", False)]

    drive(scenario, made, (120, 40))


def test_plus_and_minus_change_the_duty_by_five_percent_within_its_range() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "down", "down", "minus")
        assert not made.actuations, "less than nothing"
        await screen.press("plus")
        await screen.publish(PwmSet(NOW, "cooling", 18, 0.98, 25.0, True))
        await screen.press("plus", "minus")
        await screen.publish(PwmSet(NOW, "cooling", 18, 1.0, 25.0, True))
        await screen.press("plus")

    drive(scenario, made)
    assert made.actuations == [SetPwm(18, 0.05, 1000.0), SetPwm(18, 1.0, 25.0), SetPwm(18, 0.95, 25.0)]


def test_keys_may_be_faster_than_the_host_answers() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "down", "down", "plus", "plus", "plus")
        await screen.publish(PwmSet(NOW, "cooling", 18, 0.5, 1000.0, True))
        await screen.press("minus")

    drive(scenario, made)
    assert [each.duty for each in made.actuations if isinstance(each, SetPwm)] == [0.05, 0.1, 0.15, 0.45]


def test_steps_of_a_real_line_ask_once_until_the_cursor_leaves_it() -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "down", "down", "plus")
        assert screen.line("Set PWM line 18 at 5% of 1000 Hz?")
        await screen.press("y")
        await screen.publish(PwmSet(NOW, "", 18, 0.05, 1000.0, by_person=True))
        await screen.press("plus")
        assert [each.duty for each in made.actuations if isinstance(each, SetPwm)] == [0.05, 0.1]
        await screen.press("up", "down", "plus")
        assert screen.line("Set PWM line 18 at 10% of 1000 Hz?")

    drive(scenario, made, (120, 40))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("50", SetPwm(18, 0.5, 1000.0)),
        ("12.5% 50", SetPwm(18, 0.125, 50.0)),
        ("0 9 Hz", SetPwm(18, 0.0, 9.0)),
    ],
)
def test_duty_and_frequency_can_be_typed(typed: str, wanted: SetPwm) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "down", "down", "enter")
        assert screen.line("PWM line 18: percent, and hertz: 0 1000")
        await screen.type(typed)
        await screen.press("enter")
        assert made.actuations == [wanted]
        assert not screen.app.screen.query("Prompt")

    drive(scenario, made)


def test_what_is_no_duty_and_frequency_is_told_and_can_be_corrected() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "down", "down", "enter")
        for typed in ("101", "x", "50 x", "50 -1", "nan", ""):
            await screen.press("ctrl+u")
            await screen.type(typed)
            await screen.press("enter")
            assert screen.line(f"Found {typed or 'nothing'}, allowed is")
            assert screen.app.screen.query("Prompt"), typed
            assert not made.actuations, typed

    drive(scenario, made)


def test_a_colour_is_chosen_by_name_for_all_leds_or_for_one() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "end", "enter")
        assert screen.line("A colour for all LEDs")
        assert screen.line("red", "ff0000")
        await screen.press("down", "enter")
        await screen.press("enter", "right")
        assert screen.line("A colour for LED 7 of 0 to 7")
        await screen.press("right", "enter")
        await screen.press("enter", "left", "a", "escape")

    drive(scenario, made)
    assert made.actuations == [LightLeds(COLORS["white"]), LightLeds(COLORS["off"], 0, 0)]


def test_a_colour_without_a_name_is_typed_in_digits() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "end", "enter", "number_sign")
        await screen.type("zz")
        await screen.press("enter")
        assert screen.line("Found zz, allowed is a colour: off, white")
        await screen.press("backspace", "backspace")
        await screen.type("ff8800")
        await screen.press("enter")

    drive(scenario, made)
    assert made.actuations == [LightLeds((255, 136, 0))]


def test_real_leds_ask_first() -> None:
    made = session("linux")

    async def scenario(screen: Screen) -> None:
        await screen.publish(LedsShown(NOW, "status", ((1, 2, 3),) * 8))
        await screen.press("7", "end", "enter", "enter")
        assert screen.line("Light all LEDs in 000000?")
        assert screen.line("status drove it last, just now")
        await screen.press("n")
        assert not made.actuations

    drive(scenario, made, (120, 40))


def test_a_relay_that_the_host_switched_may_be_needed_by_an_alarm() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(RelaySwitched(NOW, "", "fan", True))
        await screen.press("7", "down", "enter")
        assert screen.line("The host drove it last, just now: an alarm may need it so.")

    drive(scenario, session("linux"), (120, 40))


def test_when_outputs_come_and_go_no_key_drives_another_one_than_before() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "down", "down")
        made.known = [plugin_facts("cooling", "pwm:12", "pwm:18")]
        await screen.publish(PluginsChanged(NOW, ("cooling",)))
        await screen.until(lambda: "PWM line 12" in screen.text)
        await screen.press("plus")
        made.known = [plugin_facts("cooling", "pwm:18")]
        await screen.publish(PluginsChanged(NOW, ("cooling",)))
        await screen.until(lambda: "PWM line 12" not in screen.text)
        await screen.press("plus")

    drive(scenario, made)
    assert [each.line for each in made.actuations if isinstance(each, SetPwm)] == [18, 18]


def test_what_the_host_refuses_is_said() -> None:
    made = session()
    made.refusal = "relay fan: the line is claimed by gpiomon"

    async def scenario(screen: Screen) -> None:
        await screen.press("7", "enter")
        assert [each.message for each in screen.app._notifications] == [made.refusal]

    drive(scenario, made)


@pytest.mark.parametrize("kind", [pytest.param("simulated", marks=pytest.mark.thorough), "linux"])
@pytest.mark.parametrize("keys", ["enter", "down down plus", "down down enter", "end enter"])
def test_a_read_only_screen_drives_nothing_and_says_why(kind: str, keys: str) -> None:
    made = session(kind)

    async def scenario(screen: Screen) -> None:
        await screen.press("7", *keys.split())
        assert [each.message for each in screen.app._notifications] == [WHY]
        assert len(screen.app.screen_stack) == 1
        assert not made.actuations

    drive(scenario, made, (120, 40), read_only=WHY)


def test_a_double_click_drives_an_output() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await screen.press("7")
        await screen.pilot.click("#outputs", offset=(4, 2), times=2)
        await screen.until(lambda: made.actuations == [SwitchRelay("fan", True)])

    drive(scenario, made)


def test_on_the_console_without_colour_the_names_are_enough() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press("7", "end", "enter")
        assert screen.line("██ warm", "ffa03c") and screen.line("·· off", "000000")

    drive(scenario, session(), terminal=Terminal(is_console=True, no_color=True))
