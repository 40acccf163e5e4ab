"""The screen writes each value with the unit that its driver states, and says of a guess that it is one."""

from __future__ import annotations

import pytest

from hostcore.events import AdjustedValue, ReadingPublished, ValuesDescribed
from hostcore.quantities import DescribedValue, Quantity
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts

KELVIN = Quantity("K", "temperature", "measurement", 1, "Cold plate")


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("fridge")])


async def publish(screen: Screen) -> None:
    await screen.publish(ValuesDescribed(NOW, "fridge", (DescribedValue("temperature", KELVIN),)))
    for second in range(2):
        reading = {"temperature": 77.125, "humidity": 40, "load": 1, "mode": "cooling"}
        await screen.publish(ReadingPublished(NOW + second * S, "fridge", reading))


def test_a_row_has_the_unit_and_the_decimals_that_the_driver_states() -> None:
    async def scenario(screen: Screen) -> None:
        await publish(screen)
        await screen.wait(2)
        assert screen.line("temperature").strip("║•").split()[:3] == ["temperature", "77.1", "K"]
        assert screen.line("humidity").strip("║•").split()[:3] == ["humidity", "40", "%"]
        assert "guess" not in screen.text, "the table stays quiet"

    drive(scenario, session())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_screen_of_a_value_says_who_states_its_unit(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await publish(screen)
        for key, words in (
            ("temperature", "Cold plate, K, class temperature, measurement (stated by the driver)"),
            ("humidity", "%, class humidity, measurement (guessed from the key)"),
            ("load", "no unit is known: the driver states none, and the key names none"),
        ):
            await screen.press("down", "enter")
            await screen.wait(1)
            assert screen.line(words), key
            await screen.press("escape")

    drive(scenario, session(), size=size)


def test_nothing_is_guessed_of_a_text() -> None:
    async def scenario(screen: Screen) -> None:
        await publish(screen)
        await screen.press(*["down"] * 4, "enter")
        await screen.wait(1)
        assert screen.line("Transfers of the last reading of fridge")
        assert "guess" not in screen.text and "no unit" not in screen.text

    drive(scenario, session())


def test_the_screen_of_an_adjusted_value_has_the_raw_one_beside() -> None:
    async def scenario(screen: Screen) -> None:
        kelvin = Quantity("K", is_set=True)
        raw = AdjustedValue(("temperature",), 78.5)
        await screen.publish(ValuesDescribed(NOW, "fridge", (DescribedValue("temperature", kelvin),)))
        await screen.publish(ReadingPublished(NOW, "fridge", {"temperature": 77, "load": 1}, adjusted=(raw,)))
        await screen.press("down", "enter")
        await screen.wait(1)
        assert screen.line("adjusted, raw 78.5. K (set in host.toml)")
        held = AdjustedValue(("temperature",), 79, is_held=True)
        await screen.publish(ReadingPublished(NOW + S, "fridge", {"temperature": 77, "load": 1}, adjusted=(held,)))
        assert screen.line("adjusted and held, raw 79")
        await screen.press("escape", "down", "enter")
        await screen.wait(1)
        assert "adjusted" not in screen.text

    drive(scenario, session())
