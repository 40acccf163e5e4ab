"""Keys that arrive together, as behind a slow connection, act in the order in which they were pressed."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.screen import Screen, drive
from tui.keyboard import Keyboard


@pytest.mark.parametrize("opening", [pytest.param("slash", marks=pytest.mark.thorough), "colon"])
@pytest.mark.parametrize(
    ("typed", "left"),
    [
        (b"abc\x7f\x7fxy", "axy"),
        (b"abc\x1b[Dx\x1b[Hy", "yabxc"),
        (b"abc\x15de\x01f", "fde"),
        (b"\x7f\x7f\x7fq1", "q1"),
    ],
)
def test_editing_keys_act_before_the_letters_that_follow_them(opening: str, typed: bytes, left: str) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.press(opening)
        field = screen.app.screen.query_one(Input)
        for message in Keyboard().feed(typed):
            message.set_sender(screen.app)
            screen.app.post_message(message)
        await screen.until(lambda: field.value == left)

    drive(scenario)
