"""A number is calibrated and gets an alarm on the screen, with a few keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import Alarm, AlarmsSet, ReadingPublished
from hostcore.settings_wish import Calibration, RangeAlarm, SettingsWish
from hostcore.view.alarms import Bounds
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.readings.value_actions import range_in_words, range_of

AIR = ("temperature",)


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("bme680")])


async def at_the_temperature(screen: Screen) -> None:
    await screen.publish(ReadingPublished(NOW, "bme680", {"temperature": 22.5, "method": "guess"}))
    await screen.press("1", "down")


def drive_and_expect(keys: tuple[str, ...], *wishes: SettingsWish) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        await screen.press(*keys)
        assert made.settings == list(wishes)

    drive(scenario, made)


@pytest.mark.parametrize(
    ("typed", "shift"), [("21", -1.5), ("23,5", 1.0), ("-2.5", -25.0), ("22.5", None), ("", None), ("warm", None)]
)
def test_the_true_value_is_typed_and_the_shift_is_asked_for(typed: str, shift: float | None) -> None:
    wishes = [Calibration("bme680", AIR, shift)] if shift is not None else []
    keys = ("full_stop" if each == "." else "comma" if each == "," else each for each in typed)
    drive_and_expect(("equals_sign", *keys, "enter"), *wishes)


def test_the_shift_is_from_the_value_that_the_question_named() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        await screen.press("equals_sign")
        assert "temperature reads 22.5 °C. Its true value:" in screen.text
        await screen.publish(ReadingPublished(NOW, "bme680", {"temperature": 30.0}))
        await screen.press("2", "0", "enter")
        assert made.settings == [Calibration("bme680", AIR, -2.5)]
        assert "temperature is shifted by -2.5 °C" in screen.words

    drive(scenario, made)


def test_an_alarm_is_typed_as_limits() -> None:
    drive_and_expect(("A", "greater_than_sign", "3", "0", "enter"), RangeAlarm("bme680", AIR, above=30.0))


@pytest.mark.parametrize(
    ("key", "mistake", "problem", "correction", "wish"),
    [
        ("A", "> nan", "Found > nan, allowed is > 30, < 5, or both", "> 30", RangeAlarm("bme680", AIR, above=30.0)),
        ("equals_sign", "nan", "Found nan, allowed is a number", "21", Calibration("bme680", AIR, -1.5)),
    ],
)
def test_a_mistake_stays_to_be_corrected(
    key: str, mistake: str, problem: str, correction: str, wish: SettingsWish
) -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        await screen.press(key)
        await screen.type(mistake)
        await screen.press("enter")
        assert screen.line(problem) and screen.line(f": {mistake}")
        assert not made.settings
        await screen.press("home", *["delete"] * len(mistake))
        await screen.type(correction)
        await screen.press("enter")
        assert made.settings == [wish]
        assert not screen.app.screen.query("Prompt")

    drive(scenario, made)


def test_the_limits_of_the_present_alarm_are_there_to_change_and_no_text_takes_it_away() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        warm = Alarm("warm", "too warm", plugin="bme680", reading="temperature", above=30.0)
        await screen.publish(AlarmsSet(NOW, (warm,)))
        await screen.press("A")
        assert "both): > 30" in screen.text
        await screen.press("end", "backspace", "5", "enter")
        await screen.press("A", "backspace", "enter")
        assert made.settings == [RangeAlarm("bme680", AIR, above=35.0), RangeAlarm("bme680", AIR)]

    drive(scenario, made)


def test_the_keys_are_offered_where_there_is_a_number() -> None:
    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        assert "= Calibrate  A Alarm" in screen.text
        for key in ("home", "end"):
            await screen.press(key)
            assert "Calibrate" not in screen.text
            await screen.press("equals_sign", "A")
            assert "true value" not in screen.text and "Alarm if" not in screen.text

    drive(scenario, session())


def test_both_are_done_by_name_too() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        for line in ("calibrate bme680.temperature 20", "alarm bme680.temperature above 30 below 5"):
            await screen.press("colon")
            await screen.paste(line)
            await screen.press("enter")
        await screen.until(lambda: len(made.settings) == 2)
        assert made.settings == [Calibration("bme680", AIR, -2.5), RangeAlarm("bme680", AIR, 5.0, 30.0)]

    drive(scenario, made)


def test_a_screen_that_only_looks_asks_for_nothing() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await at_the_temperature(screen)
        await screen.press("equals_sign", "A")
        assert "true value" not in screen.text and "read-only" in screen.words
        assert not made.settings

    drive(scenario, made, read_only="This screen is read-only: it was started with --read-only.")


@pytest.mark.parametrize("text", ["30", "> 30 40", "warm", ">", "> warm", "> inf", "> nan", "30 >"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match="> 30, < 5, or both"):
        range_of(text)


def test_a_range_leaves_values_without_an_alarm() -> None:
    for text in ("< 30 > 5", "> 5 < 5"):
        with pytest.raises(ValueError, match="more than the one after <"):
            range_of(text)


def is_range(bounds: Bounds) -> bool:
    return bounds.below is None or bounds.above is None or bounds.below < bounds.above


LIMITS = st.none() | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.builds(Bounds, LIMITS, LIMITS).filter(is_range))
def test_a_range_is_read_as_it_is_written(bounds: Bounds) -> None:
    assert range_of(range_in_words(bounds)) == bounds
