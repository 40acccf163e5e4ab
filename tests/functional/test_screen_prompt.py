"""The line at the bottom that asks for a text, with one that is there already."""

from __future__ import annotations

from tests.screen import Screen, drive


def test_what_is_typed_first_replaces_the_text_and_an_arrow_keeps_it() -> None:
    typed = {
        ("4", "2"): "42",
        ("backspace",): "",
        ("end", "5"): "41.65",
        ("home", "1"): "141.6",
        ("right", "backspace"): "41.",
        (): "41.6",
    }

    async def scenario(screen: Screen) -> None:
        for keys, expected in typed.items():
            answers: list[str] = []
            await screen.app.ask("Humidity", "41.6", done=answers.append)
            await screen.press(*keys, "enter")
            assert (keys, answers) == (keys, [expected])

    drive(scenario)


def test_it_stays_until_its_text_is_accepted_and_says_what_is_wrong_in_a_line_of_its_own() -> None:
    async def scenario(screen: Screen) -> None:
        answers: list[str] = []
        await screen.app.ask("Whole number", check=whole, done=answers.append)
        await screen.press("4", "x", "enter")
        assert answers == []
        assert "Found 4x, allowed is a whole number" in screen.lines[-2]
        assert "Whole number: 4x" in screen.lines[-1]
        await screen.press("backspace", "2", "enter")
        assert answers == ["42"]
        assert "Whole number" not in screen.text and "allowed" not in screen.text

    drive(scenario)


def test_escape_leaves_a_text_that_was_refused() -> None:
    async def scenario(screen: Screen) -> None:
        answers: list[str] = []
        await screen.app.ask("Whole number", check=whole, done=answers.append)
        await screen.press("x", "enter", "escape")
        assert answers == [] and "Whole number" not in screen.text

    drive(scenario)


def whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("a whole number")
    return int(text)
