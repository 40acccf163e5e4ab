"""The palette offers by name what is possible."""

from __future__ import annotations

from hostcore.session import Order
from tests.orders import run, session
from tests.screen import Screen, drive
from tui.actions.command_line import CommandLine


def test_the_palette_offers_actions_by_name_and_only_what_is_possible() -> None:
    made = session()

    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("ctrl+p")
        await screen.type("light")
        await screen.until(lambda: "Restart light" in screen.text)
        assert ":restart light, or r" in screen.text
        assert "Release from" not in screen.text and "Start light" not in screen.text
        await screen.press("escape", "escape", "ctrl+p")
        await screen.type("restart")
        await screen.until(lambda: "Restart light" in screen.text)
        await screen.press("enter")
        await screen.until(lambda: made.orders == [("light", Order.RESTART)])

    drive(scenario, made, (80, 40))


def test_an_action_of_the_palette_that_takes_a_text_goes_on_on_the_line() -> None:
    async def scenario(screen: Screen) -> None:
        await run(screen)
        await screen.press("ctrl+p")
        await screen.type("only rows")
        await screen.until(lambda: ":filter TEXT" in screen.text)
        await screen.press("enter")
        await screen.until(lambda: isinstance(screen.app.screen, CommandLine))
        await screen.type("gre")
        await screen.press("enter")
        assert "filter: gre" in screen.text

    drive(scenario, session())
