"""The line at the bottom that asks for a text, with one that is there already."""

from __future__ import annotations

import pytest

from tests.screen import Screen, drive


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["4", "2"], "42"),
        (["backspace"], ""),
        (["end", "5"], "41.65"),
        (["home", "1"], "141.6"),
        (["right", "backspace"], "41."),
        ([], "41.6"),
    ],
)
def test_what_is_typed_first_replaces_the_text_and_an_arrow_keeps_it(keys: list[str], expected: str) -> None:
    async def scenario(screen: Screen) -> None:
        answers: list[str] = []
        await screen.app.ask("Humidity", "41.6", done=answers.append)
        await screen.press(*keys, "enter")
        assert answers == [expected]

    drive(scenario)
