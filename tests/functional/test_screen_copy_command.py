"""The command that repeats a transfer, on the screen: copied, or shown where there is no clipboard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.events import Message, Outcome, ReadingPublished, TransferCompleted
from hostcore.place import BusName
from tests.functional.test_screen_attached import ScriptedHost
from tests.screen import NOW, Screen, drive
from tests.scripted_session import ScriptedSession, plugin_facts
from tui.terminal import Terminal

IDENTITY = TransferCompleted(
    NOW, "bme680", BusName("i2c-1"), 0x77, (Message(True, b"\xd0"), Message(False, b"\x61")), Outcome.OK, "", 312_000,
    sequence=1,
)  # fmt: skip
COMMAND = "wasi-host --config host.toml i2c read 1 0x77 0xd0 1"


def session() -> ScriptedSession:
    return ScriptedSession(known=[plugin_facts("bme680")])


def test_y_copies_the_command_of_a_transfer_in_the_pane_in_its_sheet_and_below_a_reading() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(IDENTITY, ReadingPublished(NOW + 5_000_000, "bme680", {"temperature": 21.5}))
        for keys in (["4"], ["enter"], ["escape", "1", "down", "enter"]):
            screen.app.copy_to_clipboard("")
            await screen.press(*keys, "y")
            assert screen.app.clipboard == COMMAND

    drive(scenario, session())


def test_a_transfer_on_another_computer_is_repeated_there() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(IDENTITY)
        await screen.press("4", "y")
        assert screen.app.clipboard == f"ssh -t pi@raspberrypi '{COMMAND}'"
        await screen.press("enter")
        assert screen.line("║ssh -t pi@raspberrypi")

    drive(scenario, session(), (118, 50), remote=ScriptedHost(computer="pi@raspberrypi"))


def test_the_sheet_of_a_transfer_shows_the_command() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(IDENTITY)
        await screen.press("4", "enter")
        assert screen.line(COMMAND)

    drive(scenario, session(), (100, 50))


def test_a_transfer_that_no_command_repeats_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(replace(IDENTITY, bus=BusName("spi-0"), address=0))
        await screen.press("4", "y")
        assert not screen.app.clipboard
        assert "No command repeats it" in screen.text

    drive(scenario, session(), (118, 40))


def test_a_console_without_a_clipboard_shows_the_command_to_type_off() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(IDENTITY)
        await screen.press("4", "y")
        assert "this terminal has no clipboard" in screen.text
        assert screen.line(COMMAND)

    drive(scenario, session(), terminal=Terminal(is_console=True))


@pytest.mark.parametrize("key", ["c", "y"])
def test_the_key_of_a_hostile_plugin_does_not_cover_the_screen_when_it_is_copied(key: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(ReadingPublished(NOW, "bme680", {"k" * 1500: 1.5}))
        before = screen.lines
        await screen.press("down", key)
        await screen.until(lambda: "if this terminal lets programs copy" in screen.words)
        assert screen.lines[:8] == before[:8]

    drive(scenario, session())
